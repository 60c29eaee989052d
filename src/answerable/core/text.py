"""Text from outside, made safe to keep, to show and to export. Pure: no Django, no clock.

What people write is kept as they wrote it: HTML is not touched here (pages escape on output), letters are
not folded. Only what cannot be stored, or would make text look other than it is, goes, and it is said.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TypeVar

from answerable.core.sentences import N_, Said

#: Characters in one answer. A hundred thousand is a short book; longer matters come as an attachment.
TEXT_LIMIT = 100_000
LINE_LIMIT = 300
#: Characters in one cell of a workbook (ECMA-376 readers cut or refuse longer ones).
CELL_LIMIT = 32_767
FILENAME_BYTES = 150

_SURROGATE = re.compile("[\ud800-\udfff]")
_NONCHARACTER = re.compile(
    "[\ufdd0-\ufdef" + "".join(chr(p << 16 | 0xFFFE) + chr(p << 16 | 0xFFFF) for p in range(17)) + "]"
)
# Unicode's paragraph and line separators and NEL are line ends (UAX #14).
_LINE_END = re.compile("\r\n|[\r\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# Embeddings, overrides and isolates reorder what stands around them ("Trojan Source", CVE-2021-42574).
# The plain marks U+200E, U+200F and U+061C stay: Uyghur, Arabic and Hebrew text uses them honestly.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Signs without width that only hide text: zero-width space, word joiner, invisible operators, byte order
# mark, interlinear marks, tag characters. U+200C and U+200D stay: they shape letters and emoji.
_HIDDEN = re.compile("[\u00ad\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")

_T = TypeVar("_T")


class CannotKeep(Said):
    """Text that is too long to keep; codes `too_long` and `line_too_long`."""

    sentences = {
        "too_long": N_(
            "This text has %(found)s characters; %(limit)s fit here. Nothing is lost: shorten it, or send the "
            "rest as a file or a second message."
        ),
        "line_too_long": N_(
            "This has %(found)s characters; %(limit)s fit here. Please put the rest in the description."
        ),
    }


#: Sentences for `Cleaned.changes`, to be shown beside what was kept.
CHANGES = {
    "broken": N_("Some characters arrived broken and are shown as �."),
    "invisible": N_("Invisible control characters were removed; all visible words are as you wrote them."),
    "direction": N_(
        "Signs that turn the direction of writing were removed, so that the text reads as it is stored."
    ),
}


#: What can stand between two Chinese signs without being read.
_BETWEEN = re.compile(r"(?<=[\u3400-\u9fff])[ \t\u00a0\u3000\u200b-\u200d\u2060\ufeff]+(?=[\u3400-\u9fff])")


def as_read(text: str) -> str:
    """A text as a reader takes it in (NFKC, Chinese words without gaps): to look words up in, never to be kept."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text))


@dataclass(frozen=True)
class Cleaned:
    """`text` as kept, and which kinds of change were made (keys of `CHANGES`)."""

    text: str
    changes: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.text


def clean(text: str, limit: int = TEXT_LIMIT) -> Cleaned:
    """Text of several lines, storable in PostgreSQL, JSON and XML, in NFC (not NFKC).

    Raises `CannotKeep` (too_long) where more than `limit` characters are left. Cleaning twice changes nothing.
    """
    changes: set[str] = set()

    def swap(pattern: re.Pattern[str], by: str, kind: str, text: str) -> str:
        text, times = pattern.subn(by, text)
        if times:
            changes.add(kind)
        return text

    text = _surrogates(text)
    text = swap(_SURROGATE, "\ufffd", "broken", text)
    text = swap(_NONCHARACTER, "\ufffd", "broken", text)
    text = _LINE_END.sub("\n", text)
    text = swap(_CONTROL, "", "invisible", text)
    text = swap(_BIDI, "", "direction", text)
    text = swap(_HIDDEN, "", "invisible", text)
    text = unicodedata.normalize("NFC", text).strip()
    if len(text) > limit:
        raise CannotKeep("too_long", found=len(text), limit=limit)
    return Cleaned(text, frozenset(changes))


def clean_line(text: str, limit: int = LINE_LIMIT) -> Cleaned:
    """Text of one line (a title, a name): as `clean`, with every run of gaps as one space."""
    whole = clean(text, limit=max(len(text) * 4, 1))
    line = " ".join(whole.text.split())
    if len(line) > limit:
        raise CannotKeep("line_too_long", found=len(line), limit=limit)
    return Cleaned(line, whole.changes)


def spreadsheet_safe(value: _T) -> _T | str:
    """`value` for a cell of CSV or XLSX, so that no spreadsheet takes text for a formula.

    Text that begins like a formula, gaps and control characters aside, gets an apostrophe in front (OWASP, CSV
    injection); full-width signs count, since East Asian editions read them as formulas too. Text over
    32,767 characters is cut with an ellipsis. Numbers, dates and None pass as they are.
    """
    if not isinstance(value, str):
        return value
    text = _CONTROL.sub("", _NONCHARACTER.sub("\ufffd", _SURROGATE.sub("\ufffd", _surrogates(value))))
    first = text.lstrip(" \t\r\n\u00a0\u200b\u3000\ufeff")[:1]
    if first in {"=", "+", "-", "@", "＝", "＋", "－", "＠"} or text[:1] in {"\t", "\r", "\n"}:
        text = "'" + text
    return text if len(text) <= CELL_LIMIT else text[: CELL_LIMIT - 1] + "…"


_PATH = re.compile(r"[/\\]")
_AWKWARD = re.compile(r'[<>:"|?*%;`$&\'{}\n\t]')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])$", re.IGNORECASE)


def safe_filename(name: str, fallback: str = "file", limit: int = FILENAME_BYTES) -> str:
    """A file name that is one everywhere: no folders, no hidden or reversed parts, at most `limit` bytes of UTF-8.

    The extension survives the cut. Never empty, never `.`, never a device name of Windows.
    """
    name = clean(_PATH.split(name)[-1][:4096], limit=1 << 20).text
    name = re.sub("[\u200c-\u200f\u061c]", "", name)
    name = _AWKWARD.sub("_", name)
    name = " ".join(name.split()).strip(". ")
    stem, dot, extension = name.rpartition(".")
    if not dot or not 1 <= len(extension) <= 10 or not extension.isascii() or not extension.isalnum():
        stem, extension = name, ""
    stem = stem.strip(". ") or fallback
    if _RESERVED.match(stem.split(".")[0].strip()):
        stem = "_" + stem
    tail = f".{extension.lower()}" if extension else ""
    room = limit - len(tail.encode())
    stem = stem.encode()[:room].decode("utf-8", "ignore").rstrip(". ") or fallback
    return stem + tail


def _surrogates(text: str) -> str:
    """Join surrogate pairs that arrived as two characters (JSON from careless clients) into one."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
