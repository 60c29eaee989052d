"""Procedure packs: the ones that ship, and those that an office writes itself. Pure.

A pack is a TOML file, see docs/reference/packs.md. `load_pack` and `all_packs` read the shipped ones once.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from answerable.cases.pack_checks import cross_faults
from answerable.cases.pack_reading import PackFault, read_pack
from answerable.cases.pack_types import (
    Condition,
    DecisionPart,
    Extension,
    Kind,
    Notice,
    Outcome,
    Pack,
    Rule,
    Rung,
    Step,
    Text,
)
from answerable.core.sentences import N_, Said

__all__ = [
    "Condition",
    "DecisionPart",
    "Extension",
    "Kind",
    "Notice",
    "Outcome",
    "Pack",
    "PackError",
    "PackFault",
    "Rule",
    "Rung",
    "Step",
    "Text",
    "all_packs",
    "check_pack",
    "load_pack",
    "parse_pack",
]

FOLDER = files("answerable.cases") / "pack_files"


class PackError(Said):
    """A pack that cannot be used; `str()` says why, `sentence()` says it in the reader's language."""

    sentences = {
        "unknown_pack": N_("There is no procedure pack “%(name)s”. There are: %(known)s."),
        "faulty_pack": N_("The procedure pack “%(name)s” cannot be used: %(field)s: %(fault)s"),
        "misnamed_pack": N_(
            "The procedure pack in “%(name)s.toml” calls itself “%(called)s”; make them the same."
        ),
    }


def check_pack(text: str) -> list[PackFault]:
    """Everything wrong in the TOML `text`, by field, with a sentence each; empty where it can be used."""
    pack, faults = read_pack(text)
    if pack is None or faults:
        return faults
    return cross_faults(pack)


def parse_pack(text: str, name: str) -> Pack:
    """The pack in the TOML `text`. `name` is what to call it in an error. Raises PackError with the first fault."""
    pack, faults = read_pack(text)
    if pack is not None and not faults:
        faults = cross_faults(pack)
    if faults:
        first = faults[0]
        raise PackError("faulty_pack", name=name, field=first.field or "file", fault=first.sentence)
    assert pack is not None
    return pack


@lru_cache(maxsize=1)
def _shipped() -> Mapping[str, Pack]:
    packs = {}
    for file in sorted(FOLDER.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            name = file.name.removesuffix(".toml")
            pack = parse_pack(file.read_text(encoding="utf-8"), name)
            if pack.code != name:
                raise PackError("misnamed_pack", name=name, called=pack.code)
            packs[name] = pack
    return MappingProxyType(packs)


def all_packs() -> dict[str, Pack]:
    """Every shipped pack by code, `generic` first. Read and checked once a process."""
    shipped = _shipped()
    return {code: shipped[code] for code in sorted(shipped, key=lambda code: (code != "generic", code))}


def load_pack(code: str) -> Pack:
    """The shipped pack named `code`. Raises PackError ("unknown_pack") where there is none."""
    try:
        return _shipped()[code]
    except KeyError:
        raise PackError("unknown_pack", name=code, known=", ".join(all_packs())) from None
