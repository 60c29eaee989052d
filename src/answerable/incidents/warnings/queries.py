"""Reads of public warnings: what is in force, what has just ended, what once was; and the responses that are published."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet

from answerable.incidents.models import Incident, LevelChange, PublicWarning
from answerable.incidents.warnings.rules import WARNING, Kind, Last

WARNS = [kind.value for kind in WARNING]
#: So many are listed as history; the feeds hold the newest of them for so long.
MOST_PAST = 50
FEED_FOR = timedelta(days=30)


def _rows() -> QuerySet[PublicWarning]:
    return PublicWarning.objects.select_related("incident__authority", "incident__unit")


def in_force(now: datetime) -> list[PublicWarning]:
    """Warnings that hold: not followed by another message and not run out; real ones first, the newest first."""
    rows = _rows().filter(kind__in=WARNS, followed_by=None, expires_at__gt=now)
    return list(rows.order_by("is_exercise", "-sent_at", "-pk"))


def ended_lately(now: datetime) -> list[PublicWarning]:
    """What says that a warning is over or was taken back, for as long as it is said."""
    rows = _rows().exclude(kind__in=WARNS).filter(followed_by=None, expires_at__gt=now)
    return list(rows.order_by("is_exercise", "-sent_at", "-pk"))


def past(now: datetime, but: Iterable[PublicWarning]) -> list[PublicWarning]:
    """Every other message, the newest first."""
    rows = _rows().exclude(pk__in=[one.pk for one in but])
    return list(rows.order_by("-sent_at", "-pk")[:MOST_PAST])


def in_feed(now: datetime) -> list[PublicWarning]:
    """What the feeds hold: the messages of a month, the newest first."""
    return list(_rows().filter(sent_at__gt=now - FEED_FOR).order_by("-sent_at", "-pk")[:MOST_PAST])


def named(identifier: str) -> PublicWarning | None:
    """The message of that name, as an address gives it; None for what no name can be."""
    if "\0" in identifier:
        return None
    return _rows().filter(identifier=identifier).first()


def newest_of(incident: Incident) -> PublicWarning | None:
    """The last message about an incident."""
    return PublicWarning.objects.filter(incident=incident).order_by("-sent_at", "-pk").first()


def is_in_force(incident: Incident, now: datetime) -> bool:
    """Whether the public is being warned about an incident at this moment."""
    rows = PublicWarning.objects.filter(
        incident=incident, kind__in=WARNS, followed_by=None, expires_at__gt=now
    )
    return rows.exists()


def last_of(row: PublicWarning | None) -> Last | None:
    return None if row is None else Last(Kind(row.kind), row.expires_at)


def chain_of(row: PublicWarning) -> list[PublicWarning]:
    """The message and those that it follows, the first one first."""
    found = [row]
    while (before := found[-1].follows) is not None:
        found.append(before)
    return found[::-1]


def responses_under_way() -> list[Incident]:
    """Responses that were activated and go on; exercises last."""
    rows = Incident.objects.filter(state=Incident.State.ACTIVE).exclude(activated_at=None)
    return list(rows.select_related("authority", "place").order_by("is_drill", "-activated_at"))


def published(code: str, body: str = "") -> list[Incident]:
    """Incidents of that name whose response was activated once: what is published of them is in their level changes."""
    if "\0" in code + body:
        return []
    rows = Incident.objects.filter(code=code).exclude(activated_at=None)
    if body:
        rows = rows.filter(authority__code=body)
    return list(rows.select_related("authority", "place").order_by("authority_id"))


def changes_of(incident: Incident) -> list[LevelChange]:
    return list(LevelChange.objects.filter(incident=incident).order_by("at", "pk"))
