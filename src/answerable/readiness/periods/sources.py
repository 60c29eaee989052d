"""What came of a shorter rhythm, as the rooms to the right count it: rounds and reports register here.

A period knows how often something is owed, never what was found or reported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from answerable.readiness.periods.models import Period
from answerable.readiness.periods.rhythms import Of


@dataclass(frozen=True)
class Came:
    """Of what was due since the period began: how much came, and how much is late now. `url`: where it is looked at."""

    due: int
    came: int
    late: int
    url: str = ""


#: Period, topic ("": all), until when. None: nothing is set up that could be due.
Source = Callable[[Period, str, datetime], Came | None]
_SOURCES: dict[Of, Source] = {}


def register(of: Of, source: Source) -> None:
    _SOURCES[of] = source


def came(of: Of, period: Period, topic: str, now: datetime) -> Came | None:
    """What came of a rhythm since the period began; None where nobody counts it."""
    source = _SOURCES.get(of)
    return source(period, topic, now) if source is not None else None
