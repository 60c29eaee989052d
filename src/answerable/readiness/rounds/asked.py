"""What readiness periods ask of rounds: the one place where rounds ask.

Open matters are never asked for: a period neither selects nor speeds up what people brought (rights, rule 11).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.urls import reverse

from answerable.orgs.models import Place
from answerable.readiness.periods import queries
from answerable.readiness.periods.models import Period
from answerable.readiness.periods.rhythms import TOPICS, Of
from answerable.readiness.periods.rhythms import Rhythm as Asked
from answerable.readiness.periods.sources import Came
from answerable.readiness.rounds import rhythm
from answerable.readiness.rounds.models import Round, TemplateVersion
from answerable.readiness.rounds.rhythm import Asking, Rhythm
from answerable.readiness.rounds.template.reading import kept_template

#: What holds of a day is asked at its noon: a period that begins in the evening quickens from the next day on.
NOON = time(12, 0)
DAY = timedelta(days=1)
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
    periods = queries.in_force_between(authority_id, first, last, place=place)
    if not periods:
        return {}  # most of the year
    asked = queries.rhythms_between(
        authority_id, Of.ROUNDS, from_at=first, until_at=last + DAY, place=place, topic=topic
    )
    found: dict[date, Asking] = {}
    for at in (datetime.combine(from_on + n * DAY, NOON, here) for n in range((until_on - from_on).days + 1)):
        if any(one.from_at <= at < one.until_at for one in periods):
            holding = next(one.asked for one in asked if one.from_at <= at < one.until_at)
            wanted = of_period(holding.rhythm, normal) if holding is not None else None
            holds = rhythm.stricter(normal, faster, wanted)
            if holds != normal:
                found[at.date()] = Asking(holds, in_period=True)
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


def came_of(period: Period, topic: str, now: datetime) -> Came | None:
    """What of the rounds that a period made quicker came since it began; None where none look at its topic."""
    looked_at = {topic} if topic else set(TOPICS)
    versions = TemplateVersion.objects.filter(template__authority=period.authority_id)
    versions_on_it = [one.pk for one in versions if kept_template(one.text).topic in looked_at]
    rows = Round.objects.filter(authority=period.authority_id, template_version__in=versions_on_it)
    if not rows.exists():
        return None
    rows = rows.filter(due_at__gte=period.from_at, due_at__lt=now).exclude(state=Round.State.DROPPED)
    places = queries.covered_places(period)
    if places is not None:
        rows = rows.filter(place__in=places)
    is_done = Q(state=Round.State.DONE)
    counted = rows.aggregate(
        due=Count("pk"), came=Count("pk", filter=is_done), late=Count("pk", filter=~is_done)
    )
    return Came(**counted, url=reverse("rounds:home"))
