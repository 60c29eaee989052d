"""For how long each kind of data is kept, and the count of what was destroyed: said by each room, shown in one place.

A room's `keeping.py` has KEPT; its upkeep calls `gone(code, number)` where it destroys. Pure but for the tally of a run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Kept:
    """One kind of data. `models` are `app.Model` names; `run` the worker's loop that destroys it, "" for none.

    `how_long` and `why` are sentences (lazy, or called when shown). `overdue` counts what should be gone by now;
    `waits` says for which reasons it rightly may not be.
    """

    code: str
    what: Any
    how_long: Any
    why: Any
    models: tuple[str, ...] = ()
    run: str = ""
    overdue: Callable[[datetime], int] | None = None
    waits: Any = ""


_tally: ContextVar[Counter[str] | None] = ContextVar("destroyed", default=None)


def gone(code: str, number: int) -> int:
    """Count what was destroyed of a kind, where a run is being counted; returns the number."""
    tally = _tally.get()
    if tally is not None and number:
        tally[code] += number
    return number


@contextmanager
def counting() -> Iterator[Counter[str]]:
    """Count what is destroyed inside, by kind."""
    tally: Counter[str] = Counter()
    token = _tally.set(tally)
    try:
        yield tally
    finally:
        _tally.reset(token)
