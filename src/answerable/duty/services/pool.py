"""The people of a line: who joins it and leaves it, what they are qualified for; and shifts without a roster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from answerable.duty import access, steps
from answerable.duty.act_kinds import DutyAct
from answerable.duty.models import DutyPerson, Line, LineRole, Origin, Qualification, Shift
from answerable.duty.queries import spans_of
from answerable.duty.services.lines import CannotSet
from answerable.orgs.models import Staff
from answerable.record.actors import Actor


@dataclass(frozen=True)
class PersonSpec:
    joins_on: date
    leaves_on: date | None = None
    share_percent: int = 100
    most_a_month: int | None = None
    can_nights: bool = True


@transaction.atomic(durable=True)
def set_person(line_id: int, staff_id: int, spec: PersonSpec, *, by: Actor, now: datetime) -> DutyPerson:
    """Somebody joins the line's people, or their terms change. Duty from the day they leave on is taken from them."""
    line = _lock(line_id, by)
    _require_spec(spec)
    row = _set(line, staff_id, spec, by=by, now=now)
    steps.changed(line)
    return row


#: So many at once: a whole office; more is a list from elsewhere, pasted by mistake.
MOST_AT_ONCE = 300


@transaction.atomic(durable=True)
def add_people(
    *, line_id: int, staff_ids: Iterable[int], spec: PersonSpec, by: Actor, now: datetime
) -> list[DutyPerson]:
    """Several join the line's people under the same terms; whoever is among them already keeps their own.

    All or nobody. Raises CannotSet.
    """
    line = _lock(line_id, by)
    _require_spec(spec)
    known = set(DutyPerson.objects.filter(line=line).values_list("staff_id", flat=True))
    new = sorted(set(staff_ids) - known)
    if not new:
        raise CannotSet("nobody_new")
    if len(new) > MOST_AT_ONCE:
        raise CannotSet("too_many", most=MOST_AT_ONCE)
    rows = [_set(line, staff_id, spec, by=by, now=now) for staff_id in new]
    steps.changed(line)
    return rows


def _require_spec(spec: PersonSpec) -> None:
    if spec.leaves_on is not None and spec.leaves_on <= spec.joins_on:
        raise CannotSet("ends_first")
    if not 1 <= spec.share_percent <= 100:
        raise CannotSet("numbers", what="1–100 %")


def _set(line: Line, staff_id: int, spec: PersonSpec, *, by: Actor, now: datetime) -> DutyPerson:
    """One of the line's people, the line being locked: their row, and the act."""
    staff = Staff.objects.get(pk=staff_id)
    steps.lock_person(staff_id)
    is_known = DutyPerson.objects.filter(line=line, staff=staff).exists()
    if not is_known and not staff.is_active:
        raise CannotSet("locked_out", name=str(staff))
    row, _is_new = DutyPerson.objects.update_or_create(line=line, staff=staff, defaults=asdict(spec))
    freed = _free_from(line, staff_id, spec.leaves_on, now) if spec.leaves_on else []
    kind = DutyAct.PERSON_LEFT if spec.leaves_on else DutyAct.PERSON_SET
    steps.act(line, kind, by=by, now=now, body={"staff": staff_id, "took_out": freed})
    return row


def _free_from(line: Line, staff_id: int, on: date, now: datetime) -> list[int]:
    rows = steps.lock_assignments(
        staff_id, now, datetime.max.replace(tzinfo=now.tzinfo), shift__line=line, shift__on__gte=on
    )
    return [row.pk for row in rows if steps.cut(row, max(now, row.from_at), row.until_at, now=now)]


@transaction.atomic(durable=True)
def qualify(
    *, line_id: int, staff_id: int, code: str, from_on: date, until_on: date | None, by: Actor, now: datetime
) -> Qualification:
    """What somebody of the line's people is qualified for, from–until; the same code again replaces it."""
    line = _lock(line_id, by)
    if until_on is not None and until_on < from_on:
        raise CannotSet("ends_first")
    steps.lock_person(staff_id)
    row, _is_new = Qualification.objects.update_or_create(
        staff_id=staff_id, code=code, defaults={"from_on": from_on, "until_on": until_on}
    )
    steps.act(line, DutyAct.QUALIFIED, by=by, now=now, body={"staff": staff_id, "code": code})
    return row


# ---------------------------------------------------------------- shifts without a roster


@transaction.atomic(durable=True)
def open_shifts(
    *,
    line_id: int,
    from_on: date,
    until_on: date,
    stands: Mapping[tuple[int, date, int], list[int]],
    by: Actor,
    now: datetime,
) -> list[Shift]:
    """The shifts of some local days as the patterns give them, with who stands them: (pattern, day, role) → staff.

    For a first start and for imports; a roster is published by its own service. Raises CannotStand, with nothing
    written, where somebody would be at two places at once.
    """
    line = _lock(line_id, by)
    roles = {role.pk: role for role in LineRole.objects.filter(line=line)}
    made = []
    for span in spans_of(line, from_on, until_on):
        shift = steps.make_shift(line, span)
        for role_id in span.needs:
            for staff_id in stands.get((span.pattern_id, span.on, role_id), []):
                steps.put(
                    shift,
                    roles[role_id],
                    staff_id,
                    shift.from_at,
                    shift.until_at,
                    origin=Origin.ROSTER,
                    now=now,
                    zone=line.authority.zone,
                )
        made.append(shift)
    body = {"from_on": from_on.isoformat(), "until_on": until_on.isoformat(), "shifts": len(made)}
    steps.act(line, DutyAct.SHIFTS_OPENED, by=by, now=now, body=body)
    return made


def _lock(line_id: int, by: Actor) -> Line:
    line = steps.lock_line(line_id)
    access.require_leader(by, line)
    if line.closed_on is not None:
        raise CannotSet("closed")
    return line
