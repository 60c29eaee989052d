"""Reads of reviews and lessons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from answerable.incidents.access import LOOK_ON, Reader
from answerable.incidents.models import Incident, Lesson, PlanVersion, Review
from answerable.orgs.models import Authority, Post
from answerable.orgs.queries import local_today
from answerable.orgs.standing import standing
from answerable.record.actors import Actor, ActorKind


def to_review(authority_ids: Iterable[int]) -> QuerySet[Incident]:
    """Responses that were lifted and whose review was not begun, the oldest first."""
    rows = Incident.objects.filter(
        authority__in=list(authority_ids), state=Incident.State.STOOD_DOWN, review=None
    )
    return (
        rows.exclude(activated_at=None)
        .select_related("authority", "unit", "place")
        .order_by("stood_down_at", "pk")
    )


def reviews(authority_ids: Iterable[int]) -> QuerySet[Review]:
    """Those that are not signed first, then the newest."""
    rows = Review.objects.filter(incident__authority__in=list(authority_ids))
    return rows.select_related("incident__authority", "incident__place").order_by("-signed_at", "-begun_at")


def open_lessons(authority_ids: Iterable[int]) -> QuerySet[Lesson]:
    """Lessons of signed reviews that are not done, what is due first comes first."""
    rows = Lesson.objects.filter(
        review__incident__authority__in=list(authority_ids), done_at=None, review__signed_at__isnull=False
    )
    return rows.select_related("post__unit", "review__incident").order_by("due_on", "pk")


def late_ids(authority_ids: Iterable[int], now: datetime) -> set[UUID]:
    """The lessons of these bodies that are late today."""
    found: set[UUID] = set()
    for body in Authority.objects.filter(pk__in=list(authority_ids)):
        rows = Lesson.objects.filter(
            review__incident__authority=body, done_at=None, due_on__lt=local_today(body, now)
        )
        found |= set(rows.values_list("pk", flat=True))
    return found


def posts_for(incident: Incident) -> list[Post]:
    """Posts that a lesson may be given to: those of the body that do something, and the leaders of the body above."""
    above = incident.authority.above_id
    found = [
        post
        for post in standing().posts.values()
        if post.closed_on is None
        and post.role not in LOOK_ON
        and (
            post.unit.authority_id == incident.authority_id
            or (post.unit.authority_id == above and post.role == "leader")
        )
    ]
    return sorted(
        found, key=lambda post: (post.unit.authority_id != incident.authority_id, post.unit.path, post.pk)
    )


def newer_versions(incident: Incident) -> list[tuple[int, str]]:
    """Approved versions of the plan after the one that the response ran on, the newest first."""
    ran_on = incident.plan_version
    if ran_on is None:
        return []
    used = (PlanVersion.State.IN_USE, PlanVersion.State.REPLACED)
    rows = PlanVersion.objects.filter(plan=ran_on.plan_id, number__gt=ran_on.number, state__in=used)
    return [(row.number, f"{row.number} · {row.note}".strip(" ·")) for row in rows.order_by("-number")]


def actor_of(reader: Reader, post: Post) -> Actor:
    """The reader as the holder of one of their posts."""
    return Actor(ActorKind.STAFF, staff_id=reader.staff.pk, post_id=post.pk, unit_id=post.unit_id)
