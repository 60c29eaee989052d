"""Reviews in words: what came of a target, minutes, refusals."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from answerable.core.names import in_language
from answerable.core.refusals import Refusal
from answerable.incidents import wording
from answerable.incidents.plans.faults import PlanFaults
from answerable.incidents.plans.wording import located
from answerable.incidents.reviews.rules import Figures, Measured, Outcome, Tally
from answerable.incidents.rules import NotTheirs

#: Each outcome as a word, and the name of ui.states that gives its shape.
OUTCOMES: dict[Outcome, tuple[str, Callable[[], str]]] = {
    Outcome.IN_TIME: ("met", lambda: _("in time")),
    Outcome.LATE: ("met_late", lambda: _("late")),
    Outcome.NOT_DONE: ("late", lambda: _("not done")),
    Outcome.LEFT_OUT: ("paused", lambda: _("not needed")),
    Outcome.NO_TARGET: ("resolved", lambda: _("done")),
}


def name_of(row: Measured) -> str:
    return in_language(row.name_zh, row.name_en)


def outcome(row: Measured) -> str:
    """What came of it: in time, late and by how much, not done."""
    over = row.over_min
    if over is not None:
        return _("late by %(time)s") % {"time": wording.minutes_text(over)}
    return OUTCOMES[row.outcome][1]()


def minutes(value: int | None) -> str:
    return wording.minutes_text(value) if value is not None else "—"


def tally(count: Tally) -> str:
    """One sentence that says what the figure is made of."""
    if not count.with_target:
        return _("Nothing here had a target.")
    return _(
        "%(in_time)s of %(all)s in time, %(late)s late, %(not_done)s not done; %(left_out)s were not needed."
    ) % {
        "in_time": count.in_time,
        "all": count.with_target,
        "late": count.late,
        "not_done": count.not_done,
        "left_out": count.left_out,
    }


def events(rows: Figures) -> str:
    """How many events of a drill were met."""
    met = sum(one.outcome is Outcome.NO_TARGET for one in rows.events)
    return _("What was expected was done after %(met)s of %(all)s events.") % {
        "met": met,
        "all": len(rows.events),
    }


def pace_text(pace: int) -> str:
    if pace == 1:
        return ""
    return _("Time ran %(pace)s times as fast as the clock; minutes are those of the drill.") % {"pace": pace}


def refusal_words(refusal: Refusal) -> str:
    """A refusal as a sentence."""
    if isinstance(refusal, PlanFaults):
        return "\n".join(located(one) for one in refusal.faults[:5])
    if isinstance(refusal, NotTheirs) and refusal.code == "lesson_not_yours":
        return _("Whoever holds the lesson's post says that it is done, or a leader of the unit.")
    return wording.refusal_words(refusal)
