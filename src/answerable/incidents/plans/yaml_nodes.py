"""A plan file as nodes with their places in the text, for a change that touches nothing else. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.events import (
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from answerable.incidents.plans.yaml_tree import value_of


@dataclass
class Node:
    """`start` and `end`: where it stands in the text; of a block, from its first sign to the end of its last value.

    `column`: of its first sign. `pairs` of a mapping: the key's node and the value's; `items` of a list.
    """

    start: int
    end: int
    column: int
    is_flow: bool
    value: Any = None
    style: str = ""
    pairs: dict[str, tuple[Node, Node]] | None = None
    items: list[Node] | None = None
    _key: Node | None = field(default=None, repr=False)

    @property
    def plain(self) -> Any:
        """What it says, as plain values."""
        if self.pairs is not None:
            return {key: value.plain for key, (_key, value) in self.pairs.items()}
        return [item.plain for item in self.items] if self.items is not None else self.value


def nodes_of(text: str) -> Node:
    """The root of a text that can be read as a plan."""
    stack: list[Node] = []
    root: Node | None = None
    for event in YAML(typ="safe", pure=True).parse(text):
        if isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            _close(stack, event)
            continue
        if not isinstance(event, (ScalarEvent, MappingStartEvent, SequenceStartEvent)):
            continue
        made = _node(event, text)
        root = root or made
        if stack:
            _add(stack[-1], made)
        if not isinstance(event, ScalarEvent):
            stack.append(made)
    assert root is not None
    return root


def _node(event: Any, text: str) -> Node:
    start, end = event.start_mark.index, event.end_mark.index
    column = event.start_mark.column
    if isinstance(event, MappingStartEvent):
        return Node(start, end, column, bool(event.flow_style), pairs={})
    if isinstance(event, SequenceStartEvent):
        return Node(start, end, column, bool(event.flow_style), items=[])
    style = event.style or ""
    if style in ("|", ">"):
        end = _block_end(text, start, end)
    return Node(start, end, column, style == "", value=value_of(event), style=style)


def _block_end(text: str, start: int, end: int) -> int:
    """The end of a block text's last line; what the parser counts to it may go on over comments."""
    header, *lines = text[start:end].split("\n")
    indent = next((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), 0)
    last, at = start + len(header), start + len(header) + 1
    for line in lines:
        if line.strip() and len(line) - len(line.lstrip(" ")) >= indent:
            last = at + len(line.rstrip("\r"))
        at += len(line) + 1
    return last


def _add(holder: Node, made: Node) -> None:
    if holder.items is not None:
        holder.items.append(made)
    elif holder._key is None:
        holder._key = made
    else:
        assert holder.pairs is not None
        holder.pairs[str(holder._key.value)] = (holder._key, made)
        holder._key = None


def _close(stack: list[Node], event: Any) -> None:
    node = stack.pop()
    if node.is_flow:
        node.end = event.end_mark.index
        return
    ends = [value.end for _key, value in (node.pairs or {}).values()]
    ends += [item.end for item in node.items or ()]
    node.end = max(ends, default=node.end)


def line_start(text: str, at: int) -> int:
    """Where the line of `at` begins."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """Where the line of `at` ends, before its break."""
    found = text.find("\n", at)
    found = len(text) if found < 0 else found
    return found - 1 if found > at and text[found - 1] == "\r" else found


def dashes(text: str, node: Node) -> Iterator[int]:
    """Where the dash of each item of a block list stands."""
    assert node.items is not None
    before = node.start
    for item in node.items:
        at = item.start
        while True:
            begin = line_start(text, at)
            lead = text[begin : begin + node.column + 1]
            if begin + node.column >= before and lead.strip(" ") == "-" and lead.endswith("-"):
                break
            at = begin - 1
        yield begin + node.column
        before = item.end
