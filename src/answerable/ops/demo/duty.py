"""Duty in the demo town: a duty room day and night, reception days, three villages' nights, and what stands by.

Rosters are published through the same services as in an office, a week back and five weeks ahead, by simple turns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from answerable.duty.asking import cell_key
from answerable.duty.models import Assignment, Line, LineRole, LogEntry, Shift
from answerable.duty.queries import spans_of
from answerable.duty.services import handing, lines, pool, rosters, standby
from answerable.duty.services.lines import LineSpec, PatternSpec, RoleSpec
from answerable.ops.demo.settle import Settled
from answerable.orgs.models import Post, Staff
from answerable.orgs.queries import local_today
from answerable.record.actors import Actor, ActorKind

BACK, AHEAD = 7, 35
DRIVING = "driving-licence"

#: By post. With six leaders the mayor leads on the day the demo begins, with the handler of petitions beside.
LEADERS = ("general-head", "mayor", "social-head", "planning-head", "farming-head", "discipline-secretary")
WATCH = (
    "general-1", "general-clerk", "petitions-2", "petitions-phone", "social-civil", "social-labour", "petitions-1",
    "social-schools", "social-clerk", "planning-building", "planning-land", "planning-clerk", "farming-crops",
    "farming-clerk", "discipline-officer",
)  # fmt: skip
DRIVERS = ("general-2", "planning-roads", "farming-water", "farming-villages")
HEARERS = ("deputy-social", "deputy-land", "petitions-head")
COUNTER = ("petitions-counter", "petitions-letters")
VILLAGES = (("jiekou", "街口村", "Jiekou"), ("qiaotou", "桥头村", "Qiaotou"), ("dukou", "渡口村", "Dukou"))

#: What was written in the shifts of the last week, oldest first: hours after the change of shift, kind, words.
LOG: tuple[tuple[tuple[float, str, str], ...], ...] = (
    (
        (3, "call", "河渡桥信号灯不亮，已通知规划建设办，当日 15 时恢复。"),
        (14, "entry", "夜间巡查河堤一次，水位正常。"),
    ),
    ((0.5, "nil", ""),),
    (
        (5, "entry", "县应急局通知：今晚至明晨有中到大雨，请各村值守人员在岗。已逐村电话通知。"),
        (20, "open_item", "渡口村排涝泵 2 号机启动困难，已报农业办，待检修。"),
    ),
    ((2, "entry", "雨停，各村报平安。"),),
    ((6, "call", "镇中学反映校门口积水，已派车抽排。"), (8, "entry", "积水排净。")),
    ((0.5, "nil", ""),),
    ((4, "entry", "检查备勤车辆与水泵，油量充足。"),),
)


@dataclass(frozen=True)
class _Turns:
    """A role of a line and who takes turns in it, by post; `at_once` of them at a time."""

    spec: RoleSpec
    posts: Sequence[str]
    at_once: int = 1


def set_up(settled: Settled, now: datetime) -> None:
    """Make the lines, their people and their rosters, a week of the log book, and what stands by."""
    begun = now - timedelta(days=BACK + 1)
    room = set_up_room(settled, now)
    _reception(settled, begun)
    for code, zh, en in VILLAGES:
        _village(settled, code, zh, en, begun)
    _log_book(room, now)


def set_up_room(settled: Settled, now: datetime) -> Line:
    """The duty room and what stands by there: what the town's plans name."""
    room = _duty_room(settled, now - timedelta(days=BACK + 1))
    _standby(settled, room, now)
    return room


def _by(settled: Settled, post: str) -> Actor:
    return _actor(settled.posts[post], _holder(settled, post))


def _actor(post: Post, staff: Staff) -> Actor:
    return Actor(ActorKind.STAFF, staff_id=staff.pk, post_id=post.pk, unit_id=post.unit_id)


def _holder(settled: Settled, post: str) -> Staff:
    return settled.posts[post].appointments.select_related("staff").order_by("pk")[0].staff


def _duty_room(settled: Settled, begun: datetime) -> Line:
    spec = LineSpec(
        "镇值班室", "Town duty room", "duty-room", settled.units["general"].pk, phone="000-5550 0100",
        is_round_the_clock=True,
    )  # fmt: skip
    pattern = {"name_zh": "全天班", "name_en": "Day and night", "code": "day"}
    turns = (
        _Turns(RoleSpec("带班领导", "Leader", "lead", is_lead=True, post_roles=["leader"]), LEADERS),
        _Turns(RoleSpec("值班员", "Staff", "staff", position=1, post_roles=["handler", "clerk"]), WATCH, 3),
        _Turns(RoleSpec("驾驶员", "Driver", "driver", position=2, qualifications=[DRIVING]), DRIVERS),
    )
    return _line(settled, spec, turns, pattern, time(8), time(8), 1, by="general-head", begun=begun)


def _reception(settled: Settled, begun: datetime) -> Line:
    spec = LineSpec(
        "领导接待日", "Reception day", "reception", settled.units["petitions"].pk, phone="000-5550 0112",
        has_hand_over=False,
    )  # fmt: skip
    pattern = {"name_zh": "接待", "name_en": "Reception", "code": "reception", "day_kind": "working"}
    turns = (
        _Turns(RoleSpec("接待领导", "Leader", "lead", is_lead=True, post_roles=["leader"]), HEARERS),
        _Turns(
            RoleSpec("接待员", "Clerk", "clerk", position=1, units=[settled.units["petitions"].pk]), COUNTER
        ),
    )
    return _line(settled, spec, turns, pattern, time(9), time(17), 0, by="petitions-head", begun=begun)


def _village(settled: Settled, code: str, zh: str, en: str, begun: datetime) -> Line:
    unit = settled.units[f"v-{code}"]
    spec = LineSpec(
        f"{zh}夜间值守", f"{en}: night contact", f"night-{code}", unit.pk, place_id=settled.places[code].pk,
        phone=unit.phone or "000-5550 0199", has_hand_over=False, most_a_week=4,
    )  # fmt: skip
    pattern = {"name_zh": "夜班", "name_en": "Night", "code": "night", "is_night": True}
    turns = (
        _Turns(
            RoleSpec("值守人", "Contact", "contact", is_lead=True, units=[unit.pk]),
            (f"v-{code}-head", f"v-{code}-clerk"),
        ),
    )
    return _line(settled, spec, turns, pattern, time(18), time(8), 1, by=f"v-{code}-head", begun=begun)


def _line(
    settled: Settled,
    spec: LineSpec,
    turns: Sequence[_Turns],
    pattern: Mapping[str, object],
    starts: time,
    ends: time,
    later: int,
    *,
    by: str,
    begun: datetime,
) -> Line:
    """A line with its roles, one pattern, its people, and a roster of theirs by turns."""
    actor = _by(settled, by)
    line = lines.make_line(spec, by=actor, now=begun)
    first = local_today(line.authority, begun) + timedelta(days=1)
    roles = [lines.set_role(line.pk, one.spec, by=actor, now=begun) for one in turns]
    lines.set_pattern(
        line.pk,
        PatternSpec(
            starts=starts,
            ends=ends,
            ends_days_later=later,
            from_on=date(begun.year - 1, 1, 1),
            needs={role.pk: one.at_once for role, one in zip(roles, turns, strict=True)},
            **pattern,  # type: ignore[arg-type]
        ),
        by=actor,
        now=begun,
    )
    joins = pool.PersonSpec(joins_on=date(begun.year - 1, 1, 1))
    people = [[_holder(settled, post).pk for post in one.posts] for one in turns]
    for one, staff in zip(turns, people, strict=True):
        for pk in staff:
            pool.set_person(line.pk, pk, joins, by=actor, now=begun)
            for code in one.spec.qualifications:
                pool.qualify(
                    line_id=line.pk,
                    staff_id=pk,
                    code=code,
                    from_on=joins.joins_on,
                    until_on=None,
                    by=actor,
                    now=begun,
                )
    _roster(line, roles, turns, people, first, actor, begun)
    return line


def _roster(
    line: Line,
    roles: Sequence[LineRole],
    turns: Sequence[_Turns],
    people: Sequence[Sequence[int]],
    first: date,
    actor: Actor,
    begun: datetime,
) -> None:
    last = first + timedelta(days=BACK + AHEAD)
    roster = rosters.begin_roster(line_id=line.pk, from_on=first, until_on=last, by=actor, now=begun)
    cells = {}
    for number, span in enumerate(spans_of(line, first, last)):
        for role, one, staff in zip(roles, turns, people, strict=True):
            begin = number * one.at_once
            cells[cell_key(span.from_at, span.pattern_id, role.pk)] = [
                staff[(begin + n) % len(staff)] for n in range(one.at_once)
            ]
    roster = rosters.change_cells(
        roster_id=roster.pk, cells=cells, by=actor, seen_version=roster.version, now=begun
    )
    rosters.publish_roster(roster_id=roster.pk, by=actor, seen_version=roster.version, now=begun)


def _log_book(line: Line, now: datetime) -> None:
    """Each shift that is over wrote something and was handed over; the one that is on has begun to write."""
    begun = list(Shift.objects.filter(line=line, from_at__lte=now).order_by("from_at"))
    for shift, entries in zip(begun, LOG, strict=False):
        crew = {one.role.code: one for one in _crew(shift)}
        for hours, kind, text in entries:
            at = shift.from_at + timedelta(hours=hours)
            if at < now:
                handing.write_entry(
                    shift_id=shift.pk, kind=kind, text=text, by=_as(crew["staff"]), now=at, happened_at=None
                )
        if shift.until_at + timedelta(minutes=1) > now or not LogEntry.objects.filter(shift=shift).exists():
            continue
        relief = next(one for one in begun if one.from_at == shift.until_at)
        handing.sign_leaving(
            shift_id=shift.pk, by=_as(crew["lead"]), now=shift.until_at - timedelta(minutes=2), summary=""
        )
        lead = next(one for one in _crew(relief) if one.role.code == "lead")
        handing.sign_taking(shift_id=shift.pk, by=_as(lead), now=shift.until_at + timedelta(minutes=1))


def _crew(shift: Shift) -> Iterator[Assignment]:
    rows = Assignment.objects.filter(shift=shift, voided_at=None).select_related("role", "staff")
    return iter(rows.order_by("role__position", "pk"))


def _as(row: Assignment) -> Actor:
    held = row.staff.appointments.select_related("post").order_by("pk")[0]
    return _actor(held.post, row.staff)


def _standby(settled: Settled, room: Line, now: datetime) -> None:
    actor, unit = _by(settled, "general-head"), settled.units["general"].pk
    driver = LineRole.objects.get(line=room, code="driver").pk
    made = now - timedelta(days=40)
    specs = (
        standby.ItemSpec(
            "值班皮卡",
            "Duty pick-up",
            "pick-up",
            unit,
            room.pk,
            True,
            "河A·D0001",
            driver,
            check_every_days=7,
        ),
        standby.ItemSpec("排涝泵车", "Pump truck", "pump-truck", unit, room.pk, True, "河A·D0002", driver),
        standby.ItemSpec("卫星电话", "Satellite telephone", "sat-phone", unit, room.pk, check_every_days=30),
        standby.ItemSpec("汽油发电机", "Petrol generator", "generator", unit, room.pk, check_every_days=30),
    )
    looks = (
        ("ready", 85, "轮胎、随车工具齐全。"),
        ("ready", 70, ""),
        ("ready", 95, "通话测试正常。"),
        ("repair", 40, "启动困难，已报修。"),
    )
    for spec, (state, level, note) in zip(specs, looks, strict=True):
        item = standby.make_item(spec, by=actor, now=made)
        standby.check_item(
            item_id=item.pk,
            state=state,
            level_percent=level,
            note=note,
            by=actor,
            now=now - timedelta(days=2),
        )
