"""Say what was done, on the next page, with a way back where there is one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest

_UNDO = "undo:"


def done(request: HttpRequest, text: str, *, undo_to: str = "") -> None:
    """A calm line on the next page. `undo_to` is an address of ours that takes a POST and undoes it.

    Keep names and contents out of `text`: it may pass through a cookie.
    """
    messages.success(request, text, extra_tags=_UNDO + undo_to if undo_to else "")


def warn(request: HttpRequest, text: str) -> None:
    """A line about something that went differently than asked."""
    messages.warning(request, text)


def undo_address(extra_tags: str) -> str:
    """The address put there by `done`, or ""."""
    return extra_tags[len(_UNDO) :] if extra_tags.startswith(_UNDO + "/") else ""
