"""Setting a duty line up: what it is, who is needed when, and who can be on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from answerable.core.sentences import N_, Said
from answerable.duty import access, shifts, steps
from answerable.duty.act_kinds import DutyAct
from answerable.duty.asked_more import lower_published
from answerable.duty.models import (
    Assignment,
    ExtraNeed,
    Line,
    LineRole,
    Pattern,
    PatternNeed,
    Shift,
    ShiftNeed,
)
from answerable.orgs.models import Unit
from answerable.record.actors import Actor


class CannotSet(Said):
    """A line cannot be set up like that."""

    sentences = {
        "no_name": N_("Give it a name."),
        "code_taken": N_("Another one has this short name already."),
        "other_body": N_("The unit belongs to another body."),
        "numbers": N_("One of the numbers is out of its range: %(what)s."),
        "closed": N_("This line is closed. Open it again first."),
        "ends_first": N_("It would end before it begins."),
        "no_length": N_("This shift ends when it begins. If it lasts a day, say that it ends one day later."),
        "no_day": N_("Choose at least one day of the week."),
        "no_need": N_("Say how many this shift needs of at least one role."),
        "other_line": N_("This role belongs to another line."),
        "role_used": N_("Shifts, patterns or a readiness period need this role. Take it out of them first."),
        "two_leads": N_("One role leads the shift; “%(role)s” does already."),
        "already_in": N_("%(name)s is among the people of this line already."),
        "locked_out": N_("%(name)s's sign-in is closed."),
        "nobody_new": N_("All of them are among the people of this line already. Choose somebody else."),
        "too_many": N_("At most %(most)s people are added at once. Choose one unit after the other."),
        "asked_elsewhere": N_("“%(why)s” asks for this. Change it there."),
        "far_day": N_("Type a day between the years 1900 and 2200."),
    }


@dataclass(frozen=True)
class LineSpec:
    name_zh: str
    name_en: str
    code: str
    unit_id: int
    place_id: int | None = None
    phone: str = ""
    has_hand_over: bool = True
    is_round_the_clock: bool = False
    relief_early_min: int = 10
    unsigned_after_min: int = 15
    rest_min_h: int = 11
    most_in_a_row: int = 1
    most_a_week: int = 3
    horizon_days: int = 14


#: What the numbers of a line may be.
RANGES: Mapping[str, tuple[int, int]] = {
    "relief_early_min": (0, 240),
    "unsigned_after_min": (1, 1440),
    "rest_min_h": (0, 168),
    "most_in_a_row": (1, 31),
    "most_a_week": (1, 7),
    "horizon_days": (1, 120),
}


@transaction.atomic(durable=True)
def make_line(spec: LineSpec, *, by: Actor, now: datetime) -> Line:
    """A new line of a unit. Raises CannotSet."""
    unit = _unit(spec, by)
    if Line.objects.filter(authority=unit.authority, code=spec.code).exists():
        raise CannotSet("code_taken")
    line = Line.objects.create(authority=unit.authority, **asdict(spec))
    steps.act(line, DutyAct.LINE_MADE, by=by, now=now, body={"line": line.pk} | asdict(spec))
    return line


@transaction.atomic(durable=True)
def change_line(line_id: int, spec: LineSpec, *, by: Actor, seen_version: int | None, now: datetime) -> Line:
    """Change what a line is. Its short name stays. Raises CannotSet, Changed."""
    line = _lock(line_id, by, seen_version)
    unit = _unit(spec, by)
    if unit.authority_id != line.authority_id:
        raise CannotSet("other_body")
    fields = asdict(spec) | {"code": line.code}
    told = {name: value for name, value in fields.items() if getattr(line, name) != value}
    if told:
        steps.changed(line, **told)
        steps.act(line, DutyAct.LINE_CHANGED, by=by, now=now, body={"to": told})
    return line


def _unit(spec: LineSpec, by: Actor) -> Unit:
    if not (spec.name_zh.strip() or spec.name_en.strip()):
        raise CannotSet("no_name")
    for name, (least, most) in RANGES.items():
        if not least <= getattr(spec, name) <= most:
            raise CannotSet("numbers", what=f"{least}–{most}")
    unit = Unit.objects.select_related("authority").get(pk=spec.unit_id)
    access.require_unit_leader(by, unit)
    return unit


def _lock(line_id: int, by: Actor, seen_version: int | None = None) -> Line:
    line = steps.lock_line(line_id, seen_version=seen_version)
    access.require_leader(by, line)
    return line


def _lock_open(line_id: int, by: Actor, seen_version: int | None = None) -> Line:
    line = _lock(line_id, by, seen_version)
    if line.closed_on is not None:
        raise CannotSet("closed")
    return line


@transaction.atomic(durable=True)
def close_line(*, line_id: int, on: date, by: Actor, now: datetime) -> Line:
    """From the local day `on` it needs nobody; who is on duty from then on is taken out."""
    line = _lock_open(line_id, by)
    first = shifts.instant(line.authority.zone, on, time())
    steps.changed(line, closed_on=on)
    ahead = Assignment.objects.select_for_update(of=("self",)).filter(
        shift__line=line, shift__on__gte=on, voided_at=None, until_at__gt=max(now, first)
    )
    taken = [row.pk for row in ahead.order_by("pk") if steps.cut(row, max(now, first), row.until_at, now=now)]
    steps.act(line, DutyAct.LINE_CLOSED, by=by, now=now, body={"on": on.isoformat(), "took_out": taken})
    return line


@transaction.atomic(durable=True)
def open_line(*, line_id: int, by: Actor, now: datetime) -> Line:
    """A closed line is run again, from now on."""
    line = _lock(line_id, by)
    steps.changed(line, closed_on=None)
    steps.act(line, DutyAct.LINE_OPENED, by=by, now=now, body={})
    return line


def _fill(row: LineRole | Pattern, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()


# ---------------------------------------------------------------- roles


@dataclass(frozen=True)
class RoleSpec:
    name_zh: str
    name_en: str
    code: str
    is_lead: bool = False
    position: int = 0
    post_roles: list[str] = field(default_factory=list)
    posts: list[int] = field(default_factory=list)
    units: list[int] = field(default_factory=list)
    qualifications: list[str] = field(default_factory=list)


@transaction.atomic(durable=True)
def set_role(
    line_id: int,
    spec: RoleSpec,
    *,
    by: Actor,
    now: datetime,
    role_id: int | None = None,
    seen_version: int | None = None,
) -> LineRole:
    """A new role of the line, or another shape of one. Raises CannotSet."""
    line = _lock_open(line_id, by, seen_version)
    if not (spec.name_zh.strip() or spec.name_en.strip()):
        raise CannotSet("no_name")
    role = LineRole.objects.get(pk=role_id, line=line) if role_id else LineRole(line=line)
    others = LineRole.objects.filter(line=line).exclude(pk=role.pk or 0)
    if others.filter(code=spec.code).exists():
        raise CannotSet("code_taken")
    lead = others.filter(is_lead=True).first()
    if spec.is_lead and lead is not None:
        raise CannotSet("two_leads", role=str(lead))
    _fill(role, asdict(spec))
    steps.changed(line)
    steps.act(line, DutyAct.ROLE_SET, by=by, now=now, body={"role": role.pk} | asdict(spec))
    return role


@transaction.atomic(durable=True)
def remove_role(*, role_id: int, by: Actor, now: datetime) -> None:
    """A role that nothing needs and nobody stood. Raises CannotSet (role_used)."""
    role = LineRole.objects.get(pk=role_id)
    line = _lock(role.line_id, by)
    used = (
        PatternNeed.objects.filter(role=role).exists()
        or ShiftNeed.objects.filter(role=role).exists()
        or Assignment.objects.filter(role=role).exists()
    )
    if used:
        raise CannotSet("role_used")
    try:
        role.delete()
    except ProtectedError:
        raise CannotSet("role_used") from None
    steps.changed(line)
    steps.act(line, DutyAct.ROLE_REMOVED, by=by, now=now, body={"role": role_id, "code": role.code})


# ---------------------------------------------------------------- patterns and needs


@dataclass(frozen=True)
class PatternSpec:
    """`needs`: how many by role id."""

    name_zh: str
    name_en: str
    code: str
    starts: time
    ends: time
    ends_days_later: int
    from_on: date
    needs: dict[int, int]
    until_on: date | None = None
    day_kind: str = "any"
    weekdays: int = 127
    is_night: bool = False


@transaction.atomic(durable=True)
def set_pattern(
    line_id: int,
    spec: PatternSpec,
    *,
    by: Actor,
    now: datetime,
    pattern_id: int | None = None,
    seen_version: int | None = None,
) -> Pattern:
    """A new pattern of the line, or another shape of one. Shifts that are published keep their hours; what they need
    is lowered with the pattern, and where it needs more now that is a gap. Raises CannotSet."""
    line = _lock_open(line_id, by, seen_version)
    _require_pattern(line, spec)
    pattern = Pattern.objects.get(pk=pattern_id, line=line) if pattern_id else Pattern(line=line)
    if Pattern.objects.filter(line=line, code=spec.code).exclude(pk=pattern.pk or 0).exists():
        raise CannotSet("code_taken")
    fields = asdict(spec)
    needs: dict[int, int] = {role: count for role, count in fields.pop("needs").items() if count}
    _fill(pattern, fields)
    PatternNeed.objects.filter(pattern=pattern).delete()
    PatternNeed.objects.bulk_create(
        PatternNeed(pattern=pattern, role_id=role, count=count) for role, count in sorted(needs.items())
    )
    _lower_published(pattern, needs, now)
    steps.changed(line)
    steps.act(line, DutyAct.PATTERN_SET, by=by, now=now, body={"pattern": pattern.pk} | _plain(spec, needs))
    return pattern


def _require_pattern(line: Line, spec: PatternSpec) -> None:
    if not (spec.name_zh.strip() or spec.name_en.strip()):
        raise CannotSet("no_name")
    if spec.ends_days_later == 0 and spec.ends == spec.starts:
        raise CannotSet("no_length")
    if not 0 <= spec.ends_days_later <= shifts.LONGEST_DAYS or (
        spec.ends_days_later == 0 and spec.ends < spec.starts
    ):
        raise CannotSet("ends_first")
    if spec.until_on is not None and spec.until_on < spec.from_on:
        raise CannotSet("ends_first")
    if not 1 <= spec.weekdays <= shifts.EVERY_DAY:
        raise CannotSet("no_day")
    counts = [count for count in spec.needs.values() if count]
    if not counts:
        raise CannotSet("no_need")
    if not all(1 <= count <= 50 for count in counts):
        raise CannotSet("numbers", what="0–50")
    if set(spec.needs) - set(LineRole.objects.filter(line=line).values_list("pk", flat=True)):
        raise CannotSet("other_line")


def _lower_published(pattern: Pattern, needs: Mapping[int, int], now: datetime) -> None:
    """What published shifts that have not begun need more of than the pattern does, by its own word, is lowered.

    Extra needs of a day stay on top: they count as the line says them now (see queries.needs_of).
    """
    ahead = ShiftNeed.objects.filter(shift__pattern=pattern, shift__from_at__gt=now)
    for need in ahead:
        wanted = needs.get(need.role_id, 0)
        if wanted == 0:
            need.delete()
        elif need.count > wanted:
            need.count = wanted
            need.save(update_fields=["count"])


def _plain(spec: PatternSpec, needs: Mapping[int, int]) -> dict[str, Any]:
    plain: dict[str, Any] = {
        name: value.isoformat() if isinstance(value, date | time) else value
        for name, value in asdict(spec).items()
    }
    return plain | {"needs": {str(role): count for role, count in sorted(needs.items())}}


@transaction.atomic(durable=True)
def end_pattern(*, pattern_id: int, last_on: date, by: Actor, now: datetime) -> Pattern:
    """The pattern's last shift starts on `last_on`. Its shifts after that need nobody, and who stands them is free."""
    found = Pattern.objects.get(pk=pattern_id)
    line = _lock(found.line_id, by)
    if last_on < found.from_on:
        raise CannotSet("ends_first")
    Pattern.objects.filter(pk=found.pk).update(until_on=last_on)
    after = Shift.objects.filter(pattern=found, on__gt=last_on, from_at__gt=now)
    rows = Assignment.objects.select_for_update(of=("self",)).filter(shift__in=after, voided_at=None)
    freed = [row.pk for row in rows.order_by("pk") if steps.cut(row, row.from_at, row.until_at, now=now)]
    ShiftNeed.objects.filter(shift__in=after).delete()
    steps.changed(line)
    body = {"pattern": found.pk, "last_on": last_on.isoformat(), "took_out": freed}
    steps.act(line, DutyAct.PATTERN_ENDED, by=by, now=now, body=body)
    found.refresh_from_db()
    return found


@transaction.atomic(durable=True)
def set_extra(
    *,
    line_id: int,
    role_id: int,
    extra: int,
    from_on: date,
    until_on: date,
    by: Actor,
    now: datetime,
    day_kind: str = "any",
    why: str = "",
) -> ExtraNeed:
    """More of a role from one day to another: holidays, a readiness period."""
    line = _lock_open(line_id, by)
    if until_on < from_on:
        raise CannotSet("ends_first")
    if not 1 <= extra <= 50:
        raise CannotSet("numbers", what="1–50")
    if not LineRole.objects.filter(pk=role_id, line=line).exists():
        raise CannotSet("other_line")
    made = ExtraNeed.objects.create(
        line=line,
        role_id=role_id,
        extra=extra,
        day_kind=day_kind,
        from_on=from_on,
        until_on=until_on,
        why=why,
    )
    steps.changed(line)
    body = {"extra": made.pk, "role": role_id, "more": extra, "day_kind": day_kind}
    body |= {"from_on": from_on.isoformat(), "until_on": until_on.isoformat()}
    steps.act(line, DutyAct.EXTRA_SET, by=by, now=now, body=body, why=why)
    return made


@transaction.atomic(durable=True)
def remove_extra(*, extra_id: int, by: Actor, now: datetime) -> None:
    """The line needs no more than usual for that after all. What is published by then keeps what it needs."""
    extra = ExtraNeed.objects.get(pk=extra_id)
    line = _lock(extra.line_id, by)
    if extra.because is not None:
        raise CannotSet("asked_elsewhere", why=extra.why)
    ahead = ShiftNeed.objects.filter(
        shift__line=line,
        role_id=extra.role_id,
        shift__on__range=(extra.from_on, extra.until_on),
        shift__from_at__gt=now,
    )
    extra.delete()
    lower_published(line, ahead)
    steps.changed(line)
    steps.act(line, DutyAct.EXTRA_REMOVED, by=by, now=now, body={"extra": extra_id})
