"""What a response is measured by: its tasks, roles and reports against the plan's own targets. Pure.

Nothing here is about a person: figures are of tasks, posts and times, in the plan's order and never in an order of
merit. Minutes are those of the incident; a table-top's run faster than the clock on the wall.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from answerable.core.sentences import N_, Said
from answerable.incidents.drills.rules import passed

FORMAT = "answerable-review/1"
LONGEST_WORDS = 20_000
LONGEST_LESSON = 500
#: So many days before a lesson is due its post is reminded.
REMIND_DAYS = 3


class CannotReview(Said):
    """Something cannot be done with a review as it stands. `code` is stable; nothing was changed."""

    sentences = {
        "not_over": N_("The response is still under way. The review begins after it is lifted."),
        "no_response": N_("There was no response, so there is nothing to review."),
        "signed_already": N_("The review is signed; nothing in it changes any more."),
        "not_signed": N_("The review is not signed yet. The leader signs it first."),
        "words_missing": N_("Write what went well and what did not before it is signed."),
        "too_long": N_("At most %(most)s characters fit."),
        "lesson_missing": N_("Write what is to be done."),
        "due_past": N_("That day is over. Choose one that lies ahead."),
        "no_such_post": N_("Choose a post of this body, or of the body above."),
        "done_already": N_("This was said to be done already."),
        "done_missing": N_("Write what was done."),
        "version_missing": N_(
            "Name the version of the plan that took it up; it must be in use or have been."
        ),
        "closed_already": N_("This incident is closed already."),
        "owed": N_("Reports are still owed: %(what)s."),
        "not_gone": N_("Nothing was destroyed yet."),
    }


class Outcome(StrEnum):
    """What became of something that had a target."""

    IN_TIME = "in_time"
    LATE = "late"
    NOT_DONE = "not_done"
    LEFT_OUT = "left_out"
    NO_TARGET = "no_target"


@dataclass(frozen=True)
class Had:
    """One thing of the response as its row says it: when it was set, when it was due, when it ended."""

    code: str
    name_zh: str
    name_en: str
    set_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    group: str = ""
    is_left_out: bool = False


@dataclass(frozen=True)
class Measured:
    """The same in minutes of the incident. `group`: track of a task, post of a role, recipient of a report."""

    code: str
    name_zh: str
    name_en: str
    group: str
    target_min: int | None
    actual_min: int | None
    outcome: Outcome

    def as_record(self) -> dict[str, Any]:
        return asdict(self) | {"outcome": str(self.outcome)}

    @classmethod
    def from_record(cls, kept: dict[str, Any]) -> Measured:
        return cls(**(kept | {"outcome": Outcome(kept["outcome"])}))

    @property
    def over_min(self) -> int | None:
        """Minutes over the target; None where it was kept, or cannot be said."""
        if self.outcome is not Outcome.LATE or self.target_min is None or self.actual_min is None:
            return None
        return max(self.actual_min - self.target_min, 1)


def minutes(since: datetime, until: datetime, pace: int = 1) -> int:
    """Whole minutes of the incident's time, begun ones counted: a task done after 30 s took one minute."""
    seconds = passed(since, until, pace).total_seconds()
    return max(0, -int(-seconds // 60))


def outcome_of(had: Had, until: datetime) -> Outcome:
    """What became of it by `until`. The instant of the target is still in time."""
    if had.is_left_out:
        return Outcome.LEFT_OUT
    if had.ended_at is None:
        return Outcome.NOT_DONE
    if had.due_at is None:
        return Outcome.NO_TARGET
    return Outcome.IN_TIME if had.ended_at <= had.due_at else Outcome.LATE


def measured(rows: Iterable[Had], *, until: datetime, pace: int = 1) -> list[Measured]:
    """Each row with its minutes, in the order given."""
    return [
        Measured(
            code=had.code,
            name_zh=had.name_zh,
            name_en=had.name_en,
            group=had.group,
            target_min=minutes(had.set_at, had.due_at, pace) if had.due_at is not None else None,
            actual_min=minutes(had.set_at, had.ended_at, pace) if had.ended_at is not None else None,
            outcome=outcome_of(had, until),
        )
        for had in rows
    ]


@dataclass(frozen=True)
class Tally:
    """How many there were of each outcome."""

    in_time: int = 0
    late: int = 0
    not_done: int = 0
    left_out: int = 0
    no_target: int = 0

    @property
    def with_target(self) -> int:
        """Of which the target can be kept or missed; what was not needed counts for nothing."""
        return self.in_time + self.late + self.not_done

    @property
    def total(self) -> int:
        return self.with_target + self.left_out + self.no_target


def tally(rows: Iterable[Measured]) -> Tally:
    counts = dict.fromkeys(map(str, Outcome), 0)
    for row in rows:
        counts[str(row.outcome)] += 1
    return Tally(**counts)


@dataclass(frozen=True)
class Figures:
    """Everything that is measured of one response; frozen when the review is signed."""

    pace: int
    to_activation_min: int | None
    lasted_min: int | None
    tasks: Sequence[Measured] = field(default_factory=list)
    roles: Sequence[Measured] = field(default_factory=list)
    reports: Sequence[Measured] = field(default_factory=list)
    events: Sequence[Measured] = field(default_factory=list)

    PARTS = ("tasks", "roles", "reports", "events")

    def as_record(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "format": FORMAT,
            "pace": self.pace,
            "to_activation_min": self.to_activation_min,
            "lasted_min": self.lasted_min,
        }
        return found | {name: [one.as_record() for one in getattr(self, name)] for name in self.PARTS}

    @classmethod
    def from_record(cls, kept: dict[str, Any]) -> Figures:
        parts = {name: [Measured.from_record(one) for one in kept.get(name, [])] for name in cls.PARTS}
        return cls(kept["pace"], kept["to_activation_min"], kept["lasted_min"], **parts)


# ---------------------------------------------------------------- lessons


class Chase(StrEnum):
    """What a lesson that is not done asks for today."""

    NOTHING = "nothing"
    REMIND = "remind"
    LATE = "late"


def chase(due_on: date, today: date, *, is_reminded: bool, is_late_told: bool) -> Chase:
    """The day it is due is still in time; reminded once before, its leader alarmed once after."""
    if today > due_on:
        return Chase.NOTHING if is_late_told else Chase.LATE
    if today >= due_on - timedelta(days=REMIND_DAYS) and not is_reminded:
        return Chase.REMIND
    return Chase.NOTHING


# ---------------------------------------------------------------- personal data


def personal_data_until(over_on: date, retention_days: int) -> date:
    """The last day on which a call back number and pictures of the emergency are kept."""
    return over_on + timedelta(days=retention_days)


def is_to_be_destroyed(until: date, today: date) -> bool:
    return today > until
