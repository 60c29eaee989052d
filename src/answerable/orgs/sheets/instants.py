"""Instants in a file: local time of the body, readable, and known again although the file says the minute alone. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

Key = tuple[Any, ...]
#: As spreadsheet programs write what they took for a time.
_WRITTEN = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?"
)


def written_instant(at: datetime, zone: ZoneInfo, *, exactly: bool = False) -> str:
    """`2026-03-09 08:30`; to the microsecond where asked for. In the hour that a clock goes through twice, with its
    distance from UTC."""
    local = (at if exactly else to_the_minute(at)).astimezone(zone)
    is_once = local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset()
    plain = local.replace(tzinfo=None) if is_once else local
    return plain.isoformat(" ", timespec="auto" if plain.second or plain.microsecond else "minutes")


def read_instant(text: str) -> datetime:
    """Without an offset it has no zone yet. Raises ValueError."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return datetime.fromisoformat(text)
    year, month, day, hour, minute, second, part = match.groups(default="0")
    text = f"{year}-{month:>02}-{day:>02}T{hour:>02}:{minute}:{second:>02}.{part:<06}"
    return datetime.fromisoformat(text)


def to_the_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def minute_of(key: Key) -> Key:
    """An appointment's key, whose last part is when it begins, to the minute."""
    return (*key[:-1], to_the_minute(key[-1]))


def same(said: datetime, known: datetime) -> bool:
    """Whether what a file says is what is known, as far as the file says it: to the minute, or the second."""
    return said in (known, known.replace(microsecond=0), to_the_minute(known))


def by_minute(keys: Iterable[Key]) -> dict[Key, list[Key]]:
    """Appointments by their keys to the minute."""
    found: dict[Key, list[Key]] = {}
    for key in keys:
        found.setdefault(minute_of(key), []).append(key)
    return found
