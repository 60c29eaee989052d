"""What each leader's post carries: open, late, and how long the longest has been open.

Matters about somebody's conduct are in no count: a number that one can read and a list that one cannot would tell the
accused (rights, rule 5). Time is the person's own, from first receipt and never paused (rule 8).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from answerable.cases.rules import WORKING
from answerable.orgs.models import Authority
from answerable.orgs.queries import calendar_of
from answerable.readiness.reports.known_sources import countable_cases


@dataclass(frozen=True)
class Carried:
    """Of one post. `unit_ids`: where these matters are, so that a list of them is offered to those who read all."""

    open: int
    late: int
    longest_days: int | None
    unit_ids: frozenset[int]


def carried_by_post(body: Authority, now: datetime) -> dict[int, Carried]:
    """By the id of the post that answers. `late` counts as the list of late matters does: its date has passed."""
    working = Q(state__in=sorted(WORKING))
    rows = (
        countable_cases()
        .filter(authority=body, ended_at=None)
        .values("leader_post_id", "unit_id")
        .annotate(
            all_=Count("pk"),
            late=Count("pk", filter=working & Q(due_at__lte=now)),
            first=Min("received_at", filter=working),
        )
        .order_by("leader_post_id", "unit_id")
    )
    calendar = calendar_of(body)
    today = calendar.local_day(now)
    found: dict[int, Carried] = {}
    for row in rows:
        before = found.get(row["leader_post_id"], Carried(0, 0, None, frozenset()))
        days = (today - calendar.local_day(row["first"])).days if row["first"] is not None else None
        longest = max((one for one in (before.longest_days, days) if one is not None), default=None)
        found[row["leader_post_id"]] = Carried(
            before.open + row["all_"],
            before.late + row["late"],
            longest,
            before.unit_ids | {row["unit_id"]},
        )
    return found
