"""The typesetter: one set of fonts, and a compiler for each thread, kept in memory between prints."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst
from noto_cjk_sans_otc import FONT_PATH

from answerable.ui.print import text, words

TEMPLATES = Path(__file__).resolve().parent / "templates"
STANDARDS: list[typst.PDFStandard] = ["a-2b", "ua-1"]  # archivable, and readable by a screen reader

_own = threading.local()  # a compiler for each thread: a long print keeps nobody else waiting


class CannotPrint(Exception):
    """The page could not be set. The message never holds what was to be printed."""


@cache
def _fonts() -> typst.Fonts:
    """The bundled Chinese face and those typst carries; never the machine's, so paper looks alike anywhere."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(Path(str(FONT_PATH)).parent)])


def _compiler() -> typst.Compiler:
    if not hasattr(_own, "compiler"):
        _own.compiler = typst.Compiler(root=str(TEMPLATES), font_paths=_fonts(), ignore_system_fonts=True)
    return _own.compiler


def typeset(
    template: str,
    data: Mapping[str, Any],
    *,
    lang: words.Lang,
    made_at: datetime,
    figures: Mapping[str, str] | None = None,
) -> bytes:
    """PDF/A-2b and PDF/UA-1 bytes of `templates/<template>.typ`.

    `data` (JSON-like, with `title`) reaches the template as JSON through `sys.inputs`, so nothing in it is
    ever read as mark-up. `figures` are SVG sources by name. The same input gives the same bytes.

    Raises `CannotPrint` if the template does not exist or fails, ValueError for an unknown language or a
    `made_at` without zone.
    """
    if lang not in words.LANGUAGES:
        raise ValueError(f"There is no {lang!r} on paper; there is {', '.join(words.LANGUAGES)}.")
    if made_at.tzinfo is None:
        raise ValueError("A print needs the instant it was made at, with its time zone.")
    source = TEMPLATES / f"{template}.typ"
    if source.parent != TEMPLATES or not source.is_file():
        raise CannotPrint(f"There is no print template called {template!r}.")
    inputs = {
        "lang": lang,
        "words": json.dumps(words.words(lang)),
        "figures": json.dumps(dict(figures or {})),
    }
    for strict in (False, True):
        inputs["data"] = json.dumps(text.all_printable(data, strict=strict))
        pdf = _set(source, inputs, int(made_at.timestamp()))
        if pdf is not None:
            return pdf
    raise CannotPrint(f"The print template {template!r} could not be set.")


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF of ours has."""
    found = re.search(rb"/Type/Pages/Count (\d+)", pdf)
    return int(found[1]) if found else 1


def _set(source: Path, inputs: dict[str, str], timestamp: int) -> bytes | None:
    """PDF bytes, or None where the typesetter failed or broke down on what it was given."""
    try:
        return _compiler().compile(  # type: ignore[return-value]
            input=str(source), format="pdf", sys_inputs=inputs, pdf_standards=STANDARDS, timestamp=timestamp
        )
    except typst.TypstError:
        return None
    except BaseException as breakdown:
        # A panic in the typesetter arrives as a BaseException of a type that has no public name. Its
        # compiler may be left in pieces: the next print gets a new one.
        if type(breakdown).__name__ != "PanicException":
            raise
        del _own.compiler
        return None
