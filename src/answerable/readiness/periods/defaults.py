"""What a kind of period usually demands, on the lines, vehicles and plans that the body has. To begin with; all of it
can be taken out again before it is announced."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from answerable.duty.models import Line, StandbyItem
from answerable.incidents.access import leads_unit
from answerable.incidents.models import Plan, PlanVersion
from answerable.orgs.models import Post
from answerable.orgs.queries import subtree
from answerable.readiness.periods import cover, queries
from answerable.readiness.periods.demand_steps import Ask
from answerable.readiness.periods.kinds import KINDS
from answerable.readiness.periods.models import Demand, Period

#: Of each thing so many at first; a body with fifty pumps chooses itself.
MOST_LINES, MOST_ITEMS, MOST_PLANS = 6, 12, 4
CALLED_FROM, CALLED_UNTIL, ANSWER_MIN = time(8), time(22), 10
DRILLED_WITHIN_DAYS = 90


def usual(period: Period, posts: tuple[Post, ...]) -> list[Ask]:
    """What it would ask for. `posts`: of the one who plans it, who asks more only of lines that they lead."""
    return [
        *_duty(period, posts),
        *_rhythms(period),
        *_standby(period),
        *_drills(period),
        Ask(Demand.Kind.CONTACTS),
    ]


def _lines(period: Period, posts: tuple[Post, ...]) -> list[Line]:
    """Lines that run round the clock or at night, where the period holds."""
    found = queries.covered_places(period)
    rows = Line.objects.filter(authority=period.authority_id, closed_on=None).select_related("unit")
    rows = rows.prefetch_related("roles", "patterns").order_by("-is_round_the_clock", "pk")
    here = [
        line
        for line in rows
        if leads_unit(posts, line.unit)
        and cover.touches(found, None if line.place_id is None else {line.place_id})
        and (line.is_round_the_clock or any(one.is_night for one in line.patterns.all()))
    ]
    return here[:MOST_LINES]


def _duty(period: Period, posts: tuple[Post, ...]) -> Iterator[Ask]:
    kind = KINDS[period.kind]
    for line in _lines(period, posts):
        roles = sorted(line.roles.all(), key=lambda role: (role.is_lead, role.position, role.pk))
        if not roles:
            continue
        if not roles[0].is_lead:
            yield Ask(Demand.Kind.DUTY, line_id=line.pk, role_id=roles[0].pk, count=kind.more_on_duty)
        yield Ask(
            Demand.Kind.ROLL_CALLS,
            line_id=line.pk,
            count=kind.calls_a_week,
            between_from=CALLED_FROM if line.is_round_the_clock else time(19),
            between_until=CALLED_UNTIL if line.is_round_the_clock else time(23),
            answer_within_min=ANSWER_MIN,
        )


def _rhythms(period: Period) -> Iterator[Ask]:
    for of, topic, rhythm in KINDS[period.kind].rhythms():
        yield Ask(Demand.Kind.RHYTHM, of=of, topic=topic, rhythm=rhythm)


def _standby(period: Period) -> Iterator[Ask]:
    rows = StandbyItem.objects.filter(unit__in=subtree([period.unit_id]), closed_on=None)
    for item in rows.order_by("-is_vehicle", "pk")[:MOST_ITEMS]:
        yield Ask(Demand.Kind.STANDBY, item_id=item.pk)


def _drills(period: Period) -> Iterator[Ask]:
    used = PlanVersion.objects.filter(state=PlanVersion.State.IN_USE).values("plan")
    rows = Plan.objects.filter(
        authority=period.authority_id, retired_at=None, pk__in=used, hazard__in=KINDS[period.kind].hazards
    )
    for plan in rows.order_by("pk")[:MOST_PLANS]:
        yield Ask(Demand.Kind.DRILL, plan_id=plan.pk, within_days=DRILLED_WITHIN_DAYS)
