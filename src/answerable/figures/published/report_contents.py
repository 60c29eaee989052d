"""What an annual report holds, by the rule that the body works under: read from `contents/*.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from answerable.cases.pack_types import EMPTY, Text

FOLDER = Path(__file__).parent / "contents"
DEFAULT = "generic"
KINDS = ("text", "figures", "rates")


@dataclass(frozen=True)
class Rate:
    """A share of published numbers, with its formula in words: parts of `family` above and below the line."""

    code: str
    family: str
    above: tuple[str, ...]
    below: tuple[str, ...]
    title: Text
    formula: Text


@dataclass(frozen=True)
class Section:
    """`text`: the office writes it. `figures`: what `show` names. `rates`: shares with their formulas."""

    code: str
    kind: str
    title: Text
    article: str = ""
    hint: Text = EMPTY
    note: Text = EMPTY
    begins: str = ""
    show: tuple[str, ...] = ()
    rates: tuple[Rate, ...] = ()


@dataclass(frozen=True)
class Contents:
    source: Text
    sections: tuple[Section, ...]

    @property
    def texts(self) -> list[Section]:
        return [one for one in self.sections if one.kind == "text"]

    def section(self, code: str) -> Section | None:
        return next((one for one in self.sections if one.code == code), None)


@cache
def contents_of(pack: str) -> Contents:
    """The contents that the rule demands; the general ones where it demands none."""
    path = FOLDER / f"{pack}.toml"
    if not path.is_file():
        path = FOLDER / f"{DEFAULT}.toml"
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    return Contents(_text(said["source"]), tuple(_section(one) for one in said["sections"]))


def _section(said: Mapping[str, Any]) -> Section:
    if said["kind"] not in KINDS:
        raise ValueError(said["kind"])
    return Section(
        code=said["code"],
        kind=said["kind"],
        title=_text(said["title"]),
        article=said.get("article", ""),
        hint=_text(said.get("hint", {})),
        note=_text(said.get("note", {})),
        begins=said.get("begins", ""),
        show=tuple(said.get("show", ())),
        rates=tuple(
            Rate(
                code=one["code"],
                family=one["family"],
                above=tuple(one["above"]),
                below=tuple(one["below"]),
                title=_text(one["title"]),
                formula=_text(one["formula"]),
            )
            for one in said.get("rates", ())
        ),
    )


def _text(said: Mapping[str, str]) -> Text:
    return Text(said.get("zh", ""), said.get("en", ""))
