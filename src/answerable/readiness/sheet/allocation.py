"""Who answers for what, place by place, as few lines as it takes. Pure.

Places that the map treats alike stand together; a subject stands by itself only where it is answered for by somebody
else than the subject above it. Everything is in the order of the organisation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Path = tuple[int, ...]


@dataclass(frozen=True)
class Rule:
    """One rule of the map; None stands for any. `answer` is what it gives: a unit and the post that answers."""

    subject: int | None
    place: int | None
    answer: tuple[int, int]


@dataclass(frozen=True)
class Answered:
    """Subjects that one post answers for; `answer` None: nobody does."""

    subjects: tuple[int, ...]
    answer: tuple[int, int] | None


@dataclass(frozen=True)
class Group:
    """Places that are alike; what lies in one is like it, unless it is named itself. Empty: everywhere else."""

    places: tuple[int, ...]
    lines: tuple[Answered, ...]


def best(rules: Iterable[Rule], subject: Path, place: Path) -> Rule | None:
    """The most specific rule: subject before place, as `orgs.queries.responsible_for`."""
    depth_s = {pk: depth for depth, pk in enumerate(subject, 1)}
    depth_p = {pk: depth for depth, pk in enumerate(place, 1)}
    found = [
        rule
        for rule in rules
        if (rule.subject is None or rule.subject in depth_s) and (rule.place is None or rule.place in depth_p)
    ]
    return max(
        found,
        key=lambda one: (depth_s.get(one.subject or 0, 0), depth_p.get(one.place or 0, 0)),
        default=None,
    )


def groups(subjects: Mapping[int, Path], places: Mapping[int, Path], rules: Sequence[Rule]) -> list[Group]:
    """Everywhere first, then the places that the map names, in their order."""
    everywhere = _lines(subjects, (), rules)
    named = {rule.place for rule in rules if rule.place is not None}
    known: dict[Path, tuple[Answered, ...]] = {(): everywhere}
    here: dict[int, tuple[Answered, ...]] = {}
    found: dict[tuple[Answered, ...], list[int]] = {}
    for pk in sorted(places, key=lambda pk: places[pk]):
        # Places below the same named ones are alike: reckoned once.
        way = tuple(one for one in places[pk] if one in named)
        if way not in known:
            known[way] = _lines(subjects, way, rules)
        here[pk] = known[way]
        around = next((here[one] for one in reversed(places[pk][:-1]) if one in here), everywhere)
        if here[pk] != around:
            found.setdefault(here[pk], []).append(pk)
    return [Group((), everywhere), *(Group(tuple(members), lines) for lines, members in found.items())]


def _lines(subjects: Mapping[int, Path], place: Path, rules: Sequence[Rule]) -> tuple[Answered, ...]:
    answers: dict[int, tuple[int, int] | None] = {}
    order: dict[tuple[int, int] | None, list[int]] = {}
    for pk in sorted(subjects, key=lambda pk: subjects[pk]):
        rule = best(rules, subjects[pk], place)
        answers[pk] = rule.answer if rule is not None else None
        above = subjects[pk][-2] if len(subjects[pk]) > 1 else None
        if above in answers and answers[above] == answers[pk]:
            continue
        order.setdefault(answers[pk], []).append(pk)
    return tuple(Answered(tuple(members), answer) for answer, members in order.items())
