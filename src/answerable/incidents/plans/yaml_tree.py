"""YAML text as plain values with the line of each. Pure.

Read from the parser's events, one after the other, so that depth, anchors, tags and repeated keys are refused before
anything is built from them: a small file cannot become a large one, and nothing is ever constructed by a tag.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from answerable.incidents.plans.faults import Fault, Path, PlanFaults, fault, named

MAX_BYTES = 512 * 1024
MAX_DEPTH = 12
#: Parts of the file as its parser tells them; twice those of a plan with every role and action that a plan may have.
#: Half a megabyte of nothing but commas would keep a server busy for as long as a response has minutes.
MAX_EVENTS = 50_000
#: Of so many signs the field is looked for, which means reading the file up to there.
MOST_PLACED = 3

_INT = re.compile(r"[-+]?[0-9]{1,15}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|nan)", re.IGNORECASE)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MARKER = re.compile(r"^(<{7}|\|{7}|={7}|>{7})(?= |$)", re.MULTILINE)
_TAB = re.compile(r"^ *\t[ \t]*(?=\S)", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass
class Tree:
    """`data`: strings, numbers, dates, lists and dictionaries; `lines`: the line of each path, from 1."""

    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of `path`, or of the nearest thing that holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 0)

    def fault(self, path: Path, code: str, **params: object) -> Fault:
        return fault(self.line(path), named(path, self.data), code, **params)


@dataclass
class _Frame:
    value: dict[str, Any] | list[Any]
    path: Path
    key: str | None = None

    def next_path(self) -> Path:
        if isinstance(self.value, list):
            return (*self.path, len(self.value))
        return self.path if self.key is None else (*self.path, self.key)


def text_of(source: str | bytes) -> str:
    """The text of a file, without its byte order mark; PlanFaults where it is too large or no text."""
    text = _decoded(source) if isinstance(source, bytes) else source
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise PlanFaults([fault(text.count("\n", 0, error.start) + 1, "", "not_utf8")]) from None
    if size > MAX_BYTES:
        raise PlanFaults([fault(0, "", "too_large")])
    return text.removeprefix("\ufeff")


def _decoded(source: bytes) -> str:
    if len(source) > MAX_BYTES:
        raise PlanFaults([fault(0, "", "too_large")])
    try:
        return source.decode("utf-8")
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        raise PlanFaults([fault(line, "", "not_utf8")]) from None


def tree_of(text: str) -> Tree:
    """The values in `text`. PlanFaults where it is no YAML, or YAML that a plan does not need."""
    _refuse_signs(text)
    tree = Tree()
    try:
        _build(tree, _events(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = error.problem or error.context or "?"
        raise PlanFaults([fault(mark.line + 1 if mark else 0, "", "not_yaml", reason=reason)]) from None
    except (YAMLError, ValueError) as error:
        raise PlanFaults([fault(0, "", "not_yaml", reason=str(error).splitlines()[0])]) from None
    return tree


def _events(text: str) -> Iterator[Event]:
    yield from YAML(typ="safe", pure=True).parse(text)


def _refuse_signs(text: str) -> None:
    found: list[Fault] = []
    for code, pattern in (("conflict", _MARKER), ("tab", _TAB), ("control", _CONTROL)):
        for hit in list(pattern.finditer(text))[:20]:
            line = text.count("\n", 0, hit.start()) + 1
            field_name = _field_before(text[: hit.start()]) if len(found) < MOST_PLACED else ""
            found.append(fault(line, field_name, code, sign=hit.group().strip() or "\\t"))
    # A row of = alone may be part of a text; with < or > around it two versions were put together.
    if any(one.code == "conflict" and one.facts["sign"][0] in "<>" for one in found):
        raise PlanFaults(found)
    found = [one for one in found if one.code != "conflict"]
    if found:
        raise PlanFaults(found)


def _field_before(text: str) -> str:
    """The last field that begins in `text`, which breaks off there."""
    tree, last = Tree(), ""
    with contextlib.suppress(YAMLError, PlanFaults, ValueError):
        _build(tree, _events(_MARKER.sub("#", text)))
    if tree.lines:
        last = named(max(tree.lines, key=lambda path: (tree.lines[path], len(path))), tree.data)
    return last


def _build(tree: Tree, events: Iterator[Event]) -> None:
    frames: list[_Frame] = []
    documents = 0
    for number, event in enumerate(events):
        if number >= MAX_EVENTS:
            raise PlanFaults([fault(event.start_mark.line + 1, "", "too_many_values", most=MAX_EVENTS)])
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise PlanFaults([*tree.faults, fault(event.start_mark.line + 1, "", "several_documents")])
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            frames.pop()
        elif isinstance(event, (ScalarEvent, MappingStartEvent, SequenceStartEvent, AliasEvent)):
            _take(tree, frames, event)


def _take(tree: Tree, frames: list[_Frame], event: Any) -> None:
    line = event.start_mark.line + 1
    frame = frames[-1] if frames else None
    path = frame.next_path() if frame else ()
    if isinstance(event, AliasEvent) or event.anchor is not None:
        raise PlanFaults([*tree.faults, fault(line, named(path, tree.data), "anchor")])
    if event.tag is not None and event.tag != "!":
        raise PlanFaults([*tree.faults, fault(line, named(path, tree.data), "tag", tag=event.tag)])
    if frame is not None and isinstance(frame.value, dict) and frame.key is None:
        _take_key(tree, frame, event, line)
        return
    if isinstance(event, ScalarEvent):
        _put(tree, frame, path, value_of(event), line)
        # Written as an escape it is no sign of the file, but a sign of the text all the same.
        if _CONTROL.search(event.value):
            tree.faults.append(tree.fault(path, "control"))
        return
    if len(frames) >= MAX_DEPTH:
        raise PlanFaults([*tree.faults, fault(line, named(path, tree.data), "too_deep", most=MAX_DEPTH)])
    value: dict[str, Any] | list[Any] = {} if isinstance(event, MappingStartEvent) else []
    _put(tree, frame, path, value, line)
    frames.append(_Frame(value, path))


def _take_key(tree: Tree, frame: _Frame, event: Any, line: int) -> None:
    key = event.value if isinstance(event, ScalarEvent) else None
    if key is None or len(key) > 100:
        raise PlanFaults([*tree.faults, fault(line, named(frame.path, tree.data), "bad_key")])
    assert isinstance(frame.value, dict)
    if key in frame.value:
        tree.faults.append(
            fault(
                line,
                named((*frame.path, key), tree.data),
                "duplicate_key",
                key=key,
                first=tree.line((*frame.path, key)),
            )
        )
    frame.key = key
    tree.lines[(*frame.path, key)] = line


def _put(tree: Tree, frame: _Frame | None, path: Path, value: Any, line: int) -> None:
    tree.lines.setdefault(path, line)
    if frame is None:
        tree.data = value
    elif isinstance(frame.value, list):
        frame.value.append(value)
    else:
        assert frame.key is not None
        frame.value[frame.key] = value
        frame.key = None


def value_of(event: ScalarEvent) -> Any:
    """The value of a scalar; only what stands without quotes may be anything but text."""
    text: str = event.value
    if event.style or event.tag == "!":
        return text
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text
