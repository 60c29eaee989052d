"""What a stream can tell of: alarms are built in; a room further right registers its own (`register`).

One process streams for all rooms. Each source is looked at for everybody who listens at once, in the streaming
process's one database thread: a source never asks once a listener.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from answerable.orgs.models import Staff


@dataclass(frozen=True)
class Watched:
    """What one listener hears: of which thing, in which form (a language, say), and what they have seen already."""

    key: Hashable
    variant: str = ""
    seen: str = ""


class Source(Protocol):
    """What a room streams. Every method runs in the database thread; marks are compared, never interpreted."""

    @property
    def every_s(self) -> float:
        """Seconds between two looks, while anybody listens."""

    def admit(self, staff: Staff, asked: Mapping[str, str]) -> Watched | None:
        """What this member of staff may hear of what the address asks for; None: nothing (404)."""

    def look(self, keys: list[Hashable], now: datetime) -> Mapping[Hashable, str]:
        """The mark of each key, by one statement; a key that is left out has the mark ""."""

    def news(self, key: Hashable, mark: str, variants: Iterable[str]) -> Mapping[str, bytes]:
        """What is said because a mark is another one, as whole events, in each form that somebody hears."""

    def first(self, watched: Watched, mark: str) -> bytes:
        """What is said to who comes while others listen already."""

    def forget(self, key: Hashable) -> None:
        """Nobody listens to it any more."""


_sources: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    """Let streams be asked for as `?of=name`. From AppConfig.ready, so that every process knows the same ones."""
    _sources[name] = source


def source_of(name: str) -> Source | None:
    return _sources.get(name)


def event(name: str, data: str, mark: str = "") -> bytes:
    """One server-sent event. `data` has no line breaks (JSON has none); `mark` comes back when the stream is resumed."""
    head = f"id: {mark}\n" if mark else ""
    return f"{head}event: {name}\ndata: {data}\n\n".encode()
