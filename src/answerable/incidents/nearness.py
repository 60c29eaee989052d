"""Whether two calls may be about the same danger: offered to whoever takes the call down, never merged. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

#: A danger that was called in longer ago is another one, or has been under way for everybody to see.
WITHIN = timedelta(hours=12)
#: As far as a village is wide, and callers see smoke.
NEAR_KM = 3.0
EARTH_KM = 6371.0


@dataclass(frozen=True)
class Where:
    """Where a danger is, as far as it was told. `path`: ids of places from the outermost to its own."""

    path: tuple[int, ...] = ()
    point: tuple[float, float] | None = None


def may_be_same(one: Where, other: Where, told_at: datetime, now: datetime) -> bool:
    """Called in within hours, and near or not known to be far. The hazard is compared by whoever looks for them."""
    return abs(now - told_at) <= WITHIN and not _is_far(one, other)


def _is_far(one: Where, other: Where) -> bool:
    if one.point and other.point:
        return distance_km(one.point, other.point) > NEAR_KM
    if one.path and other.path:
        shorter, longer = sorted((one.path, other.path), key=len)
        return longer[: len(shorter)] != shorter
    return False


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Between two points given as latitude and longitude, on a sphere."""
    lat1, lon1, lat2, lon2 = (math.radians(x) for x in (*one, *other))
    a = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(a)))
