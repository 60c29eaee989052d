"""What matters of rooms above ask of duty lines beyond the usual: a readiness period wants more people while it runs.

The room above says all that its matter asks for; what it asked for before and no longer does is taken back. Coverage,
rosters and the solver see it as they see what a leader asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from answerable.duty import steps
from answerable.duty.act_kinds import DutyAct
from answerable.duty.models import ExtraNeed, Line, ShiftNeed
from answerable.duty.queries import spans_of
from answerable.orgs.queries import calendar_of
from answerable.record.actors import Actor

A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class More:
    """So many more of a role on a line."""

    line_id: int
    role_id: int
    extra: int


def ask_more(
    matter: UUID,
    wants: Iterable[More],
    *,
    from_at: datetime,
    until_at: datetime,
    why: str,
    by: Actor,
    now: datetime,
) -> list[int]:
    """From now on a matter asks for exactly this, on every shift that runs at any time from–until.

    A step: locks the lines by key and writes an act on each that changes. Returns those lines.
    """
    wanted = {(one.line_id, one.role_id): one.extra for one in wants}
    known = ExtraNeed.objects.filter(because=matter)
    touched = {line for line, _role in wanted} | set(known.values_list("line_id", flat=True))
    lines = steps.lock_lines(touched)
    rows = {(row.line_id, row.role_id): row for row in known.order_by("pk")}
    changed = []
    for key in sorted(wanted.keys() | rows.keys()):
        line, row, extra = lines[key[0]], rows.get(key), wanted.get(key, 0)
        if row is not None and (row.extra, row.from_at, row.until_at) == (extra, from_at, until_at):
            continue
        if extra:
            _set(line, row, key[1], matter, extra, from_at, until_at, why)
        elif row is not None:
            row.delete()
        lower_published(
            line, ShiftNeed.objects.filter(shift__line=line, role_id=key[1], shift__from_at__gt=now)
        )
        steps.changed(line)
        kind = DutyAct.EXTRA_SET if extra else DutyAct.EXTRA_REMOVED
        body = {"role": key[1], "more": extra, "because": str(matter)}
        body |= {"from_at": from_at.isoformat(), "until_at": until_at.isoformat()}
        steps.act(line, kind, by=by, now=now, body=body, why=why)
        changed.append(line.pk)
    return sorted(set(changed))


def _set(
    line: Line,
    row: ExtraNeed | None,
    role_id: int,
    matter: UUID,
    extra: int,
    from_at: datetime,
    until_at: datetime,
    why: str,
) -> None:
    calendar = calendar_of(line.authority)
    row = row or ExtraNeed(line=line, role_id=role_id, because=matter)
    row.extra, row.why = extra, why[:200]
    row.from_at, row.until_at = from_at, until_at
    row.from_on, row.until_on = calendar.local_day(from_at), calendar.local_day(until_at - A_MOMENT)
    row.save()


def lower_published(line: Line, needs: QuerySet[ShiftNeed]) -> None:
    """What these published shifts need more of than patterns and extra needs say now is lowered to that."""
    rows = list(needs.select_related("shift"))
    if not rows:
        return
    days = [row.shift.on for row in rows]
    now_needed: dict[tuple[int | None, datetime], Mapping[int, int]] = {
        (span.pattern_id, span.from_at): span.needs
        for span in spans_of(line, min(days), max(days) + timedelta(days=1))
    }
    for row in rows:
        wanted = now_needed.get((row.shift.pattern_id, row.shift.from_at), {}).get(row.role_id, 0)
        if wanted == 0:
            row.delete()
        elif row.count > wanted:
            row.count = wanted
            row.save(update_fields=["count"])
