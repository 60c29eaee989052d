"""Who answers, who holds a post, who is above."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from answerable.orgs.calendars import WorkCalendar
from answerable.orgs.models import (
    Appointment,
    Authority,
    Hold,
    Place,
    Post,
    Responsibility,
    Role,
    SpecialDay,
    Staff,
    Subject,
    Unit,
)


class Uncovered(LookupError):
    """No rule of the responsibility map covers this subject and place (`answerable check` names it)."""


def appointments_at(at: datetime) -> QuerySet[Appointment]:
    """Appointments in force at `at`, of staff who may sign in and posts that are open."""
    return Appointment.objects.filter(
        Q(until_at=None) | Q(until_at__gt=at), from_at__lte=at, staff__is_active=True, post__closed_on=None
    )


def posts_of(staff: Staff, at: datetime) -> list[Post]:
    """The posts a member of staff holds, acts in, deputises or stands in for at `at`."""
    ids = appointments_at(at).filter(staff=staff).values("post_id")
    return list(Post.objects.filter(pk__in=ids).select_related("unit__authority").order_by("pk"))


_ORDER = {Hold.HOLDER: 0, Hold.ACTING: 1, Hold.DELEGATE: 2, Hold.DEPUTY: 3}


def holders_of(post_id: int, at: datetime) -> list[Staff]:
    """Everyone who may act for the post at `at`: holder first, then acting, stand-ins, deputies."""
    rows = appointments_at(at).filter(post_id=post_id).select_related("staff")
    return [a.staff for a in sorted(rows, key=lambda a: (_ORDER[Hold(a.hold)], a.pk))]


def is_filled(post_id: int, at: datetime) -> bool:
    return appointments_at(at).filter(post_id=post_id).exists()


def subtree(unit_ids: Iterable[int]) -> list[int]:
    """The units and everything below them."""
    return list(Unit.objects.filter(path__overlap=list(unit_ids)).values_list("pk", flat=True))


def head_of(unit: Unit) -> Post | None:
    """The unit's head post, else a leader's post in it."""
    posts = Post.objects.filter(unit=unit, closed_on=None)
    return posts.filter(is_head=True).first() or posts.filter(role=Role.LEADER).order_by("pk").first()


def root_unit(authority: Authority) -> Unit | None:
    return Unit.objects.filter(authority=authority, parent=None, closed_on=None).order_by("pk").first()


@dataclass(frozen=True)
class Above:
    """Where a matter climbs to. Exactly one of `unit` and `outside` is set, or neither at the very top."""

    unit: Unit | None = None
    post: Post | None = None
    outside: Authority | None = None


def level_above(unit: Unit) -> Above:
    """The next level up: the parent unit, else the body above, in this installation or outside it.

    A unit without a head is passed over. With nothing above, the head of the authority itself; the caller
    sees that by `unit` being the authority's root.
    """
    seen: Unit | None = unit.parent
    while seen is not None:
        post = head_of(seen)
        if post is not None:
            return Above(unit=seen, post=post)
        seen = seen.parent
    above = unit.authority.above
    if above is not None and above.is_outside:
        return Above(outside=above)
    if above is not None:
        root = root_unit(above)
        post = head_of(root) if root else None
        if root is not None and post is not None:
            return Above(unit=root, post=post)
    root = root_unit(unit.authority)
    if root is not None and root.pk != unit.pk:
        return Above(unit=root, post=head_of(root))
    return Above()


def responsible_for(authority: Authority, subject: Subject, place: Place | None) -> Responsibility:
    """The one rule that answers for a subject at a place: most specific subject first, then place.

    Raises Uncovered when no rule matches.
    """
    subjects = subject.path or [subject.pk]
    places = (place.path or [place.pk]) if place else []
    rules = Responsibility.objects.filter(
        Q(subject=None) | Q(subject_id__in=subjects),
        Q(place=None) | Q(place_id__in=places),
        authority=authority,
    ).select_related("unit__authority", "leader_post")
    depth_s = {pk: n for n, pk in enumerate(subjects, 1)}
    depth_p = {pk: n for n, pk in enumerate(places, 1)}
    best = max(
        rules,
        key=lambda r: (depth_s.get(r.subject_id or 0, 0), depth_p.get(r.place_id or 0, 0)),
        default=None,
    )
    if best is None:
        raise Uncovered(authority.code, subject.code, place.code if place else "")
    return best


def calendar_of(authority: Authority) -> WorkCalendar:
    """The authority's working days: its country's, with its own closures and extra days."""
    days = SpecialDay.objects.filter(authority=authority).values_list("on", "is_working")
    return WorkCalendar(
        zone=authority.zone,
        country=authority.country or None,
        extra_closed=frozenset(on for on, working in days if not working),
        extra_working=frozenset(on for on, working in days if working),
    )


def local_today(authority: Authority, now: datetime) -> date:
    return calendar_of(authority).local_day(now)


def serving_authorities() -> QuerySet[Authority]:
    """Authorities that take grievances in this installation: they have units, and subjects to choose from."""
    return (
        Authority.objects.filter(is_outside=False, units__isnull=False, subjects__isnull=False)
        .distinct()
        .order_by("pk")
    )
