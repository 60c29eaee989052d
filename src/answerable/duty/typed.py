"""What a browser sent outside of a form, read so that nothing of it can fail: a row's number, a line of words."""

from __future__ import annotations

from django.http import HttpRequest

from answerable.core.text import clean_line

#: No row of ours has a longer number.
MOST_DIGITS = 18


def number(text: str | None) -> int | None:
    """A row's number; None for anything else, digits of other scripts and superscripts too."""
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


def words(request: HttpRequest, name: str, most: int) -> str:
    """One line of at most `most` characters, without what no database keeps."""
    sent = request.POST.get(name, "")[: 4 * most]
    return clean_line(sent, limit=16 * most).text[:most].strip()
