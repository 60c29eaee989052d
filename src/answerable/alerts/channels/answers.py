"""What a service's answer means. Pure: no Django, no clock.

Several services answer 200 and say in the body that they sent nothing; each of them has its own way to say so.
"""

from __future__ import annotations

import json
from typing import Any

from answerable.alerts.outcomes import NotSent, Unknown

#: What a server answers when it, or a proxy before it, fell over with the message in hand (RFC 9110, 15.6).
FELL_OVER = frozenset({500, 502, 504})
#: Answers after which the same message may well be taken later.
PASSING = frozenset({401, 403, 408, 409, 421, 423, 425, 429, 503})
#: Codes in a body that mean "too often" or "busy": WeCom 45009 and -1, DingTalk 130101, Feishu 9499 and 11232.
BUSY = frozenset({-1, 9499, 11232, 45009, 130101, "ratelimited", "rate_limited"})


def judge(status: int, body: bytes, *, who: str = "the service") -> None:
    """Return where the answer means that the message was taken. Raises NotSent or Unknown."""
    if status in FELL_OVER:
        raise Unknown(f"{who} answered {status}")
    if not 200 <= status < 300:
        raise NotSent(f"{who} answered {status}", for_good=status not in PASSING and status < 500)
    said = error_in(body)
    if said is not None:
        raise NotSent(f"{who} answered with an error ({said})", for_good=said not in BUSY)


def error_in(body: bytes) -> str | int | None:
    """The code of the error that a 2xx answer carries, or None."""
    said = read(body)
    if not isinstance(said, dict):
        return None
    for name in ("errcode", "code", "StatusCode", "error_code"):
        code = said.get(name)
        if isinstance(code, int) and not isinstance(code, bool) and code not in (0, 200):
            return code
    if any(said.get(name) is False for name in ("ok", "success")):
        return _short(said.get("error")) or "not ok"
    if said.get("error"):
        return _short(said["error"]) or "error"
    return None


def read(body: bytes) -> Any:
    """JSON, or None for anything else."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def receipt_in(body: bytes, *names: str) -> str:
    """The service's own name for the message, by which its callbacks are known; "" where it gives none."""
    said = read(body)
    for name in names if isinstance(said, dict) else ():
        found = said.get(name)
        if isinstance(found, str | int) and not isinstance(found, bool) and 0 < len(str(found)) <= 120:
            return str(found)
    return ""


def _short(said: Any) -> str:
    """An error's code as it stands; never a sentence, which might quote the number or the key."""
    text = said.get("code", "") if isinstance(said, dict) else said
    text = str(text)
    return (
        text
        if text.isascii() and len(text) <= 40 and text.replace("_", "").replace("-", "").isalnum()
        else ""
    )
