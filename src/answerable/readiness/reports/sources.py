"""What fills a report in by itself: a closed list, to which rooms add what they know.

    register(Source("rounds_done", N_("Rounds done"), N_("Rounds that …"), "number", "sum", rounds_done))

A source counts for one unit, with the units below it that do not report the same themselves (`Span.unit_ids`), from the
first instant of the span to before the last. It gives numbers, or a text of posts and things: never anybody's name, and
nothing of a case but that it is one. Matters about somebody's conduct are in no count (rights, rule 5).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from answerable.orgs.models import Unit
from answerable.readiness.reports.fields import Field

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Span:
    """For which units, and from when until when."""

    unit: Unit
    unit_ids: tuple[int, ...]
    from_at: datetime
    until_at: datetime
    incident: UUID | None = None


@dataclass(frozen=True)
class Source:
    """`label` and `hint` are msgids, translated where they are shown; `read` gives a number or a text."""

    code: str
    label: str
    hint: str
    type: Literal["number", "text"]
    adds: Literal["sum", "last", "no"]
    read: Callable[[Span], int | str]


_SOURCES: dict[str, Source] = {}


def register(source: Source) -> Source:
    """Add a source; a room that is loaded twice changes nothing."""
    return _SOURCES.setdefault(source.code, source)


def known() -> dict[str, Source]:
    """Every source by its code, in the order of their registration."""
    return dict(_SOURCES)


def types() -> dict[str, str]:
    """The type of what each gives, as `fields.check` takes it."""
    return {code: one.type for code, one in _SOURCES.items()}


def counted(fields: Iterable[Field], span: Span) -> dict[str, Any]:
    """What the system knows, by field code; a field whose source is gone is not filled in."""
    found: dict[str, Any] = {}
    for field in fields:
        source = _SOURCES.get(field.source)
        if source is not None:
            found[field.code] = source.read(span)
    return found
