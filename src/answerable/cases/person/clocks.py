"""One's own case by its clocks: what the office has to do, and by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import get_language

from answerable.cases import rules
from answerable.cases.deadline_moves import time_left
from answerable.cases.deadline_wording import due_words, why_this_date
from answerable.cases.derivations import Derivation
from answerable.cases.desk.wording import step_words
from answerable.cases.models import Case, Deadline
from answerable.cases.packs import Pack, load_pack
from answerable.orgs.calendars import WorkCalendar
from answerable.orgs.queries import calendar_of


@dataclass(frozen=True)
class ClockShown:
    """A date: what is due, the sentence, and why that date. `state` is a name of ui.states."""

    title: str
    sentence: str
    state: str
    why: list[str]
    row: Deadline


class Clocks:
    """A case at an instant, with the dates that run in it."""

    def __init__(self, case: Case, now: datetime) -> None:
        self.case, self.now = case, now
        self.pack: Pack = load_pack(case.pack)

    @cached_property
    def calendar(self) -> WorkCalendar:
        return calendar_of(self.case.authority)

    @property
    def language(self) -> str:
        return get_language() or "en"

    @property
    def is_erased(self) -> bool:
        return self.case.erased_at is not None

    @cached_property
    def deadlines(self) -> list[Deadline]:
        rows = Deadline.objects.filter(case=self.case, met_seq=None, voided_seq=None).select_related("unit")
        return list(rows.order_by("late_from", "pk"))

    @cached_property
    def clocks(self) -> list[ClockShown]:
        """What the office has to do and by when, the next date first; a level that watches comes after."""
        if self.case.state not in rules.WORKING and self.case.state != "decided":
            return []
        own = [row for row in self.deadlines if row.is_office and not row.is_supervising]
        return [self._clock(row) for row in own]

    @cached_property
    def watching(self) -> list[ClockShown]:
        """The clocks of levels above, once the case was lifted or raised to them."""
        return [self._clock(row) for row in self.deadlines if row.is_supervising]

    def _clock(self, row: Deadline) -> ClockShown:
        derivation = Derivation.from_record(row.derivation)
        return ClockShown(
            title=row.unit.name if row.is_supervising else step_words(self.case, row.step),
            sentence=due_words(derivation, self.now, self.calendar),
            state=self._state(row),
            why=why_this_date(derivation, self.pack, self.language),
            row=row,
        )

    def _state(self, row: Deadline) -> str:
        if row.paused_at is not None:
            return "paused"
        left = time_left(row.late_from, self.now, self.calendar)
        if left.late:
            return "late"
        return "soon" if left.working_days <= 2 else "ontime"

    @property
    def first_clock(self) -> ClockShown | None:
        return self.clocks[0] if self.clocks else None

    @property
    def later_clocks(self) -> list[ClockShown]:
        return self.clocks[1:]

    @property
    def is_late(self) -> bool:
        return any(clock.state == "late" for clock in self.clocks)
