"""Translations: find every string, compare with the catalogues, compile them. Uses Babel, no gettext programs.

Each room has its own catalogue, `<room>/locale/zh_Hans/LC_MESSAGES/django.po`, written by hand; a part of a room
may have one too (`cases/portal/locale/…`). Django lays all of them over one another, so a string may be translated
in any of them, but not differently in two.
"""

from __future__ import annotations

import contextlib
import gettext
import io
import os
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # every command looks whether something has to be compiled; few need Babel for it
    from babel.messages import Catalog, Message

PACKAGE = Path(__file__).resolve().parent.parent
LANGUAGE = "zh_Hans"
HOME = {"config": "ops"}  # rooms without a catalogue of their own, and where their strings go
KEYWORDS: dict[str, object] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PERCENT = re.compile(r"%(?:\((\w+)\))?[-#0 +]*\d*(?:\.\d+)?([a-zA-Z%])")
TEMPLATES = {".html", ".txt", ".xml", ".svg", ".webmanifest"}

Key = tuple[str, str]  # context (or empty), English text


@dataclass
class Wanted:
    """A string in the code: its English plural, if any, and where it stands."""

    key: Key
    plural: str = ""
    places: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Gap:
    """Something wrong with the translations; `place` is file:line."""

    place: str
    what: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}: {self.text!r}"


def rooms() -> list[Path]:
    return sorted(
        path for path in PACKAGE.iterdir() if path.is_dir() and not path.name.startswith(("_", "."))
    )


def catalogue_path(room: Path) -> Path:
    return PACKAGE / HOME.get(room.name, room.name) / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def catalogue_paths(room: Path) -> list[Path]:
    """A room's catalogue and those of its parts."""
    parts = sorted(room.glob(f"*/locale/{LANGUAGE}/LC_MESSAGES/django.po"))
    return [catalogue_path(room), *parts]


def _entries_of(room: Path) -> Iterator[tuple[Key, Message, str]]:
    for path in catalogue_paths(room):
        yield from _entries(path)


def _sources(room: Path) -> Iterator[tuple[Path, bytes]]:
    """Python files as they are; Django templates turned into something that looks like them."""
    from django.utils.translation.template import templatize

    for path in sorted(room.rglob("*")):
        parts = path.relative_to(room).parts
        if not path.is_file() or {"tests", "migrations", "static", "locale"} & set(parts):
            continue
        if path.suffix == ".py":
            yield path, path.read_bytes()
        elif "templates" in parts and path.suffix in TEMPLATES:
            code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            # Indentation means nothing in a template, and would break the tokenizer here.
            yield path, "\n".join(line.lstrip() for line in code.split("\n")).encode()


def wanted(room: Path) -> dict[Key, Wanted]:
    """Every translatable string of a room."""
    from babel.messages.extract import extract

    found: dict[Key, Wanted] = {}
    for path, source in _sources(room):
        for line, texts, _comments, context in extract("python", io.BytesIO(source), KEYWORDS):  # type: ignore[arg-type]
            text, plural = (texts[0], texts[1]) if isinstance(texts, tuple) else (texts, "")
            if not text:
                continue
            one = found.setdefault((context or "", text), Wanted((context or "", text), plural))
            one.places.append(f"{path.relative_to(PACKAGE.parent.parent)}:{line}")
    return found


def read(path: Path) -> Catalog:
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE, abort_invalid=True)


def _entries(path: Path) -> Iterator[tuple[Key, Message, str]]:
    if not path.exists():
        return
    for message in read(path):
        if message.id:
            text = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
            place = f"{path.relative_to(PACKAGE.parent.parent)}:{message.lineno}"
            yield (message.context or "", str(text)), message, place


def places_in(text: str) -> set[str]:
    """Names (and unnamed places) that a text wants filled in, %-style and {}-style."""
    found = {f"%{name or ''}{kind}" for name, kind in PERCENT.findall(text) if kind != "%"}
    with contextlib.suppress(ValueError):  # a lone brace is just a brace
        found |= {f"{{{name}}}" for _text, name, _spec, _conv in string.Formatter().parse(text) if name}
    return found


def _faults_of(message: Message, place: str) -> Iterator[Gap]:
    singular, plural = message.id if isinstance(message.id, (tuple, list)) else (message.id, message.id)
    said = message.string if isinstance(message.string, (tuple, list)) else [message.string]
    if message.fuzzy:
        yield Gap(place, "fuzzy", str(singular))
    if not all(said):
        yield Gap(place, "not translated", str(singular))
        return
    for text in said:
        if places_in(str(text)) != places_in(str(plural)):
            differing = ", ".join(sorted(places_in(str(text)) ^ places_in(str(plural))))
            yield Gap(place, f"places differ ({differing})", str(singular))


def check(only: str = "") -> list[Gap]:
    """Everything that keeps the Chinese from being complete; empty when all is well. `only`: one room."""
    gaps: list[Gap] = []
    translated: dict[Key, tuple[Message, str]] = {}
    for room in rooms():
        if room.name in HOME:
            continue
        for key, message, place in _entries_of(room):
            if not only or room.name == only:
                gaps += _faults_of(message, place)
            known = translated.setdefault(key, (message, place))
            if known[0].string != message.string and (not only or room.name == only):
                gaps.append(Gap(place, f"translated differently from {known[1]}", key[1]))
    for room in rooms():
        if only and room.name != only:
            continue
        for key, one in wanted(room).items():
            if key not in translated:
                gaps.append(Gap(one.places[0], "not translated", key[1]))
            elif one.plural and not isinstance(translated[key][0].id, (tuple, list)):
                gaps.append(Gap(one.places[0], "translated without its plural", key[1]))
    return gaps


def unused() -> list[Gap]:
    """Catalogue entries that no code asks for any more."""
    asked = {key for room in rooms() for key in wanted(room)}
    return [
        Gap(place, "not used any more", key[1])
        for room in rooms()
        if room.name not in HOME
        for key, _message, place in _entries(catalogue_path(room))
        if key not in asked
    ]


def stubs(room: Path) -> str:
    """What is missing from a room's catalogue, in its format, ready to be filled in."""
    known = {key for other in rooms() for key, _m, _p in _entries_of(other)}
    blocks = []
    for key, one in wanted(room).items():
        if key in known:
            continue
        lines = [f"#: {one.places[0]}"]
        if "%(" in one.key[1]:
            lines.append("#, python-format")
        if key[0]:
            lines.append(f"msgctxt {_quoted(key[0])}")
        lines.append(f"msgid {_quoted(key[1])}")
        if one.plural:
            lines += [f"msgid_plural {_quoted(one.plural)}", 'msgstr[0] ""']
        else:
            lines.append('msgstr ""')
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _target(source: Path) -> Path:
    """Beside the source; where the checkout cannot be written to, in the run folder."""
    beside = source.with_suffix(".mo")
    run_dir = os.environ.get("ANSWERABLE_RUN_DIR")
    if os.access(source.parent, os.W_OK) or not run_dir:
        return beside
    room = "-".join(source.relative_to(PACKAGE).parts[:-4])
    return Path(run_dir) / "locale" / room / LANGUAGE / "LC_MESSAGES" / beside.name


def compile_stale(*, everything: bool = False) -> list[Path]:
    """Compile every catalogue that changed since (or all); return what was written.

    Before Django is set up: its settings name the folders in which compiled catalogues lie (`environment.set_up_django`).
    """
    sources = [
        p for depth in ("*", "*/*") for p in PACKAGE.glob(f"{depth}/locale/{LANGUAGE}/LC_MESSAGES/*.po")
    ]
    written = [target for source in sorted(sources) if (target := _compiled(source, anew=everything))]
    if written:
        _forget_loaded()
    return written


def _compiled(source: Path, *, anew: bool) -> Path | None:
    """Where one was compiled to, if it had to be."""
    target = _target(source)
    if not anew and target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
        return None
    from babel.messages.mofile import write_mo

    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with half.open("wb") as file:
            write_mo(file, read(source))
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)
    return target


def _forget_loaded() -> None:
    """Django reads a catalogue once, and the first while it starts: what was read before this is read again."""
    from django.utils.translation import trans_real

    gettext._translations = {}  # type: ignore[attr-defined]
    trans_real._translations = {}  # type: ignore[attr-defined]
    trans_real._default = None  # type: ignore[attr-defined]
