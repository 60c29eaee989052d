"""What the desk's start says of periods: one calm line for each that runs and concerns the reader's units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from answerable.orgs.models import Staff
from answerable.orgs.queries import posts_of
from answerable.readiness.periods import queries, wording
from answerable.readiness.periods.models import Period


@dataclass(frozen=True)
class Line:
    name: str
    where: str
    until_at: datetime
    url: str


def lines_for(staff: Staff, now: datetime) -> list[Line]:
    """The periods in force that concern a unit in which they hold a post, by beginning."""
    units = {post.unit_id: post.unit for post in posts_of(staff, now)}
    found: dict[object, Period] = {}
    for unit in units.values():
        for one in queries.concerning_unit(unit, at=now):
            found.setdefault(one.pk, one)
    return [
        Line(
            str(one),
            wording.where_text(one),
            one.until_at,
            reverse("periods:show", args=[one.pk]),
        )
        for one in sorted(found.values(), key=lambda one: (one.from_at, one.pk))
    ]
