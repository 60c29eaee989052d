"""Whom an accusation touches (rights, rule 5): every way a case can go asks here, and no other place decides it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from answerable.cases.models import Case
from answerable.orgs.models import Post, Unit
from answerable.orgs.queries import holders_of


@dataclass(frozen=True)
class Accusation:
    """Units and staff that a case is about. `unknown_in`: named in words alone, somewhere in this body."""

    units: frozenset[int] = frozenset()
    staff: frozenset[int] = frozenset()
    unknown_in: int | None = None

    def __bool__(self) -> bool:
        return bool(self.units or self.staff or self.unknown_in)

    def is_held_by(self, post_id: int | None, now: datetime) -> bool:
        """Whether somebody accused acts for the post, in whatever capacity."""
        if post_id is None or not self.staff:
            return False
        return any(holder.pk in self.staff for holder in holders_of(post_id, now))

    def reaches(self, unit: Unit, post: Post | None, now: datetime) -> bool:
        """Whether the unit, one above it or whoever acts for its post is accused, or may be."""
        if self.units.intersection(unit.path or [unit.pk]):
            return True
        if self.unknown_in is not None and unit.authority_id == self.unknown_in and not unit.takes_conduct:
            return True
        return self.is_held_by(post.pk if post is not None else None, now)


NOBODY = Accusation()


def accusation_of(case: Case) -> Accusation:
    """What is known of whom the case is about; nobody for a matter that is about no one's conduct."""
    if not case.is_conduct:
        return NOBODY
    rows = list(case.accused.values_list("unit_id", "staff_id"))
    return accusation(
        [unit for unit, _staff in rows if unit],
        [staff for _unit, staff in rows if staff],
        unknown_in=case.authority_id if case.is_accused_unknown else None,
    )


def accusation(units: Iterable[int], staff: Iterable[int], *, unknown_in: int | None = None) -> Accusation:
    return Accusation(frozenset(units), frozenset(staff), unknown_in)
