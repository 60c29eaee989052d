"""A receipt that was given anew at a counter: for two weeks, what cannot be taken back waits (rights, rule 4).

Whoever gave it out holds it for a moment. One clerk alone could so become the person, withdraw or erase the matter,
and nobody would hear of it in time. Writing, raising and reviews are open all the while; a withdrawal goes at once
where another unit hears it from the person (services.withdrawing).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from answerable.cases.act_kinds import ActKind
from answerable.cases.models import Case
from answerable.cases.rules import CannotAct
from answerable.cases.services.dividing import first_of
from answerable.record.queries import acts_of

#: As long as a message to the person, or their next visit, may take to show them that it was done.
SETTLES_AFTER = timedelta(days=14)


def settles_at(case_id: UUID, now: datetime) -> datetime | None:
    """From when a receipt given out at a counter is as good as any; None where it is, or none was given out.

    A receipt opens what was divided from its matter too, so that one's waits with it.
    """
    found: list[datetime] = []
    at: UUID | None = case_id
    while at is not None:
        acts = acts_of(at, kinds=(str(ActKind.RECEIPT_REISSUED),))
        found += [act.at for act in acts if act.actor_kind == "staff" and act.at <= now]
        at = first_of(at)
    last = max(found, default=None)
    return last + SETTLES_AFTER if last is not None and now < last + SETTLES_AFTER else None


def require_settled(case: Case, now: datetime) -> None:
    """Raise CannotAct("receipt_new") while a receipt given out at a counter is too new for what ends a matter."""
    at = settles_at(case.pk, now)
    if at is not None:
        raise CannotAct("receipt_new", until=f"{at:%Y-%m-%d}")
