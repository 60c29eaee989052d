"""Reading acts back, with what their opening still says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from answerable.core.statements import prepared
from answerable.record.models import Act


@dataclass(frozen=True)
class ActShown:
    """One act of a timeline. `body` and `staff_id` are None once its opening has been erased; no page shows the latter."""

    id: int
    seq: int
    kind: str
    at: datetime
    happened_at: datetime | None
    claimed_by: str
    actor_kind: str
    post_id: int | None
    why: str
    body: dict[str, Any] | None
    leaf: str
    stands_in: bool = False
    staff_id: int | None = None


def acts_of(matter: UUID, *, kinds: tuple[str, ...] = (), after_seq: int = 0) -> list[ActShown]:
    """The matter's acts in their order (by sequence, never by time)."""
    rows = Act.objects.filter(matter_id=matter, seq__gt=after_seq).order_by("seq").select_related("opening")
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return [shown(act) for act in rows]


def shown(act: Act) -> ActShown:
    opening = getattr(act, "opening", None)
    fields = json.loads(bytes(opening.body)) if opening is not None else {}
    return ActShown(
        id=act.pk,
        seq=act.seq,
        kind=act.kind,
        at=act.recorded_at,
        happened_at=act.happened_at,
        claimed_by=fields.get("claimed_by", ""),
        actor_kind=act.actor_kind,
        post_id=act.post_id,
        why=fields.get("why", ""),
        body=fields.get("body") if opening is not None else None,
        leaf=bytes(act.leaf).hex(),
        stands_in=bool(fields.get("stands_in")),
        staff_id=fields.get("staff"),
    )


def last_seq(matter: UUID) -> int:
    """The number of the matter's newest act; 0 where there is none."""
    with prepared() as cursor:
        cursor.execute("SELECT seq FROM record_matter WHERE id = %s", [matter])
        row = cursor.fetchone()
    return row[0] if row else 0
