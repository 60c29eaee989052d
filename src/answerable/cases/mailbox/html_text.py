"""The words of a mail that came as HTML alone. Nothing is fetched, nothing is shown as HTML. Pure.

Read by hand in one pass: the standard library's parser takes a minute for a megabyte of `<!--` (seen).
"""

from __future__ import annotations

import html
import re

#: What stands in these is no word to read.
_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "math", "object"})
_BREAKS = frozenset(
    {"p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "section"}
)
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9]{0,20}")
_OPENS = re.compile(r"<[a-zA-Z/!?]")
_GAPS = re.compile(r"[ \t\r\n\f\v\u00a0]+")
_EMPTY = re.compile(r"\n{3,}")


def words_of(page: str) -> str:
    """The visible words, a line a paragraph; what is quoted in a blockquote begins with ">"."""
    parts: list[str] = []
    at, quotes, lower = 0, 0, _lowered(page)
    while at < len(page):
        begins = page.find("<", at)
        begins = len(page) if begins < 0 else begins
        _said(parts, page[at:begins], quotes)
        if begins < len(page) and not _OPENS.match(page, begins):
            _said(parts, "<", quotes)  # a sign of its own, as in "3 < 5"
            at = begins + 1
            continue
        ends = page.find("-->" if page.startswith("<!--", begins) else ">", begins)
        if begins == len(page) or ends < 0:
            # A sign that opens nothing: what follows is text, or a comment that hides the rest.
            if not page.startswith("<!--", begins):
                _said(parts, page[begins:], quotes)
            break
        closes, name = _tag(page, begins)
        at = ends + (3 if page.startswith("<!--", begins) else 1)
        if name in _SILENT and not closes:
            at = _after(lower, name, at)
        if name == "blockquote":
            quotes = max(0, quotes - 1) if closes else quotes + 1
        if name in _BREAKS or name == "blockquote":
            parts.append("\n")
        elif name == "td":
            parts.append(" ")
    lines = [line.strip() for line in "".join(parts).split("\n")]
    return _EMPTY.sub("\n\n", "\n".join(lines)).strip()


def _said(parts: list[str], piece: str, quotes: int) -> None:
    try:
        words = html.unescape(piece)
    except ValueError:  # a sign by a number of thousands of digits
        words = piece
    words = _GAPS.sub(" ", words)
    if quotes and words.strip():
        parts.append("\n> " + words.strip())
    elif not quotes:
        parts.append(words)


def _tag(page: str, begins: int) -> tuple[bool, str]:
    """Whether a tag closes, and its name; "" for a comment, a declaration or a lone sign."""
    closes = page.startswith("/", begins + 1)
    found = _NAME.match(page, begins + (2 if closes else 1))
    return closes, found[0].lower() if found else ""


def _lowered(page: str) -> str:
    """In small letters, sign for sign: `lower()` makes two of some."""
    return page.translate({big: big + 32 for big in range(65, 91)})


def _after(lower: str, name: str, at: int) -> int:
    """Where a silent element ends; at the end of the page where it never does."""
    ends = lower.find(f"</{name}", at)
    closed = lower.find(">", ends) if ends >= 0 else -1
    return len(lower) if closed < 0 else closed + 1
