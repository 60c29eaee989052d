"""Rounds: one done on a telephone without a network arrives once, however often it is sent; what it found is mended by
one and looked at by another; a template and a plan as their pages show them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from answerable.core import clock
from answerable.incidents.photos.tests.test_photos import jpeg
from answerable.readiness.rounds.models import Finding, Round, RoundPhoto
from answerable.readiness.rounds.photos import steps
from answerable.readiness.rounds.rules import Given
from answerable.readiness.rounds.tests.scenes import rounds
from answerable.record.models import Act
from tests.journeys.faces import one_face, other_face, two_faces
from tests.journeys.test_counter_offline import without_network  # noqa: F401

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
WORD = "a telephone's word"
STORED = """async () => {
  const db = await new Promise((done) => { const r = indexedDB.open("answerable-rounds"); r.onsuccess = () => done(r.result); });
  const found = {};
  for (const name of db.objectStoreNames) {
    found[name] = await new Promise((done) => { const r = db.transaction(name).objectStore(name).getAll(); r.onsuccess = () => done(r.result); });
  }
  return JSON.stringify(found);
}"""


@pytest.fixture
def scene(cast):
    now = clock.now()
    found = rounds(cast, now=now - timedelta(days=2), starts_on=(now - timedelta(days=9)).date())
    found.do(now - timedelta(days=1), lights=Given("2", note="二楼两盏不亮"))
    found.make(now)
    return found


def choose(page, question: str, value: str) -> None:
    page.check(f"[data-questions] input[name^='{question}-'][value='{value}']")


@one_face
def test_a_round_done_without_a_network_and_sent_twice_arrives_once(
    page,
    cast,
    scene,
    sign_in,
    axe_clean,
    shot,
    without_network,  # noqa: F811
):
    one = scene.due()
    sign_in(page, cast.handler)
    page.goto("/desk/rounds/field/")
    page.wait_for_selector("[data-rounds] li")
    page.fill("#new-word", WORD)
    page.click("[data-ready] button")
    page.wait_for_selector("[data-wipe]:not([hidden])")
    axe_clean()
    shot("rounds-field", whole=True)
    page.context.set_offline(True)
    page.goto("/desk/rounds/field/")  # the browser was closed and opened again: the page works alone
    page.wait_for_selector("[data-unlock]:not([hidden])")
    assert "消防" not in page.content(), "what is kept is locked"
    expect(page.locator("[data-lists]")).to_be_hidden()  # nor is it said that there is nothing to do
    page.fill("#word", WORD)
    page.click("[data-unlock] button")
    page.click("[data-rounds] li button")
    for question, value in {
        "unlocked": "yes",
        "charging": "no",
        "extinguishers": "yes",
        "access": "yes",
    }.items():
        choose(page, question, value)
    choose(page, "hydrant", "water")
    page.click("[data-answers] button:not([type])")
    expect(page.locator("[data-fault]")).to_be_visible()  # two questions are not answered yet
    expect(page.locator("[data-questions] .field-wrong")).to_have_count(1)
    page.click("[data-leave]")
    page.click("[data-rounds] li button")  # what was answered before somebody went back is there again
    choose(page, "clear", "no")
    finding = page.locator("[data-questions] > .card:not([hidden])")
    expect(finding).to_have_count(1)
    finding.locator("input").fill("东侧楼梯堆着纸箱")
    page.locator("[data-questions] input[inputmode=decimal]").fill("0")
    page.set_input_files(
        "[data-questions] input[type=file]", {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
    )
    expect(page.locator("[data-queue] li")).to_have_count(1)
    axe_clean()
    shot("rounds-field-round", whole=True)
    page.click("[data-answers] button:not([type])")
    expect(page.locator("[data-queue] li")).to_have_count(2)
    assert not any(word in page.evaluate(STORED) for word in ("堆着", "clear"))
    assert Round.objects.get(pk=one.pk).state == "due"

    # The server takes it, and the answer is lost on the way: the telephone sends it once more.
    lost = []

    def lose(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch())
        return route.abort()

    page.route("**/desk/rounds/field/send", lose)
    page.context.set_offline(False)
    expect(page.locator("[data-queue] li")).to_have_count(0)
    assert lost[0].ok
    one.refresh_from_db()
    assert (one.state, one.done_by, one.findings_count) == ("done", cast.handler, 1)
    assert Finding.objects.filter(round=one).count() == 1
    assert Act.objects.filter(kind="round.done", matter=scene.plan.matter).count() == 2, (
        "yesterday's, and this one"
    )
    photo = RoundPhoto.objects.get()
    assert photo.state == "held"
    assert b"SecretPhoneMaker" not in steps.open_(photo)


@two_faces
def test_what_was_found_is_mended_by_one_and_looked_at_by_another(
    page, cast, scene, sign_in, axe_clean, shot
):
    sign_in(page, cast.leader)
    page.goto("/desk/rounds/")
    axe_clean()
    shot("rounds-home", whole=True)
    page.click("#mend ~ .table-wrap a")
    axe_clean()
    page.fill("#id_what", "换了两盏灯")
    page.click("button[value=mend]")
    page.wait_for_selector(".note")
    shot("rounds-finding", whole=True)
    sign_in(page, cast.handler)
    page.goto("/desk/rounds/")
    page.click("#check ~ .table-wrap a")
    page.check("[name=is_mended][value=yes]")
    page.click("button[value=check]")
    page.wait_for_selector(".flashes .flash")
    assert Finding.objects.get().state == "closed"
    page.goto(f"/desk/rounds/{scene.due().pk}")
    axe_clean()
    shot("rounds-round", whole=True)
    page.goto("/desk/rounds/findings?state=all")
    axe_clean()
    shot("rounds-findings", whole=True)


@other_face
def test_templates_and_plans_as_their_pages_show_them(page, cast, scene, sign_in, axe_clean, shot):
    sign_in(page, cast.leader)
    for name, address in {
        "templates": "templates",
        "template": f"templates/{scene.plan.template_id}",
        "edit": f"templates/{scene.plan.template_id}/edit",
        "plan": f"plans/{scene.plan.pk}",
        "plan-new": f"plans/new/{scene.plan.template_id}",
        "place": f"places/{cast.village.pk}",
    }.items():
        page.goto(f"/desk/rounds/{address}")
        axe_clean()
        shot(f"rounds-{name}", whole=True)
