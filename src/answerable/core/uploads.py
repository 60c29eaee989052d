"""Files that people send: what is taken, as what, and what is refused with a sentence (rights, rules 2 and 3).

A refused file never refuses the matter. What is taken falls in two:

- pictures are written anew (visible pixels only) and are the only files ever shown in a page;
- everything else is kept byte for byte and given out as a download alone: `application/octet-stream`,
  `nosniff`, `attachment`, in a sandbox. Its name gets an extension that fits its content.

Refused: empty and oversize files, programs (also inside archives), files that are two things at once,
archives that unpack to absurd sizes, macros, web pages with anything active in them, pictures in forms
that cannot be written anew (SVG among them), and what the virus scanner names.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from answerable.core import clamd, images
from answerable.core.clamd import Scan, ScanState
from answerable.core.filetypes import MACRO_SUFFIXES, MARKUP_SUFFIXES, PROGRAM_SUFFIXES, Kind, Looked, look
from answerable.core.sentences import N_, Said
from answerable.core.text import safe_filename

OPAQUE = "application/octet-stream"


class CannotTake(Said):
    """A file that is not taken; `code` is one of the keys of `sentences`."""

    sentences = {
        "empty": N_("“%(name)s” is empty. Please choose it again; it may not have been saved yet."),
        "too_large": N_(
            "“%(name)s” is larger than %(limit)s MB. Please send it in parts, or bring it to the counter on a "
            "memory stick."
        ),
        "too_many": N_(
            "Up to %(limit)s files fit to one case. What is there already stays; please choose fewer."
        ),
        "program": N_(
            "“%(name)s” is a program, or holds one. Programs are not taken, to protect those who open files. "
            "If it shows something, please send a picture of the screen."
        ),
        "two_in_one": N_(
            "“%(name)s” is two kinds of file at once, which is a way to hide one in the other. Please save it "
            "anew, as a PDF or a picture, and send that."
        ),
        "bomb": N_("“%(name)s” would unpack to an enormous size. Please send the files in it one by one."),
        "macros": N_(
            "“%(name)s” holds macros or embedded objects, which can run when it is opened. "
            "Please save it as a PDF and send that."
        ),
        "active": N_(
            "“%(name)s” is a web page with scripts or other active parts. Please print it to a PDF, or send a "
            "picture of the screen."
        ),
        "unknown_picture": N_(
            "“%(name)s” is a kind of picture that cannot be freed of hidden data here. "
            "Please send it as JPEG or PNG; a picture of the screen will do."
        ),
        "virus": N_(
            "The virus scanner found “%(finding)s” in “%(name)s”, so it was not kept. "
            "Please send it from another device, or as a picture of the screen."
        ),
    }


#: Sentences for `Received.cautions`, shown beside the file.
CAUTIONS = {
    "incomplete": N_("The end of this file seems to be missing; it may not have arrived whole."),
    "encrypted": N_("This file is locked with a password, so nobody could check what is in it."),
    "scripts": N_("This PDF holds scripts or other files; open it in a reader that does not run them."),
    "not_scanned": N_("This file has not been checked for viruses."),
    "first_frame": N_("Of the moving picture, the first frame was kept."),
}


@dataclass(frozen=True)
class Limits:
    """Bytes in one file, and files in one case."""

    file_bytes: int = 20 << 20
    files_a_case: int = 10


LIMITS = Limits()


@dataclass(frozen=True)
class Inspected:
    """A file that may be taken. `name` is safe and its extension fits; `sha256` is of the bytes as sent."""

    name: str
    kind: Kind
    media_type: str
    size: int
    sha256: bytes
    data: bytes
    cautions: frozenset[str] = frozenset()

    @property
    def is_picture(self) -> bool:
        return self.kind is Kind.PICTURE


@dataclass(frozen=True)
class Received:
    """A file as it is kept: pictures written anew, everything else as sent; `sha256` is of `data`.

    `scan` says what the virus scanner said of the bytes as sent; `cautions` are keys of `CAUTIONS`.
    """

    name: str
    kind: Kind
    media_type: str
    data: bytes
    sha256: bytes
    scan: Scan
    cautions: frozenset[str] = frozenset()

    @property
    def is_picture(self) -> bool:
        return self.kind is Kind.PICTURE


def check_count(there: int, added: int, limits: Limits = LIMITS) -> None:
    """Raise `CannotTake` (too_many) where a case would get more files than fit."""
    if there + added > limits.files_a_case:
        raise CannotTake("too_many", limit=limits.files_a_case)


def inspect(name: str, source: bytes | BinaryIO, limits: Limits = LIMITS) -> Inspected:
    """What a file is, by its content. Reads at most one byte over the limit. Raises `CannotTake`."""
    shown = safe_filename(name)
    data = source if isinstance(source, bytes) else source.read(limits.file_bytes + 1)
    if not data:
        raise CannotTake("empty", name=shown)
    if len(data) > limits.file_bytes:
        raise CannotTake("too_large", name=shown, limit=limits.file_bytes >> 20)
    found = look(data)
    fault = _fault(found, shown.rpartition(".")[2].lower())
    if fault:
        raise CannotTake(fault, name=shown)
    return Inspected(
        name=_fitting(shown, found),
        kind=found.kind,
        media_type=found.media_type if found.kind is not Kind.OTHER else _guess(data),
        size=len(data),
        sha256=hashlib.sha256(data).digest(),
        data=data,
        cautions=found.cautions,
    )


def receive(
    name: str, source: bytes | BinaryIO, *, scanner: Path | str | None = None, limits: Limits = LIMITS
) -> Received:
    """Inspect, scan and, for a picture, write anew: the one door for files from outside.

    Raises `CannotTake`, or `CannotReadPicture` for a picture that cannot be opened. A scanner that is away
    does not hold anybody up: the file is marked as not scanned.
    """
    inspected = inspect(name, source, limits)
    scan = clamd.scan(inspected.data, scanner)
    if scan.state is ScanState.FOUND:
        raise CannotTake("virus", name=inspected.name, finding=scan.detail)
    cautions = set(inspected.cautions)
    if scanner and scan.state is ScanState.NOT_SCANNED:
        cautions.add("not_scanned")
    kept_name, media_type, data = inspected.name, inspected.media_type, inspected.data
    if inspected.is_picture:
        kept = images.reencode(inspected.data)
        media_type, data = kept.media_type, kept.data
        kept_name = _with_suffix(kept_name, "png" if media_type == "image/png" else "jpg")
        cautions |= {"first_frame"} & set(kept.changes)
    digest = hashlib.sha256(data).digest()
    return Received(kept_name, inspected.kind, media_type, data, digest, scan, frozenset(cautions))


def download_headers(name: str) -> dict[str, str]:
    """Headers under which any kept file can be given out without running in our pages (RFC 6266, RFC 8187)."""
    safe = safe_filename(name)
    plain = safe.encode("ascii", "replace").decode().replace("?", "_")
    return {
        "Content-Type": OPAQUE,
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}",
        **_GUARDS,
    }


def picture_headers(media_type: str) -> dict[str, str]:
    """Headers for a picture that was written anew here, to be shown in a page. Raises ValueError for others."""
    if media_type not in ("image/png", "image/jpeg"):
        raise ValueError(f"{media_type} is never shown in a page")
    return {"Content-Type": media_type, "Content-Disposition": "inline", **_GUARDS}


_GUARDS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
}


def _fault(found: Looked, suffix: str) -> str:
    """The code of the refusal, or nothing. What can do harm is named before what is merely odd."""
    if found.kind is Kind.PROGRAM or "program_inside" in found.faults:
        return "program"
    if found.kind is Kind.OTHER and suffix in PROGRAM_SUFFIXES | MACRO_SUFFIXES | MARKUP_SUFFIXES:
        return "program"
    for fault in ("two_in_one", "bomb", "macros", "active"):
        if fault in found.faults:
            return fault
    return "unknown_picture" if found.kind is Kind.UNKNOWN_PICTURE else ""


def _fitting(name: str, found: Looked) -> str:
    """`name` with an extension that fits the content: `letter.exe` that is a PDF becomes `letter.exe.pdf`."""
    _, dot, suffix = name.rpartition(".")
    if not found.suffixes or (dot and suffix.lower() in found.suffixes):
        return name
    return safe_filename(f"{name}.{found.suffixes[0]}")


def _with_suffix(name: str, suffix: str) -> str:
    stem, dot, old = name.rpartition(".")
    return name if old == suffix else safe_filename(f"{stem if dot else name}.{suffix}")


def _guess(data: bytes) -> str:
    """A name for an unknown kind, for the record alone: nothing is served or decided by it."""
    import puremagic

    try:
        found = puremagic.magic_string(data[:4096])
    except (puremagic.PureError, ValueError):
        return OPAQUE
    best = max(found, key=lambda match: match.confidence)
    return best.mime_type if best.mime_type and best.confidence >= 0.8 else OPAQUE
