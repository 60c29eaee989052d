"""A review measures by the plan, is signed once, and its lessons are asked for until they are done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.alerts.models import Alert, Notice
from answerable.core.refusals import Changed
from answerable.incidents.models import Incident, Lesson, PlanVersion, Review, Task
from answerable.incidents.reviews import chasing, services
from answerable.incidents.reviews.measuring import figures_of
from answerable.incidents.reviews.rules import CannotReview, Figures, Outcome, tally
from answerable.incidents.reviews.tests.scenes import END, ended, signed
from answerable.incidents.rules import CannotAct, NotTheirs
from answerable.incidents.tests.responses import make_plan, respond
from answerable.orgs.queries import local_today
from answerable.record.queries import acts_of
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)


def lesson(cast, incident: Incident, days: int = 10, **more) -> Lesson:
    given = {
        "what": "备用钥匙放进值班室",
        "post_id": cast.post(cast.water_leader).pk,
        "due_on": local_today(cast.town, END) + timedelta(days=days),
        "changes_plan": False,
    } | more
    return services.set_lesson(incident_id=incident.pk, by=cast.actor(cast.mayor), now=END, **given)


def refused(do, *args, **kwargs) -> str:
    with pytest.raises((CannotReview, NotTheirs)) as found:
        do(*args, **kwargs)
    return found.value.code


def test_a_review_begins_after_the_response_and_once(cast):
    make_plan(cast)
    incident = respond(cast, PlanVersion.objects.get())
    by = {"incident_id": incident.pk, "by": cast.actor(cast.mayor), "now": END}
    assert refused(services.begin_review, **by) == "not_over"
    other = ended(cast)
    first = services.begin_review(incident_id=other.pk, by=cast.actor(cast.mayor), now=END)
    assert services.begin_review(incident_id=other.pk, by=cast.actor(cast.mayor), now=END).pk == first.pk
    outsider = cast.actor(cast.auditor)
    assert refused(services.begin_review, incident_id=other.pk, by=outsider, now=END) == "writes_not"


def test_figures_are_the_rows_beside_the_plans_targets(cast):
    incident = ended(cast)
    review = services.begin_review(incident_id=incident.pk, by=cast.actor(cast.mayor), now=END)
    figures = figures_of(review, now=END)
    tasks = {one.code: one for one in figures.tasks}
    assert (tasks["warn"].target_min, tasks["warn"].actual_min, tasks["warn"].outcome) == (
        10,
        15,
        Outcome.LATE,
    )
    assert (tasks["look"].target_min, tasks["look"].actual_min) == (20, 50)
    assert tasks["look"].over_min == 30
    assert tasks["close_road"].outcome is Outcome.LEFT_OUT
    assert tasks["tell_county"].outcome is Outcome.IN_TIME
    assert (figures.to_activation_min, figures.lasted_min) == (1, 119)
    roles = {one.code: one for one in figures.roles}
    assert roles["commander"].outcome is Outcome.IN_TIME
    assert roles["engineer"].outcome is Outcome.NOT_DONE, "nobody said that they had it"
    assert tally(figures.reports).in_time == 1
    assert "Head" not in str(figures.as_record()), "nobody by name"


def test_what_is_signed_stands_as_it_was(cast):
    incident = ended(cast)
    review = services.begin_review(incident_id=incident.pk, by=cast.actor(cast.mayor), now=END)
    by = {"incident_id": incident.pk, "by": cast.actor(cast.mayor), "now": END}
    words = {"well": "转移很快", "badly": "钥匙找不到"}
    empty = {"well": " ", "badly": ""}
    assert refused(services.sign_review, **by, **empty, seen_version=review.version) == "words_missing"
    with pytest.raises(Changed):
        services.write_review(**by, **words, seen_version=99)
    before = figures_of(review, now=END)
    review = services.sign_review(**by, **words, seen_version=review.version)
    Task.objects.filter(incident=incident).update(ended_at=None, state="open")
    assert figures_of(Review.objects.get(), now=END + timedelta(days=1)) == before
    assert Figures.from_record(review.measured) == before
    assert refused(services.write_review, **by, **words, seen_version=review.version) == "signed_already"
    kinds = [act.kind for act in acts_of(incident.pk)]
    assert kinds[-2:] == ["incident.review_begun", "incident.review_signed"]


def test_only_a_leader_of_the_unit_signs(cast):
    incident = ended(cast)
    Incident.objects.filter(pk=incident.pk).update(commander=cast.handler)
    review = services.begin_review(incident_id=incident.pk, by=cast.actor(cast.handler), now=END)
    by = {"incident_id": incident.pk, "by": cast.actor(cast.handler), "now": END}
    assert (
        refused(services.sign_review, **by, well="x", badly="y", seen_version=review.version) == "leads_not"
    )


@pytest.mark.parametrize(
    ("more", "code"),
    [({"what": " "}, "lesson_missing"), ({"days": -1}, "due_past"), ({"post_id": 0}, "no_such_post")],
)
def test_a_lesson_has_an_action_a_post_and_a_day_that_lies_ahead(cast, more, code):
    incident = ended(cast)
    services.begin_review(incident_id=incident.pk, by=cast.actor(cast.mayor), now=END)
    assert refused(lesson, cast, incident, **more) == code


def test_rule_11_no_lesson_is_about_watching_people(cast):
    incident = ended(cast)
    services.begin_review(incident_id=incident.pk, by=cast.actor(cast.mayor), now=END)
    with pytest.raises(CannotAct) as found:
        lesson(cast, incident, what="下次先登记参与人员名单")
    assert found.value.code == "watches_people"


def test_a_lesson_is_reminded_raised_when_late_and_ended_by_what_was_done(cast):
    incident = ended(cast)
    services.begin_review(incident_id=incident.pk, by=cast.actor(cast.mayor), now=END)
    one = lesson(cast, incident)
    assert chasing.watch(END + timedelta(days=8)) == 0, "nothing is chased before the review is signed"
    signed(cast, incident)
    assert chasing.watch(END + timedelta(days=6)) == 0
    assert chasing.watch(END + timedelta(days=8)) == 1
    assert chasing.watch(END + timedelta(days=9)) == 0, "reminded once"
    post = cast.post(cast.water_leader)
    assert list(Notice.objects.filter(post_id=post.pk).values_list("code", flat=True)) == ["lesson_due"]
    assert chasing.watch(END + timedelta(days=10)) == 0, "the day itself is in time"
    late = END + timedelta(days=11)
    assert chasing.watch(late) == 1
    assert chasing.watch(late) == 0
    alert = Alert.objects.get(code="lesson_late")
    assert not alert.is_urgent
    assert alert.state != Alert.State.RESOLVED
    assert Notice.objects.filter(post_id=post.pk, code="lesson_late").count() == 1
    outsider = cast.actor(cast.handler)
    given = {"lesson_id": one.pk, "plan_version": None, "now": late}
    assert refused(services.finish_lesson, **given, done_with="x", by=outsider) == "lesson_not_yours"
    holder = cast.actor(cast.water_leader)
    assert refused(services.finish_lesson, **given, done_with=" ", by=holder) == "done_missing"
    services.finish_lesson(**given, done_with="钥匙柜装好了", by=holder)
    assert Alert.objects.get(code="lesson_late").state == Alert.State.RESOLVED
    assert refused(services.finish_lesson, **given, done_with="x", by=holder) == "done_already"
    kinds = [act.kind for act in acts_of(incident.pk)]
    assert kinds[-2:] == ["incident.lesson_late", "incident.lesson_done"]


def test_a_lesson_that_changes_the_plan_names_the_version_that_did(cast):
    incident = ended(cast)
    services.begin_review(incident_id=incident.pk, by=cast.actor(cast.mayor), now=END)
    one = lesson(cast, incident, changes_plan=True)
    ran_on = incident.plan_version
    given = {"lesson_id": one.pk, "done_with": "改了第三步", "by": cast.actor(cast.mayor), "now": END}
    for number in (None, ran_on.number, 2):
        assert refused(services.finish_lesson, **given, plan_version=number) == "version_missing"
    PlanVersion.objects.filter(pk=ran_on.pk).update(state="replaced")
    PlanVersion.objects.create(
        plan=ran_on.plan, number=2, state="in_use", text=ran_on.text, sha256=ran_on.sha256, made_at=MONDAY,
        made_by=cast.mayor,
    )  # fmt: skip
    assert services.finish_lesson(**given, plan_version=2).plan_version == 2


def test_a_file_is_closed_after_its_review_and_when_no_report_is_owed(cast):
    incident = ended(cast)
    by = {"incident_id": incident.pk, "by": cast.actor(cast.mayor), "seen_version": None, "now": END}
    assert refused(services.close_incident, **by) == "not_signed"
    signed(cast, incident)
    incident.reports.update(state="due", sent_at=None)
    assert refused(services.close_incident, **by) == "owed"
    incident.reports.update(state="sent", sent_at=END)
    services.close_incident(**by)
    assert Incident.objects.get(pk=incident.pk).state == Incident.State.CLOSED
    assert refused(services.close_incident, **by) == "closed_already"
