"""What components take: plain values that a room's queries or wording fill in. No Django, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Clock:
    """A deadline as a sentence. `state` is a name of ui.states; `why` pairs a term with its text."""

    sentence: str
    state: str = ""
    why: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class TimelineEntry:
    """One act. `tone` is "", ok, soon, late or info; `url` leads to its receipt or file where there is one.

    `mark` says in small where there is nothing to open yet.
    """

    at: datetime
    what: str
    who: str = ""
    body: str = ""
    tone: str = ""
    url: str = ""
    url_text: str = ""
    mark: str = ""


@dataclass(frozen=True)
class Tab:
    """A tab is a link. `count` is shown as given ("12", "1000+"); where it comes later (`is_counted`), its room is kept."""

    name: str
    url: str
    is_current: bool = False
    count: str = ""
    is_counted: bool = False


@dataclass(frozen=True)
class FileRow:
    """A file in a list. `size` in bytes; `url` is empty while it is held; `state` a name of ui.states."""

    name: str
    size: int
    url: str = ""
    state: str = ""
    note: str = ""
    remove_url: str = ""


@dataclass(frozen=True)
class FilterChip:
    """One filter in force, and the address without it."""

    text: str
    url_without: str


@dataclass(frozen=True)
class Who:
    """Who is signed in: name, the posts held now, and the roles these carry."""

    name: str
    posts: Sequence[str] = ()
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Office:
    """What a person needs to reach the office by other ways. Empty strings are left out of the page."""

    name: str = ""
    phone: str = ""
    hours: str = ""
    address: str = ""
    web: str = ""
    units: Sequence[Office] = field(default_factory=tuple)


@dataclass(frozen=True)
class NavEntry:
    """A place in the desk. Hidden while its `route` does not exist or none of `roles` is held (empty: all)."""

    key: str
    label: Any
    route: str
    group: Any
    icon: str = "list"
    roles: frozenset[str] = frozenset()
    query: str = ""
    hint: Any = ""


@dataclass(frozen=True)
class NavItem:
    """A NavEntry as it stands in one page."""

    label: Any
    url: str
    icon: str
    hint: Any
    is_current: bool
    count: str = ""
