"""Who is never put together, and what people wish."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from answerable.core import days
from answerable.duty.access import require_leader
from answerable.duty.models import Apart, DutyPerson, Line, Wish
from answerable.duty.roster_acts import RosterAct
from answerable.duty.roster_steps import CannotRoster, record
from answerable.duty.steps import lock_line
from answerable.record.actors import Actor


@transaction.atomic(durable=True)
def set_apart(*, line_id: int, one_id: int, other_id: int, by: Actor, now: datetime) -> Apart:
    """Never put these two on one shift. Who asked for it is not kept."""
    line = lock_line(line_id)
    require_leader(by, line)
    if one_id == other_id:
        raise CannotRoster("with_yourself")
    first, second = sorted((one_id, other_id))
    if DutyPerson.objects.filter(line=line, staff__in=(first, second)).count() < 2:
        raise CannotRoster("unknown_person")
    pair, is_new = Apart.objects.get_or_create(line=line, one_id=first, other_id=second)
    if is_new:
        # Who they are stays out of the record, which is kept for ever.
        record(RosterAct.SET_APART, line, by=by, now=now, body={"apart": pair.pk})
    return pair


@transaction.atomic(durable=True)
def end_apart(*, apart_id: int, by: Actor, now: datetime) -> None:
    """The two may stand together again."""
    pair = Apart.objects.get(pk=apart_id)
    line = lock_line(pair.line_id)
    require_leader(by, line)
    Apart.objects.filter(pk=apart_id).delete()
    record(RosterAct.APART_ENDED, line, by=by, now=now, body={"apart": apart_id})


@transaction.atomic(durable=True)
def wish(*, line_id: int, on: date, weight: int, by: Actor, now: datetime) -> Wish | None:
    """What somebody would rather on a day: to be spared (−5 … −1), to stand (1 … 5), or (0) nothing any more."""
    line: Line = lock_line(line_id)
    if not DutyPerson.objects.filter(line=line, staff_id=by.staff).exists():
        raise CannotRoster("unknown_person")
    if not -5 <= weight <= 5:
        raise CannotRoster("bad_weight")
    if not days.is_kept(on):
        raise CannotRoster("far_day")
    if on < now.astimezone(ZoneInfo(line.authority.zone)).date():
        raise CannotRoster("day_over")
    rows = Wish.objects.filter(line=line, staff_id=by.staff, on=on)
    row: Wish | None = None
    if weight == 0:
        rows.delete()
    else:
        row, _is_new = rows.update_or_create(line=line, staff_id=by.staff, on=on, defaults={"weight": weight})
    # When somebody would rather be elsewhere stays out of the record, which is kept for ever.
    record(RosterAct.WISHED, line, by=by, now=now, body={"has_wish": weight != 0})
    return row
