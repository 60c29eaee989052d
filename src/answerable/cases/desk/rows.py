"""A row of a work list in words: what it is, whose turn, when due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from answerable.cases.deadline_moves import time_left
from answerable.cases.deadline_wording import short_day_words
from answerable.cases.desk.door import Desk
from answerable.cases.models import Case
from answerable.cases.queries import TITLE_CHARS
from answerable.cases.rules import WORKING

TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Row:
    """What a line of the list shows. `tone` is a name of ui.states for the date, or empty."""

    case: Case
    title: str
    url: str
    turn: str
    state: str
    due: str
    due_on: date | None
    left: str
    tone: str


def rows_of(cases: Iterable[Case], desk: Desk) -> list[Row]:
    return [row_of(case, desk) for case in cases]


def title_of(case: Case) -> str:
    """The office's title, else how the person's own words begin."""
    own = getattr(case, "title", "") or ""
    opening = " ".join((getattr(case, "opening", "") or "").split())
    if own or len(opening) < TITLE_CHARS:
        return own or opening or str(case.subject)
    return opening + "…"


def row_of(case: Case, desk: Desk) -> Row:
    """One line, with the names that `queries.listed` brought along."""
    due, due_on, left, tone = "", None, "", ""
    if case.due_at is not None and case.ended_at is None:
        calendar = desk.calendar(case.unit.authority)
        due_on = calendar.local_day(case.due_at - TICK)
        gap = time_left(case.due_at, desk.now, calendar)
        due = short_day_words(due_on)
        if gap.late:
            tone = "late"
            left = (
                ngettext("%(days)s day late", "%(days)s days late", gap.days_late) % {"days": gap.days_late}
                if gap.days_late
                else _("late today")
            )
        elif gap.last_day_is_today:
            tone, left = "soon", _("today")
        else:
            tone = "soon" if gap.working_days <= 2 else ""
            left = ngettext("%(days)s working day left", "%(days)s working days left", gap.working_days) % {
                "days": gap.working_days
            }
    return Row(
        case=case,
        title=title_of(case),
        url=reverse("desk:case", args=[case.pk]),
        turn=turn_of(case),
        state="waiting" if case.is_waiting and case.state in WORKING else case.state,
        due=due,
        due_on=due_on,
        left=left,
        tone=tone,
    )


def turn_of(case: Case) -> str:
    """Whose turn it is, as a post or a side."""
    if case.state not in WORKING:
        return _("the person") if case.state == "decided" else ""
    if case.is_draft_ready:
        return _("%(post)s, to sign") % {"post": case.charge_post or case.leader_post}
    if case.is_waiting:
        return _("the person")
    if case.handler_post is not None:
        return str(case.handler_post)
    if case.charge_post is not None:
        return str(case.charge_post)
    return _("nobody yet")
