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
    Staff,
    Subject,
    Unit,
)
from answerable.orgs.standing import is_in_force, standing


class Uncovered(LookupError):
    """No rule of the responsibility map covers this subject and place (`answerable check` names it)."""


def appointments_at(at: datetime) -> QuerySet[Appointment]:
    """Appointments in force at `at`, of staff who may sign in and posts that are open."""
    return Appointment.objects.filter(
        Q(until_at=None) | Q(until_at__gt=at), from_at__lte=at, staff__is_active=True, post__closed_on=None
    )


def posts_of(staff: Staff, at: datetime) -> list[Post]:
    """The posts a member of staff holds, acts in, deputises or stands in for at `at`."""
    found = {a.post_id: a.post for a in standing().by_staff.get(staff.pk, ()) if is_in_force(a, at)}
    return [found[pk] for pk in sorted(found)]


_ORDER = {Hold.HOLDER: 0, Hold.ACTING: 1, Hold.DELEGATE: 2, Hold.DEPUTY: 3}


def holders_of(post_id: int, at: datetime) -> list[Staff]:
    """Everyone who may act for the post at `at`: holder first, then acting, stand-ins, deputies."""
    rows = [a for a in standing().by_post.get(post_id, ()) if is_in_force(a, at)]
    return [a.staff for a in sorted(rows, key=lambda a: (_ORDER[Hold(a.hold)], a.pk))]


def is_filled(post_id: int, at: datetime) -> bool:
    return any(is_in_force(a, at) for a in standing().by_post.get(post_id, ()))


def subtree(unit_ids: Iterable[int]) -> list[int]:
    """The units and everything below them."""
    roots = set(unit_ids)
    return [unit.pk for unit in standing().units.values() if roots.intersection(unit.path)]


def head_of(unit: Unit) -> Post | None:
    """The unit's head post, else a leader's post in it."""
    posts = [post for post in standing().posts_in.get(unit.pk, ()) if post.closed_on is None]
    heads = [post for post in posts if post.is_head] or [post for post in posts if post.role == Role.LEADER]
    return heads[0] if heads else None


def root_unit(authority: Authority) -> Unit | None:
    units = standing().units.values()
    roots = (
        u for u in units if u.authority_id == authority.pk and u.parent_id is None and u.closed_on is None
    )
    return next(roots, None)


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
    rules = (
        rule
        for rule in standing().rules.get(authority.pk, ())
        if (rule.subject_id is None or rule.subject_id in subjects)
        and (rule.place_id is None or rule.place_id in places)
    )
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
    return standing().calendar(authority)


def local_today(authority: Authority, now: datetime) -> date:
    return calendar_of(authority).local_day(now)


def serving() -> list[Authority]:
    """The same authorities as `serving_authorities`, from the organisation as it stands."""
    found = standing()
    taking = {unit.authority_id for unit in found.units.values()}
    taking &= {subject.authority_id for subject in found.subjects.values()}
    return [body for pk, body in found.authorities.items() if pk in taking and not body.is_outside]


def serving_authorities() -> QuerySet[Authority]:
    """Authorities that take grievances in this installation: they have units, and subjects to choose from."""
    return (
        Authority.objects.filter(is_outside=False, units__isnull=False, subjects__isnull=False)
        .distinct()
        .order_by("pk")
    )
