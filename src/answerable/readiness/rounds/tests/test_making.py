"""The worker's turns: once, caught up without a heap, reminded, late calmly; quicker in a readiness period."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.alerts.models import Alert, Notice
from answerable.readiness.periods import sources
from answerable.readiness.periods.models import Demand, Period
from answerable.readiness.periods.rhythms import Of
from answerable.readiness.rounds import checks, making, queries
from answerable.readiness.rounds.models import Round, RoundPlan
from answerable.readiness.rounds.rhythm import Rhythm
from answerable.readiness.rounds.rules import Given
from answerable.readiness.rounds.tests.scenes import DAY, EVENING, NOW, place, rounds, template
from answerable.record.models import Act

pytestmark = pytest.mark.django_db(transaction=True)


def states() -> list[str]:
    return list(Round.objects.order_by("due_at", "pk").values_list("state", flat=True))


def test_turn_after_turn_a_round_is_made_once_and_its_post_told_once(cast):
    rounds(cast)
    for minutes in (0, 1, 61, 122):
        making.make_due(NOW + timedelta(minutes=minutes))
    assert states() == ["due"]
    assert Notice.objects.filter(code="round_due").count() == 1
    assert Act.objects.filter(kind="round.made").count() == 1


def test_after_a_weeks_downtime_there_is_one_late_round_and_no_heap(cast):
    scene = rounds(cast)
    scene.make(NOW + 7 * DAY)
    late, ahead = Round.objects.order_by("due_at")
    assert late.due_at == EVENING - timedelta(hours=1) + 6 * DAY
    assert ahead.due_at > NOW + 7 * DAY
    scene.make(NOW + 7 * DAY)
    assert len(states()) == 2


def test_late_the_leader_hears_once_and_the_alarm_ends_with_the_round(cast):
    scene = rounds(cast, place_ids=(cast.village.pk, place(cast, "b", "乙地").pk))
    scene.make()
    making.watch_late(EVENING)
    making.watch_late(EVENING + timedelta(minutes=5))
    alarm = Alert.objects.get()
    assert (alarm.code, alarm.is_urgent, alarm.facts["missing"]) == ("round_late", False, 2)
    first, second = Round.objects.order_by("pk")
    scene.answer(first, EVENING)
    alarm.refresh_from_db()
    assert alarm.state != "resolved", "one place is still missing"
    scene.answer(second, EVENING)
    alarm.refresh_from_db()
    assert alarm.state == "resolved"
    assert queries.is_late(Round.objects.get(pk=first.pk), EVENING)


def test_when_the_next_one_is_late_too_the_older_one_is_missed(cast):
    scene = rounds(cast)
    for days in (0, 1, 2):
        scene.make(NOW + days * DAY)
        making.watch_late(EVENING + days * DAY)
    assert states() == ["missed", "missed", "due"]
    assert Alert.objects.exclude(state="resolved").count() == 1, "what is missed alarms nobody any more"


def period(cast, at, **more):
    """From now on for three days, rounds of fire exits daily."""
    made = Period.objects.create(
        **{
            "authority": cast.town,
            "unit": cast.town_root,
            "kind": "flood_season",
            "state": "announced",
            "from_at": at,
            "until_at": at + 3 * DAY,
        }
        | more
    )
    Demand.objects.create(period=made, kind="rhythm", of="rounds", topic="fire_exits", rhythm="daily")
    return made


def test_in_a_readiness_period_rounds_come_as_often_as_it_asks(cast):
    scene = rounds(cast, rhythm=Rhythm("month", month_days=(20,)))
    scene.make()
    assert states() == []
    period(cast, NOW - timedelta(hours=2))
    scene.make(NOW)
    one = scene.due()
    assert (one.in_period, one.due_on) == (True, NOW.date())
    scene.make(NOW + DAY)
    scene.make(NOW + 5 * DAY)
    assert not Round.objects.filter(due_at__gt=NOW + 4 * DAY).exists(), "after it as always"


def test_open_matters_are_never_sped_up(cast):
    desk = template(cast, "open-matters")
    scene = rounds(cast, template=desk, place_ids=(), rhythm=Rhythm("month", month_days=(20,)))
    made = period(cast, NOW - timedelta(hours=2))
    Demand.objects.filter(period=made).update(topic="")
    scene.make(NOW)
    assert states() == []


def faults(cast) -> list[str]:
    return sorted(one.code for one in checks.check_rounds())


def test_check_names_what_would_not_be_done(cast):
    template(cast, "markets")
    scene = rounds(cast)
    assert faults(cast) == ["round_template_without_plan"]
    second = rounds(cast, template=scene.plan.template)
    type(cast.village).objects.filter(pk=cast.village.pk).update(closed_on=NOW.date())
    kept = RoundPlan.objects.filter(pk=second.plan.pk)
    kept.update(faster=Rhythm("month", month_days=(1,)).as_json())
    cast.post(cast.handler).appointments.update(until_at=NOW - DAY)
    assert set(faults(cast)) == {
        "round_template_without_plan",
        "round_place_closed",
        "round_rhythm_contradicts",
        "round_post_unfilled",
        "round_planned_twice",
    }
    scene.make(NOW)
    assert states() == [], "nobody is sent to a place that is closed"


def test_counts_for_the_figures_by_unit_and_month(cast):
    scene = rounds(cast)
    scene.do(clear=Given("no"))
    scene.do(NOW + DAY)
    scene.make(NOW + 2 * DAY)
    making.watch_late(EVENING + 2 * DAY)
    first, last = NOW.date().replace(day=1), NOW.date().replace(day=31)
    (month,) = queries.months_of(
        [cast.roads.pk, cast.water.pk], from_on=first, until_on=last, now=EVENING + 2 * DAY
    )
    assert (month.unit_id, month.month, month.due, month.done, month.late) == (cast.roads.pk, first, 3, 2, 1)
    assert (month.found, month.mended, month.open) == (1, 0, 1)
    counts = queries.counts_by_unit([cast.roads.pk], EVENING + 2 * DAY, (NOW + 2 * DAY).date())
    assert (counts[cast.roads.pk].late, counts[cast.roads.pk].open_late) == (1, 1)


def test_a_period_is_told_what_came_of_the_rounds_it_asked_for(cast):
    scene = rounds(cast, rhythm=Rhythm("month", month_days=(20,)))
    made = period(cast, NOW - timedelta(hours=2))
    assert sources.came(Of.ROUNDS, made, "fire_exits", NOW) is None, "none looks at them yet"
    for days in (0, 1, 2):
        scene.make(NOW + days * DAY)
        if days == 0:
            scene.answer(scene.due(), NOW)
    told = sources.came(Of.ROUNDS, made, "fire_exits", NOW + 2 * DAY)
    assert (told.due, told.came, told.late) == (2, 1, 1)
    assert sources.came(Of.ROUNDS, made, "dams", NOW + 2 * DAY) is None
