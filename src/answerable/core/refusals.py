"""Refusals: a rule says no, with a stable code and the facts that a sentence needs."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """Base of every `CannotX`. `code` is stable (API and tests rely on it); `facts` fill the sentence."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class Changed(Refusal):
    """The row moved on since the page was shown; nothing was overwritten."""

    def __init__(self, **facts: Any) -> None:
        super().__init__("changed_since_shown", **facts)


class NotYours(Refusal):
    """The role may not do this (HTTP 403). What one may not even see is a 404 instead."""
