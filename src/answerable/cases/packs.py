"""Procedure packs: the ones that ship, and those that an office writes itself. Pure.

A pack is a TOML file, see docs/reference/packs.md. `load_pack` and `all_packs` read the shipped ones once a process,
and beside them an office's own, from the folder that `use_folder` names: a file that changes meanwhile is taken up at
the next start, never halfway through a day's work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from answerable.cases.pack_checks import cross_faults
from answerable.cases.pack_reading import MAX_BYTES, PackFault, read_pack
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
    "OwnPacks",
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
    "own_packs",
    "parse_pack",
    "use_folder",
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
        "shipped_pack": N_(
            "“%(name)s” ships with Answerable, so your own “%(name)s.toml” is not used. Give your pack another code."
        ),
        "unreadable_pack": N_("The procedure pack “%(name)s” cannot be read: %(reason)s"),
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


@dataclass(frozen=True)
class OwnPacks:
    """An office's own packs by code, and what is wrong with the others, by the name of their file."""

    packs: Mapping[str, Pack]
    faults: Mapping[str, PackError]


_folder: Path | None = None


def use_folder(folder: Path | None) -> None:
    """Read an office's own packs from `folder`, from now on; None: there are none."""
    global _folder
    _folder = folder
    own_packs.cache_clear()


@lru_cache(maxsize=1)
def own_packs() -> OwnPacks:
    """The packs in the office's own folder. A faulty one is left out and named; the others are not held up by it."""
    packs: dict[str, Pack] = {}
    faults: dict[str, PackError] = {}
    for file in sorted(_folder.glob("*.toml")) if _folder else ():
        try:
            packs[file.stem] = _own(file)
        except PackError as error:
            faults[file.stem] = error
    return OwnPacks(MappingProxyType(packs), MappingProxyType(faults))


def _own(file: Path) -> Pack:
    name = file.stem
    if name in _shipped():
        raise PackError("shipped_pack", name=name)
    try:
        if file.stat().st_size > MAX_BYTES:
            raise PackError("unreadable_pack", name=name, reason=f"> {MAX_BYTES // 1024} kB")
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise PackError("unreadable_pack", name=name, reason="UTF-8") from None
    except OSError as error:
        raise PackError("unreadable_pack", name=name, reason=error.strerror or str(error)) from error
    pack = parse_pack(text, name)
    if pack.code != name:
        raise PackError("misnamed_pack", name=name, called=pack.code)
    return pack


def all_packs() -> dict[str, Pack]:
    """Every pack by code, `generic` first, an office's own ones last. Read and checked once a process."""
    shipped, own = _shipped(), own_packs().packs
    ordered = sorted(shipped, key=lambda code: (code != "generic", code))
    return {code: shipped[code] for code in ordered} | dict(own)


def load_pack(code: str) -> Pack:
    """The pack named `code`. Raises PackError: "unknown_pack" where there is none, else what is wrong with one's own."""
    found = _shipped().get(code) or own_packs().packs.get(code)
    if found is not None:
        return found
    if code in own_packs().faults:
        raise own_packs().faults[code]
    raise PackError("unknown_pack", name=code, known=", ".join(all_packs()))
