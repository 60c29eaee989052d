"""Both tutorials, walked as they are written, in both languages. How: tests/journeys/tutorials.py."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest
from django.db import transaction
from playwright.sync_api import Page

from answerable.core import clock
from answerable.incidents.models import Incident, Report, Strand, Task
from answerable.incidents.reports import services as reports
from answerable.incidents.services import tasks
from answerable.ops.demo import alarms, duty, plans
from answerable.ops.demo.content import load_town
from answerable.ops.demo.settle import PASSWORD, settle
from answerable.orgs.models import Staff
from answerable.record.actors import Actor, ActorKind
from tests.cast import PARTS
from tests.journeys.faces import Face
from tests.journeys.sides import DeskSide, PersonSide
from tests.journeys.tutorials import Tutorial

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]

WORDS = {
    "en": SimpleNamespace(
        lamp="The lamp at the school gate has been out for a week.",
        question="Which pole is it?",
        answer="Number 17.",
        flood="Water runs over the riverside road and is still rising.",
        danger="About 40 people on low ground.",
        grounds="The gauge at the ferry says 4.1 m, 0.6 m above the mark; it still rains upstream.",
        measures="People on low ground move to the school; the riverside road is closed.",
        seen="Called the village back: time, place and who is in danger are in the log.",
        entry="00:20 The gauge says 4.0 m. The riverside road is closed at both ends.",
        taker="Duty officer of the county",
        over="The river is below the mark, and the rain has stopped.",
    ),
    "zh": SimpleNamespace(
        lamp="桥头小学门口的路灯坏了一个多星期，天一黑就看不见路。",
        question="请问是哪一根灯杆？",
        answer="17号灯杆。",
        flood="河水漫上沿河路，还在涨。",
        danger="低洼处约40人。",
        grounds="渡口水位4.1米，超警戒0.6米，上游还在下雨。",
        measures="低洼处的人转移到学校；封闭沿河路。",
        seen="已给村里回电：时间、地点、受威胁人数都写进了日志。",
        entry="0时20分，水位4.0米；沿河路两端已封闭。",
        taker="县值班员",
        over="水位回落到警戒线以下，雨停。",
    ),
}


@pytest.fixture
def town(db, settings):
    """The demo's town as `./run demo` settles it, without its cases."""
    settings.DEMO = True
    with transaction.atomic():
        made = settle(load_town(), clock.now())
    return made


def signed_in(page: Page, user: str) -> None:
    page.goto("/desk/")
    page.locator("#id_login").fill(user)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("form.form button").click()
    page.wait_for_url("**/desk/")


def is_walked(face: Face, language: str) -> bool:
    """Each tutorial in one language, and in both where their pictures are made."""
    return bool(os.environ.get("ANSWERABLE_SHOTS")) or face.language == language


@pytest.mark.parametrize(
    "face",
    [one for one in (Face("en", 360, 740), Face("zh-hans", 360, 740)) if is_walked(one, "zh-hans")],
    indirect=True,
    ids=lambda face: face.name,
)
def test_one_case_is_as_the_tutorial_says(face, town, new_context):
    tutorial = Tutorial("one-case", face)
    words = WORDS[tutorial.language]
    phone = new_context(face).new_page()
    wide = new_context(Face(face.language, 1280, 800)).new_page()

    def seen(page: Page) -> None:
        tutorial.see(page)
        if page.url.endswith("/new/conduct"):
            tutorial.picture(page, "2-conduct")

    person, desk = PersonSide(phone, face, seen), DeskSide(wide, seen)

    phone.goto("/")
    tutorial.see(phone)
    tutorial.picture(phone, "1-home")
    tutorial.over(1)

    places = SimpleNamespace(lamps=town.subjects["roads"], village=town.places["qiaotou"])
    person.report(
        places,
        look=True,
        story=words.lamp,
        kind="claim",
        body=town.authorities["hedu"].pk,
        topic=town.subjects["roads-lamps"].pk,
        spot=town.places["qiaotou-school"].pk,
    )
    tutorial.picture(phone, "3-receipt")
    tutorial.over(2)

    signed_in(wide, "roads")
    desk.open(person.code)
    tutorial.picture(wide, "4-case")
    desk.do("accept")
    tutorial.over(3)

    desk.do("ask", text=words.question)
    person.enter()
    person.open("write")
    phone.locator("#id_text").fill(words.answer)
    person.send()
    tutorial.over(4)

    wide.reload()
    tutorial.see(wide)
    desk.decide(
        {part: text for part, text in PARTS.items() if part != "claim"},
        before=lambda: tutorial.picture(wide, "5-decision"),
    )
    tutorial.over(5)

    phone.reload()
    tutorial.see(phone)
    person.read_decision()
    phone.locator("#decision").scroll_into_view_if_needed()
    tutorial.picture(phone, "6-answer")
    person.say_solved("no")
    tutorial.over(6)
    tutorial.at_the_end(6)


@pytest.fixture
def planned_town(town):
    """Its duty room, its plans and everybody's telephone too, as the demo has them."""
    duty.set_up_room(town, clock.now())
    plans.set_up(town, clock.now())
    alarms.set_up(town, clock.now())
    return town


@pytest.mark.parametrize(
    "face",
    [one for one in (Face("en", 1280, 800), Face("zh-hans", 1280, 800)) if is_walked(one, "en")],
    indirect=True,
    ids=lambda face: face.name,
)
def test_one_incident_is_as_the_tutorial_says(face, page, planned_town):
    tutorial = Tutorial("one-incident", face, prefix="incident-")
    words = WORDS[tutorial.language]
    send = "main form.form button.button"

    def go(selector: str) -> None:
        """Press it, and look at the page that comes."""
        page.locator(f"{selector} >> visible=true").first.click()
        page.wait_for_load_state()
        tutorial.see(page)

    signed_in(page, "mayor")
    tutorial.see(page)
    go("nav a[href='/desk/plans/']")
    page.locator("main td a[data-row-link]").first.click()
    page.wait_for_url("**/desk/plans/*")
    tutorial.see(page)
    assert "duty-room/" not in page.inner_text("main"), "who is on duty is named, not coded"
    tutorial.picture(page, "1-plan")
    tutorial.over(1)

    go("nav a[href='/desk/incidents/']")
    go("a[href='/desk/incidents/new']")
    page.locator("#id_hazard").select_option("flood")
    page.locator("#id_what").fill(words.flood)
    page.locator("#id_place").select_option(str(planned_town.places["dukou"].pk))
    page.locator("#id_in_danger").fill(words.danger)
    tutorial.picture(page, "2-call")
    go(send)
    incident = Incident.objects.get()
    tutorial.over(2)

    tutorial.see(page)
    go("a[href$='/begin']")
    page.locator("#id_grounds").fill(words.grounds)
    page.locator("#id_measures").fill(words.measures)
    tutorial.picture(page, "3-begin")
    go("form.form[method=post] button.button")
    tutorial.over(3)

    reports.open_reports(incident_id=incident.pk, now=clock.now())  # the worker's turn
    tutorial.see(page)
    go("main a[href$='/board']")
    page.fill("#line", words.entry)
    go(".board-write button")
    tutorial.picture(page, "4-board")
    go(f"main a[href='/desk/incidents/{incident.pk}']")
    go("a[href*='/do/finish']")
    page.locator("#id_result").fill(words.seen)
    go(send)
    tutorial.over(4)

    tutorial.see(page)
    go(f"main a[href='/desk/incidents/reports/{incident.pk}']")
    go("main td a[data-row-link]")
    tutorial.picture(page, "5-report")
    page.locator("#report-taken_by").fill(words.taker)
    go("main form.form.card button.button")
    page.goto(f"/desk/incidents/{incident.pk}")
    go(f"main a[href='/desk/incidents/warnings/{incident.pk}']")
    go("main a[href$='/new']")
    go("button[name=preview]")
    tutorial.picture(page, "6-warning")
    go("button[name=send]")
    tutorial.over(5)

    page.goto(f"/desk/incidents/{incident.pk}")
    tutorial.see(page)
    go("main a[href$='/end']")
    tutorial.picture(page, "7-open")
    page.goto(f"/desk/incidents/{incident.pk}")
    go("a[href*='/do/close-track']")
    page.goto(f"/desk/incidents/{incident.pk}")
    end_the_rest(incident, words)
    page.goto(f"/desk/incidents/{incident.pk}/end")
    page.locator("#id_grounds").fill(words.over)
    tutorial.see(page)
    go(send)
    tutorial.picture(page, "8-over")
    assert "duty_officer" not in page.inner_text("main"), "a task says whose it was by the role's name"
    tutorial.over(6)
    incident.refresh_from_db()
    assert incident.state == Incident.State.STOOD_DOWN
    tutorial.at_the_end(6)


def end_the_rest(incident: Incident, words: SimpleNamespace) -> None:
    """What the pages did once is done for the others by the services."""
    mayor = Staff.objects.get(username="mayor")
    post = mayor.appointments.select_related("post").order_by("pk")[0].post
    by = Actor(ActorKind.STAFF, staff_id=mayor.pk, post_id=post.pk, unit_id=post.unit_id)
    base = {"incident_id": incident.pk, "by": by, "now": clock.now()}
    for task in Task.objects.filter(incident=incident, state__in=["open", "begun"]).order_by("position"):
        tasks.finish_task(**base, task_id=task.pk, result=words.seen)
    for strand in Strand.objects.filter(incident=incident, closed_at=None):
        tasks.close_track(**base, code=strand.code, said="")
    row = Report.objects.get(incident=incident, kind=Report.Kind.FIRST_WRITTEN)
    reports.send_report(
        report_id=row.pk,
        text=dict.fromkeys(row.contents, words.grounds),
        out=reports.Out(way="paper", taken_by=""),
        by=by,
        seen_version=row.version,
        now=clock.now(),
    )
