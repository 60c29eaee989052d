"""Reads: rounds to do, what was found, and counts for the figures (plain SQL aggregates, by unit and month)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Case, Count, Q, QuerySet, When

from answerable.readiness.rounds.models import Answer, Finding, Round, RoundPhoto

#: Of both, whichever comes first: what a telephone claims, else its arrival.
DONE_AT = "COALESCE(happened_at, done_at)"


# ---------------------------------------------------------------- to do


def rounds_to_do(post_ids: Collection[int], now: datetime, limit: int = 100) -> list[Round]:
    """The rounds on the list of these posts that can be done now, what is late first, then by when they are due."""
    rows = Round.objects.filter(post__in=post_ids, state=Round.State.DUE, opens_at__lte=now)
    rows = rows.select_related("plan__template", "template_version", "place", "item", "unit", "authority")
    return list(rows.order_by("due_at", "target__position", "pk")[:limit])


def findings_to_mend(post_ids: Collection[int], limit: int = 100) -> list[Finding]:
    """What these posts have to mend, by when it is due."""
    rows = Finding.objects.filter(post__in=post_ids, state=Finding.State.OPEN)
    return list(
        rows.select_related("place", "item", "unit", "plan", "authority").order_by("due_on", "pk")[:limit]
    )


def findings_to_check(
    post_ids: Collection[int], led_unit_ids: Collection[int], staff_id: int, limit: int = 100
) -> list[Finding]:
    """What is said to be mended and waits for somebody else's look, by its day: theirs, who do those rounds or lead."""
    rows = Finding.objects.filter(state=Finding.State.MENDED).exclude(mended_by=staff_id)
    rows = rows.filter(Q(plan__post__in=post_ids) | Q(unit__in=led_unit_ids))
    return list(
        rows.select_related("place", "item", "unit", "plan", "authority", "mended_by").order_by(
            "check_on", "pk"
        )[:limit]
    )


def is_late(round_: Round, now: datetime) -> bool:
    """Whether it was done after its time, or is not done and its time is over."""
    if round_.state == Round.State.DONE:
        return (round_.happened_at or round_.done_at or now) > round_.due_at
    return round_.state == Round.State.MISSED or (round_.state == Round.State.DUE and round_.due_at < now)


def answers_of(round_id: UUID) -> dict[str, Answer]:
    return {one.question: one for one in Answer.objects.filter(round=round_id)}


def held_photos(round_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many photographs of each round wait for a check."""
    rows = RoundPhoto.objects.filter(round__in=round_ids, state=RoundPhoto.State.HELD)
    return dict(rows.values_list("round").annotate(n=Count("pk")))


# ---------------------------------------------------------------- an office at a glance


@dataclass(frozen=True)
class UnitCounts:
    """One unit now: rounds on the list and late, findings open, late and waiting for a look, that late too."""

    unit_id: int
    due: int = 0
    late: int = 0
    open: int = 0
    open_late: int = 0
    to_check: int = 0
    check_late: int = 0


def counts_by_unit(unit_ids: Collection[int], now: datetime, today: date) -> dict[int, UnitCounts]:
    """The units that have anything."""
    rounds = Round.objects.filter(unit__in=unit_ids, state=Round.State.DUE)
    found: dict[int, dict[str, int]] = {}
    for row in rounds.values("unit").annotate(
        due=Count("pk", filter=Q(opens_at__lte=now, due_at__gte=now)),
        late=Count("pk", filter=Q(due_at__lt=now)),
    ):
        found[row["unit"]] = {"due": row["due"], "late": row["late"]}
    findings = Finding.objects.filter(unit__in=unit_ids).exclude(state=Finding.State.CLOSED)
    for one in findings.values("unit").annotate(
        open=Count("pk", filter=Q(state=Finding.State.OPEN)),
        open_late=Count("pk", filter=Q(state=Finding.State.OPEN, due_on__lt=today)),
        to_check=Count("pk", filter=Q(state=Finding.State.MENDED)),
        check_late=Count("pk", filter=Q(state=Finding.State.MENDED, check_on__lt=today)),
    ):
        more = {name: one[name] for name in ("open", "open_late", "to_check", "check_late")}
        found.setdefault(one["unit"], {}).update(more)
    return {unit: UnitCounts(unit, **counts) for unit, counts in found.items()}


def missing_now(plan_ids: Collection[int]) -> dict[int, int]:
    """How many rounds of each plan are on the list."""
    rows = Round.objects.filter(plan__in=plan_ids, state=Round.State.DUE).values_list("plan")
    return dict(rows.annotate(n=Count("pk")))


def order_by_state(rows: QuerySet[Finding]) -> QuerySet[Finding]:
    """What hurts first: open by its day, then what waits for a look, then what is over, the newest first."""
    place = Case(When(state=Finding.State.OPEN, then=0), When(state=Finding.State.MENDED, then=1), default=2)
    return rows.order_by(place, "due_on", "-found_at", "pk")


# ---------------------------------------------------------------- for the figures


@dataclass(frozen=True)
class RoundMonth:
    """A unit's rounds and findings of one month (local), counted by the month in which a round was due, a finding found
    and one closed. `done`: of those due, ever; `late`: of those due, done after their time, missed, or late now.

    `mended_in_time`, `mended_late`: of those found, mended by the day that they had at first, or not, or not yet while it
    is over; `postponed`: of those found, with a day beyond that, with grounds.
    """

    unit_id: int
    month: date
    due: int = 0
    done: int = 0
    late: int = 0
    found: int = 0
    mended: int = 0
    open: int = 0
    mended_in_time: int = 0
    mended_late: int = 0
    postponed: int = 0


_ROUNDS = f"""
SELECT unit_id, date_trunc('month', due_on)::date,
    count(*) FILTER (WHERE state <> 'dropped'),
    count(*) FILTER (WHERE state = 'done'),
    count(*) FILTER (WHERE state = 'missed' OR (state = 'done' AND {DONE_AT} > due_at)
        OR (state = 'due' AND due_at < %(now)s))
FROM rounds_round
WHERE unit_id = ANY(%(units)s) AND due_on >= %(from)s AND due_on < %(until)s AND due_at <= %(now)s
GROUP BY 1, 2
"""  # noqa: S608 - a constant

_OF_FINDINGS = ("found", "mended", "open", "mended_in_time", "mended_late", "postponed")
_FOUND = """
SELECT f.unit_id, date_trunc('month', f.found_at AT TIME ZONE a.zone)::date,
    count(*), count(*) FILTER (WHERE f.state = 'closed'), count(*) FILTER (WHERE f.state <> 'closed'),
    count(*) FILTER (WHERE f.state <> 'open' AND d.mended <= d.first),
    count(*) FILTER (WHERE d.first < CASE f.state WHEN 'open' THEN d.today ELSE d.mended END),
    count(*) FILTER (WHERE f.postponed > 0)
FROM rounds_finding f JOIN orgs_authority a ON a.id = f.authority_id
CROSS JOIN LATERAL (
    SELECT coalesce(f.first_due_on, f.due_on) AS first, (f.mended_at AT TIME ZONE a.zone)::date AS mended,
        (%(now)s AT TIME ZONE a.zone)::date AS today
) d
WHERE f.unit_id = ANY(%(units)s)
    AND (f.found_at AT TIME ZONE a.zone)::date >= %(from)s AND (f.found_at AT TIME ZONE a.zone)::date < %(until)s
    AND f.found_at <= %(now)s
GROUP BY 1, 2
"""


def months_of(unit_ids: Collection[int], *, from_on: date, until_on: date, now: datetime) -> list[RoundMonth]:
    """Counts by unit and month, months that have something alone; `until_on` is the first day left out.

    `mended` and `open` are of the findings of that month, as they stand now: mended and looked at, or not yet.
    """
    facts: dict[str, Any] = {"units": list(unit_ids), "from": from_on, "until": until_on, "now": now}
    found: dict[tuple[int, date], dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_ROUNDS, facts)
        for unit, month, due, done, late in cursor.fetchall():
            found[unit, month] = {"due": due, "done": done, "late": late}
        cursor.execute(_FOUND, facts)
        for unit, month, *numbers in cursor.fetchall():
            more = dict(zip(_OF_FINDINGS, numbers, strict=True))
            found.setdefault((unit, month), {}).update(more)
    return [RoundMonth(unit, month, **counts) for (unit, month), counts in sorted(found.items())]
