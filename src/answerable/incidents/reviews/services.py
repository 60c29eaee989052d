"""The review of a response: begun after it is lifted, signed by the leader; its lessons; the end of the file.

Whoever leads the unit, is on duty or commanded writes it; the leader of the unit or above signs. What is signed does
not change; its figures are frozen with it.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from answerable.alerts import steps as alarms
from answerable.alerts.models import Alert
from answerable.core.refusals import Changed
from answerable.incidents import access, steps
from answerable.incidents.act_kinds import IncidentAct
from answerable.incidents.models import Incident, Lesson, PlanVersion, Report, Review
from answerable.incidents.reports import steps as report_steps
from answerable.incidents.reviews import rules
from answerable.incidents.reviews.measuring import measure
from answerable.incidents.reviews.rules import CannotReview
from answerable.incidents.rules import NotTheirs, require_of_nobody
from answerable.incidents.wording import joined
from answerable.orgs.models import Post
from answerable.orgs.queries import local_today
from answerable.record.actors import Actor

OVER = frozenset({Incident.State.STOOD_DOWN, Incident.State.CLOSED})
LATE_CODE = "lesson_late"


def late_key(lesson_id: UUID) -> str:
    """What the alarm of a late lesson is known by."""
    return f"{LATE_CODE}:{lesson_id}"


@transaction.atomic(durable=True)
def begin_review(*, incident_id: UUID, by: Actor, now: datetime) -> Review:
    """Open the review; a second time finds the first. Raises CannotReview while the response is under way."""
    incident = steps.lock_incident(incident_id)
    access.require_writer(by, incident, now)
    if incident.activated_at is None:
        raise CannotReview("no_response")
    if incident.state not in OVER:
        raise CannotReview("not_over")
    found = Review.objects.filter(incident=incident).first()
    if found is not None:
        return found
    done = steps.act(incident, IncidentAct.REVIEW_BEGUN, by=by, now=now, body={"drill": incident.is_drill})
    return Review.objects.create(incident=incident, begun_at=done.at)


@transaction.atomic(durable=True)
def write_review(
    *, incident_id: UUID, well: str, badly: str, by: Actor, seen_version: int, now: datetime
) -> Review:
    """Keep what was written so far; a draft, so no act. Raises CannotReview, Changed."""
    _incident, review = _open_review(incident_id, by, seen_version, now)
    review.well, review.badly = _words(well), _words(badly)
    return _saved(review, "well", "badly")


@transaction.atomic(durable=True)
def sign_review(
    *, incident_id: UUID, well: str, badly: str, by: Actor, seen_version: int, now: datetime
) -> Review:
    """The leader signs: words and figures stand as they are from here on."""
    incident, review = _open_review(incident_id, by, seen_version, now)
    access.require_leader(by, incident, now)
    review.well, review.badly = _words(well), _words(badly)
    if not review.well or not review.badly:
        raise CannotReview("words_missing")
    review.measured = measure(incident, now=now).as_record()
    done = steps.act(
        incident,
        IncidentAct.REVIEW_SIGNED,
        by=by,
        now=now,
        body={
            "well_sha256": steps.digest(review.well),
            "badly_sha256": steps.digest(review.badly),
            "measured": {name: len(review.measured[name]) for name in rules.Figures.PARTS},
            "lessons": [str(pk) for pk in review.lessons.values_list("pk", flat=True)],
        },
    )
    review.signed_at, review.signed_by_id = done.at, by.staff
    return _saved(review, "well", "badly", "measured", "signed_at", "signed_by")


def _open_review(incident_id: UUID, by: Actor, seen: int | None, now: datetime) -> tuple[Incident, Review]:
    """Both, locked, of a review that is not signed."""
    incident = steps.lock_incident(incident_id)
    access.require_writer(by, incident, now)
    review = Review.objects.select_for_update().get(incident=incident)
    if review.signed_at is not None:
        raise CannotReview("signed_already")
    if seen is not None and review.version != seen:
        raise Changed(version=review.version)
    return incident, review


def _words(text: str) -> str:
    return steps.cleaned(text, most=rules.LONGEST_WORDS)


def _saved(review: Review, *names: str) -> Review:
    review.version += 1
    review.save(update_fields=[*names, "version"])
    return review


# ---------------------------------------------------------------- lessons


@transaction.atomic(durable=True)
def set_lesson(
    *, incident_id: UUID, what: str, post_id: int, due_on: date, changes_plan: bool, by: Actor, now: datetime
) -> Lesson:
    """An action with a post and a day. Raises CannotReview."""
    incident, review = _open_review(incident_id, by, None, now)
    what = steps.cleaned(what, most=rules.LONGEST_LESSON)
    if not what:
        raise CannotReview("lesson_missing")
    require_of_nobody(what)
    post = Post.objects.filter(pk=post_id, closed_on=None).select_related("unit").first()
    bodies = {incident.authority_id, incident.authority.above_id}
    if post is None or post.unit.authority_id not in bodies or post.role in access.LOOK_ON:
        raise CannotReview("no_such_post")
    if due_on < local_today(incident.authority, now):
        raise CannotReview("due_past")
    lesson = Lesson.objects.create(
        review=review, what=what, post=post, due_on=due_on, changes_plan=changes_plan
    )
    body = _facts(lesson) | {"what_sha256": steps.digest(what)}
    steps.act(incident, IncidentAct.LESSON_SET, by=by, now=now, body=body)
    return lesson


@transaction.atomic(durable=True)
def drop_lesson(*, incident_id: UUID, lesson_id: UUID, by: Actor, now: datetime) -> None:
    """Taken out again before the review is signed; both stand in the record."""
    incident, review = _open_review(incident_id, by, None, now)
    lesson = Lesson.objects.select_for_update().get(pk=lesson_id, review=review)
    steps.act(incident, IncidentAct.LESSON_DROPPED, by=by, now=now, body=_facts(lesson))
    _end_alarm(lesson, by=by, now=now)
    lesson.delete()


@transaction.atomic(durable=True)
def finish_lesson(
    *, lesson_id: UUID, done_with: str, plan_version: int | None, by: Actor, now: datetime
) -> Lesson:
    """Done, with what was done; one that changes the plan names the version that took it up. Ends its alarm."""
    incident_id = Lesson.objects.values_list("review__incident", flat=True).get(pk=lesson_id)
    incident = steps.lock_incident(incident_id)
    lesson = Lesson.objects.select_for_update(of=("self",)).select_related("post__unit").get(pk=lesson_id)
    if by.post_id != lesson.post_id:
        # Whoever holds the post, or leads the unit: nobody says it for another.
        try:
            access.require_leader(by, incident, now)
        except NotTheirs:
            raise NotTheirs("lesson_not_yours") from None
    if lesson.done_at is not None:
        raise CannotReview("done_already")
    done_with = steps.cleaned(done_with, most=rules.LONGEST_LESSON)
    if not done_with:
        raise CannotReview("done_missing")
    if lesson.changes_plan and not _is_newer(incident, plan_version):
        raise CannotReview("version_missing")
    lesson.plan_version = plan_version if lesson.changes_plan else None
    body = _facts(lesson) | {"done_sha256": steps.digest(done_with), "plan_version": lesson.plan_version}
    done = steps.act(incident, IncidentAct.LESSON_DONE, by=by, now=now, body=body)
    lesson.done_at, lesson.done_by_id, lesson.done_with = done.at, by.staff, done_with
    lesson.save(update_fields=["done_at", "done_by", "done_with", "plan_version"])
    _end_alarm(lesson, by=by, now=now)
    return lesson


def _is_newer(incident: Incident, number: int | None) -> bool:
    """Whether it is a version of the plan that came after the one the response ran on, and was approved."""
    ran_on = incident.plan_version
    if number is None or ran_on is None or number <= ran_on.number:
        return False
    used = (PlanVersion.State.IN_USE, PlanVersion.State.REPLACED)
    return PlanVersion.objects.filter(plan=ran_on.plan_id, number=number, state__in=used).exists()


def _facts(lesson: Lesson) -> dict[str, object]:
    return {
        "lesson": str(lesson.pk),
        "post": lesson.post_id,
        "due_on": lesson.due_on.isoformat(),
        "changes_plan": lesson.changes_plan,
    }


def _end_alarm(lesson: Lesson, *, by: Actor, now: datetime) -> None:
    for alert in Alert.objects.select_for_update().filter(key=late_key(lesson.pk)):
        alarms.resolve(alert, by=by, now=now)


# ---------------------------------------------------------------- the end of the file


@transaction.atomic(durable=True)
def close_incident(*, incident_id: UUID, by: Actor, seen_version: int | None, now: datetime) -> Incident:
    """Close the file after the review is signed; the worker puts it into the archive. Lessons go on being chased.

    Raises CannotReview: not signed, reports owed. In a drill the reports that were not made lapse.
    """
    incident = steps.lock_incident(incident_id, seen_version)
    access.require_leader(by, incident, now)
    if incident.state == Incident.State.CLOSED:
        raise CannotReview("closed_already")
    if incident.state != Incident.State.STOOD_DOWN:
        raise CannotReview("not_over")
    if not Review.objects.filter(incident=incident).exclude(signed_at=None).exists():
        raise CannotReview("not_signed")
    owed = list(
        Report.objects.select_for_update().filter(incident=incident, state=Report.State.DUE).order_by("pk")
    )
    if incident.is_drill:
        for row in owed:
            report_steps.waive(incident, row, by=Actor.system(), now=now, why="drill_over")
    elif owed:
        raise CannotReview("owed", what=joined(str(row.get_kind_display()) for row in owed))
    steps.changed(incident, state=Incident.State.CLOSED, closed_at=now)
    steps.act(incident, IncidentAct.CLOSED, by=by, now=now, body={"drill": incident.is_drill})
    return incident
