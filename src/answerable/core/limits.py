"""Limits on how often something is tried, by source and overall, without storing an address (rights, rule 2).

A source is kept as the first 16 bytes of HMAC-SHA256(key of the hour, purpose, window, network). The key is
random, lives in one row of an unlogged table, and every hour both tables are truncated: the files under
them are dropped, so that no dead row, log or backup can link an older digest to an address. Windows are at
most an hour and never cross one.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import logging
import math
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import OperationalError, connection, transaction
from django.utils.translation import ngettext

from answerable.core.statements import prepared

logger = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
KEY_BYTES = 32
DIGEST_BYTES = 16
#: How long the hourly truncation waits for others before it makes do with deleting.
LOCK_WAIT = "300ms"

# The overall count is touched only by tries that the source's own limit let through: one busy source
# cannot use up everybody's. Source before overall, always: no two statements wait for each other.
_COUNT_SQL = """
WITH one AS (
    INSERT INTO core_rate_count AS c (digest, times) VALUES (%(one)s, 1)
    ON CONFLICT (digest) DO UPDATE SET times = least(c.times, 1000000000) + 1
    RETURNING times
), every AS (
    INSERT INTO core_rate_count AS c (digest, times)
    SELECT %(every)s, 1 FROM one WHERE times <= %(limit)s::bigint AND %(overall)s::bigint > 0
    ON CONFLICT (digest) DO UPDATE SET times = least(c.times, 1000000000) + 1
    RETURNING times
)
SELECT one.times, coalesce((SELECT times FROM every), 0) FROM one
"""


@dataclass(frozen=True)
class Verdict:
    """Whether to go on; if not, after how many seconds a next try can succeed, and whose limit it was.

    `remaining`: how many tries the source has left; `resets_in`: seconds until the window ends.
    """

    allowed: bool
    retry_after: int = 0
    is_overall: bool = False
    remaining: int = 0
    resets_in: int = 0

    def __bool__(self) -> bool:
        return self.allowed

    def sentence(self) -> str:
        """What to tell the person, in the language of the request. The matter itself is never turned away."""
        minutes = max(1, math.ceil(self.retry_after / 60))
        if self.is_overall:
            return ngettext(
                "Very many people are using this page just now. Please try again in %(minutes)s minute. "
                "At the counter and by telephone you are served at once.",
                "Very many people are using this page just now. Please try again in %(minutes)s minutes. "
                "At the counter and by telephone you are served at once.",
                minutes,
            ) % {"minutes": minutes}
        return ngettext(
            "This was tried too often from your connection. Please try again in %(minutes)s minute. "
            "At the counter and by telephone you are served at once.",
            "This was tried too often from your connection. Please try again in %(minutes)s minutes. "
            "At the counter and by telephone you are served at once.",
            minutes,
        ) % {"minutes": minutes}


@dataclass(frozen=True)
class _HourKey:
    hour: datetime
    key: bytes


_cached: _HourKey | None = None


def allow(
    purpose: str, source: str, limit: int, window_s: int, now: datetime, *, overall: int = 0
) -> Verdict:
    """Count one try and say whether it is within `limit` a window of `window_s` seconds (at most 3600).

    `source` is a network address; `overall`, if above 0, bounds all sources together. One statement, in
    every process of the installation alike. Call it before a transaction, never inside one: the row stays
    locked until commit.
    """
    if not 0 < window_s <= 3600 or 3600 % window_s:
        raise ValueError(f"a window is a divisor of 3600 seconds, not {window_s}")
    key = _key(now)
    start = max(now, key.hour) - key.hour
    window = int(start.total_seconds()) // window_s
    digests = {
        "one": _digest(key.key, purpose, window_s, window, network(source)),
        "every": _digest(key.key, purpose, window_s, window, "*"),
    }
    with prepared() as cursor:
        cursor.execute(_COUNT_SQL, {**digests, "limit": limit, "overall": overall})
        times, times_overall = cursor.fetchone()
    retry_after = max(
        1, math.ceil((key.hour + timedelta(seconds=(window + 1) * window_s) - now).total_seconds())
    )
    if times > limit:
        return Verdict(False, retry_after, resets_in=retry_after)
    remaining = limit - times
    if overall and times_overall > overall:
        return Verdict(False, retry_after, is_overall=True, remaining=remaining, resets_in=retry_after)
    return Verdict(True, remaining=remaining, resets_in=retry_after)


def network(address: str) -> str:
    """What counts as one source: an IPv4 address, or the /64 that one IPv6 subscriber has.

    Anything that is no address (a Unix socket's empty peer) counts as one source together.
    """
    try:
        ip = ipaddress.ip_address(address.strip().split("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is None:
            return str(ipaddress.ip_network((ip, 64), strict=False))
        ip = ip.ipv4_mapped
    return str(ip)


def sweep(now: datetime) -> None:
    """Drop what an earlier hour left. The worker calls it every few minutes, so that a quiet site forgets too."""
    _key(now)


def _digest(key: bytes, purpose: str, window_s: int, window: int, source: str) -> bytes:
    message = f"{purpose}\0{window_s}\0{window}\0{source}".encode()
    return hmac.new(key, message, hashlib.sha256).digest()[:DIGEST_BYTES]


def _key(now: datetime) -> _HourKey:
    global _cached
    hour = now.replace(minute=0, second=0, microsecond=0)
    found = _cached
    if found is None or not _fits(found.hour, hour):
        found = _cached = _key_of(hour)
    return found


def _fits(stored: datetime, hour: datetime) -> bool:
    # A process whose `now` is a moment older than the newest hour uses that hour's key.
    return hour <= stored <= hour + HOUR


def _key_of(hour: datetime) -> _HourKey:
    found = _stored()
    if found is not None and _fits(found.hour, hour):
        return found
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('answerable: hour key of rate limits'))")
        found = _stored()  # another process may have been first
        if found is None or not _fits(found.hour, hour):
            _drop_everything()
            found = _HourKey(hour, secrets.token_bytes(KEY_BYTES))
            cursor.execute("INSERT INTO core_rate_key (hour, key) VALUES (%s, %s)", [found.hour, found.key])
    return found


def _stored() -> _HourKey | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT hour, key FROM core_rate_key ORDER BY hour DESC LIMIT 1")
        row = cursor.fetchone()
    return _HourKey(row[0], bytes(row[1])) if row else None


def _drop_everything() -> None:
    """Drop the tables' files; where something holds them, delete the rows, so that the key is gone at least."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
            cursor.execute("TRUNCATE core_rate_key, core_rate_count")
            cursor.execute("SET LOCAL lock_timeout = DEFAULT")
    except OperationalError:
        logger.warning("rate limits: tables busy, rows deleted; dropped at the next full hour")
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM core_rate_key")
