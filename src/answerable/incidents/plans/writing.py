"""A plan that was edited in a form, written back into its earlier text: what did not change stays to the letter. Pure.

Only the values that differ are replaced where they stand; comments, order, quotes and empty lines around them stay.
A comment above an entry that is removed stays too; one inside it goes with it. What comes out is read again before it
is handed on: a text that does not say the plan is never returned.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from answerable.core.sentences import N_, Said
from answerable.incidents.plans.faults import PlanFaults
from answerable.incidents.plans.reading import faults_of, read_plan
from answerable.incidents.plans.schema import PlanFile
from answerable.incidents.plans.yaml_nodes import Node, dashes, line_end, line_start, nodes_of
from answerable.incidents.plans.yaml_tree import text_of

#: From, until, and what stands there instead.
Edit = tuple[int, int, str]

_PLAIN = re.compile(r"[A-Za-z\u4e00-\u9fff][\w\u4e00-\u9fff /.%()、，。；（）-]*", re.ASCII)
_NOT_TEXT = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}


class CannotWrite(Said):
    """The change could not be made in the file without losing something; nothing was changed."""

    sentences = {
        "cannot_write": N_(
            "This change could not be written into the file as it is laid out. Edit the file itself."
        )
    }


def write_plan(plan: PlanFile, text: str) -> str:
    """`text`, changed so that it says `plan`; the same text where it does already. PlanFaults where `plan` is none."""
    faults = faults_of(plan)
    if faults:
        raise PlanFaults(faults)
    text = text_of(text)
    if read_plan(text) == plan:
        return text
    full, sparse = _lists(plan.model_dump()), _lists(plan.model_dump(exclude_defaults=True))
    written = _applied(text, _Writer(text).edits(nodes_of(text), full, sparse))
    try:
        if read_plan(written) == plan:
            return written
    except PlanFaults:
        pass
    raise CannotWrite("cannot_write")


def new_text(plan: PlanFile) -> str:
    """A file for a plan that has none yet."""
    lines = []
    for key, value in _lists(plan.model_dump(exclude_defaults=True)).items():
        if isinstance(value, dict) and key in ("scales", "announce"):
            lines.append(f"{key}:")
            for name, inner in value.items():
                lines += _block(f"  {name}", inner)
        else:
            lines += _block(key, value)
    return "\n".join(lines) + "\n"


def _block(key: str, value: Any) -> list[str]:
    """An entry of the file; a list of parts with a line each."""
    indent = " " * (len(key) - len(key.lstrip()))
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return [f"{key}:", *(f"{indent}  - {_flow(item)}" for item in value)]
    return [f"{key}: {_flow(value)}"]


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _lists(one) for key, one in value.items()}
    return [_lists(one) for one in value] if isinstance(value, (tuple, list)) else value


def _applied(text: str, edits: Iterable[Edit], begin: int = 0, until: int | None = None) -> str:
    """The part of the text from `begin` until `until` with the edits that lie in it."""
    out, at = [], begin
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        out += [text[at:start], new]
        at = end
    return "".join(out) + text[at : len(text) if until is None else until]


# ---------------------------------------------------------------- values as YAML


def _flow(value: Any) -> str:
    """Any value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(one) for one in value) + "]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return _text(value) if isinstance(value, str) else str(value)


def _text(value: str) -> str:
    if _PLAIN.fullmatch(value) and value == value.strip() and value.lower() not in _NOT_TEXT:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(sign if sign.isprintable() or sign == "\u3000" else _escaped(sign) for sign in quoted)


def _escaped(sign: str) -> str:
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"


def _can_be_block(value: str) -> bool:
    """Whether several lines can stand as they are under a `|`."""
    lines = value.removesuffix("\n").split("\n")
    return (
        len(lines) > 1
        and not value.endswith("\n\n")
        and lines[0].strip() != ""
        and not lines[0].startswith(" ")
        and all(line == line.rstrip() and (line.isprintable() or "\u3000" in line) for line in lines)
        and not re.search(r"[\x85\u2028\u2029\t\r\ufeff]", value)
    )


# ---------------------------------------------------------------- what changes in the text


class _Writer:
    """Finds the edits that turn a text's values into others."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.break_ = "\r\n" if "\r\n" in text else "\n"

    def edits(self, node: Node, full: Any, sparse: Any, *, key_column: int = 0) -> list[Edit]:
        """Of one node. `sparse` is `full` without what is a default: that much is written where it is new."""
        if node.plain == full:
            return []
        if node.pairs is not None and isinstance(full, dict):
            return self._mapping(node, full, sparse)
        if node.items is not None and isinstance(full, list):
            return self._list(node, full, sparse)
        return self._replaced(node, full, key_column)

    def _replaced(self, node: Node, value: Any, key_column: int) -> list[Edit]:
        if (node.pairs is not None or node.items is not None) and not node.is_flow:
            begin = line_start(self.text, node.start)
            colon = self.text.rindex(":", 0, node.start) + 1
            end = min(line_end(self.text, node.end) + len(self.break_), len(self.text))
            return [(colon, colon, " " + _flow(value)), (begin, end, "")]
        lead = " " if node.start == node.end else ""
        rest = self.text[node.end : line_end(self.text, node.end)]
        if isinstance(value, str) and key_column >= 0 and not rest.strip() and _can_be_block(value):
            return [(node.start, node.end, lead + self._literal(value, key_column + 2))]
        return [(node.start, node.end, lead + _flow(value))]

    def _literal(self, value: str, indent: int) -> str:
        header = "|" if value.endswith("\n") else "|-"
        lines = value.removesuffix("\n").split("\n")
        return self.break_.join([header, *(" " * indent + line if line else "" for line in lines)])

    # ------------------------------------------------------------ mappings

    def _mapping(self, node: Node, full: dict[str, Any], sparse: dict[str, Any]) -> list[Edit]:
        assert node.pairs is not None
        found: list[Edit] = []
        for key, (key_node, value) in node.pairs.items():
            column = -1 if node.is_flow else key_node.column
            found += self.edits(value, full[key], sparse.get(key, full[key]), key_column=column)
        fields = list(full)
        for key in fields:
            if key in node.pairs or key not in sparse:
                continue
            before = [name for name in fields[: fields.index(key)] if name in node.pairs]
            anchor = before[-1] if before else next(iter(node.pairs))
            key_node, value = node.pairs[anchor]
            entry = f"{key}: {_flow(sparse[key])}"
            if node.is_flow:
                found.append((value.end, value.end, ", " + entry))
            else:
                at = line_end(self.text, value.end)
                found.append((at, at, self.break_ + " " * key_node.column + entry))
        return found

    # ------------------------------------------------------------ lists

    def _list(self, node: Node, full: list[Any], sparse: list[Any]) -> list[Edit]:
        assert node.items is not None
        pairs = _matched([item.plain for item in node.items], full)
        olds = [old for old in pairs if old is not None]
        if node.is_flow or not node.items:
            if len(olds) == len(full) == len(node.items) and olds == sorted(olds):
                found = []
                for at, old in enumerate(olds):
                    found += self.edits(node.items[old], full[at], sparse[at], key_column=-1)
                return found
            return [(node.start, node.end, self._new_list(node, full, sparse))]
        return self._block_list(node, full, sparse, pairs)

    def _new_list(self, node: Node, full: list[Any], sparse: list[Any]) -> str:
        """A list written anew where it stood between brackets; an empty one grows lines of its own."""
        own = line_start(self.text, node.start)
        if node.items or not any(isinstance(item, dict) for item in full):
            return _flow(sparse)
        first = self.text[own : node.start]
        if not re.fullmatch(r" *[\w-]+: *", first):
            return _flow(sparse)
        indent = " " * (len(first) - len(first.lstrip(" ")) + 2)
        return "".join(f"{self.break_}{indent}- {_flow(item)}" for item in sparse)

    def _block_list(
        self, node: Node, full: list[Any], sparse: list[Any], pairs: Sequence[int | None]
    ) -> list[Edit]:
        """Each item with the lines above it keeps together; what is new is written as its neighbours are."""
        assert node.items is not None
        starts = [line_start(self.text, at) for at in dashes(self.text, node)]
        ends = [line_end(self.text, item.end) for item in node.items]
        lead_starts = [starts[0], *(end + len(self.break_) for end in ends[:-1])]
        leads = [self.text[begin:end] for begin, end in zip(lead_starts, starts, strict=True)]
        inline = self.text[starts[0] : starts[0] + node.column].strip(" ") != ""
        if inline:  # the first dash does not begin its line
            return [(node.start, node.end, _flow(sparse))]
        dead = [at for at in range(len(node.items)) if at not in pairs]
        chunks, kept = [], set()
        for at, old in enumerate(pairs):
            if old is None:
                chunks.append(self._new_item(node, sparse[at]))
                continue
            # Comments above what was removed in front of it stay where they were.
            lead = "".join(leads[gone] for gone in dead if gone not in kept and gone < old)
            kept |= {gone for gone in dead if gone < old}
            edits = self.edits(node.items[old], full[at], sparse[at], key_column=-1)
            chunks.append(lead + leads[old] + _applied(self.text[: ends[old]], edits, starts[old]))
        rest = "".join(leads[gone] for gone in dead if gone not in kept).removesuffix(self.break_)
        if rest:
            chunks.append(rest)
        if not pairs:
            colon = self.text.rindex(":", 0, line_start(self.text, starts[0])) + 1
            return [(colon, colon, " []"), (starts[0], min(ends[-1], len(self.text)), rest)]
        return [(starts[0], ends[-1], self.break_.join(chunks))]

    def _new_item(self, node: Node, value: Any) -> str:
        assert node.items is not None
        dash = " " * node.column + "- "
        if not isinstance(value, dict) or any(item.is_flow for item in node.items):
            return dash + _flow(value)
        lines = [f"{key}: {_flow(one)}" for key, one in value.items()]
        return dash + (self.break_ + " " * len(dash)).join(lines)


def _matched(olds: list[Any], news: list[Any]) -> list[int | None]:
    """For each new item which old one it is: by its code or level, else by its place where nothing else fits."""
    places: dict[str, int] = {}
    for at, old in enumerate(olds):
        places.setdefault(_key_of(old), at)
    found = [places.get(_key_of(new)) for new in news]
    if len(olds) == len(news):
        taken = {old for old in found if old is not None}
        found = [at if old is None and at not in taken else old for at, old in enumerate(found)]
    return found


def _key_of(item: Any) -> str:
    if isinstance(item, dict):
        return repr(item.get("code", item.get("level")))
    return repr(item)
