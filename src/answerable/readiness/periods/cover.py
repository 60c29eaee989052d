"""Which places a period covers, also after a place was moved, closed, split or merged. Pure.

Read from the tree as it stands: a place covers those below it, wherever it is moved to. A place that was closed keeps
what it covered, and in its stead the places count that were made since beside it: until a leader says which took it
over, a period rather covers too much than too little.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class PlaceFacts:
    """One place: the ids from the root down to itself, and whether it is closed."""

    id: int
    path: tuple[int, ...]
    is_closed: bool = False

    @property
    def above(self) -> int | None:
        return self.path[-2] if len(self.path) > 1 else None


def covered(named: Collection[int], places: Mapping[int, PlaceFacts], *, known_up_to: int) -> set[int] | None:
    """The ids of every place that a period of these covers; None: the whole body.

    `known_up_to`: the newest place of the body when the places were chosen; a higher id was made since.
    """
    if not named:
        return None
    roots = set(named) | {
        pk for _closed, heirs in heirs_of(named, places, known_up_to=known_up_to) for pk in heirs
    }
    return {one.id for one in places.values() if roots.intersection(one.path)} | set(named)


def heirs_of(
    named: Iterable[int], places: Mapping[int, PlaceFacts], *, known_up_to: int
) -> list[tuple[int, tuple[int, ...]]]:
    """Each named place that is closed, with the open places made since that stand where it stood."""
    found = []
    for pk in sorted(named):
        closed = places.get(pk)
        if closed is None or not closed.is_closed:
            continue
        heirs = tuple(
            one.id
            for one in sorted(places.values(), key=lambda place: place.id)
            if one.id > known_up_to and not one.is_closed and one.above == closed.above
        )
        found.append((pk, heirs))
    return found


def touches(mine: set[int] | None, other: set[int] | None) -> bool:
    """Whether two covers have a place in common; the whole body touches everything."""
    return mine is None or other is None or bool(mine & other)
