"""A case by its clocks: what is due and why, and the sentence that says where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from answerable.cases import rules
from answerable.cases.access import case_for
from answerable.cases.deadline_moves import time_left
from answerable.cases.deadline_wording import day_words, due_words, why_this_date
from answerable.cases.derivations import Derivation
from answerable.cases.desk import wording
from answerable.cases.desk.door import Desk
from answerable.cases.models import (
    Case,
    Deadline,
)
from answerable.cases.packs import Pack, load_pack
from answerable.cases.rules import Doing
from answerable.ui.flow import in_a_row


@dataclass(frozen=True)
class ClockShown:
    """One deadline with its sentence and the sentences of "why this date?"."""

    row: Deadline
    title: str
    sentence: str
    state: str
    why: list[str]


def lies_in_closed_unit(case: Case) -> bool:
    """Whether somebody has still to hand it over, as its unit works no more."""
    return case.ended_at is None and case.unit.closed_on is not None


class Clocks:
    """A case, as its reader may see it, with the dates that run and ran in it."""

    def __init__(self, desk: Desk, case_id: UUID, doing: Doing = Doing.READ) -> None:
        self.desk = desk
        self.case: Case = case_for(desk.reader, case_id, doing)
        self.pack: Pack = load_pack(self.case.pack)

    @cached_property
    def deadlines(self) -> list[Deadline]:
        rows = Deadline.objects.filter(case=self.case).select_related("unit__authority", "post")
        return list(rows.order_by("late_from", "pk"))

    @cached_property
    def clocks(self) -> list[ClockShown]:
        return [self._clock(row) for row in self.deadlines if row.is_open]

    @cached_property
    def met_clocks(self) -> list[ClockShown]:
        return [self._clock(row) for row in self.deadlines if not row.is_open]

    def _clock(self, row: Deadline) -> ClockShown:
        derivation = Derivation.from_record(row.derivation)
        calendar = self.desk.calendar(self.case.authority)
        title = wording.step_words(self.case, row.step)
        if row.is_supervising:
            title = _("%(step)s: %(unit)s") % {"step": title, "unit": row.unit.name}
        if row.met_at is not None:
            on = calendar.local_day(row.met_at)
            sentence = _("Done on %(date)s.") % {"date": day_words(on)}
            state = "met" if row.met_at < row.late_from else "met_late"
        elif row.voided_seq is not None:
            sentence, state = _("No longer needed."), ""
        else:
            sentence = due_words(derivation, self.desk.now, calendar)
            state = self._clock_state(row)
        return ClockShown(row, title, sentence, state, why_this_date(derivation, self.pack))

    def _clock_state(self, row: Deadline) -> str:
        if row.paused_at is not None:
            return "paused"
        left = time_left(row.late_from, self.desk.now, self.desk.calendar(self.case.authority))
        if not row.is_office:
            return ""
        if left.late:
            return "late"
        return "soon" if left.working_days <= 2 else "ontime"

    @cached_property
    def first_clock(self) -> ClockShown | None:
        """The office's clock that is due next: the one that the sentence on top speaks of."""
        return next((c for c in self.clocks if c.row.is_office and not c.row.is_supervising), None)

    @cached_property
    def window(self) -> ClockShown | None:
        """The person's own open window (to ask for review, to say it is not solved)."""
        return next((c for c in self.clocks if not c.row.is_office), None)

    @property
    def is_given_back(self) -> bool:
        """Whether a draft waits to be changed as its leader asked. The page that reads drafts knows."""
        return False

    @property
    def disputed_by(self) -> str:
        """The unit that has to answer an objection to its handing over; empty where none waits for an answer."""
        return ""

    @property
    def lies_in_closed_unit(self) -> bool:
        """Whether its unit was closed: it stays there until whoever answers hands it over (docs/adr/0089)."""
        return lies_in_closed_unit(self.case)

    # --- the sentence on top -------------------------------------------------------------------------------

    @property
    def sentence(self) -> str:
        """Where it stands and who answers, in one sentence; the date's own sentence follows it."""
        case, places = self.case, {"unit": self.case.unit, "post": self._answers(), "outcome": self.outcome}
        if case.erased_at is not None:
            on = day_words(self.desk.calendar(case.authority).local_day(case.erased_at))
            return _("Erased on %(date)s: nobody can read any more who brought it or what was said.") % {
                "date": on
            }
        if case.state in rules.WORKING and case.is_draft_ready:
            return _("The draft waits for the signature of %(post)s.") % places
        if case.state in rules.WORKING and self.disputed_by:
            return _(
                "%(unit)s objects to the handing over. %(sender)s has to agree or decline; meanwhile %(post)s answers for it."
            ) % (places | {"sender": self.disputed_by})
        if case.state in rules.WORKING and self.is_given_back:
            return _("The draft was given back and has to be changed; %(post)s answers for it.") % places
        if case.state == "registered":
            return _("Waiting to be accepted by %(unit)s; %(post)s answers for it.") % places
        if case.state in ("review", "rereview"):
            return _("Waiting for %(unit)s to decide the review; %(post)s answers for it.") % places
        if case.state == "accepted" and case.is_waiting:
            return _("Waiting for the person's answer, while %(post)s answers for the decision.") % places
        if case.state == "accepted":
            return _("Waiting for the decision of %(unit)s; %(post)s answers for it.") % places
        if case.state == "decided":
            return self._decided(places)
        if case.state == "withdrawn":
            return _("Withdrawn by the person, who can take that back.")
        if case.state == "passed_on":
            return self._passed_on()
        return _("Closed: %(outcome)s.") % places if case.outcome else _("Closed.")

    def _asks_office(self) -> bool:
        """Whether what was decided waits for the office to take it up again."""
        case = self.case
        is_unsolved = case.state == "decided" and case.person_solved is False
        return is_unsolved or rules.must_be_redone(case.state, case.stage, case.outcome)

    def _passed_on(self) -> str:
        return _("Passed on to another body.")

    def _decided(self, places: dict[str, Any]) -> str:
        """What the office still owes comes first, a new decision before all else; then what the person may do."""
        if rules.must_be_redone(self.case.state, self.case.stage, self.case.outcome):
            return (
                _("Decided: %(outcome)s. Take it up again: it then goes back to the unit that decided first.")
                % places
            )
        duty = self.first_clock
        if duty is not None:
            return _("Decided: %(outcome)s. %(unit)s still has to do this: %(step)s.") % (
                places | {"step": duty.title}
            )
        if self.case.person_solved is False and self.case.state == "decided":
            return (
                _(
                    "Decided: %(outcome)s. The person says that it is not solved: take it up again, or write why not."
                )
                % places
            )
        if self.rung_above:
            return _("Decided: %(outcome)s. Now the person may ask for this: %(rung)s.") % (
                places | {"rung": self.rung_above}
            )
        return (
            _("Decided: %(outcome)s. The path of reviews ends here; the person's own word stays open.")
            % places
        )

    @property
    def top_clock(self) -> ClockShown | None:
        """The clock that the sentence on top speaks of: the office's own while any runs, else the person's."""
        if self.case.state in rules.WORKING or (self.case.state == "decided" and self.first_clock):
            return self.first_clock
        return self.window

    @property
    def due_sentence(self) -> str:
        clock = self.top_clock
        if clock is None:
            return ""
        # Another unit's turn, or the person's, than the sentence before it speaks of.
        if clock.row.step == "answer_objection" or (not clock.row.is_office and self._asks_office()):
            return _("%(label)s: %(value)s") % {"label": clock.title, "value": clock.sentence}
        return clock.sentence

    @property
    def tone(self) -> str:
        return self.top_clock.state if self.top_clock and self.top_clock.row.is_office else ""

    @property
    def why(self) -> list[str]:
        return self.top_clock.why if self.top_clock else []

    @property
    def why_step(self) -> str:
        """The step of the procedure that the date on top comes from."""
        return self.top_clock.row.step if self.top_clock else ""

    @property
    def told_above(self) -> str:
        """Which levels above were told that it is late or that the person raised it, as a sentence; empty: none."""
        units = [c.row.unit.name for c in self.clocks if c.row.is_supervising]
        if not units:
            return ""
        return _("Told and watching: %(units)s.") % {
            "units": pgettext("between the items of a list", "; ").join(dict.fromkeys(units))
        }

    @property
    def own_watch(self) -> str:
        """The date of the reader's own unit, where it watches over the matter, and what answers it; empty: it does not, or
        has the matter too."""
        mine = {post.unit_id for post in self.desk.reader.posts} - {self.case.unit_id}
        clock = next((c for c in self.clocks if c.row.is_supervising and c.row.unit_id in mine), None)
        if clock is None:
            return ""
        ends = (
            _("The person raised it to you: writing to them answers that.")
            if clock.row.lifted_from_id is None
            else _("It ends when what is late is done.")
        )
        said = _("Your unit watches over it, with a date of its own: %(date)s") % {"date": clock.sentence}
        return in_a_row((said, ends))

    def _answers(self) -> str:
        post = self.case.charge_post or self.case.leader_post
        return str(post)

    @cached_property
    def outcome(self) -> str:
        return wording.outcome_words(self.case, self.case.outcome)

    @property
    def rung_above(self) -> str:
        """What the person may ask for after the decision of the present stage; empty at the ladder's end."""
        rung = self.pack.rung_above(self.case.stage)
        return rung.title.in_language(get_language() or "en") if rung else ""
