"""Who may fill a role at a time, and if not, why, as a sentence. Pure: no Django, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from answerable.core.sentences import N_, Said


class CannotStand(Said):
    """Somebody cannot be put on a shift."""

    sentences: Mapping[str, str] = {
        "locked_out": N_("%(name)s's sign-in is closed. Put somebody else in."),
        "not_in_pool": N_("%(name)s is not among the people of this line. Add them to it first."),
        "not_yet": N_("%(name)s joins this line on %(on)s, after this shift begins."),
        "has_left": N_("%(name)s is with this line only until before %(on)s."),
        "no_post": N_("%(name)s holds none of the posts that may be “%(role)s” at that time."),
        "unqualified": N_("%(name)s lacks what “%(role)s” needs: %(what)s."),
        "expired": N_("What %(name)s needs for “%(role)s” (%(what)s) holds only until %(on)s."),
        "no_nights": N_("%(name)s does no nights on this line."),
        "absent": N_("%(name)s has told an absence for that time."),
        "elsewhere": N_(
            "%(name)s is on duty then already, from %(from)s until %(until)s. Nobody is on two lines at once."
        ),
        "rest_short": N_(
            "%(name)s would rest only %(hours)s hours; this line wants %(wanted)s. Give a reason if it must be."
        ),
        "over": N_("That time is over; who was on duty then stays as it is."),
        "outside": N_("That is not within the shift, which lasts from %(from)s until %(until)s."),
        "no_length": N_("It would end before it begins."),
        "other_line": N_("This role belongs to another line."),
        "gone": N_("%(name)s does not stand this shift any more; look at it again."),
    }


@dataclass(frozen=True)
class RoleFacts:
    """Who may fill a role: whoever matches any list that is not empty; and has all the qualifications."""

    id: int
    name: str = ""
    post_roles: frozenset[str] = frozenset()
    posts: frozenset[int] = frozenset()
    units: frozenset[int] = frozenset()
    qualifications: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Held:
    """A post that somebody holds or stands in for, from–until; `unit_path` from the root down to its unit."""

    post_id: int
    role: str
    unit_path: tuple[int, ...]
    from_at: datetime
    until_at: datetime | None


@dataclass(frozen=True)
class Qualified:
    """The last day on which it holds is `until_on`."""

    code: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True)
class PersonFacts:
    """A person of a line's pool; without `joins_on` they are not in it."""

    staff_id: int
    name: str = ""
    is_active: bool = True
    joins_on: date | None = None
    leaves_on: date | None = None
    can_nights: bool = True
    held: tuple[Held, ...] = ()
    qualified: tuple[Qualified, ...] = ()
    absences: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True)
class When:
    """The stretch to be stood: the local day its shift counts under, the local day it ends on, and its ends."""

    on: date
    ends_on: date
    from_at: datetime
    until_at: datetime
    is_night: bool = False


def why_not(role: RoleFacts, person: PersonFacts, when: When) -> CannotStand | None:
    """Why somebody may not fill a role at a time; None if they may. Rest and other duty are `rest_short`'s."""
    return (
        _not_of_line(person, when)
        or _lacks_post(role, person, when)
        or _lacks_qualification(role, person, when)
        or _not_then(person, when)
    )


def _not_of_line(person: PersonFacts, when: When) -> CannotStand | None:
    if not person.is_active:
        return CannotStand("locked_out", name=person.name)
    if person.joins_on is None:
        return CannotStand("not_in_pool", name=person.name)
    if when.on < person.joins_on:
        return CannotStand("not_yet", name=person.name, on=person.joins_on.isoformat())
    if person.leaves_on is not None and when.on >= person.leaves_on:
        return CannotStand("has_left", name=person.name, on=person.leaves_on.isoformat())
    return None


def _lacks_post(role: RoleFacts, person: PersonFacts, when: When) -> CannotStand | None:
    if not (role.post_roles or role.posts or role.units):
        return None
    first, last = when.from_at, when.until_at - timedelta(microseconds=1)
    if all(any(_fits(role, held) and _holds(held, at) for held in person.held) for at in (first, last)):
        return None
    return CannotStand("no_post", name=person.name, role=role.name)


def _fits(role: RoleFacts, held: Held) -> bool:
    return (
        held.role in role.post_roles
        or held.post_id in role.posts
        or not role.units.isdisjoint(held.unit_path)
    )


def _holds(held: Held, at: datetime) -> bool:
    return held.from_at <= at and (held.until_at is None or at < held.until_at)


def _lacks_qualification(role: RoleFacts, person: PersonFacts, when: When) -> CannotStand | None:
    for code in sorted(role.qualifications):
        found = next((one for one in person.qualified if one.code == code), None)
        if found is None or when.on < found.from_on:
            return CannotStand("unqualified", name=person.name, role=role.name, what=code)
        if found.until_on is not None and when.ends_on > found.until_on:
            return CannotStand(
                "expired", name=person.name, role=role.name, what=code, on=found.until_on.isoformat()
            )
    return None


def _not_then(person: PersonFacts, when: When) -> CannotStand | None:
    if when.is_night and not person.can_nights:
        return CannotStand("no_nights", name=person.name)
    if any(a < when.until_at and b > when.from_at for a, b in person.absences):
        return CannotStand("absent", name=person.name)
    return None


@dataclass(frozen=True)
class Stood:
    """Other duty of a person, and the rest that its line wants after it."""

    shift_id: int
    from_at: datetime
    until_at: datetime
    rest: timedelta


def rest_short(
    others: Iterable[Stood], *, shift_id: int, from_at: datetime, until_at: datetime, rest: timedelta
) -> tuple[timedelta, timedelta] | None:
    """The rest that would be left and the rest that is wanted, where it is too short before or after; else None.

    Another part of the same shift needs no rest between; `rest` is what this shift's line wants after it.
    """
    for other in sorted(others, key=lambda one: one.from_at):
        if other.shift_id == shift_id:
            continue
        left, wanted = (
            (from_at - other.until_at, other.rest)
            if other.from_at < from_at
            else (other.from_at - until_at, rest)
        )
        if left < wanted:
            return max(left, timedelta()), wanted
    return None
