"""When a report is owed, what it covers, and what became of it. Pure: no Django, no clock, no I/O.

What a unit reports has neither holes nor overlaps: a report covers the time from where the one before it ended to its
own cut, whatever rhythm was in force between. The last instant in time is set when the report is opened and never moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from answerable.core.sentences import N_, Said


class Rhythm(StrEnum):
    """Strictest first; `AFTER_EVENT` stands apart: an incident makes it due, no calendar."""

    TWICE_DAILY = "twice_daily"
    DAILY = "daily"
    TWICE_WEEKLY = "twice_weekly"
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"
    AFTER_EVENT = "after_event"


#: What an office chooses for a kind; the others come from readiness periods alone.
CHOSEN = (Rhythm.DAILY, Rhythm.WEEKLY, Rhythm.MONTHLY, Rhythm.AFTER_EVENT)
_ORDER = {rhythm: place for place, rhythm in enumerate(Rhythm)}
WEEKLY_DAYS = 3  # twice a week: the chosen day, and so many days later
FRIDAY = 4
HALF_DAY = timedelta(hours=12)
#: Reports are opened so far ahead: whoever has Friday's before them can begin on Wednesday.
AHEAD = timedelta(days=2)
#: After a longer standstill nobody is asked for what was owed before; it was never opened.
MOST_DAYS_BACK = 62
#: Found late no longer after than this, somebody is told; what a standstill hid stands as missed without an alarm.
TELL_WITHIN = timedelta(hours=2)


class State(StrEnum):
    OPEN = "open"
    SENT = "sent"
    TAKEN = "taken"
    BACK = "back"
    DROPPED = "dropped"


class Outcome(StrEnum):
    """What the table shows. In time or late is said of the first version: sending back changes nothing about it."""

    WAITING = "waiting"
    IN_TIME = "in_time"
    NIL = "nil"
    LATE = "late"
    MISSING = "missing"
    BACK = "back"
    DROPPED = "dropped"


class CannotReport(Said):
    """A report that cannot be taken as it is."""

    sentences = {
        "dropped": N_("This report is not owed any more; nothing was changed."),
        "not_over": N_(
            "What it covers ends on %(at)s. Fill it in and keep it as a draft; it can be sent from then on."
        ),
        "incomplete": N_("Some answers need another look; they are marked below. What you typed is kept."),
        "not_nil": N_(
            "The system counts something: %(what)s. Send the report with its numbers, or correct them with a reason."
        ),
        "no_reason": N_("Say why the number is another one than the system counts."),
        "counted_anew": N_(
            "The system now counts %(now)s, not %(before)s as when this page was made. Look at it once more."
        ),
        "needed": N_("Please fill this in, or send the report as nil if there is nothing to report."),
        "no_number": N_("Write a number from 0 to 1,000,000,000, with at most two decimals."),
        "no_choice": N_("Please choose one of the answers."),
        "too_long": N_("This has %(found)s characters; %(limit)s fit here."),
        "why_corrected": N_("Say why the report is corrected; whoever has read it sees both versions."),
        "nothing_sent": N_("Nothing has been sent yet, so there is nothing to acknowledge or send back."),
        "why_back": N_("Say what is missing, so that the unit can send it again."),
        "already": N_("That is so already; nothing was changed."),
        "sorts_people": N_("This sorts people by %(what)s. A report is about things, work and numbers."),
        "names_gathering": N_(
            "This is about people who come together or bring a matter. What they ask for is registered as cases; a "
            "report does not speak of them."
        ),
        "watches_people": N_("“%(given)s” identifies, photographs or lists people. A report never does."),
        "lists_persons": N_(
            "“%(given)s” asks who somebody is. A report has numbers, posts and things; nobody stands in it by name."
        ),
    }

    #: Of "incomplete": what is wrong with each field, by its code.
    faults: Mapping[str, CannotReport]

    def __init__(self, code: str, *, faults: Mapping[str, CannotReport] | None = None, **facts: Any) -> None:
        super().__init__(code, **facts)
        self.faults = faults or {}


class CannotSetUp(Said):
    """A kind of report that cannot stand as it is."""

    sentences = {
        "no_name": N_("Give the report a name."),
        "no_fields": N_("A report asks for something: add at least one line."),
        "too_many": N_("A report of more than %(most)s lines is not filled in well; make two of it."),
        "no_label": N_("Line %(line)s has no name."),
        "no_choices": N_("“%(label)s” needs at least two answers to choose from."),
        "wrong_source": N_("“%(label)s” cannot be filled from there: the one is a number, the other a text."),
        "unknown_source": N_("Nothing fills “%(label)s” in by itself; choose a source that there is."),
        "no_due": N_("Say at what time of day it is due."),
        "cut_after_due": N_(
            "What a report covers has to end before it is due; there is no time to write it."
        ),
        "no_weekday": N_("A weekly report needs its day of the week."),
        "no_month_day": N_("A monthly report needs its day of the month, 1 to 28, which every month has."),
        "no_event": N_("Say after what it is owed, and within how many hours."),
        "season_of_event": N_(
            "A report after an event follows no calendar, so a readiness period cannot make it more frequent."
        ),
        "nobody": N_("Choose at least one unit that owes it."),
        "other_body": N_("Reports are owed by units of the body that asks for them."),
        "stopped": N_("This report is not asked for any more. Set up a new one instead."),
        "code_taken": N_("There is a report with this name already; change that one."),
        "too_long": N_("“%(label)s” is longer than %(limit)s characters."),
    } | {
        code: CannotReport.sentences[code]
        for code in ("sorts_people", "names_gathering", "watches_people", "lists_persons")
    }


# ---------------------------------------------------------------- when it is owed


@dataclass(frozen=True)
class Timetable:
    """When a kind of report is owed by the calendar: what it covers ends at `cut`, the last instant in time is `due`."""

    rhythm: Rhythm
    cut: time
    due: time
    zone: str
    weekday: int | None = None
    month_day: int | None = None


@dataclass(frozen=True)
class Slot:
    """One report that is owed: `rhythm` is the one that was in force for it."""

    until_at: datetime
    due_at: datetime
    rhythm: Rhythm


#: The rhythm that a readiness period asks for at an instant, or None.
Demanded = Callable[[datetime], Rhythm | None]


def nothing_demanded(_at: datetime) -> Rhythm | None:
    """No period asks for anything."""
    return None


def check_times(
    rhythm: Rhythm,
    *,
    cut: time | None,
    due: time | None,
    weekday: int | None,
    month_day: int | None,
    hours_after: int | None,
    after: str,
    follows_periods: bool,
) -> None:
    """Raises CannotSetUp where a rhythm contradicts itself."""
    if rhythm is Rhythm.AFTER_EVENT:
        if follows_periods:
            raise CannotSetUp("season_of_event")
        if after not in ("activation", "end") or not hours_after or not 1 <= hours_after <= 720:
            raise CannotSetUp("no_event")
        return
    if cut is None or due is None:
        raise CannotSetUp("no_due")
    if cut >= due:
        raise CannotSetUp("cut_after_due")
    if rhythm is Rhythm.WEEKLY and weekday not in range(7):
        raise CannotSetUp("no_weekday")
    if rhythm is Rhythm.MONTHLY and month_day not in range(1, 29):
        raise CannotSetUp("no_month_day")


def strictest(own: Rhythm, demanded: Rhythm | None) -> Rhythm:
    """Of two rhythms the one that asks more often: a period never makes a report less frequent."""
    if demanded is None or own is Rhythm.AFTER_EVENT or demanded is Rhythm.AFTER_EVENT:
        return own
    return min(own, demanded, key=lambda one: _ORDER[one])


def slots(table: Timetable, day: date, demanded: Demanded = nothing_demanded) -> Iterator[Slot]:
    """What is owed on a local day: one report, two where a period asks for two a day, or none."""
    zone = ZoneInfo(table.zone)
    cut = datetime.combine(day, table.cut, zone).astimezone(UTC)
    due = datetime.combine(day, table.due, zone).astimezone(UTC)
    for second, later in enumerate((timedelta(), HALF_DAY)):
        rhythm = strictest(table.rhythm, demanded(cut + later))
        if not second and falls_on(rhythm, day, table):
            yield Slot(cut, due, rhythm)
        if second and rhythm is Rhythm.TWICE_DAILY:
            yield Slot(cut + later, due + later, rhythm)


def falls_on(rhythm: Rhythm, day: date, table: Timetable) -> bool:
    """Whether a rhythm asks on a local day."""
    weekday = FRIDAY if table.weekday is None else table.weekday
    match rhythm:
        case Rhythm.TWICE_DAILY | Rhythm.DAILY:
            return True
        case Rhythm.TWICE_WEEKLY:
            return day.weekday() in (weekday, (weekday + WEEKLY_DAYS) % 7)
        case Rhythm.WEEKLY:
            return day.weekday() == weekday
        case Rhythm.FORTNIGHTLY:
            return day.weekday() == weekday and day.isocalendar().week % 2 == 0
        case Rhythm.MONTHLY:
            return day.day == (table.month_day or 1)
    return False


def first_from(table: Timetable, until_at: datetime) -> datetime:
    """Where the first report of all begins: a day, a week or a month before its own cut."""
    span = {Rhythm.WEEKLY: timedelta(days=7), Rhythm.MONTHLY: timedelta(days=31)}
    return until_at - span.get(table.rhythm, timedelta(days=1))


def days_to_plan(planned_until: date | None, begins_on: date, today: date) -> list[date]:
    """The local days to look at: what is ahead, and what a standstill left out, the oldest first."""
    last = today + AHEAD
    first = begins_on if planned_until is None else planned_until + timedelta(days=1)
    first = max(min(first, today), begins_on, today - timedelta(days=MOST_DAYS_BACK))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


# ---------------------------------------------------------------- what became of it


def outcome(
    state: str, *, first_at: datetime | None, is_nil: bool, due_at: datetime, now: datetime
) -> Outcome:
    """What became of a report. Who reported in time has reported in time, also where it was sent back for more."""
    if state == State.DROPPED:
        return Outcome.DROPPED
    if state == State.BACK:
        return Outcome.BACK
    if first_at is None:
        return Outcome.MISSING if now > due_at else Outcome.WAITING
    if first_at > due_at:
        return Outcome.LATE
    return Outcome.NIL if is_nil else Outcome.IN_TIME


def has_no_overlap(covered: Sequence[tuple[datetime, datetime]]) -> bool:
    """Whether stretches in order follow one another without a hole or an overlap."""
    return all(one[1] == following[0] for one, following in zip(covered, covered[1:], strict=False))


def asks_the_same(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two kinds ask for the same figures: then the slower of two rhythms asks for what is known already."""
    first, second = set(one), set(other)
    return bool(first) and first == second
