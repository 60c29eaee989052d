"""A period from its plan to its end: what each word changes, what is refused, what begins and ends by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.alerts.models import Alert, Notice
from answerable.core.refusals import Changed
from answerable.duty import queries as duty
from answerable.duty.models import ExtraNeed
from answerable.duty.tests.rooms import at, make_line, make_room, put
from answerable.orgs.models import Place, Responsibility
from answerable.readiness.periods import queries, running, services
from answerable.readiness.periods.demand_steps import Ask
from answerable.readiness.periods.models import Demand, Period
from answerable.readiness.periods.rhythms import Of, Rhythm
from answerable.readiness.periods.rules import CannotPeriod, NotTheirs
from answerable.readiness.periods.tests.scenes import BEFORE, DAILY, announced, decide, planned, wish
from answerable.record.models import Act

pytestmark = pytest.mark.django_db(transaction=True)


def acts(period: Period) -> list[str]:
    return list(Act.objects.filter(matter_id=period.pk).order_by("seq").values_list("kind", flat=True))


def refused(code: str, do, *args, **more) -> CannotPeriod:
    with pytest.raises(CannotPeriod) as found:
        do(*args, **more)
    assert found.value.code == code
    return found.value


def announce(*, why: str, **more):
    """Announcing takes no why: the grounds say it."""
    return services.announce_period(**more)


def village_like(cast, code: str, parent: Place | None = None, **more) -> Place:
    place = Place.objects.create(
        authority=cast.town, code=code, name_zh=code, name_en=code, parent=parent, **more
    )
    place.path = [*(parent.path if parent else []), place.pk]
    place.save(update_fields=["path"])
    return place


# ---------------------------------------------------------------- from plan to end


def test_from_plan_to_end_each_word_is_an_act_and_duty_follows(cast):
    room = make_room(cast, days=14)
    more = Ask(Demand.Kind.DUTY, line_id=room.line.pk, role_id=room.staff.pk, count=1)
    period = planned(cast, more)
    assert not ExtraNeed.objects.exists()
    assert queries.in_force(cast.town.pk, at=at(1)) == []
    decide(cast, announce, period, now=BEFORE)
    assert [(gap.from_at, gap.missing) for gap in duty.gaps(room.line.pk, at(0), at(3))] == [(at(0), 1)]
    assert [one.pk for one in queries.in_force(cast.town.pk, at=at(1))] == [period.pk]
    assert running.turn(at(0, 0, 1)) == 1
    period.refresh_from_db()
    assert (period.state, period.begun_at) == (Period.State.BEGUN, at(0))
    decide(cast, services.prolong_period, period, now=at(1), until_at=at(12))
    assert ExtraNeed.objects.get().until_at == at(12)
    decide(cast, services.end_period, period, now=at(2, 6))
    period.refresh_from_db()
    assert (period.state, period.until_at) == (Period.State.ENDED, at(2, 6))
    assert ExtraNeed.objects.get().until_at == at(2, 6)
    assert not duty.gaps(room.line.pk, at(3), at(10))
    assert queries.in_force(cast.town.pk, at=at(3)) == []
    assert acts(period) == [
        "period.planned",
        "period.demand_set",
        "period.announced",
        "period.begun",
        "period.prolonged",
        "period.ended",
    ]


def test_it_begins_and_ends_by_itself_once_and_a_downtime_is_caught_up(cast):
    period = announced(cast)
    assert running.turn(at(-1)) == 0
    # Nothing ran from before its beginning until after its end.
    assert running.turn(at(20)) == 1
    assert running.turn(at(21)) == 0
    period.refresh_from_db()
    assert (period.state, period.begun_at, period.ended_at) == ("ended", at(0), at(10))
    assert acts(period)[-2:] == ["period.begun", "period.ended"]
    # Nobody is asked to look after what is over already.
    assert not Alert.objects.exclude(state=Alert.State.RESOLVED).exists()


def test_in_force_follows_the_hour_where_no_worker_has_turned(cast):
    announced(cast)
    found = [bool(queries.in_force(cast.town.pk, at=when)) for when in (at(-1), at(0), at(9, 23), at(10))]
    assert found == [False, True, True, False]


def test_called_off_before_it_begins_takes_everything_back(cast):
    room = make_room(cast)
    period = announced(cast, Ask(Demand.Kind.DUTY, line_id=room.line.pk, role_id=room.staff.pk, count=2))
    assert ExtraNeed.objects.exists()
    decide(cast, services.call_off_period, period, now=at(-1))
    assert not ExtraNeed.objects.exists()
    assert not duty.gaps(room.line.pk, at(0), at(7))
    assert running.turn(at(1)) == 0
    refused("is_over", decide, cast, services.end_period, period, now=at(1))


def test_who_is_concerned_is_told_calmly_and_the_leader_is_asked_when_it_begins(cast):
    Responsibility.objects.filter(authority=cast.town).delete()
    east, west = cast.village, village_like(cast, "west")
    heads = {
        unit: cast.post(head) for unit, head in ((cast.roads, cast.leader), (cast.water, cast.water_leader))
    }
    Responsibility.objects.create(
        authority=cast.town, place=east, unit=cast.roads, leader_post=heads[cast.roads]
    )
    Responsibility.objects.create(
        authority=cast.town, place=west, unit=cast.water, leader_post=heads[cast.water]
    )
    period = announced(cast, place_ids=(east.pk,))
    told = set(Notice.objects.filter(code="period_announced").values_list("post_id", flat=True))
    assert cast.post(cast.leader).pk in told
    assert cast.post(cast.water_leader).pk not in told
    running.turn(at(0))
    alert = Alert.objects.get(code="period_begun")
    assert not alert.is_urgent
    asked = {row.staff_id: row.is_told_only for row in alert.asked.all()}
    assert asked[cast.mayor.pk] is False
    assert asked[cast.leader.pk] is True
    assert cast.water_leader.pk not in asked
    running.turn(at(10))
    alert.refresh_from_db()
    assert alert.state == Alert.State.RESOLVED
    assert [one.pk for one in queries.concerning_unit(cast.roads, at=at(1))] == []
    period.refresh_from_db()
    assert period.state == "ended"


def test_two_days_before_its_leader_is_asked_for_what_is_missing_until_it_is_there(cast):
    room = make_room(cast, days=14)
    announced(cast, Ask(Demand.Kind.DUTY, line_id=room.line.pk, role_id=room.staff.pk, count=1))
    running.watch(at(-2, -1))
    assert not Alert.objects.filter(code="period_missing").exists()
    running.watch(at(-2, 1))
    running.watch(at(-1))
    alert = Alert.objects.get(code="period_missing")
    assert (alert.is_urgent, alert.facts["missing"]) == (False, 1)
    for day in range(14):
        put(room.shift(day), room.staff, room.watch[6 + day % 2])
    running.watch(at(-1, 2))
    alert.refresh_from_db()
    assert alert.state == Alert.State.RESOLVED


# ---------------------------------------------------------------- overlaps and contradictions


def test_two_of_one_kind_over_one_place_are_refused_with_a_sentence_and_other_kinds_are_not(cast):
    announced(cast, place_ids=(cast.village.pk,))
    hamlet = village_like(cast, "hamlet", cast.village)
    found = refused("overlaps", planned, cast, place_ids=(hamlet.pk,), from_at=at(9), until_at=at(20))
    assert "08:00" in found.facts["from"]
    planned(cast, place_ids=(hamlet.pk,), from_at=at(10), until_at=at(20))
    planned(cast, place_ids=(village_like(cast, "west").pk,))
    planned(cast, kind="winter_ice")


def test_prolonging_or_moving_it_into_another_is_refused_too(cast):
    first = announced(cast, place_ids=(cast.village.pk,))
    planned(cast, from_at=at(12), until_at=at(20))
    refused("overlaps", decide, cast, services.prolong_period, first, now=at(1), until_at=at(13))
    west = village_like(cast, "west")
    planned(cast, place_ids=(west.pk,), from_at=at(3), until_at=at(5))
    refused("overlaps", decide, cast, services.set_places, first, now=at(1), place_ids=(west.pk,))


def test_the_stricter_of_two_periods_counts_and_says_which(cast):
    flood = announced(cast)
    storm = announced(
        cast,
        Ask(Demand.Kind.RHYTHM, of="reports", rhythm="twice_daily"),
        kind="typhoon",
        from_at=at(2),
        until_at=at(4),
        place_ids=(cast.village.pk,),
    )
    found = queries.rhythm_in_force(cast.town.pk, Of.REPORTS, at=at(3))
    assert (found.rhythm, found.period.pk) == (Rhythm.TWICE_DAILY, storm.pk)
    assert [(one.pk, rhythm) for one, rhythm in found.less_strict] == [(flood.pk, Rhythm.DAILY)]
    stretches = queries.rhythms_between(cast.town.pk, Of.REPORTS, from_at=at(-1), until_at=at(11))
    assert [(one.from_at, one.asked and one.asked.rhythm) for one in stretches] == [
        (at(-1), None),
        (at(0), Rhythm.DAILY),
        (at(2), Rhythm.TWICE_DAILY),
        (at(4), Rhythm.DAILY),
        (at(10), None),
    ]
    west = village_like(cast, "west")
    away = queries.rhythm_in_force(cast.town.pk, Of.REPORTS, at=at(3), place=west)
    assert away.rhythm is Rhythm.DAILY
    assert queries.rhythm_in_force(cast.county.pk, Of.REPORTS, at=at(3)) is None
    assert queries.rhythm_in_force(cast.town.pk, Of.ROUNDS, at=at(3), topic="dams") is None


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"kind": "festival"}, "kind_unknown"),
        ({"grounds": " "}, "grounds_missing"),
        ({"until_at": at(-1)}, "ends_first"),
        ({"from_at": at(-20), "until_at": at(-10)}, "in_the_past"),
        ({"grounds": "x" * 2001}, "too_long"),
    ],
)
def test_what_is_no_period_is_refused(cast, more, code):
    refused(code, planned, cast, **more)
    assert not Period.objects.exists()


def test_nothing_of_another_body_is_asked_for(cast):
    theirs = Place.objects.create(authority=cast.county, code="far", name_zh="远", name_en="Far")
    theirs.path = [theirs.pk]
    theirs.save(update_fields=["path"])
    assert "place of another body" in str(refused("other_body_place", planned, cast, place_ids=(theirs.pk,)))
    line = make_line(cast, "county")
    line.authority, line.unit = cast.county, cast.county_root
    line.save()
    role = line.roles.create(code="staff", name_zh="值班员", name_en="Staff")
    refused(
        "other_body_line", planned, cast, Ask(Demand.Kind.DUTY, line_id=line.pk, role_id=role.pk, count=1)
    )


def test_nobody_asks_more_of_people_they_do_not_lead(cast):
    room = make_room(cast)
    by = cast.actor(cast.leader)
    period = services.plan_period(wish(cast, unit_id=cast.roads.pk), by=by, now=BEFORE, is_usual=True)
    # What is usual takes only lines of the one who plans.
    assert not period.demands.filter(line=room.line).exists()
    ask = Ask(Demand.Kind.DUTY, line_id=room.line.pk, role_id=room.staff.pk, count=1)
    with pytest.raises(CannotPeriod, match="led by another unit"):
        services.set_demands(period.pk, [ask], by=by, seen_version=period.version, now=BEFORE)


def test_only_leaders_decide(cast):
    period = announced(cast)
    for who in (cast.clerk, cast.handler, cast.auditor, cast.administrator, cast.leader, cast.county_leader):
        with pytest.raises(NotTheirs):
            decide(cast, services.end_period, period, now=at(1), by=cast.actor(who))
    with pytest.raises(NotTheirs):
        services.plan_period(wish(cast), by=cast.actor(cast.clerk), now=BEFORE)


def test_what_moved_on_since_it_was_shown_is_not_overwritten(cast):
    period = announced(cast)
    with pytest.raises(Changed):
        decide(cast, services.prolong_period, period, now=at(1), until_at=at(12), seen_version=1)


def test_an_empty_period_is_notannounced_and_one_whose_line_closed_neither(cast):
    empty = planned(cast)
    refused("nothing_demanded", decide, cast, announce, empty, now=BEFORE)
    room = make_room(cast)
    period = planned(
        cast, Ask(Demand.Kind.DUTY, line_id=room.line.pk, role_id=room.staff.pk, count=1), kind="typhoon"
    )
    room.line.closed_on = at(-1).date()
    room.line.save()
    refused("line_closed", decide, cast, announce, period, now=BEFORE)


def test_asked_for_once_and_taken_out_with_why(cast):
    period = announced(cast)
    refused(
        "demand_there",
        services.set_demands,
        period.pk,
        [DAILY],
        by=cast.actor(cast.mayor),
        seen_version=period.version,
        now=at(-1),
    )
    (row,) = period.demands.all()
    refused("why_missing", decide, cast, services.remove_demand, period, now=at(1), demand_id=row.pk, why="")
    decide(cast, services.remove_demand, period, now=at(1), demand_id=row.pk)
    assert queries.rhythm_in_force(cast.town.pk, Of.REPORTS, at=at(2)) is None


# ---------------------------------------------------------------- places that change


def test_a_village_that_is_split_while_it_runs_stays_covered_until_a_leader_says_where(cast):
    announced(cast, place_ids=(cast.village.pk,))
    period = Period.objects.get()
    north, south = village_like(cast, "north"), village_like(cast, "south")
    assert not queries.covers(period, north)
    Place.objects.filter(pk=cast.village.pk).update(closed_on=at(1).date())
    period = Period.objects.get()
    assert queries.covers(period, north)
    assert queries.covers(period, south)
    decide(cast, services.set_places, period, now=at(2), place_ids=(south.pk,))
    period = Period.objects.get()
    assert (queries.covers(period, north), queries.covers(period, south)) == (False, True)
    refused(
        "place_closed", decide, cast, services.set_places, period, now=at(2), place_ids=(cast.village.pk,)
    )


def test_a_usual_period_takes_what_the_body_has(cast):
    room = make_room(cast)
    period = services.plan_period(wish(cast), by=cast.actor(cast.mayor), now=BEFORE, is_usual=True)
    kinds = sorted(period.demands.values_list("kind", flat=True))
    assert kinds == ["contacts", "duty", "rhythm", "rhythm", "rhythm", "roll_calls"]
    duty_row = period.demands.get(kind="duty")
    assert (duty_row.role, duty_row.count) == (room.staff, 1)
    assert decide(cast, announce, period, now=BEFORE).state == "announced"


def test_it_lasts_a_year_at_most_also_when_prolonged(cast):
    period = announced(cast)
    refused(
        "lasts_too_long",
        decide, cast, services.prolong_period, period, now=at(1), until_at=at(0) + timedelta(days=367),
    )  # fmt: skip
    refused("not_later", decide, cast, services.prolong_period, period, now=at(1), until_at=at(10))
