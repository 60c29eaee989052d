"""Where a list of figures goes on: after the last row of the page before, by its instant and its key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from answerable.core import days


@dataclass(frozen=True)
class Cursor:
    """The last row of the page before: its instant and its key."""

    at: datetime
    key: Any

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.key}"

    def older(self, at: str) -> Q:
        """What stands below it in a list that has the newest first, by the instant `at`."""
        return Q(**{f"{at}__lt": self.at}) | Q(**{at: self.at, "pk__lt": self.key})


def parse(said: str, key: Callable[[str], Any]) -> Cursor | None:
    """What an address says, with its key read by `key`; None for one that nobody was given, which shows the first page."""
    at, _, rest = said.partition("_")
    try:
        found = Cursor(datetime.fromisoformat(at), key(rest))
    except ValueError:
        return None
    return found if found.at.tzinfo is not None and days.is_kept(found.at.date()) else None


def number(said: str) -> int:
    """A row's number. Raises ValueError for what is none, or is larger than any."""
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        raise ValueError(said)
    return int(said)
