"""What a service's answer means. Pure: no Django, no clock.

Several services answer 200 and say in the body that they sent nothing; each of them has its own way to say so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from answerable.alerts.outcomes import NotSent, Unknown

#: What a server answers when it, or a proxy before it, fell over with the message in hand (RFC 9110, 15.6).
FELL_OVER = frozenset({500, 502, 504})
#: Answers after which the same message may well be taken later.
PASSING = frozenset({401, 403, 408, 409, 421, 423, 425, 429, 503})
#: Codes in a body that mean "too often" or "busy": WeCom 45009 and -1, DingTalk 130101, Feishu 9499 and 11232.
BUSY = frozenset({-1, 9499, 11232, 45009, 130101, "ratelimited", "rate_limited"})


#: A number of fewer digits may stand in any name by chance, and is nobody's own.
SHORTEST_NUMBER = 7
#: Where a service says what became of it, and the words for success.
_CODES = ("errcode", "code", "Code", "StatusCode", "error_code", "errorCode", "ErrorCode")
_FINE = frozenset(
    {"", "ok", "success", "succeed", "succeeded", "sent", "queued", "accepted", "submitted", "delivered"}
)
_INNER = ("Response", "response", "result")


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
    # Some put all that they say one level deeper.
    inner = [said[name] for name in _INNER if isinstance(said.get(name), dict)]
    return next((found for one in (said, *inner) if (found := _error_of(one)) is not None), None)


def _error_of(said: Mapping[str, Any]) -> str | int | None:
    for name in _CODES:
        code = _code_of(said.get(name))
        if code is not None:
            return code
    if any(said.get(name) is False for name in ("ok", "success")):
        return _short(said.get("error")) or "not ok"
    for name in ("error", "Error"):
        if said.get(name):
            return _short(said[name]) or "error"
    return None


def _code_of(code: Any) -> str | int | None:
    """What a code says that is no success; numbers come as text, too, and words for success are few and known."""
    if isinstance(code, str):
        text = code.strip()
        if text.casefold() in _FINE:
            return None
        if not (text.isascii() and text.removeprefix("-").isdigit()) or len(text) > 12:
            return _short(text) or "error"
        code = int(text)
    if isinstance(code, bool) or not isinstance(code, int) or code in (0, 200):
        return None
    return code


def read(body: bytes) -> Any:
    """JSON, or None for anything else."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def filled(body: str, values: Mapping[str, str]) -> bytes:
    """A gateway's own body with its places filled, as the insides of JSON strings. In one pass: what stands in a value
    is no place."""

    def value(found: re.Match[str]) -> str:
        return json.dumps(values[found[1]], ensure_ascii=False)[1:-1]

    return re.sub(r"\{(" + "|".join(values) + r")\}", value, body).encode("utf-8", "replace")


def receipt_in(body: bytes, *names: str, number: str = "") -> str:
    """The service's own name for the message, by which its callbacks are known; "" where it gives none, or one that holds
    the `number` it went to: it stands in the record, and the number is sealed (rights, rule 6)."""
    said, digits = read(body), number.lstrip("0")
    for name in names if isinstance(said, dict) else ():
        found = said.get(name)
        if len(digits) >= SHORTEST_NUMBER and digits in str(found):
            continue
        if isinstance(found, str | int) and not isinstance(found, bool) and 0 < len(str(found)) <= 120:
            # Half of a surrogate pair, which no database keeps, must not keep the outcome from being written down.
            return str(found).encode("utf-8", "replace").decode()
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
