"""What stands beside the questions of a review from the desk: numbers of contact ways, and matters near their date.

Nothing of it is kept. The matters are those that the reader may read anyway, of their own units (rights, rule 5: what
accuses somebody is not shown to them here either).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from answerable.alerts import readiness
from answerable.cases.access import readable_cases, reader_for
from answerable.cases.models import Case
from answerable.orgs.models import Authority, Staff

#: So near is near.
NEAR = timedelta(days=7)
MOST_SHOWN = 100


@dataclass(frozen=True)
class Reached:
    """How many people an alarm of the body would ask, and of how many the ways are missing, failing or unproven."""

    people: int
    no_way: int
    failing: int
    unproven: int
    stale: int


def contacts_of(body: Authority, now: datetime) -> Reached:
    people = readiness.people_of(body, now)
    by_code: dict[str, set[int]] = {}
    for lack in readiness.lacks(people, now):
        by_code.setdefault(lack.code, set()).add(lack.staff.pk)

    def many(code: str) -> int:
        return len(by_code.get(code, ()))

    return Reached(
        len(people),
        many(readiness.NO_WAY),
        many(readiness.FAILING),
        many(readiness.UNPROVEN),
        many(readiness.STALE),
    )


def matters_near_date(staff: Staff, now: datetime) -> list[Case]:
    """Open matters of the reader's own units that are late or due within a week, as they may read them."""
    reader = reader_for(staff, now)
    if not reader.own_unit_ids:
        return []
    rows = readable_cases(reader).filter(
        unit__in=reader.own_unit_ids, ended_at=None, decided_at=None, due_at__lte=now + NEAR
    )
    return list(rows.select_related("subject", "unit", "handler_post").order_by("due_at", "pk")[:MOST_SHOWN])
