"""A plan file becomes a plan, or every fault in it is named with its line and field, and nothing is changed. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from answerable.incidents.plans import cross_checks, rights
from answerable.incidents.plans.faults import Fault, Path, PlanFaults
from answerable.incidents.plans.schema import PlanFile
from answerable.incidents.plans.yaml_tree import Tree, text_of, tree_of

#: What a value should be, by what the schema says of it.
_TYPES = {
    "string_type": "should_be_text",
    "int_type": "should_be_number",
    "int_from_float": "should_be_number",
    "float_type": "should_be_decimal",
    "finite_number": "should_be_decimal",
    "bool_type": "should_be_bool",
    "date_type": "should_be_date",
    "tuple_type": "should_be_list",
    "model_type": "should_be_table",
    "model_attributes_type": "should_be_table",
    "dict_type": "should_be_table",
}


P = TypeVar("P", bound=BaseModel)


def read_plan(source: str | bytes) -> PlanFile:
    """The plan in `source`; PlanFaults with all that is wrong."""
    return _plan_of(text_of(source))


@lru_cache(maxsize=64)
def _plan_of(text: str) -> PlanFile:
    # Read once a process: an activation at three in the morning does not wait for a file of 400 actions, and a draft is
    # read when it is written, looked at and approved.
    return read_part(text, PlanFile, _meaning)


def read_part(source: str | bytes, model: type[P], meaning: Callable[[P], Iterable[cross_checks.Found]]) -> P:
    """Any file of this manner: `model` is its shape, `meaning` finds what is wrong between its parts."""
    tree = tree_of(text_of(source))
    part = _validated(tree, model)
    faults = [tree.fault(path, code, **params) for path, code, params in meaning(part)]
    if faults:
        raise PlanFaults(faults)
    return part


def faults_in(source: str | bytes) -> list[Fault]:
    """Everything wrong in `source`; empty where it is a plan."""
    try:
        read_plan(source)
    except PlanFaults as found:
        return found.faults
    return []


def faults_of(plan: PlanFile) -> list[Fault]:
    """What is wrong between the parts of a plan that came from a form; lines are 0."""
    tree = Tree(data=plan.model_dump(mode="python"))
    tree.data = _lists(tree.data)
    return [tree.fault(path, code, **params) for path, code, params in _meaning(plan)]


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _lists(one) for key, one in value.items()}
    return [_lists(one) for one in value] if isinstance(value, (tuple, list)) else value


def _meaning(plan: PlanFile) -> Iterator[tuple[Path, str, dict[str, object]]]:
    yield from cross_checks.found_in(plan)
    yield from rights.found_in(plan)


def _validated(tree: Tree, model: type[P]) -> P:
    if not isinstance(tree.data, dict):
        raise PlanFaults([*tree.faults, tree.fault((), "empty_file" if tree.data is None else "no_table")])
    try:
        part = model.model_validate(tree.data)
    except ValidationError as error:
        found = [said(tree, one, model) for one in error.errors(include_url=False)]
        raise PlanFaults([*tree.faults, *found]) from None
    if tree.faults:
        raise PlanFaults(tree.faults)
    return part


def said(tree: Tree, error: Mapping[str, Any], model: type[BaseModel] = PlanFile) -> Fault:
    """One finding of a schema in the words of this room."""
    path: Path = tuple(error["loc"])
    kind, ctx, given = error["type"], error.get("ctx", {}), error.get("input")
    if kind == "missing":
        return tree.fault(path, "missing", name=path[-1])
    if kind == "extra_forbidden":
        return _unknown(tree, path, model)
    if given is None and kind in _TYPES:
        return tree.fault(path, "empty")
    if kind in _TYPES:
        return tree.fault(path, _TYPES[kind])
    if kind == "literal_error":
        code = "unknown_format" if path == ("format",) else "unknown_choice"
        return tree.fault(path, code, given=_short(given), allowed=_choices(ctx["expected"]))
    if kind == "string_pattern_mismatch":
        if ctx["pattern"] == r"\S":
            return tree.fault(path, "empty")
        code = "bad_code" if path[-1] == "code" or "/" not in ctx["pattern"] else "bad_reference"
        return tree.fault(path, code, given=_short(given))
    if kind == "string_too_short":
        return tree.fault(path, "empty")
    if kind == "string_too_long":
        return tree.fault(path, "text_too_long", most=ctx["max_length"])
    if kind == "too_short":
        return tree.fault(path, "too_few", least=ctx["min_length"])
    if kind == "too_long":
        return tree.fault(path, "too_many", most=ctx["max_length"])
    if kind == "greater_than_equal":
        return tree.fault(path, "too_small", given=_short(given), least=ctx["ge"])
    if kind == "less_than_equal":
        return tree.fault(path, "too_great", given=_short(given), most=ctx["le"])
    return tree.fault(path, "not_allowed", given=_short(given), reason=error["msg"])


def _short(given: object) -> str:
    text = str(given)
    return text if len(text) <= 60 else text[:59] + "…"


def _choices(expected: str) -> str:
    """The allowed words out of "'a', 'b' or 'c'"."""
    return ", ".join(re.findall(r"'([^']*)'", expected)) or expected


def _unknown(tree: Tree, path: Path, model: type[BaseModel]) -> Fault:
    """A field that nothing reads: one that rights forbid is named so, another with the name it may have meant."""
    name = str(path[-1])
    if rights.is_forbidden_field(name):
        return tree.fault(path, "forbidden_field", name=name)
    near = difflib.get_close_matches(name, _fields_at(path[:-1], model), n=1)
    if near:
        return tree.fault(path, "unknown_field_near", name=name, near=near[0])
    return tree.fault(path, "unknown_field", name=name)


def _fields_at(path: Path, model: Any) -> list[str]:
    """The names of the fields that may stand at `path`."""
    for step in path:
        if isinstance(step, int):
            continue
        model = _model_in(model.model_fields[step].annotation)
        if model is None:
            return []
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _model_in(inner)
        if found is not None:
            return found
    return None
