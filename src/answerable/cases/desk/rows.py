"""A row of a work list in words: what it is, whose turn, when due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from html import escape
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from answerable.cases.deadline_moves import time_left
from answerable.cases.deadline_wording import short_day_words
from answerable.cases.desk.clocks import lies_in_closed_unit
from answerable.cases.desk.door import Desk
from answerable.cases.models import Case
from answerable.cases.queries import TITLE_CHARS
from answerable.cases.rules import WORKING
from answerable.orgs.calendars import WorkCalendar
from answerable.ui.templatetags import ui as tags

TICK = timedelta(microseconds=1)
_ANY = UUID(int=0)


@dataclass(frozen=True)
class Shape:
    """Which cells a line has."""

    can_mark: bool = True
    has_unit: bool = True
    own_dates: Mapping[UUID, datetime] = field(
        default_factory=dict
    )  # what binds the reader's unit, not the case's


def lines_of(cases: Iterable[Case], desk: Desk, shape: Shape) -> SafeString:
    """The lines of the list's table, as one piece of markup.

    Not a template: fifty lines are most of what a page of the desk costs, and a template walks some twenty nodes
    for each. Everything that is not ours is escaped here.
    """
    page = _Page(desk, shape)
    return SafeString("".join([page.line(case) for case in cases]))


def title_of(case: Case) -> str:
    """The office's title, else how the person's own words begin."""
    own = getattr(case, "title", "") or ""
    opening = " ".join((getattr(case, "opening", "") or "").split())
    if own or len(opening) < TITLE_CHARS:
        return own or opening or str(case.subject)
    return opening + "…"


class _Page:
    """One page's rows. What many rows share (a state's mark, how near a day is) is put into words once."""

    def __init__(self, desk: Desk, shape: Shape) -> None:
        self.desk, self.shape, self.language = desk, shape, get_language()
        self.address = reverse("desk:case", args=[_ANY]).split(str(_ANY))
        self.marks: dict[tuple[str, bool], SafeString] = {}
        self.days: dict[tuple[int, date, bool], tuple[SafeString, str]] = {}
        self.names: dict[tuple[str, int | None], str] = {}
        self.turns: dict[tuple[Any, ...], str] = {}
        self.texts: dict[date, str] = {}
        self.lifted = tags.state("supervised", _("lifted"))
        self.mark = escape(_("Mark"))
        self.moves = format_html(
            '<span class="row-sub">{}</span>', _("its unit was closed: to be handed over")
        )
        self.heads = {
            name: f'<td data-label="{escape(label)}">'
            for name, label in (("turn", _("Whose turn")), ("unit", _("Unit")), ("when", _("When")))
        }
        self.heads["when"] = self.heads["when"].replace("<td ", '<td class="when" ')

    def line(self, case: Case) -> str:
        """One line, with the names that `queries.listed` brought along."""
        when, day = self._when(case)
        code, pk = escape(case.code), str(case.pk)
        about = self._name("subject", case)
        if case.place_id:
            about += " · " + self._name("place", case)
        if case.lead:
            about += " · " + escape(_("together with %(code)s") % {"code": case.lead.code})
        cells = ["<tr data-row>"]
        if self.shape.can_mark:
            cells.append(
                f'<td class="mark no-print"><input type="checkbox" name="case" value="{pk}" form="many" '
                f'aria-label="{self.mark} {code}"></td>'
            )
        cells.append(
            f'<th scope="row"><a href="{pk.join(self.address)}" data-row-link>'
            f'{escape(title_of(case))}</a><span class="row-sub"><span class="code">{code}</span> · {about}</span></th>'
        )
        cells.append(
            f'{self.heads["turn"]}<div>{self._marks(case)}<span class="row-sub">{self._turn(case)}</span>'
            f"{self.moves if lies_in_closed_unit(case) else ''}</div></td>"
        )
        if self.shape.has_unit:
            cells.append(f"{self.heads['unit']}{self._name('unit', case)}</td>")
        cells.append(
            f'{self.heads["when"]}<div><span class="when-line">{when}</span><span class="row-sub">{escape(day)}</span>'
            "</div></td></tr>"
        )
        return "".join(cells)

    def _name(self, kind: str, case: Case) -> str:
        """The escaped name of the case's unit, subject or place."""
        key = (kind, getattr(case, f"{kind}_id"))
        if key not in self.names:
            self.names[key] = escape(str(getattr(case, kind)))
        return self.names[key]

    def _turn(self, case: Case) -> str:
        """Whose turn it is, escaped."""
        key = (
            *(case.state, case.is_draft_ready, case.is_waiting),
            *(case.handler_post_id, case.charge_post_id, case.leader_post_id),
        )
        if key not in self.turns:
            self.turns[key] = escape(turn_of(case))
        return self.turns[key]

    def _day(self, at: datetime, calendar: WorkCalendar) -> str:
        day = calendar.local_day(at)
        if day not in self.texts:
            self.texts[day] = tags.day_text(day)
        return self.texts[day]

    def _marks(self, case: Case) -> SafeString:
        state = "waiting" if case.is_waiting and case.state in WORKING else case.state
        key = (state, case.is_urgent)
        if key not in self.marks:
            mark = tags.state(state)
            self.marks[key] = tags.state("urgent") + mark if case.is_urgent else mark
        return self.marks[key]

    def _when(self, case: Case) -> tuple[SafeString, str]:
        """When it is due, how near that is, and whether the level above watches; for the ended, when they ended."""
        calendar = self.desk.calendar(case.unit.authority)
        if case.ended_at is not None:
            return SafeString(), self._day(case.ended_at, calendar)
        own = self.shape.own_dates.get(case.pk)
        if own is not None:
            near, day = self._near(own, calendar, case)
            return near + self.lifted, _("%(date)s, your unit's own date") % {"date": day}
        if case.due_at is None:
            if case.decided_at is not None:
                return SafeString(), _("decided %(date)s") % {"date": self._day(case.decided_at, calendar)}
            return SafeString(), _("no date")
        near, day = self._near(case.due_at, calendar, case)
        return (near + self.lifted if case.is_lifted else near), day

    def _near(self, due_at: datetime, calendar: WorkCalendar, case: Case) -> tuple[SafeString, str]:
        """How near a date is, and its day. Nothing finer than the day and whether it has passed is said."""
        last_day = calendar.local_day(due_at - TICK)
        key = (case.unit.authority_id, last_day, due_at <= self.desk.now)
        if key not in self.days:
            tone, left = _left(due_at, self.desk, calendar)
            self.days[key] = _marked(tone, left, self.language), _short(last_day, self.language)
        return self.days[key]


# Page after page says the same of the same few weeks.
@lru_cache(maxsize=1024)
def _marked(tone: str, left: str, _language: str | None) -> SafeString:
    return tags.state(tone, left) if tone else format_html("<span>{}</span>", left)


@lru_cache(maxsize=1024)
def _short(day: date, _language: str | None) -> str:
    return short_day_words(day)


def _left(due_at: datetime, desk: Desk, calendar: WorkCalendar) -> tuple[str, str]:
    """How near a date is: a state's name (empty while there is time) and the words."""
    gap = time_left(due_at, desk.now, calendar)
    if gap.late and gap.days_late:
        late = ngettext("%(days)s day late", "%(days)s days late", gap.days_late)
        return "late", late % {"days": gap.days_late}
    if gap.late:
        return "late", _("late today")
    if gap.last_day_is_today:
        return "soon", _("today")
    left = ngettext("%(days)s working day left", "%(days)s working days left", gap.working_days)
    return "soon" if gap.working_days <= 2 else "", left % {"days": gap.working_days}


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
