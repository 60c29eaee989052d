"""The pool of a line as the solver is told of it: facts read once, asked of many shifts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from answerable.duty import eligibility, pool
from answerable.duty.eligibility import CannotStand, PersonFacts, RoleFacts, When
from answerable.duty.models import DutyPerson, Line
from answerable.duty.shifts import Span
from answerable.orgs.calendars import WorkCalendar
from answerable.orgs.queries import calendar_of

#: Absences so far around the shifts are read: a leave counts whole in what is somebody's part.
AROUND = timedelta(days=40)


def minute(at: datetime) -> int:
    """Minutes since 1970, as the solver counts."""
    return int(at.timestamp() // 60)


@dataclass
class Pool:
    """Everyone who is or was in the line's pool, with posts, qualifications and absences."""

    line: Line
    people: dict[int, DutyPerson]
    facts: dict[int, PersonFacts]
    roles: dict[int, RoleFacts]
    calendar: WorkCalendar

    @classmethod
    def of(cls, line: Line, spans: Sequence[Span]) -> Pool:
        rows = {
            one.staff_id: one
            for one in DutyPerson.objects.filter(line=line).select_related("staff").order_by("staff_id")
        }
        facts = {}
        if spans:
            first, last = spans[0].from_at - AROUND, max(span.until_at for span in spans) + AROUND
            facts = pool.facts_of(rows, first, last)
        roles = {role.pk: pool.role_facts(role) for role in line.roles.all()}
        return cls(line, rows, facts, roles, calendar_of(line.authority))

    def why_not(self, staff_id: int, role_id: int, span: Span) -> CannotStand | None:
        """Why somebody may not fill a role of a shift, absence and other duty left aside; None if they may."""
        person = self._without_absence.get(staff_id) or PersonFacts(staff_id)
        last = self.calendar.local_day(span.until_at - timedelta(microseconds=1))
        when = When(span.on, last, span.from_at, span.until_at, span.is_night)
        return eligibility.why_not(self.roles[role_id], person, when)

    @cached_property
    def _without_absence(self) -> dict[int, PersonFacts]:
        return {pk: replace(one, absences=()) for pk, one in self.facts.items()}

    def away(self, staff_id: int) -> tuple[tuple[int, int], ...]:
        """Somebody's absences, in minutes."""
        found = self.facts.get(staff_id)
        return tuple((minute(a), minute(b)) for a, b in found.absences) if found else ()


def days_in_pool(person: DutyPerson, from_on: date, until_on: date) -> int:
    """Days from–until (the last one left out) on which somebody belongs to the pool."""
    first = max(person.joins_on, from_on)
    last = min(person.leaves_on or until_on, until_on)
    return max(0, (last - first) // timedelta(days=1))
