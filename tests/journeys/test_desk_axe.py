"""Every page of the desk, in both languages, wide and narrow: nothing that axe finds; the work list by keys alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import Route, expect

from answerable.cases.desk.verbs import VERBS
from answerable.cases.files import Accepted, attach
from answerable.cases.models import Attachment, Note
from answerable.cases.reactions import write_to_outside
from answerable.cases.services import deciding, dividing
from answerable.cases.services.receipts import has_names
from answerable.core import clock
from answerable.orgs.models import CannedText
from answerable.parties.steps import Identity
from answerable.record.actors import Actor
from answerable.record.queries import acts_of
from tests.cast import PARTS, Cast, accepted, make_cast, registered
from tests.journeys.faces import one_face, two_faces

PASSWORD = "a long enough phrase"
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(transactional_db) -> Cast:
    return make_cast("cn-xinfang-2022")


def open_case(town: Cast):
    """A case with a name, a file, a second half, canned texts and a running clock."""
    now = clock.now() - timedelta(hours=3)
    case = accepted(town, now, kind="appeal", privacy="confidential", identities=(Identity("王芳"),))
    with transaction.atomic():
        attach(case, [Accepted("a.txt", "text/plain", b"x", b"a" * 32)], by=Actor.person(), now=now)
    case.refresh_from_db()
    dividing.divide_case(
        case_id=case.pk,
        own_title="村口路灯",
        title="水管",
        subject=town.pipes.pk,
        why="两件事。",
        by=town.actor(town.clerk),
        seen_version=case.version,
        now=now + timedelta(hours=2),
    )
    CannedText.objects.create(
        authority=town.town, unit=town.roads, name_zh="周一上门", body_zh="我们周一上门。"
    )
    case.refresh_from_db()
    return case


@two_faces
def test_lists_texts_procedures_and_notices(page, town, sign_in, axe_clean, shot):
    case = open_case(town)
    write_to_outside(case, acts_of(case.pk)[-1], town.outside, "late_above")
    Attachment.objects.filter(case=case).update(check_state="cleared")
    sign_in(page, town.leader)
    text = CannedText.objects.get()
    for name, args in (
        ("worklist", []),
        ("texts", []),
        ("new_text", []),
        ("edit_text", [text.pk]),
        ("packs", []),
        ("pack", ["cn-xinfang-2022"]),
        ("notices", []),
        ("outside_letters", []),
    ):
        page.goto(reverse(f"desk:{name}", args=args))
        axe_clean()
        shot(f"desk-{name.replace('_', '-')}", whole=True)
    page.locator(".table a[href*='/out/']").click()
    expect(page.get_by_text("01 TXT, 1 B")).to_be_visible()
    axe_clean()
    shot("desk-outside-letter", whole=True)
    held: list[Route] = []
    page.route("**/desk/counts*", lambda route: held.append(route))
    page.goto(reverse("desk:worklist") + "?list=unit&intake=portal")
    page.wait_for_function("() => document.querySelector('#list-tabs.htmx-request')")
    while not held:  # the page asks first; that it does is told here a little later
        page.wait_for_timeout(20)
    tools = page.locator(".list-tools summary").first
    before = tools.bounding_box()
    held.pop().continue_()
    expect(page.locator(".tab-count").first).to_have_text("0")
    assert tools.bounding_box() == before, "counts that come later moved what a hand was about to press"
    page.unroute("**/desk/counts*")
    tools.click()
    axe_clean()
    box = page.locator(".list-tools details[open] .menu-body").bounding_box()
    assert box["x"] >= 0, "a menu that hangs out of the page cannot be read"
    assert box["x"] + box["width"] <= page.viewport_size["width"]
    page.goto(reverse("desk:worklist") + "?list=unit&filter=1")
    axe_clean()


@two_faces
def test_the_case_and_its_verbs(page, town, sign_in, axe_clean, shot):
    case = open_case(town)
    assert has_names(case)
    sign_in(page, town.leader)
    page.goto(reverse("desk:case", args=[case.pk]))
    for menu in page.locator(".verbs details.menu").all():
        menu.locator("summary").press("ArrowDown")
        expect(menu.locator(".menu-body a").first).to_be_focused()
        wide = "document.documentElement.scrollWidth - innerWidth"
        page.wait_for_function(f"() => {wide} <= 0")  # a menu that hangs out of the page cannot be read
    page.locator(".verbs a").first.focus()
    expect(page.locator(".verbs details.menu[open]")).to_have_count(0)
    axe_clean()
    shot("desk-case", whole=True)
    for verb in ("reply", "divide", "hearing", "transfer", "accused"):
        page.goto(reverse("desk:act", args=[case.pk, verb]))
        axe_clean()
        shot(f"desk-do-{verb}")
    for name, args in (
        ("look", []),
        ("decide", []),
        ("check_file", [Attachment.objects.get(case=case).pk]),
    ):
        page.goto(reverse(f"desk:{name}", args=[case.pk, *args]))
        axe_clean()
        shot(f"desk-{name.replace('_', '-')}")
    deciding.send_decision(
        case_id=case.pk,
        outcome="supported",
        parts=PARTS,
        by=town.actor(town.leader),
        seen_version=case.version,
        now=clock.now(),
    )
    page.goto(reverse("desk:case", args=[case.pk]))
    axe_clean()


@one_face
def test_the_work_list_and_the_case_by_keys_alone(page, town, sign_in):
    first, second = (registered(town).case for _ in range(2))
    sign_in(page, town.clerk)
    page.goto(reverse("desk:worklist") + "?list=unit")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/case/**")
    assert any(str(case.pk) in page.url for case in (first, second))
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.locator("#do").wait_for()
    expect(page.locator("#do-title")).to_be_focused()  # else the first letters would be taken for keys
    keys = [verb.key for verb in VERBS if verb.key]
    assert len(keys) == len(set(keys)), "one key, one verb"
    assert not {"/", "?", *"gjkoxnpus"} & set(keys), "a key that does something else everywhere"


@one_face
def test_what_was_typed_outlives_the_sign_in_and_is_sent_from_the_same_page(
    page, town, sign_in, axe_clean, shot, watch
):
    watch.may_fail.add(403)
    case = accepted(town, clock.now() - timedelta(hours=1))
    sign_in(page, town.handler)
    page.goto(reverse("desk:act", args=[case.pk, "note"]))
    page.context.clear_cookies(name="sessionid")
    page.fill("#do-text", "电工周一上门。")
    page.click("#verb-form .actions button")
    page.wait_for_selector("[data-still]", state="attached")
    assert "电工周一上门。" in page.inner_text("main")
    axe_clean()
    shot("signed-out", whole=True)
    page.click("form.form button")
    page.wait_for_selector("[data-still]:not([hidden])")  # nobody has signed in yet
    town.handler.set_password(PASSWORD)
    town.handler.save()
    with page.context.expect_page() as opened:
        page.click("main a.button")
    other = opened.value
    other.fill("[name=login]", town.handler.username)
    other.fill("[name=password]", PASSWORD)
    other.click("main button[type=submit]")
    other.wait_for_url("**/desk/**")
    page.click("form.form button")
    page.wait_for_url("**sent=note*")
    assert Note.objects.get(case=case).body == "电工周一上门。"


@one_face
def test_back_after_sending_the_words_are_not_there_to_be_sent_once_more(page, town, sign_in):
    """A browser fills in again what it remembers of a form; what was not sent is kept by the page itself."""
    case = open_case(town)
    sign_in(page, town.handler)
    box = page.locator("#verb-form [name=text]")
    page.goto(reverse("desk:act", args=[case.pk, "reply"]))
    box.fill("电工周一上门。")
    page.locator("#verb-form .actions button").click()
    page.wait_for_url("**sent=reply")
    page.go_back()
    expect(box).to_have_value("")
    box.fill("请在家等候。")
    page.on("dialog", lambda asked: asked.accept())
    page.goto(reverse("desk:worklist"))
    page.go_back()
    expect(box).to_have_value("请在家等候。")
