"""How a clock on the board stands: which state, in how many minutes. Pure; the page's script does the same sums."""

from __future__ import annotations

from datetime import datetime, timedelta

#: From here on a clock says "due soon".
SOON = timedelta(minutes=10)
ENDED = {"done": ("met", "met_late"), "left_out": ("left_out", "left_out")}


def state_of(state: str, due_at: datetime | None, ended_at: datetime | None, now: datetime) -> str:
    """A name of ui.states for a task: on time, due soon, late; done in time or late; not needed."""
    if state in ENDED:
        in_time, late = ENDED[state]
        return late if due_at is not None and ended_at is not None and ended_at > due_at else in_time
    return clock_of(due_at, now)


def clock_of(due_at: datetime | None, now: datetime) -> str:
    """A name of ui.states for something that is due; without a limit it is on time."""
    if due_at is None:
        return "ontime"
    if now >= due_at:
        return "late"
    return "soon" if due_at - now <= SOON else "ontime"


def minutes_between(due_at: datetime, now: datetime) -> int:
    """Whole minutes left (0 and more), or over (below 0): the first second after the limit is a minute over."""
    seconds = (due_at - now).total_seconds()
    return int(seconds // 60) if seconds <= 0 else int(-(-seconds // 60))
