"""From the receipt to “not solved”: a person follows their matter, reads the decision, asks for review, leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from answerable.cases.models import Attachment, Case
from answerable.cases.services import deciding, handling, looks
from answerable.core import clock
from answerable.parties.steps import ChannelWish, Identity
from tests.cast import PARTS, registered
from tests.journeys.faces import one_face, two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

LIMIT = 100_000  # bytes of a person's page with everything it loads, uncompressed
ANSWER = {"zh-hans": "村委会门口那一盏。", "en": "The one at the village hall."}


@pytest.fixture
def matter(cn_cast, face):
    """A case of three days ago, accepted, asked about, and looked into."""
    cast, now = cn_cast, clock.now()
    done = registered(
        cast,
        now=now - timedelta(days=3),
        language=face.language,
        kind="request",
        privacy="confidential",
        wants="修好路灯。",
        identities=(Identity("孙巧云", "东村三组"),),
        channel=ChannelWish("sms", "10000000001"),
    )
    by = cast.actor(cast.clerk)
    case = handling.accept_case(
        case_id=done.case.pk, by=by, seen_version=done.case.version, now=now - timedelta(days=2)
    )
    case.refresh_from_db()
    handling.ask_person(
        case_id=case.pk,
        text="请问是哪一盏灯？" if face.language.startswith("zh") else "Which lamp is it?",
        by=by,
        seen_version=case.version,
        now=now - timedelta(days=1),
    )
    looks.look_at_identity(
        case_id=case.pk, reason="要寄书面答复", by=cast.actor(cast.handler), now=now - timedelta(hours=20)
    )
    return done


def enter(page, done):
    page.goto("/case/")
    page.locator("#id_code").fill(done.code.lower().replace("-", " "))
    page.locator("#id_secret").fill(done.secret)
    page.locator("form.form button.button").click()
    page.wait_for_url("**/case/now")


def decided(cast, case_id):
    case = Case.objects.get(pk=case_id)
    deciding.send_decision(
        case_id=case.pk,
        outcome="supported",
        parts=PARTS,
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=clock.now(),
        office_solved=True,
    )


@two_faces
def test_a_person_follows_their_matter_to_the_review(page, face, cn_cast, matter, axe_clean, shot):
    page.goto("/case/")
    axe_clean()
    shot("person-enter")
    enter(page, matter)
    axe_clean()
    shot("person-question", whole=True)
    size = page.evaluate("performance.getEntries().reduce((sum, one) => sum + (one.decodedBodySize || 0), 0)")
    assert size <= LIMIT, size
    page.locator("a[href='/case/write']").first.click()
    axe_clean()
    shot("person-write")
    page.locator("#id_text").fill(ANSWER[face.language])
    page.locator("input[type=file]").set_input_files(
        {"name": "note.txt", "mimeType": "text/plain", "buffer": "路灯".encode()}
    )
    page.locator("form.form .actions button").click()
    page.wait_for_url("**/case/now")
    expect(page.locator(".flash")).to_be_visible()
    expect(page.get_by_text(ANSWER[face.language])).to_be_visible()
    assert Attachment.objects.get(case=matter.case).name == "note.txt"

    decided(cn_cast, matter.case.pk)
    page.reload()
    axe_clean()
    shot("person-decided")
    assert PARTS["opinion"] not in page.content()
    page.locator("form[action='/case/decision'] button").click()
    expect(page.get_by_text(PARTS["opinion"])).to_be_visible()
    axe_clean()
    shot("person-read", whole=True)

    page.goto("/case/solved")
    axe_clean()
    shot("person-solved")
    page.locator("input[name=solved][value=no]").check()
    page.locator("input[name=rating][value='2']").check()
    page.locator("form.form .actions button").click()
    page.wait_for_url("**/case/now")
    page.locator("a[href='/case/review']").click()
    axe_clean()
    shot("person-review")
    page.locator("#id_text").fill("还是不亮。")
    page.locator("form.form .actions button").click()
    page.wait_for_url("**/case/now")
    case = Case.objects.get(pk=matter.case.pk)
    assert (case.state, case.person_solved, case.office_solved) == ("review", False, True)
    shot("person-under-review", whole=True)

    page.locator("form[action='/case/raise'] button").click()
    expect(page.locator(".flash")).to_be_visible()
    page.locator("form[action='/case/leave'] button").click()
    page.wait_for_url("**/case/left")
    axe_clean()
    page.go_back()
    page.goto("/case/now")
    assert matter.code not in page.content()


def test_every_page_of_the_matter_is_in_order(page, face, matter, axe_clean, shot):
    enter(page, matter)
    for name in ("withdraw", "reach", "looks", "take", "erase", "paper"):
        page.goto(f"/case/{name}")
        axe_clean()
        shot(f"person-{name}", whole=True)
    page.goto("/case/lost")
    axe_clean()
    shot("person-lost")


@one_face
def test_without_javascript_and_in_the_dark(new_context, face, matter, axe_clean):
    page = new_context(face, javascript=False, dark=True).new_page()
    enter(page, matter)
    page.locator("a[href='/case/withdraw']").click()
    page.locator("form .actions button").click()
    page.wait_for_url("**/case/now")
    assert Case.objects.get(pk=matter.case.pk).state == "withdrawn"
    page.locator("form[action='/case/withdraw/undo'] button").first.click()
    page.wait_for_url("**/case/now")
    assert Case.objects.get(pk=matter.case.pk).state == "accepted"


@one_face
def test_code_and_secret_stay_out_of_addresses_and_history(page, matter):
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    enter(page, matter)
    page.goto("/case/looks")
    for url in seen:
        assert matter.code not in url
        assert (matter.secret or "") not in url
        assert str(matter.case.pk) not in url
