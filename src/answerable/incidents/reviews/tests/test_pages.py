"""The pages of reviews and drills, in both languages, for those who may, and 404 or 403 for others."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from answerable.core import clock
from answerable.incidents.drills import services as drills
from answerable.incidents.drills.tests.scenes import planned
from answerable.incidents.models import Drill, Incident, Lesson, PlanVersion, Review
from answerable.incidents.reviews import services
from answerable.incidents.reviews.tests.scenes import ended, lift
from answerable.incidents.services.activation import activate
from answerable.incidents.tests.responses import call, decision, make_plan
from answerable.orgs.queries import local_today

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True  # the second factor has its own tests


def browser(staff, language="en") -> Client:
    made = Client(headers={"accept-language": language})
    made.force_login(staff)
    return made


def text(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()).replace("中文", ""))


@pytest.fixture
def incident(cast) -> Incident:
    return ended(cast, now=clock.now() - timedelta(hours=3))


def url(name: str, *args) -> str:
    return reverse(f"incident_reviews:{name}", args=args)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["late by 30 minutes", "of 3 in time", "Roles, until somebody had them", "Sign the review"]),
        ("zh-hans", ["超时", "任务", "签署"]),
    ],
)
def test_a_review_from_its_beginning_to_the_closed_file(cast, incident, language, words):
    mayor = browser(cast.mayor, language)
    assert incident.code in text(mayor.get(url("list")))
    assert mayor.get(url("show", incident.pk)).status_code == 200
    assert mayor.post(url("begin", incident.pk)).status_code == 303
    page = mayor.get(url("show", incident.pk))
    for word in words:
        assert word in text(page)
    if language == "zh-hans":
        assert not re.search(r"[a-z]{4,} [a-z]{3,} [a-z]{3,}", text(page).partition("任务")[2]), (
            "Chinese throughout"
        )
    post = cast.post(cast.water_leader)
    due = local_today(cast.town, clock.now()) + timedelta(days=9)
    lesson = {"what": "钥匙柜", "post": post.pk, "due_on": due.isoformat()}
    assert mayor.post(url("add_lesson", incident.pk), lesson | {"post": ""}).status_code == 422
    assert mayor.post(url("add_lesson", incident.pk), lesson).status_code == 303
    version = Review.objects.get().version
    given = {"seen_version": version, "well": "快", "badly": "", "do": "sign"}
    assert mayor.post(url("show", incident.pk), given).status_code == 422
    assert mayor.post(url("show", incident.pk), given | {"badly": "慢"}).status_code == 303
    assert mayor.get(url("pdf", incident.pk)).content.startswith(b"%PDF")
    (one,) = Lesson.objects.all()
    holder = browser(cast.water_leader, language)
    assert "钥匙柜" in text(holder.get(url("list")))
    assert holder.post(url("lesson", one.pk), {"done_with": "装好了"}).status_code == 303
    assert mayor.post(url("close", incident.pk)).status_code == 303
    assert Incident.objects.get().state == Incident.State.CLOSED
    assert mayor.get(url("show", incident.pk)).status_code == 200


def test_a_lesson_that_changes_the_plan_leads_to_its_draft(cast, incident):
    mayor = cast.actor(cast.mayor)
    services.begin_review(incident_id=incident.pk, by=mayor, now=clock.now())
    post = cast.post(cast.mayor)
    today = local_today(cast.town, clock.now())
    given = {"what": "钥匙柜放在门口", "post_id": post.pk, "due_on": today, "changes_plan": True}
    one = services.set_lesson(incident_id=incident.pk, by=mayor, now=clock.now(), **given)
    desk = browser(cast.mayor)
    page = desk.get(url("lesson", one.pk)).content.decode()
    (link,) = re.findall(r'href="(/desk/plans/[^"]+note=[^"]+)"', page)
    assert "钥匙柜放在门口" in desk.get(link).content.decode(), "the draft begins with the lesson's words"
    assert desk.post(url("lesson", one.pk), {"done_with": "改了", "plan_version": ""}).status_code == 422


def test_who_may_not(cast, incident):
    services.begin_review(incident_id=incident.pk, by=cast.actor(cast.mayor), now=clock.now())
    outside = browser(cast.discipline_head)
    assert outside.get(url("show", incident.pk)).status_code == 200, "the staff of a body read its incidents"
    reviewer = browser(cast.county_reviewer)
    assert reviewer.get(url("show", incident.pk)).status_code == 404, "of another body, and no leader"
    assert browser(cast.auditor).post(url("show", incident.pk), {"seen_version": 1}).status_code == 403
    assert browser(cast.auditor).post(url("begin", incident.pk)).status_code == 403
    assert browser(cast.handler).post(url("close", incident.pk)).status_code == 403
    assert Client().get(url("list")).status_code == 302


@pytest.mark.parametrize(("language", "word"), [("en", "Exercise."), ("zh-hans", "演练")])
def test_a_drill_is_planned_begun_told_stopped_and_says_so(cast, language, word):
    version = make_plan(cast)
    mayor = browser(cast.mayor, language)
    assert mayor.get(reverse("drills:list")).status_code == 200
    today = local_today(cast.town, clock.now())
    given = {
        "plan": version.plan_id, "kind": "table_top", "planned_on": today.isoformat(), "pace": 60,
        "script": "flood", "own": "", "place_text": "",
    }  # fmt: skip
    assert mayor.post(reverse("drills:new"), given | {"own": "format: x"}).status_code == 422
    assert mayor.post(reverse("drills:new"), given | {"pace": 99}).status_code == 422
    assert mayor.post(reverse("drills:new"), given).status_code == 303
    drill = Drill.objects.get()
    page = mayor.get(reverse("drills:show", args=[drill.pk]))
    assert word in text(page)
    event = {"seen_version": drill.version, "after_min": 3, "text_zh": "断电了", "expect_zh": "调发电机"}
    assert (
        mayor.post(reverse("drills:add_event", args=[drill.pk]), event | {"text_zh": ""}).status_code == 422
    )
    assert mayor.post(reverse("drills:add_event", args=[drill.pk]), event).status_code == 303
    assert mayor.post(reverse("drills:begin", args=[drill.pk])).status_code == 303
    drill.refresh_from_db()
    assert drill.incident is not None
    assert mayor.get(reverse("drills:show", args=[drill.pk])).status_code == 200
    assert mayor.post(reverse("drills:stop", args=[drill.pk])).status_code == 303
    drill.refresh_from_db()
    assert drill.stopped_why
    assert word in text(mayor.get(reverse("drills:show", args=[drill.pk])))
    assert browser(cast.county_reviewer).get(reverse("drills:show", args=[drill.pk])).status_code == 404
    assert browser(cast.handler).get(reverse("drills:new")).status_code == 403


def test_the_results_of_a_drill_stand_on_its_page(cast):
    begun = clock.now() - timedelta(hours=4)
    drill = planned(cast, now=begun)
    mayor = cast.actor(cast.mayor)
    incident = drills.begin_drill(drill_id=drill.pk, by=mayor, now=begun)
    at = begun + timedelta(minutes=1)
    version = PlanVersion.objects.get()
    activate(incident_id=incident.pk, decision=decision(version, at), by=mayor, now=at)
    lift(cast, Incident.objects.get(pk=incident.pk), now=begun)
    page = text(browser(cast.mayor).get(reverse("drills:show", args=[drill.pk])))
    assert "Tasks in time" in page
    assert "0 / 3" in page
    assert "10 minutes" in page, "of the drill's own time"


@pytest.mark.parametrize(("language", "word"), [("en", "A drill is under way"), ("zh-hans", "正在演练")])
def test_what_is_real_stops_a_drill_with_one_click_on_its_own_page(cast, language, word):
    drill = planned(cast, now=clock.now())
    drills.begin_drill(drill_id=drill.pk, by=cast.actor(cast.mayor), now=clock.now())
    real = call(cast, now=clock.now())
    mayor = browser(cast.mayor, language)
    page = mayor.get(reverse("incidents:incident", args=[real.pk]))
    assert word in text(page)
    stop = reverse("drills:stop", args=[drill.pk])
    assert stop in page.content.decode()
    assert mayor.post(stop).status_code == 303
    assert word not in text(mayor.get(reverse("incidents:incident", args=[real.pk])))
