"""Reports from the calendar to the level above: opened once, in time or late, corrected, sent back, never lost."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from answerable.alerts.models import Alert, Notice
from answerable.core.refusals import Changed, NotYours
from answerable.incidents.tests.responses import call, respond
from answerable.orgs.models import Place, Post, Responsibility, Unit
from answerable.readiness.periods import sources
from answerable.readiness.periods.models import Demand, Period
from answerable.readiness.periods.rhythms import Of
from answerable.readiness.reports import checks, making, queries, watching
from answerable.readiness.reports.models import DueReport, Version
from answerable.readiness.reports.reactions import owe_after_event
from answerable.readiness.reports.rules import CannotReport, CannotSetUp, Outcome, Rhythm, has_no_overlap
from answerable.readiness.reports.services import kinds, reporting
from answerable.readiness.reports.tests.scenes import FIELDS, asked, at, by_unit, draft, opened, send
from answerable.readiness.rounds.services.plans import move_place
from answerable.readiness.rounds.tests.scenes import place
from answerable.record.queries import acts_of
from tests.cast import MONDAY, registered

pytestmark = pytest.mark.django_db(transaction=True)


def said(report_id) -> list[str]:
    return [act.kind.removeprefix("due_report.") for act in acts_of(report_id)]


def test_reports_are_opened_ahead_once_and_without_hole_or_overlap(cast):
    found = opened(cast)
    assert set(found) == {cast.roads.pk, cast.water.pk}
    rows = found[cast.roads.pk]
    assert [one.due_at for one in rows] == [at(8), at(32), at(56)]
    assert has_no_overlap([(one.from_at, one.until_at) for one in rows])
    assert rows[0].to_unit_id == cast.town_root.pk
    making.make_due(at(0.1))
    assert DueReport.objects.count() == 6
    kind = rows[0].kind
    assert said(kind.matter) == ["kind_added", "opened", "opened", "opened"]


def test_a_report_is_filled_in_from_the_system_sent_once_and_acknowledged(cast):
    registered(cast, at(1))
    registered(cast, at(2))
    report = opened(cast)[cast.roads.pk][0]
    with pytest.raises(CannotReport, match="ends on"):
        send(cast, report, 6.9)
    key = uuid4()
    version = send(cast, report, 7.5, key=key)
    assert version.answers["received"] == {"value": 2, "computed": 2}
    assert send(cast, report, 7.6, key=key, seen_version=1) == version
    assert Version.objects.count() == 1
    report.refresh_from_db()
    assert (report.state, report.first_at) == ("sent", at(7.5))
    with pytest.raises(NotYours):
        reporting.acknowledge_report(
            report_id=report.pk, by=cast.actor(cast.clerk), seen_version=report.version, now=at(9)
        )
    reporting.acknowledge_report(
        report_id=report.pk, by=cast.actor(cast.mayor), seen_version=report.version, now=at(9)
    )
    assert said(report.pk) == ["submitted", "acknowledged"]


def test_whoever_does_not_work_there_sends_nothing_and_a_leader_above_may(cast):
    report = opened(cast)[cast.roads.pk][0]
    for stranger in (cast.water_leader, cast.auditor, cast.county_leader):
        with pytest.raises(NotYours):
            send(cast, report, 7.5, by=cast.actor(stranger))
    assert send(cast, report, 7.5, by=cast.actor(cast.mayor)).post_id == cast.post(cast.mayor).pk


def test_nil_is_an_act_of_its_own_and_refused_where_the_system_counts_something(cast):
    found = opened(cast)
    registered(cast, at(1))
    with pytest.raises(CannotReport, match="Matters received|收到"):
        send(cast, found[cast.roads.pk][0], 7.5, is_nil=True)
    water = found[cast.water.pk][0]
    send(cast, water, 7.5, is_nil=True, by=cast.actor(cast.water_leader))
    water.refresh_from_db()
    assert queries.outcome_of(water, at(9)) is Outcome.NIL


def test_late_alarms_the_leader_then_and_sending_ends_it(cast):
    report = opened(cast)[cast.roads.pk][0]
    watching.watch(at(7.2))
    assert Notice.objects.filter(code="unit_report_due", post_id=cast.post(cast.leader).pk).count() == 1
    watching.watch(at(8))
    assert not Alert.objects.exists()
    for _turn in range(2):
        watching.watch(at(8.01))
    alerts = Alert.objects.filter(code="unit_report_late")
    mine = alerts.get(about=report.pk)
    assert (mine.is_urgent, mine.context["leader_post"]) == (False, cast.post(cast.leader).pk)
    send(cast, report, 10)
    report.refresh_from_db()
    mine.refresh_from_db()
    assert (mine.state, queries.outcome_of(report, at(10))) == ("resolved", Outcome.LATE)
    assert said(report.pk) == ["late", "submitted"]


def test_what_a_standstill_hid_stands_as_missed_without_a_heap_of_alarms(cast):
    kind = opened(cast)[cast.roads.pk][0].kind
    back = MONDAY + timedelta(days=9, hours=8, minutes=30)
    making.make_due(back)
    watching.watch(back)
    rows = by_unit(kind)[cast.roads.pk]
    assert len(rows) == 12
    assert has_no_overlap([(one.from_at, one.until_at) for one in rows])
    missed = [one for one in rows if one.due_at < back]
    assert len(missed) == 10
    assert all(queries.outcome_of(one, back) is Outcome.MISSING for one in missed)
    assert [one.is_told for one in missed] == [False] * 9 + [True]
    assert Alert.objects.count() == 2  # one an office: today's


def test_sending_back_never_moves_when_it_was_due_nor_that_it_came_in_time(cast):
    report = opened(cast)[cast.roads.pk][0]
    send(cast, report, 7.5)
    report.refresh_from_db()
    due = report.due_at
    with pytest.raises(CannotReport, match="what is missing"):
        reporting.send_back(
            report_id=report.pk, why=" ", by=cast.actor(cast.mayor), seen_version=report.version, now=at(9)
        )
    reporting.send_back(
        report_id=report.pk, why="pumps?", by=cast.actor(cast.mayor), seen_version=report.version, now=at(9)
    )
    report.refresh_from_db()
    assert (report.state, report.due_at, report.times_back) == ("back", due, 1)
    assert Notice.objects.filter(code="unit_report_back").count() >= 1
    send(cast, report, 12)
    report.refresh_from_db()
    assert queries.outcome_of(report, at(13)) is Outcome.IN_TIME
    assert said(report.pk) == ["submitted", "sent_back", "submitted"]


def test_a_correction_is_a_new_version_with_its_reason_and_the_old_one_stays(cast):
    report = opened(cast)[cast.roads.pk][0]
    send(cast, report, 7.5)
    with pytest.raises(CannotReport, match="corrected"):
        send(cast, report, 9)
    send(cast, report, 9, why="a pump was mended", given={"received": "0", "open": "0", "pumps": "3"})
    assert [one.answers["pumps"]["value"] for one in report.versions.all()] == [2, 3]
    assert queries.newest_versions([report.pk])[report.pk].number == 2
    assert Notice.objects.filter(code="unit_report_corrected", post_id=cast.post(cast.mayor).pk).count() == 1


def test_two_pages_of_the_same_report_do_not_overwrite_one_another(cast):
    report = opened(cast)[cast.roads.pk][0]
    reporting.keep_draft(
        report_id=report.pk,
        given={"pumps": "1"},
        whys={},
        by=cast.actor(cast.clerk),
        seen_version=1,
        now=at(1),
    )
    with pytest.raises(Changed):
        send(cast, report, 7.5, seen_version=1)


def period(cast, begins, ends, rhythm="daily", **more) -> Period:
    """A readiness period of the whole body that asks for reports more often."""
    found = Period.objects.create(
        authority=cast.town, unit=cast.town_root, kind="flood", state=Period.State.ANNOUNCED, grounds="rain",
        from_at=begins, until_at=ends, **more,
    )  # fmt: skip
    Demand.objects.create(period=found, kind=Demand.Kind.RHYTHM, of="reports", rhythm=rhythm)
    return found


def test_a_period_makes_a_weekly_report_daily_and_its_end_takes_back_what_is_ahead(cast):
    kind = asked(cast, rhythm=Rhythm.WEEKLY, weekday=4, follows_periods=True, owing=[(cast.roads.pk, False)])
    making.make_due(MONDAY)
    assert by_unit(kind) == {}
    flood = period(cast, at(1), at(24 * 20))
    making.make_due(at(1))
    assert [one.until_at for one in by_unit(kind)[cast.roads.pk]] == [at(7), at(31), at(55)]
    Period.objects.filter(pk=flood.pk).update(until_at=at(20))
    making.make_due(at(20))
    rows = by_unit(kind)[cast.roads.pk]
    assert [one.state for one in rows] == ["open", "dropped", "dropped"]
    Period.objects.filter(pk=flood.pk).update(until_at=at(40))
    making.make_due(at(21))
    assert [one.state for one in by_unit(kind)[cast.roads.pk]] == ["open", "open", "dropped"]
    making.make_due(MONDAY + timedelta(days=3))
    friday = by_unit(kind)[cast.roads.pk][-1]
    assert (friday.from_at, friday.rhythm) == (rows[1].until_at, "weekly")


def test_of_periods_that_overlap_the_strictest_holds_and_a_kind_that_follows_none_goes_on(cast):
    period(cast, at(0), at(24 * 9), "twice_weekly")
    period(cast, at(0), at(24 * 9), "twice_daily", name_en="typhoon")
    calm = asked(cast)
    kind = asked(
        cast, name=draft(cast).name.model_copy(update={"zh": "汛期", "en": "Flood"}), rhythm=Rhythm.WEEKLY,
        weekday=4, follows_periods=True, owing=[(cast.roads.pk, False)],
    )  # fmt: skip
    making.make_due(MONDAY)
    assert [one.until_at for one in by_unit(kind)[cast.roads.pk]] == [at(7 + 12 * n) for n in range(6)]
    assert len(by_unit(calm)[cast.roads.pk]) == 3


def test_a_unit_that_is_closed_owes_nothing_more_and_its_past_stays(cast):
    found = opened(cast)
    send(cast, found[cast.roads.pk][0], 7.5)
    Unit.objects.filter(pk=cast.roads.pk).update(closed_on=(MONDAY + timedelta(days=1)).date())
    making.make_due(at(30))
    rows = by_unit(found[cast.roads.pk][0].kind)[cast.roads.pk]
    assert [(one.state, one.dropped_why) for one in rows] == [
        ("sent", ""), ("dropped", "unit_closed"), ("dropped", "unit_closed"),
    ]  # fmt: skip


@pytest.mark.parametrize("is_split", [False, True])
def test_the_end_of_a_response_makes_the_units_of_the_place_report_once(cast, is_split):
    """Of what a place that was split since became too: the report is owed by whoever answers there now."""
    answered = place(cast, "east", "东片") if is_split else cast.village
    Responsibility.objects.create(
        authority=cast.town, place=answered, unit=cast.water, leader_post=cast.post(cast.water_leader)
    )
    kind = asked(
        cast, rhythm=Rhythm.AFTER_EVENT, after="activation", hours_after=24, cut=None, due=None,
        owing=[(cast.town_root.pk, True)],
    )  # fmt: skip
    incident = respond(cast, None, now=at(1))
    drill = call(cast, now=at(1), is_drill=True)
    begun = next(act for act in acts_of(incident.pk) if act.kind == "incident.activated")
    if is_split:
        move_place(place_id=cast.village.pk, into=[answered.pk], by=cast.actor(cast.mayor), now=at(1))
        Place.objects.filter(pk=cast.village.pk).update(closed_on=at(1).date())
    for matter in (incident.pk, incident.pk, drill.pk):
        with transaction.atomic():
            owe_after_event(matter, begun, at(2))
    rows = DueReport.objects.filter(kind=kind)
    assert {one.unit_id for one in rows} == {cast.water.pk, incident.unit_id}
    assert {(one.incident_id, one.due_at) for one in rows} == {(incident.pk, begun.at + timedelta(hours=24))}


def test_a_kind_that_cannot_stand_is_refused_and_only_the_first_unit_sets_one_up(cast):
    with pytest.raises(NotYours):
        kinds.add_kind(body=cast.town, draft=draft(cast), by=cast.actor(cast.leader), now=MONDAY)
    for wrong, code in (
        ({"owing": []}, "nobody"),
        ({"owing": [(cast.county_root.pk, True)]}, "other_body"),
        ({"fields": ()}, "no_fields"),
    ):
        with pytest.raises(CannotSetUp) as refused:
            asked(cast, **wrong)
        assert refused.value.code == code
    asked(cast)
    with pytest.raises(CannotSetUp, match="already"):
        asked(cast)


def test_a_change_holds_for_what_is_opened_later_and_a_stop_takes_back_what_is_ahead(cast):
    report = opened(cast)[cast.roads.pk][0]
    kind = report.kind
    kinds.change_kind(
        kind_id=kind.pk,
        draft=draft(cast, fields=FIELDS[:1]),
        by=cast.actor(cast.mayor),
        seen_version=1,
        now=at(1),
    )
    report.refresh_from_db()
    assert len(report.fields) == len(FIELDS)
    kinds.stop_kind(kind_id=kind.pk, why="", by=cast.actor(cast.mayor), seen_version=2, now=at(7.5))
    assert [one.state for one in by_unit(kind)[cast.roads.pk]] == ["open", "dropped", "dropped"]
    making.make_due(at(60))
    assert len(by_unit(kind)[cast.roads.pk]) == 3


def test_figures_read_what_was_due_in_time_late_and_missing_by_unit_and_month(cast):
    found = opened(cast)
    send(cast, found[cast.roads.pk][0], 7.5)
    send(cast, found[cast.roads.pk][1], 40)
    month = queries.counts_by_month(
        [cast.town.pk], from_at=MONDAY, until_at=MONDAY + timedelta(days=9), now=at(41)
    )
    counts = {one.unit_id: (one.due, one.in_time, one.late, one.missing) for one in month}
    assert counts == {cast.roads.pk: (2, 1, 1, 0), cast.water.pk: (2, 0, 0, 2)}


def test_check_names_a_kind_that_nobody_can_answer(cast):
    asked(cast, owing=[(cast.discipline.pk, False), (cast.water.pk, False)])
    asked(
        cast, name=draft(cast).name.model_copy(update={"zh": "周报", "en": "Weekly"}), rhythm=Rhythm.WEEKLY,
        weekday=4, owing=[(cast.water.pk, False)],
    )  # fmt: skip
    assert {fault.code for fault in checks.check_due_reports()} == {"report_rhythms_contradict"}
    Post.objects.filter(unit=cast.water).update(closed_on=MONDAY.date())
    Unit.objects.filter(pk=cast.discipline.pk).update(closed_on=MONDAY.date())
    assert "report_unit_unfilled" in {fault.code for fault in checks.check_due_reports()}
    Unit.objects.filter(pk=cast.water.pk).update(closed_on=MONDAY.date())
    assert "report_owed_by_nobody" in {fault.code for fault in checks.check_due_reports()}


def test_a_period_is_told_what_came_of_the_reports_it_asked_for(cast):
    period = Period.objects.create(
        authority=cast.town,
        unit=cast.town_root,
        kind="flood_season",
        state="begun",
        from_at=at(0),
        until_at=at(99),
    )
    assert sources.came(Of.REPORTS, period, "", at(9)) is None, "nobody is asked for any"
    first = opened(cast)[cast.roads.pk][0]
    send(cast, first, 7.5)
    told = sources.came(Of.REPORTS, period, "", at(9))
    assert (told.due, told.came, told.late) == (2, 1, 1), "the water office's has not come"
