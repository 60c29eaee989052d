"""Readiness periods in the demo town: one that runs and one ahead, of the dangers that the time of year brings.

Through the services, at the hours at which it would have been. More are on duty for the one that runs, its rolls were
called by surprise; a generator out of order and a plan never drilled are missing, so that its page has something to say.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from answerable.alerts.models import Asked
from answerable.alerts.services import answer
from answerable.alerts.services.rollcalls import close_due
from answerable.duty.eligibility import CannotStand
from answerable.duty.models import Line, LineRole, Shift, StandbyItem
from answerable.duty.queries import gaps
from answerable.duty.services.assigning import put_in
from answerable.duty.shifts import instant
from answerable.incidents.models import Plan
from answerable.ops.demo.settle import Settled
from answerable.orgs.models import Post, Staff
from answerable.orgs.queries import local_today
from answerable.readiness.periods import calling, services
from answerable.readiness.periods.demand_steps import Ask
from answerable.readiness.periods.kinds import KINDS
from answerable.readiness.periods.models import Demand, Period
from answerable.readiness.periods.services import Wish
from answerable.record.actors import Actor, ActorKind

#: Days before and after the day on which the demo begins.
BEGAN, ENDS, NEXT, NEXT_ENDS = 6, 16, 18, 32
#: By month: what runs, and what is ahead.
SEASONS: dict[int, tuple[str, str]] = {
    **dict.fromkeys((1, 2, 12), ("winter_ice", "epidemic")),
    **dict.fromkeys((3, 4), ("forest_fires", "flood_season")),
    **dict.fromkeys((5, 6, 7, 8, 9), ("flood_season", "typhoon")),
    **dict.fromkeys((10, 11), ("harvest_fires", "winter_ice")),
}
GROUNDS = {
    "winter_ice": "县气象台预报有雨雪冰冻，桥面和坡道易结冰。 / Rain and ice are forecast; bridges and slopes freeze first.",
    "epidemic": "县疾控中心提示流感进入高发期，学校和集体宿舍加强巡查。 / The county's health centre expects influenza.",
    "forest_fires": "气温回升、连续无雨，林区火险等级三级。 / Warm and dry: fire danger in the woods.",
    "flood_season": "县水利局通知进入汛期，渡口水位站按日报送。 / The county's water bureau announces the flood season.",
    "typhoon": "县气象台预报台风外围影响，有大到暴雨。 / The edge of a typhoon is forecast, with heavy rain.",
    "harvest_fires": "秋收期间天干物燥，田间和打谷场易起火。 / Dry weeks at harvest: fields and threshing floors burn.",
}


def set_up(settled: Settled, now: datetime) -> None:
    """Plan, announce and begin; the rest of the town follows by itself."""
    town = settled.posts["mayor"].unit.authority
    today = local_today(town, now)
    runs, ahead = SEASONS[today.month]
    mayor = _actor(settled.posts["mayor"])
    room = Line.objects.get(code="duty-room", authority=town)
    asks = [_more(room), _calls(room, 3), *_rhythms(runs), *_standby(), *_drills()]
    period = _announced(settled, runs, today, BEGAN, ENDS, asks, at=now - timedelta(days=BEGAN + 4))
    services.turn_period(period_id=period.pk, now=period.from_at)
    _fill(period, room, mayor, now)
    asks = [_calls(room, 2), *_rhythms(ahead), *_standby(), Ask(Demand.Kind.CONTACTS)]
    _announced(settled, ahead, today, -NEXT, NEXT_ENDS, asks, at=now - timedelta(days=1))


def live(now: datetime) -> None:
    """The roll calls of the last days, answered but for one; after everything else has happened."""
    days = [now - timedelta(days=back) for back in (BEGAN, BEGAN // 2, 0)]
    for pk, on, at in sorted({one for day in days for one in calling.due(day)}, key=lambda one: one[2]):
        calling.call(demand_id=pk, on=on, at=at, now=at)
        asked = list(Asked.objects.filter(alert__key=f"surprise_call:{pk}:{on.isoformat()}").order_by("pk"))
        for minute, row in enumerate(asked, 1):
            answer(asked_id=row.pk, has_it=True, now=at + timedelta(minutes=minute), way="landline")
        close_due(at + timedelta(minutes=15))
    calling.keep_results()


def _announced(
    settled: Settled, kind: str, today: date, began: int, ends: int, asks: list[Ask], *, at: datetime
) -> Period:
    unit = settled.posts["mayor"].unit
    zone, by = unit.authority.zone, _actor(settled.posts["mayor"])
    wish = Wish(
        unit_id=unit.pk,
        kind=kind,
        from_at=instant(zone, today - timedelta(days=began), time(8)),
        until_at=instant(zone, today + timedelta(days=ends), time(8)),
        grounds=GROUNDS[kind],
    )
    period = services.plan_period(wish, by=by, now=at, is_usual=False)
    services.set_demands(period.pk, asks, by=by, seen_version=period.version, now=at)
    period.refresh_from_db()
    return services.announce_period(
        period_id=period.pk, by=by, seen_version=period.version, now=at + timedelta(hours=1)
    )


def _actor(post: Post) -> Actor:
    staff: Staff = post.appointments.select_related("staff").order_by("pk")[0].staff
    return Actor(ActorKind.STAFF, staff_id=staff.pk, post_id=post.pk, unit_id=post.unit_id)


def _role(room: Line) -> LineRole:
    return room.roles.get(code="staff")


def _more(room: Line) -> Ask:
    return Ask(Demand.Kind.DUTY, line_id=room.pk, role_id=_role(room).pk, count=1)


def _calls(room: Line, count: int) -> Ask:
    return Ask(
        Demand.Kind.ROLL_CALLS, line_id=room.pk, count=count, between_from=time(8), between_until=time(22),
        answer_within_min=10,
    )  # fmt: skip


def _rhythms(kind: str) -> list[Ask]:
    return [
        Ask(Demand.Kind.RHYTHM, of=of, topic=topic, rhythm=rhythm)
        for of, topic, rhythm in KINDS[kind].rhythms()
    ]


def _standby() -> list[Ask]:
    items = StandbyItem.objects.filter(closed_on=None).order_by("pk")
    return [Ask(Demand.Kind.STANDBY, item_id=one.pk) for one in items]


def _drills() -> list[Ask]:
    plans = Plan.objects.filter(retired_at=None, hazard__in=("fire", "flood")).order_by("pk")
    return [Ask(Demand.Kind.DRILL, plan_id=one.pk, within_days=90) for one in plans]


def _fill(period: Period, room: Line, by: Actor, now: datetime) -> None:
    """One more stands each shift until it ends, whoever of the room's people rests enough."""
    role = _role(room)
    people = [one.staff_id for one in room.people.order_by("pk")]
    for gap in gaps(room.pk, now, period.until_at):
        shifts = Shift.objects.filter(line=room, from_at__lt=gap.until_at, until_at__gt=gap.from_at)
        for shift in shifts.order_by("from_at"):
            for staff_id in people:
                try:
                    put_in(shift_id=shift.pk, role_id=role.pk, staff_id=staff_id, by=by, now=now)
                except CannotStand:
                    continue
                # Whoever stood goes to the end of the row: turns are shared.
                people.remove(staff_id)
                people.append(staff_id)
                break
