"""What readiness periods ask of rounds: the one place where rounds ask.

Open matters are never asked for: a period neither selects nor speeds up what people brought (rights, rule 11).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from answerable.orgs.models import Place
from answerable.readiness.periods import queries
from answerable.readiness.periods.models import Period
from answerable.readiness.periods.rhythms import TOPICS, Of
from answerable.readiness.periods.rhythms import Rhythm as Asked
from answerable.readiness.rounds import rhythm
from answerable.readiness.rounds.rhythm import Asking, Rhythm

#: What holds of a day is asked at its noon: a period that begins in the evening quickens from the next day on.
NOON = time(12, 0)
MORNING_AND_EVENING = (time(8, 0), time(18, 0))


def asking_between(
    authority_id: int,
    place: Place | None,
    topic: str | None,
    *,
    normal: Rhythm,
    faster: Rhythm | None,
    from_on: date,
    until_on: date,
    zone: str,
) -> Mapping[date, Asking]:
    """The days on which a period asks for more than the normal rhythm, and what holds then: the strictest of the plan's
    own faster rhythm and of what the periods ask for. Nothing without a topic."""
    if topic not in TOPICS:
        return {}
    here = ZoneInfo(zone)
    first, last = datetime.combine(from_on, NOON, here), datetime.combine(until_on, NOON, here)
    standing = Period.objects.filter(authority=authority_id, state__in=queries.STANDS)
    if not standing.filter(from_at__lte=last, until_at__gt=first).exists():
        return {}  # most of the year
    found: dict[date, Asking] = {}
    day = from_on
    while day <= until_on:
        at = datetime.combine(day, NOON, here)
        if queries.in_force(authority_id, at=at, place=place):
            asked = queries.rhythm_in_force(authority_id, Of.ROUNDS, at=at, place=place, topic=topic)
            wanted = of_period(asked.rhythm, normal) if asked is not None else None
            holds = rhythm.stricter(normal, faster, wanted)
            if holds != normal:
                found[day] = Asking(holds, in_period=True)
        day += timedelta(days=1)
    return found


def of_period(asked: Asked, normal: Rhythm) -> Rhythm:
    """A period's word as a rhythm, by the plan's own times of the day."""
    times = normal.times
    if asked is Asked.TWICE_DAILY:
        return Rhythm(rhythm.DAY, times=times if len(times) > 1 else MORNING_AND_EVENING)
    if asked is Asked.DAILY:
        return Rhythm(rhythm.DAY, times=times)
    if asked is Asked.TWICE_WEEKLY:
        return Rhythm(rhythm.WEEK, weekdays=(0, 3), times=times)
    if asked is Asked.WEEKLY:
        return Rhythm(rhythm.WEEK, weekdays=normal.weekdays[:1] or (0,), times=times)
    if asked is Asked.MONTHLY:
        return Rhythm(rhythm.MONTH, month_days=normal.month_days[:1] or (1,), times=times)
    days = {Asked.FORTNIGHTLY: 14, Asked.QUARTERLY: 91, Asked.YEARLY: 365}
    return Rhythm(rhythm.DAYS, n=days[asked], times=times)
