"""Who answers for what, place by place, as few lines as it takes. Pure.

A place stands by itself only with what is different there from what lies around it; a subject only where somebody else
answers than for the subject above it. Everything is in the order of the organisation.
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
    """Places at which the same is different from what lies around them; no places: everywhere.

    Read the nearest place that is named, in it the nearest subject that is named; where there is none, look at what lies
    around it.
    """

    places: tuple[int, ...]
    lines: tuple[Answered, ...]


Answer = tuple[int, int] | None


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
    """Everywhere first, then the places at which somebody else answers, in their order."""
    everywhere = _answers(subjects, (), rules)
    named = {rule.place for rule in rules if rule.place is not None}
    known: dict[Path, dict[int, Answer]] = {(): everywhere}
    here: dict[int, dict[int, Answer]] = {}
    found: dict[tuple[Answered, ...], list[int]] = {}
    for pk in sorted(places, key=lambda pk: places[pk]):
        # Places below the same named ones are alike: reckoned once.
        way = tuple(one for one in places[pk] if one in named)
        if way not in known:
            known[way] = _answers(subjects, way, rules)
        here[pk] = known[way]
        around = next((here[one] for one in reversed(places[pk][:-1]) if one in here), everywhere)
        lines = _lines(subjects, here[pk], around)
        if lines:
            found.setdefault(lines, []).append(pk)
    first = Group((), _lines(subjects, everywhere, {}))
    return [first, *(Group(tuple(members), lines) for lines, members in found.items())]


def _answers(subjects: Mapping[int, Path], place: Path, rules: Sequence[Rule]) -> dict[int, Answer]:
    found = ((pk, best(rules, path, place)) for pk, path in subjects.items())
    return {pk: rule.answer if rule is not None else None for pk, rule in found}


def _lines(
    subjects: Mapping[int, Path], here: Mapping[int, Answer], around: Mapping[int, Answer]
) -> tuple[Answered, ...]:
    """The subjects that have to be named, by who answers. `around` empty: each has to be, but for what follows."""
    said: dict[int, Answer] = {}
    order: dict[Answer, list[int]] = {}
    for pk in sorted(subjects, key=lambda pk: subjects[pk]):
        above = next((one for one in reversed(subjects[pk][:-1]) if one in said), None)
        if above is not None:
            is_known = said[above] == here[pk]
        else:
            is_known = pk in around and around[pk] == here[pk]
        if not is_known:
            said[pk] = here[pk]
            order.setdefault(here[pk], []).append(pk)
    return tuple(Answered(tuple(members), answer) for answer, members in order.items())
