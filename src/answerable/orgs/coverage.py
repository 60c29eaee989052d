"""Which pairs of subject and place nobody answers for. Pure: trees come as paths of ids."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

Path = Sequence[int]
#: A rule's subject and place; None stands for any.
Pair = tuple[int | None, int | None]


@dataclass(frozen=True)
class Hole:
    """A subject that nobody answers for: everywhere with all its parts, or at `places` and where none is named."""

    subject: int
    places: tuple[int, ...] = ()
    without_place: bool = False


def holes(
    subjects: Mapping[int, Path], places: Mapping[int, Path], rules: Collection[Pair]
) -> Iterator[Hole]:
    """Uncovered pairs, summed up: a subject that is open everywhere stands for its parts if they are open too.

    `subjects` and `places` map an id to its path from the root down to itself. A parent may be chosen too, so
    each node counts, not the leaves alone.
    """
    by_subject: dict[int | None, set[int | None]] = {}
    for subject, place in rules:
        by_subject.setdefault(subject, set()).add(place)
    partly: list[Hole] = []
    wholly_open = set(subjects)
    open_alone: set[int] = set()
    for pk, path in subjects.items():
        covered: set[int | None] = set(by_subject.get(None, ()))
        covered.update(*(by_subject.get(step, ()) for step in path))
        missing = [p for p, steps in places.items() if not covered.intersection(steps)]
        if None not in covered and len(missing) == len(places) and (places or not covered):
            open_alone.add(pk)
            continue
        wholly_open.difference_update(path)
        if None not in covered:
            missing.sort(key=lambda one: (len(places[one]), one))
            partly.append(Hole(pk, tuple(missing), without_place=True))
    for pk in sorted(open_alone, key=lambda one: (len(subjects[one]), one)):
        if not wholly_open.intersection(subjects[pk][:-1]):
            yield Hole(pk)
    yield from sorted(partly, key=lambda hole: (len(subjects[hole.subject]), hole.subject))
