"""Faults between the parts of a template: what belongs to which kind of question, limits, desk reviews. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from answerable.incidents.plans.cross_checks import Found
from answerable.incidents.plans.faults import Path
from answerable.readiness.rounds.template import rights
from answerable.readiness.rounds.template.schema import Question, RoundFile

#: Which fields belong to which kind of question, beside those that every one has.
OWN = {
    "yes_no": {"wrong"},
    "measure": {"unit", "least", "most"},
    "choice": {"choices"},
    "photograph": set(),
    "note": set(),
}
_ALL = {"wrong", "unit", "least", "most", "choices"}


def meaning(file: RoundFile) -> Iterator[Found]:
    """Every fault, in no particular order: what the parts say together, and what rights refuse."""
    yield from _parts(file)
    yield from rights.found_in(file)


def _parts(file: RoundFile) -> Iterator[Found]:
    seen: set[str] = set()
    for place, one in enumerate(file.questions):
        path: Path = ("questions", place)
        if one.code in seen:
            yield (*path, "code"), "duplicate_code", {"given": one.code}
        seen.add(one.code)
        yield from _kind(one, path)
        if file.is_desk_review:
            yield from _desk(one, path)
    if file.looks_at == "matters" and file.topic is not None:
        yield ("topic",), "matters_have_no_topic", {}
    if not any(one.can_find for one in file.questions):
        yield ("questions",), "finds_nothing", {}


def _kind(one: Question, path: Path) -> Iterator[Found]:
    for name in sorted(_ALL - OWN[one.kind]):
        if getattr(one, name) not in (None, ()):
            yield (*path, name), "not_of_kind", {"name": name, "kind": one.kind}
    if one.kind == "measure":
        if one.unit is None:
            yield path, "missing", {"name": "unit"}
        if one.least is not None and one.most is not None and one.least > one.most:
            yield (*path, "least"), "limits_cross", {"least": one.least, "most": one.most}
    if one.kind == "choice":
        yield from _choices(one, path)
    if one.can_find and one.finds is None:
        yield path, "finds_missing", {}
    if one.finds is not None and not one.can_find:
        yield (*path, "finds"), "finds_never", {}
    if one.finds is not None and one.finds.becomes == "incident" and one.finds.hazard is None:
        yield (*path, "finds"), "missing", {"name": "hazard"}


def _choices(one: Question, path: Path) -> Iterator[Found]:
    if len(one.choices) < 2:
        yield (*path, "choices"), "too_few", {"least": 2}
    seen: set[str] = set()
    for place, choice in enumerate(one.choices):
        if choice.code in seen:
            yield (*path, "choices", place, "code"), "duplicate_code", {"given": choice.code}
        seen.add(choice.code)
    if one.choices and all(choice.wrong for choice in one.choices):
        yield (*path, "choices"), "all_wrong", {}


def _desk(one: Question, path: Path) -> Iterator[Found]:
    if one.kind in ("photograph", "note"):
        yield (*path, "kind"), "desk_keeps_no_words", {}
    if one.finds is not None and one.finds.becomes != "repair":
        yield (*path, "finds", "becomes"), "desk_mends", {}
