"""What a check finds. Rooms yield these from functions named `check_…` in their `checks.py`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """`code` is stable; `sentence` says what is wrong, `remedy` what to do; both translated."""

    code: str
    sentence: str
    remedy: str
