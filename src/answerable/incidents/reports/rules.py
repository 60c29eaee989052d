"""When a report is due, which one comes next, and what must be in it. Pure.

A first report counts from the first call, a final one from the end of the response, a follow-up from the one before
it. What was once opened keeps its instant: no later look, level or plan moves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from answerable.core.sentences import N_, Said
from answerable.core.text import as_read
from answerable.incidents.plans.rights import words_of_watching
from answerable.orgs.kept_out import NEVER_A_DANGER, names_a_gathering, sorts_people_by

#: What a report can say, in the order in which it is said (Emergency Response Law, and the rules per subject).
CONTENTS: dict[str, str] = {
    "source": N_("Source of the information"),
    "time": N_("Time"),
    "place": N_("Place"),
    "casualties": N_("Casualties and people in danger"),
    "cause": N_("Cause, as far as it is known"),
    "measures": N_("Measures taken"),
    "trend": N_("How it develops"),
    "needs": N_("What is needed"),
    "contact": N_("Whom to call back"),
    "loss": N_("Damage and losses"),
    "assessment": N_("Summary and assessment"),
}
MOST_TEXT = 4000
#: Reminded when a third of the time is left, an hour before at the earliest.
REMIND_AT_MOST = timedelta(hours=1)


class Kind(StrEnum):
    FIRST_PHONE = "first_phone"
    FIRST_WRITTEN = "first_written"
    FOLLOW_UP = "follow_up"
    FINAL = "final"


FIRST = frozenset({Kind.FIRST_PHONE, Kind.FIRST_WRITTEN})


class CannotReport(Said):
    """A report that was not sent, kept or waived; nothing was changed."""

    sentences = {
        "missing": N_("Still missing in the report: %(parts)s."),
        "nothing_changed": N_(
            "This says nothing that was not reported before. A follow-up carries what has changed; where nothing has, "
            "write so under “How it develops”."
        ),
        "over": N_("This report was sent already, or is not required any more. Nothing was changed."),
        "taken_by_missing": N_(
            "Write down who took the report at the other end: their post, not their name."
        ),
        "why_missing": N_("Write why this report is not required."),
        "no_channel": N_(
            "No e-mail address is known of %(recipient)s. Report by telephone, or print it and send it on paper."
        ),
        "too_long": N_("“%(part)s” has %(found)s characters; %(limit)s fit here."),
        "gathering": N_(
            "A gathering, and people who bring a matter, are no hazard. Report what the danger is, and the help."
        ),
        "people": N_("A report is about a danger, never about people by %(what)s. Say what the danger is."),
        "watching": N_(
            "“%(given)s”: a report is about a danger; nobody is identified, photographed, followed or listed in it."
        ),
        "no_window": N_(
            "No change can be announced: the time for follow-ups of this kind is over, or has none."
        ),
        "announced": N_("A change has been announced already; its report is due."),
    }


@dataclass(frozen=True)
class Duty:
    """A duty to report, as the plan has it. Minutes run from the first call, or from the end of the response."""

    code: str
    kind: Kind
    name_zh: str
    name_en: str
    recipient: str
    contents: tuple[str, ...]
    within_min: int | None = None
    every_min: int | None = None
    follow_days: int | None = None
    role: str = ""
    source: str = ""
    verified: str = "ours"

    @staticmethod
    def of(part: Any) -> Duty:
        """From a plan file's report."""
        return Duty(
            code=part.code,
            kind=Kind(part.kind),
            name_zh=part.names.zh,
            name_en=part.names.en,
            recipient=part.recipient,
            contents=tuple(part.contents),
            within_min=part.within_min,
            every_min=part.every_min,
            follow_days=part.follow_days,
            role=part.role or "",
            source=part.source,
            verified=part.verified,
        )


@dataclass(frozen=True)
class Course:
    """What duties count from. `ended_at`: when the response was stood down; `is_void`: no response was needed.

    `pace`: in a table-top drill a plan's minute lasts so many times shorter.
    """

    called_at: datetime
    happened_at: datetime | None = None
    ended_at: datetime | None = None
    is_void: bool = False
    pace: int = 1

    def span(self, minutes: int) -> timedelta:
        return timedelta(minutes=minutes) / self.pace

    def window_ends(self, duty: Duty) -> datetime | None:
        """Until when changes are still reported; None where that is until the end of the response."""
        if duty.follow_days is None:
            return None
        return (self.happened_at or self.called_at) + timedelta(days=duty.follow_days) / self.pace


@dataclass(frozen=True)
class Known:
    """A report that was opened. `over_at`: when it was sent or waived."""

    duty: str
    kind: Kind
    recipient: str
    number: int
    due_at: datetime | None
    over_at: datetime | None = None
    until_at: datetime | None = None


@dataclass(frozen=True)
class Opens:
    """A report to be opened: when it is due, and what that derives from. `until_at`: the end of its window."""

    duty: Duty
    number: int
    due_at: datetime | None
    counted_from: str = ""
    from_at: datetime | None = None
    minutes: int | None = None
    until_at: datetime | None = None


def openings(duties: Iterable[Duty], course: Course, known: Sequence[Known], now: datetime) -> list[Opens]:
    """The reports that are to be opened now; none of them is known yet. Asked twice, it opens nothing twice."""
    if course.is_void:
        return []
    duties = list(duties)
    codes = {duty.code for duty in duties}
    found = []
    for duty in duties:
        mine = sorted((one for one in known if one.duty == duty.code), key=lambda one: one.number)
        # Opened before there was this plan: the same report is not owed under two names.
        other = [
            one
            for one in known
            if one.duty not in codes and (one.kind, one.recipient) == (duty.kind, duty.recipient)
        ]
        opens = _next(duty, duties, course, mine[-1] if mine else None, other, now)
        if opens is not None:
            found.append(opens)
    return found


def _next(
    duty: Duty,
    duties: Sequence[Duty],
    course: Course,
    last: Known | None,
    other: Sequence[Known],
    now: datetime,
) -> Opens | None:
    if duty.kind is Kind.FOLLOW_UP:
        is_open = any(one.over_at is None for one in other) or (last is not None and last.over_at is None)
        return None if is_open else _follow_up(duty, duties, course, last, now)
    if last is not None or other:
        return None
    if duty.kind is Kind.FINAL:
        return _counted(duty, course, "stood_down", course.ended_at) if course.ended_at else None
    return _counted(duty, course, "first_call", course.called_at)


def _counted(duty: Duty, course: Course, from_: str, at: datetime) -> Opens:
    if duty.within_min is None:
        return Opens(duty, 1, None)
    return Opens(duty, 1, at + course.span(duty.within_min), from_, at, duty.within_min)


def _follow_up(
    duty: Duty, duties: Sequence[Duty], course: Course, last: Known | None, now: datetime
) -> Opens | None:
    ends = course.window_ends(duty)
    number = last.number + 1 if last is not None else 1
    if ends is None and course.ended_at is not None:
        return None
    if duty.every_min is None:
        # Whatever changes is reported; as long as nothing does, no instant makes it late.
        return Opens(duty, number, None, until_at=ends) if ends is None or ends > now else None
    every = course.span(duty.every_min)
    from_, at = "before", last.due_at if last is not None else None
    if at is None:
        from_, at = "first_report", _first_due(duties, course, duty.recipient)
    # What was missed meanwhile stays one late report, and is not owed several times over.
    after = max(at, last.over_at) if last is not None and last.over_at is not None else at
    due = at + every * ((after - at) // every + 1)
    if ends is not None and due > ends:
        return None
    return Opens(duty, number, due, from_, at, duty.every_min, ends)


def _first_due(duties: Sequence[Duty], course: Course, recipient: str) -> datetime:
    """When the first report is due after which follow-ups are counted: in writing before by telephone."""
    firsts = [one for one in duties if one.kind in FIRST and one.within_min is not None]
    same = [one for one in firsts if one.recipient == recipient] or firsts
    order = sorted(same, key=lambda one: (one.kind is not Kind.FIRST_WRITTEN, one.within_min or 0))
    return course.called_at + course.span(order[0].within_min or 0) if order else course.called_at


def endings(course: Course, known: Iterable[Known], now: datetime) -> list[Known]:
    """Open reports that are not owed any more: follow-ups that were not yet due when the response ended, windows in
    which nothing changed, and everything where no response was needed. What was owed by then stays owed."""
    found = []
    for one in known:
        if one.over_at is not None:
            continue
        ended = course.ended_at if one.kind is Kind.FOLLOW_UP and one.until_at is None else None
        if (
            course.is_void
            or (ended is not None and (one.due_at is None or one.due_at > ended))
            or (one.due_at is None and one.until_at is not None and one.until_at <= now)
        ):
            found.append(one)
    return found


def is_late(due_at: datetime | None, at: datetime) -> bool:
    """The due instant itself is still in time."""
    return due_at is not None and at > due_at


def remind_at(from_at: datetime, due_at: datetime) -> datetime:
    """When somebody is reminded: as long as there is time to write it."""
    return due_at - min(max(due_at - from_at, timedelta()) / 3, REMIND_AT_MOST)


# ---------------------------------------------------------------- what is in it


def tidied(text: Mapping[str, str]) -> dict[str, str]:
    """The parts that say something, in their order. Raises CannotReport (`too_long`, `gathering`, `people`)."""
    found = {}
    for code in CONTENTS:
        part = text.get(code, "").strip()
        if len(part) > MOST_TEXT:
            raise CannotReport("too_long", part=code, found=len(part), limit=MOST_TEXT)
        if part:
            found[code] = part
    whole = "\n".join(found.values())
    if names_a_gathering(whole):
        raise CannotReport("gathering")
    what = sorts_people_by(whole, among=NEVER_A_DANGER)
    if what:
        raise CannotReport("people", what=what)
    given = words_of_watching(as_read(whole))
    if given:
        raise CannotReport("watching", given=given)
    return found


def told_before(sent: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """What the recipient knows: each part as it was last reported; `sent` in the order of sending."""
    known: dict[str, str] = {}
    for text in sent:
        known |= {code: part for code, part in text.items() if part}
    return known


def changes(text: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """The parts of a follow-up that say something new."""
    return {code: part for code, part in text.items() if part.strip() and part.strip() != before.get(code)}


def complete(
    kind: Kind, contents: Sequence[str], text: Mapping[str, str], before: Mapping[str, str]
) -> dict[str, str]:
    """The report as it goes out. Raises CannotReport (`missing` with the parts' codes, `nothing_changed`)."""
    said = tidied(text)
    if kind is Kind.FOLLOW_UP:
        said = changes(said, before)
        if not said:
            raise CannotReport("nothing_changed")
        return said
    missing = [code for code in CONTENTS if code in contents and code not in said]
    if missing:
        raise CannotReport("missing", parts=missing)
    return said
