"""What a drill's time is, and which of its events is due. Pure.

A table-top runs faster than the clock on the wall: with a pace of 10, ten minutes of the drill pass in one. Instants
are always those of the wall; minutes that a plan names, and minutes that a result shows, are those of the drill.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from answerable.core.sentences import N_, Said

SLOWEST, FASTEST = 1, 60
#: An event so long after the first call belongs to another drill.
LATEST_MIN = 72 * 60
MOST_EVENTS = 100
LONGEST_TEXT, LONGEST_EXPECT = 2000, 300


class CannotDrill(Said):
    """Something cannot be done with a drill as it stands. `code` is stable; nothing was changed."""

    sentences = {
        "pace": N_("Time runs from 1 to 60 times as fast as the clock."),
        "pace_in_the_field": N_("In the field time runs as it does; only a table-top runs faster."),
        "after": N_("Give whole minutes after the first call, from 0 to %(most)s."),
        "text_missing": N_("Write what is told, in at least one of the two languages."),
        "text_too_long": N_("At most %(most)s characters fit."),
        "too_many": N_("A drill has at most %(most)s events."),
        "no_such_event": N_("There is no such event any more."),
        "place_missing": N_("Say where it is supposed to happen: a place of the hazard, never a dwelling."),
        "call_missing": N_("Write the first call, in at least one of the two languages."),
        "begun_already": N_("This drill was begun already."),
        "not_begun": N_("This drill has not been begun."),
        "over": N_("This drill is over."),
        "another_runs": N_("A drill of this plan is under way. End or stop it first."),
        "real_one": N_("A real response is under way (%(incident)s). Begin the drill when it is over."),
        "no_plan_in_use": N_("The plan has no version in use. A drill practises what is in use."),
        "not_told": N_("This event has not been told yet."),
        "in_the_past": N_("That day is over."),
        "why_missing": N_("Say why it is stopped."),
        "not_a_drill": N_("This is no drill."),
    }


def at_pace(since: datetime, passed: timedelta, pace: int) -> datetime:
    """The instant on the wall at which `passed` of the incident's own time has gone by since `since`."""
    return since + passed / max(pace, SLOWEST)


def passed(since: datetime, until: datetime, pace: int) -> timedelta:
    """How much of the incident's own time went by between two instants on the wall."""
    return (until - since) * max(pace, SLOWEST)


def require_pace(pace: int, *, is_table_top: bool) -> None:
    """Raises CannotDrill (`pace`, `pace_in_the_field`)."""
    if not SLOWEST <= pace <= FASTEST:
        raise CannotDrill("pace")
    if pace != SLOWEST and not is_table_top:
        raise CannotDrill("pace_in_the_field")


@dataclass(frozen=True, order=True)
class Event:
    """One event of a script. `after_s`: seconds of the drill's own time after the first call."""

    after_s: int
    text_zh: str = ""
    text_en: str = ""
    expect_zh: str = ""
    expect_en: str = ""

    def as_record(self) -> dict[str, object]:
        return dict(self.__dict__)

    @property
    def after_min(self) -> int:
        return self.after_s // 60


def checked(event: Event) -> Event:
    """The event with its texts stripped. Raises CannotDrill."""
    texts = {name: getattr(event, name).strip() for name in ("text_zh", "text_en", "expect_zh", "expect_en")}
    if not 0 <= event.after_s <= LATEST_MIN * 60:
        raise CannotDrill("after", most=LATEST_MIN)
    if not texts["text_zh"] and not texts["text_en"]:
        raise CannotDrill("text_missing")
    for name, most in (("text", LONGEST_TEXT), ("expect", LONGEST_EXPECT)):
        if max(len(texts[f"{name}_zh"]), len(texts[f"{name}_en"])) > most:
            raise CannotDrill("text_too_long", most=most)
    return Event(event.after_s, **texts)


def in_order(events: Iterable[Event]) -> list[Event]:
    """Checked, the first one first; two at the same minute stay as they were written."""
    found = sorted((checked(one) for one in events), key=lambda one: one.after_s)
    if len(found) > MOST_EVENTS:
        raise CannotDrill("too_many", most=MOST_EVENTS)
    return found


def due_times(events: Iterable[Event], begun_at: datetime, pace: int) -> list[datetime]:
    """When each event is told, on the wall."""
    return [at_pace(begun_at, timedelta(seconds=one.after_s), pace) for one in events]
