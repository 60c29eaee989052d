"""Where a case goes: the responsibility map, and for accusations the first unit they do not touch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from answerable.cases import rules
from answerable.cases.accusation import Accusation
from answerable.orgs.models import Authority, Place, Post, Role, Subject, Unit
from answerable.orgs.queries import Uncovered, head_of, holders_of, level_above, responsible_for, root_unit


@dataclass(frozen=True)
class Route:
    """The handling unit and the leader's post that answers. `is_outside`: the body is reached by letter."""

    unit: Unit
    leader_post: Post
    is_outside: bool = False


def route_ordinary(authority: Authority, subject: Subject, place: Place | None) -> Route:
    """By the responsibility map. Raises orgs.queries.Uncovered."""
    rule = responsible_for(authority, subject, place)
    return Route(rule.unit, rule.leader_post)


def route_mapped(authority: Authority, subject: Subject, place: Place | None) -> Route:
    """The same; where the map has a hole, to the authority's head. Raises orgs.queries.Uncovered without a head.

    A hole in the map is the office's fault: nobody is turned away for it (rights, rule 3).
    """
    try:
        return route_ordinary(authority, subject, place)
    except Uncovered:
        head = outside_route(authority)
        if head is None:
            raise
        return Route(head.unit, head.leader_post)


def route_conduct(
    authority: Authority, *, accused_units: Iterable[int], accused_staff: Iterable[int], now: datetime
) -> Route | None:
    """Where an accusation goes (rights, rule 5): the conduct units, then upwards, then the outside body.

    Staff accused take their units' heads with them where they are the head. None when even the outside body
    is not named: `answerable check` fails on that beforehand.
    """
    units = frozenset(accused_units)
    staff = frozenset(accused_staff)
    candidates, by_id = [], {}
    for unit in conduct_path(authority):
        post = head_of(unit)
        heads = frozenset(s.pk for s in holders_of(post.pk, now)) if post else frozenset()
        candidates.append(rules.Candidate(unit.pk, frozenset(unit.path or [unit.pk]), heads))
        by_id[unit.pk] = unit
    found = rules.first_untouched(candidates, accused_units=units, accused_staff=staff)
    if found is not None:
        post = head_of(by_id[found])
        if post is not None:
            return Route(by_id[found], post)
    return outside_route(authority.conduct_body)


def route_top(authority: Authority) -> Route | None:
    """The highest unit here, for an accusation that touches everybody and no outside body is named for.

    Access keeps it from all who are accused; `answerable check` fails until a body is named.
    """
    for unit in reversed(conduct_path(authority)):
        post = head_of(unit)
        if post is not None:
            return Route(unit, post)
    return None


def conduct_path(authority: Authority) -> list[Unit]:
    """The authority's conduct units, its root, then the same of each body above that works here."""
    path: list[Unit] = []
    body: Authority | None = authority
    while body is not None and not body.is_outside:
        units = list(Unit.objects.filter(authority=body, takes_conduct=True, closed_on=None).order_by("pk"))
        root = root_unit(body)
        path += units + ([root] if root is not None and root not in units else [])
        body = body.above
    return path


def outside_route(body: Authority | None) -> Route | None:
    """The root unit and head post that stand for a body outside; they are made with the body."""
    root = root_unit(body) if body is not None else None
    post = head_of(root) if root is not None else None
    return Route(root, post, is_outside=True) if root is not None and post is not None else None


def route_above(unit: Unit) -> Route | None:
    """The level above a unit as a place for a case, or None at the very top."""
    above = level_above(unit)
    if above.unit is not None and above.post is not None:
        return Route(above.unit, above.post)
    return outside_route(above.outside)


def untouched_above(
    unit: Unit, about: Accusation, *, conduct_body: Authority | None, now: datetime
) -> Route | None:
    """The next level above a unit that an accusation does not touch (rights, rule 5), or None.

    A level whose head is accused is passed over: that head may not know of the case, so nobody there would act.
    Where every level is touched, the outside body named for it.
    """
    to = route_above(unit)
    while to is not None and about.reaches(to.unit, to.leader_post, now):
        to = route_above(to.unit)
    if to is None and about:
        to = outside_route(conduct_body)
    return to if to is None or to.unit.pk != unit.pk else None


def route_review(
    unit: Unit, about: Accusation, *, conduct_body: Authority | None, now: datetime
) -> Route | None:
    """Where a review goes: to the next body up, not to the same body's own head (cn-xinfang-2022, art. 35).

    There, to the unit that has a reviewer's post, else to its root. A body with none above it reviews by its
    own next level. What the accusation touches is passed over. None at the very top.
    """
    body = unit.authority.above
    while body is not None and not body.is_outside:
        for found in _reviewing(body):
            post = head_of(found)
            if post is not None and not about.reaches(found, post, now):
                return Route(found, post)
        body = body.above
    if body is not None:
        return outside_route(body)
    return untouched_above(unit, about, conduct_body=conduct_body, now=now)


def _reviewing(body: Authority) -> list[Unit]:
    units = Unit.objects.filter(authority=body, posts__role=Role.REVIEWER, closed_on=None).distinct()
    root = root_unit(body)
    return [*units.order_by("pk"), *([root] if root is not None else [])]
