"""What each kind of act is called: every room's `act_words.py`, together.

WORDS of a room are sentences without places, for lists in which acts of all kinds stand beside each other; OTHERS are
those that its own timeline leaves out. `overseen(bodies)` names the matters whose acts an auditor of these bodies
checks, where a room has such. A kind that no room names fails tests/rights/test_act_words.py.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator
from functools import cache
from types import ModuleType
from typing import Any
from uuid import UUID

from django.apps import apps


@cache
def _rooms() -> tuple[ModuleType, ...]:
    return tuple(_found())


def _found() -> Iterator[ModuleType]:
    for config in apps.get_app_configs():
        name = f"{config.name}.act_words"
        if config.name.startswith("answerable.") and importlib.util.find_spec(name) is not None:
            yield importlib.import_module(name)


@cache
def all_words() -> dict[str, Any]:
    """By kind, in the order of the rooms; lazy sentences."""
    found: dict[str, Any] = {}
    for room in _rooms():
        for part in (room.WORDS, getattr(room, "OTHERS", {})):
            found |= {str(kind): words for kind, words in part.items()}
    return found


def words_of(kind: str) -> str:
    """In the active language; the kind's own name where an older or newer version wrote it."""
    return str(all_words().get(kind, kind))


def overseen(body_ids: Iterable[int]) -> Iterator[tuple[dict[str, Any], list[UUID]]]:
    """For each room that has some: its kinds with their words, and the matters of these bodies."""
    bodies = list(body_ids)
    for room in _rooms():
        if hasattr(room, "overseen"):
            yield {str(kind): words for kind, words in room.WORDS.items()}, list(room.overseen(bodies))
