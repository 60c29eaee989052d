"""What a list may be asked for, and a place in its order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from answerable.core import days

PAGE = 50
COUNT_TO = 1000
#: A search that is listed by receipt counts so far: each hit costs looking into another stretch of the index.
FOUND_TO = 500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ListName(StrEnum):
    """Which list: each is a source of rows and an order."""

    MINE = "mine"
    UNIT = "unit"
    UNASSIGNED = "unassigned"
    SIGN = "sign"
    SOON = "soon"
    LATE = "late"
    WAITING = "waiting"
    SUPERVISED = "supervised"
    DECIDED = "decided"
    ENDED = "ended"
    ALL = "all"


NEWEST_FIRST = frozenset({ListName.ENDED, ListName.ALL})


@dataclass(frozen=True)
class Wanted:
    """What is to be listed. Empty values do not filter; all others must hold together.

    `due_from` is the first instant and `due_before` the first one too late; `soon_before` bounds "due soon".
    `handler`: a post's id, or 0 for cases that nobody has. `leader`: the id of the post that answers.
    """

    name: ListName = ListName.MINE
    words: str = ""
    subjects: tuple[int, ...] = ()
    places: tuple[int, ...] = ()
    units: tuple[int, ...] = ()
    state: str = ""
    stage: str = ""
    intake: str = ""
    privacy: str = ""
    handler: int | None = None
    leader: int | None = None
    is_lifted: bool = False
    due_from: datetime | None = None
    due_before: datetime | None = None
    soon_before: datetime | None = None


@dataclass(frozen=True)
class Cursor:
    """A row of a list by its place in the order: the instant it is sorted by (None sorts last) and its id."""

    at: datetime | None
    id: UUID

    def __str__(self) -> str:
        at = "n" if self.at is None else str(round(self.at.timestamp() * 1_000_000))
        return f"{at}-{self.id.hex}"

    @classmethod
    def parse(cls, said: str) -> Cursor | None:
        """The cursor in an address; nonsense is None, and the list begins at its beginning."""
        match = re.fullmatch(r"(n|-?[0-9]{1,16})-([0-9a-f]{32})", said or "")
        if match is None:
            return None
        if match[1] == "n":
            return cls(None, UUID(match[2]))
        at = _EPOCH + timedelta(microseconds=int(match[1]))
        return cls(at, UUID(match[2])) if days.FIRST_AT <= at <= days.LAST_AT else None
