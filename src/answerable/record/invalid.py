"""What was read is not what it claims to be. Pure."""

from __future__ import annotations


class Invalid(ValueError):
    """`code` says why, in one stable word; `detail` where, for whoever looks into it."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
