"""Writes of rounds that compose: inside the caller's transaction, which they never open.

Locks: the plan's row, then the round's, then what it looks at, then findings by primary key, then the head of the acts (`append`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from answerable.core.text import CannotKeep, clean
from answerable.duty.models import StandbyItem
from answerable.orgs.models import Place, Unit
from answerable.readiness.rounds.models import Finding, Round, RoundPlan, RoundTemplate, Sending
from answerable.readiness.rounds.rules import CannotRound
from answerable.record.actors import Actor
from answerable.record.append import Appended, append


def digest(text: str) -> str:
    """What the record keeps of words: SHA-256, as hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def cleaned(text: str, *, most: int) -> str:
    """Words as they are kept. Raises CannotRound("too_long")."""
    try:
        return clean(text, most).text.strip()
    except CannotKeep:
        raise CannotRound("too_long", most=most) from None


def lock_plan(plan_id: int, seen_version: int | None = None) -> RoundPlan:
    """The plan, locked. Raises CannotRound("changed") where it is not the version that the form was shown."""
    rows = RoundPlan.objects.select_for_update(of=("self",))
    plan = rows.select_related("authority", "unit", "template").get(pk=plan_id)
    if seen_version is not None and plan.version != seen_version:
        raise CannotRound("changed")
    return plan


def lock_round(round_id: UUID) -> Round:
    rows = Round.objects.select_for_update(of=("self",))
    return rows.select_related(
        "plan__template", "template_version", "authority", "unit", "place", "item"
    ).get(pk=round_id)


def lock_looked_at(round_: Round) -> None:
    """The place, the thing or the unit's desk that a round looks at, until its findings are written."""
    if round_.place_id is not None:
        rows: QuerySet[Any] = Place.objects.filter(pk=round_.place_id)
    elif round_.item_id is not None:
        rows = StandbyItem.objects.filter(pk=round_.item_id)
    else:
        rows = Unit.objects.filter(pk=round_.unit_id)
    # Rows that refer to it wait for nothing.
    rows.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True).first()


def lock_finding(finding_id: UUID, seen_version: int | None = None) -> Finding:
    """The finding, locked. Raises CannotRound("changed")."""
    rows = Finding.objects.select_for_update(of=("self",))
    finding = rows.select_related("plan", "authority", "unit", "place", "item").get(pk=finding_id)
    if seen_version is not None and finding.version != seen_version:
        raise CannotRound("changed")
    return finding


def changed(row: RoundPlan | RoundTemplate | Finding | Round, **fields: Any) -> None:
    """Set fields of a locked row; every change gives it a new version."""
    for name, value in fields.items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=[*fields, "version"])


def act(
    kind: str,
    matter: UUID,
    *,
    by: Actor,
    now: datetime,
    body: Mapping[str, Any] | None = None,
    why: str = "",
    happened_at: datetime | None = None,
) -> Appended:
    """An act on a template, a plan or a finding. Words stand in it as their digest."""
    return append(
        kind,
        matter=matter,
        by=by,
        at=now,
        body=body,
        why=why,
        happened_at=happened_at,
        claimed_by="staff" if happened_at is not None else "",
    )


def is_known(
    sending_id: UUID | None, *, staff_id: int, kind: str, about: UUID, said: str, now: datetime
) -> bool:
    """Whether this very sending was taken before, whatever became of it since; else it is written down as taken.

    Under the lock of what it is about, so that the second of two that arrive together waits and finds the first.
    Raises CannotRound("id_taken") where the number was used for something else.
    """
    if sending_id is None:
        return False
    sha256 = hashlib.sha256(said.encode()).digest()
    found = Sending.objects.filter(pk=sending_id).first()
    if found is None:
        Sending.objects.create(
            pk=sending_id, staff_id=staff_id, kind=kind, about=about, sha256=sha256, at=now
        )
        return False
    if (found.staff_id, found.kind, found.about, bytes(found.sha256)) != (staff_id, kind, about, sha256):
        raise CannotRound("id_taken")
    return True
