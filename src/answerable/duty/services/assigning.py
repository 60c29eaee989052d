"""Putting somebody on a shift, and taking them out of it: by the leader's word, outside of a roster."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from answerable.duty import access, steps
from answerable.duty.act_kinds import DutyAct
from answerable.duty.eligibility import CannotStand, rest_short, why_not
from answerable.duty.models import Assignment, Line, LineRole, Origin, Shift
from answerable.duty.pool import person_facts, role_facts, stood_near, when_of
from answerable.orgs.models import Staff
from answerable.record.actors import Actor


@transaction.atomic(durable=True)
def put_in(
    *,
    shift_id: int,
    role_id: int,
    staff_id: int,
    by: Actor,
    now: datetime,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    rest_anyway: str = "",
) -> Assignment:
    """Put somebody on a shift, or on a part of it, by the word of who leads the line or its shift on duty.

    Without ends: for all of it that is still to come. `rest_anyway`: the reason why they may rest less than the line
    wants. Raises CannotStand, with nothing written.
    """
    shift = Shift.objects.get(pk=shift_id)
    line = steps.lock_line(shift.line_id)
    access.require_director(by, line, now)
    steps.lock_person(staff_id)
    start, end = stretch(shift, line, from_at, until_at, now)
    role = require_may_stand(
        shift, line, role_id, staff_id, start, end, rest_anyway=bool(rest_anyway.strip())
    )
    made = steps.put(
        shift, role, staff_id, start, end, origin=Origin.OVERRIDE, now=now, zone=line.authority.zone
    )
    body = {"assignment": made.pk, "shift": shift.pk, "role": role.code, "staff": staff_id}
    body |= {"from": start.isoformat(), "until": end.isoformat()} | _by_themselves(by, staff_id)
    steps.act(line, DutyAct.PUT_IN, by=by, now=now, body=body, why=rest_anyway.strip())
    return made


def stretch(
    shift: Shift, line: Line, from_at: datetime | None, until_at: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    """From–until within a shift, not before now; without ends, all that is still to come. Raises CannotStand."""
    start, end = from_at or max(shift.from_at, now), until_at or shift.until_at
    if until_at is None and from_at is None and end <= now:
        raise CannotStand("over")
    if end <= start:
        raise CannotStand("no_length")
    if start < shift.from_at or end > shift.until_at:
        zone = line.authority.zone
        raise CannotStand(
            "outside",
            **{
                "from": steps.local_text(shift.from_at, zone),
                "until": steps.local_text(shift.until_at, zone),
            },
        )
    # A minute of grace: a form that says "from now" takes a moment to be sent.
    if start < now - timedelta(minutes=1) and start != shift.from_at:
        raise CannotStand("over")
    if end <= now:
        raise CannotStand("over")
    return max(start, min(now, end)) if start < now else start, end


def require_may_stand(
    shift: Shift,
    line: Line,
    role_id: int,
    staff_id: int,
    from_at: datetime,
    until_at: datetime,
    *,
    rest_anyway: bool = False,
    but: tuple[int, ...] = (),
) -> LineRole:
    """Raises CannotStand unless somebody may fill the role then and rests enough; `but`: assignments that go.

    Called with the line and the person locked. Duty elsewhere is refused by the database, when it is written.
    """
    role = LineRole.objects.filter(pk=role_id, line=line).first()
    if role is None:
        raise CannotStand("other_line")
    person = person_facts(line, staff_id, from_at, until_at)
    refusal = why_not(role_facts(role), person, when_of(shift, line, from_at, until_at))
    if refusal is not None:
        raise refusal
    near = stood_near(staff_id, from_at, until_at, but=but)
    if any(one.from_at < until_at and one.until_at > from_at for one in near):
        raise steps.stands_already(staff_id, from_at, until_at, line.authority.zone)
    if not rest_anyway:
        short = rest_short(
            near,
            shift_id=shift.pk,
            from_at=from_at,
            until_at=until_at,
            rest=timedelta(hours=line.rest_min_h),
        )
        if short is not None:
            left, wanted = (f"{one / timedelta(hours=1):.3g}" for one in short)
            raise CannotStand("rest_short", name=person.name, hours=left, wanted=wanted)
    return role


@transaction.atomic(durable=True)
def take_out(
    *,
    assignment_id: int,
    by: Actor,
    now: datetime,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    why: str = "",
) -> Assignment:
    """Take somebody out of (a part of) a shift, from now on at the earliest. The gap that opens is seen at once.

    Returns the piece that was taken out. Raises CannotStand where nothing of it is left to take.
    """
    found = Assignment.objects.select_related("shift").get(pk=assignment_id)
    line = steps.lock_line(found.shift.line_id)
    access.require_director(by, line, now)
    steps.lock_person(found.staff_id)
    row = Assignment.objects.select_for_update(of=("self",)).get(pk=assignment_id)
    if row.voided_at is not None:
        raise CannotStand("gone", name=str(Staff.objects.get(pk=row.staff_id)))
    start, end = max(from_at or row.from_at, now), until_at or row.until_at
    piece = steps.cut(row, start, end, now=now)
    if piece is None:
        raise CannotStand("over")
    body: dict[str, object] = {"assignment": assignment_id, "shift": row.shift_id, "staff": row.staff_id}
    body |= {"from": piece.from_at.isoformat(), "until": piece.until_at.isoformat()}
    body |= _by_themselves(by, row.staff_id)
    steps.act(line, DutyAct.TAKEN_OUT, by=by, now=now, body=body, why=why.strip())
    return piece


def _by_themselves(by: Actor, staff_id: int) -> dict[str, object]:
    """Whoever did it for themselves needs no message about it."""
    return {"self": True} if by.staff_id == staff_id else {}
