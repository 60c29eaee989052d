"""One's own case once it is decided: the decisions, and what the person may do then, and for how long."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property

from django.utils.translation import gettext

from answerable.cases import rules
from answerable.cases.deadline_wording import day_words, due_words, why_this_date
from answerable.cases.derivations import Derivation
from answerable.cases.desk.wording import outcome_words, part_words
from answerable.cases.models import Deadline, Decision
from answerable.cases.pack_types import Rung
from answerable.cases.person.clocks import Clocks
from answerable.cases.reviewing import review_above
from answerable.cases.services.new_receipt import settles_at
from answerable.cases.solved_wording import solved_words

TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Part:
    title: str
    text: str


@dataclass(frozen=True)
class DecisionShown:
    """A decision. `number` counts from 1; until it is read, nothing of its content is here."""

    number: int
    row: Decision
    title: str
    is_read: bool
    outcome: str
    parts: list[Part]
    solved: tuple[str, ...] = ()
    is_revoked: bool = False


@dataclass(frozen=True)
class Ladder:
    """The next rung that is open to the person: who decides there, and how long it is open."""

    title: str
    body: str
    sentence: str
    why: list[str]
    is_late: bool
    has_days: bool = False


def _revokes(row: Decision) -> bool:
    return rules.is_sent_back(row.stage, row.outcome)


class Decided(Clocks):
    """What was decided, as far as the person has opened it, and the ladder above."""

    @cached_property
    def decisions(self) -> list[DecisionShown]:
        """Sent decisions, the newest first."""
        rows = Decision.objects.filter(case=self.case, sent_at__isnull=False).select_related("post__unit")
        found = [self._decision(n, row) for n, row in enumerate(rows.defer("letter").order_by("pk"), 1)]
        # What a review revoked says so itself, once its person has read the review.
        gone = max((d.number for d in found if d.is_read and _revokes(d.row)), default=0)
        return [replace(d, is_revoked=d.number < gone) for d in reversed(found)]

    @property
    def is_decided_anew(self) -> bool:
        """Whether the newest decision, which the person has read, is a review that left nothing of what was decided."""
        newest = next(iter(self.decisions), None)
        return newest is not None and newest.is_read and _revokes(newest.row)

    def _decision(self, number: int, row: Decision) -> DecisionShown:
        is_read = row.delivered_at is not None
        # A review that revokes settles nothing itself: whether it is solved is asked of what comes next.
        says_solved = is_read and not _revokes(row)
        parts = [Part(*said) for said in part_words(self.case, row.parts)]
        title = {
            "review": gettext("The review"),
            "rereview": gettext("The re-review"),
        }.get(row.stage, gettext("The decision"))
        return DecisionShown(
            number=number,
            row=row,
            title=title,
            is_read=is_read,
            outcome=outcome_words(self.case, row.outcome) if is_read else "",
            parts=parts if is_read else [],
            solved=tuple(solved_words(self.case, row.office_solved, to_person=True)) if says_solved else (),
        )

    @property
    def unread(self) -> DecisionShown | None:
        return next((d for d in self.decisions if not d.is_read and not self.is_erased), None)

    @property
    def rung(self) -> Rung | None:
        """The rung above, where the state lets the person ask for it."""
        if self.case.state not in ("decided", "closed") or self.is_erased:
            return None
        return self.pack.rung_above(self.case.stage)

    @cached_property
    def window(self) -> Deadline | None:
        """The person's own days for the next rung, where the rule sets any and they have begun."""
        rung = self.rung
        rows = [row for row in self.deadlines if not row.is_office]
        return next((row for row in rows if rung and row.step == rules.WINDOWS.get(rung.code)), None)

    @cached_property
    def ladder(self) -> Ladder | None:
        rung = self.rung
        if rung is None:
            return None
        to = review_above(self.case, self.now)
        body = to.unit.name if to else gettext("someone else, whom the office has still to name")
        title = rung.title.in_language(self.language)
        has_days = any(step.code == rules.WINDOWS.get(rung.code) for step in self.pack.steps)
        row = self.window
        if row is None:
            text = (
                gettext("Your days for this begin when you have read the decision.")
                if has_days
                else gettext("You can ask for it at any time.")
            )
            return Ladder(title, body, text, [], is_late=False, has_days=has_days)
        derivation = Derivation.from_record(row.derivation)
        is_late = row.late_from <= self.now
        if is_late and settles_at(self.case.pk, row.started_at) is not None:
            # As `ask_review` counts them: it may have been whoever gave out the receipt that read the decision.
            text = gettext(
                "By the calendar your days are over. They began with a receipt just given out at a counter, so they do not "
                "count against you: you can still ask in time."
            )
            return Ladder(title, body, text, [], is_late=False, has_days=has_days)
        return Ladder(
            title,
            body,
            due_words(derivation, self.now, self.calendar),
            why_this_date(derivation, self.pack, self.language),
            is_late,
            has_days,
        )

    @property
    def is_ladder_over(self) -> bool:
        return (
            self.case.state in ("decided", "closed")
            and not self.is_erased
            and self.rung is None
            and not self.unread
        )

    @property
    def remedies(self) -> str:
        """The other ways that are open at this stage, in the words of the rule."""
        words = self.pack.remedies.get(self.case.stage)
        return words.in_language(self.language) if words else ""

    def told(self, code: str) -> str:
        """A notice of the pack, with its places filled; empty where the pack has none."""
        notice = next((n for n in self.pack.told if n.code == code), None)
        clock = self.first_clock
        if notice is None or ("{date}" in notice.text.en and clock is None):
            return ""
        on = self.calendar.local_day(clock.row.late_from - TICK) if clock else None
        return notice.text.in_language(self.language).format(
            unit=self.case.unit.name, date=day_words(on) if on else ""
        )

    @property
    def rights(self) -> list[str]:
        accuses = self.case.is_conduct and not self.case.is_nature_open
        notices = [n for n in self.pack.rights_notice if accuses or n.code != "accused"]
        return [n.text.in_language(self.language) for n in notices]
