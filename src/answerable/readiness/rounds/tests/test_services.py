"""A round done once, its findings until somebody else has looked, cases and incidents; all of it acts."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from answerable.alerts.models import Alert, Notice
from answerable.cases.models import Case
from answerable.incidents.field.rules import Claimed
from answerable.incidents.models import Incident
from answerable.ops import cli
from answerable.readiness.rounds import chasing, making, queries, wording
from answerable.readiness.rounds.models import Answer, Finding, Round
from answerable.readiness.rounds.queries import months_of
from answerable.readiness.rounds.recount import differing
from answerable.readiness.rounds.rules import CannotRound, Given, NotTheirs
from answerable.readiness.rounds.services import findings as finding_services
from answerable.readiness.rounds.services.doing import do_round
from answerable.readiness.rounds.services.findings import check_finding, give_finding, mend_finding
from answerable.readiness.rounds.services.plans import change_plan, make_plan, move_place, stop_plan
from answerable.readiness.rounds.services.templates import put_to_use, retire_template, save_draft
from answerable.readiness.rounds.tests.scenes import DAY, EVENING, FIRE, NOW, draft, place, rounds, template
from answerable.readiness.rounds.timeline import entries_of
from answerable.record.models import Act

pytestmark = pytest.mark.django_db(transaction=True)


def acts(matter) -> list[str]:
    return list(Act.objects.filter(matter=matter).order_by("seq").values_list("kind", flat=True))


def refused(code, do, **given):
    with pytest.raises((CannotRound, NotTheirs)) as refusal:
        do(**given)
    assert refusal.value.code == code


# ---------------------------------------------------------------- a round


def test_a_round_in_order_is_done_by_the_holder_of_its_post(cast):
    scene = rounds(cast)
    done = scene.do()
    one = Round.objects.get()
    assert (one.state, one.done_by, one.done_post, one.findings_count) == (
        "done",
        cast.handler,
        cast.post(cast.handler),
        0,
    )
    assert not done.found
    assert Answer.objects.filter(round=one).count() == 7
    assert acts(scene.plan.matter) == ["round.plan_made", "round.made", "round.done"]


def test_nobody_else_does_it_but_a_leader_may_type_it_in(cast):
    scene = rounds(cast)
    scene.make()
    for who in (cast.clerk, cast.water_leader, cast.auditor, cast.administrator):
        refused("does_not", scene.answer, one=scene.due(), now=NOW, who=who)
    assert scene.answer(scene.due(), NOW, cast.leader).round.done_by == cast.leader


def test_done_twice_it_is_refused_but_sent_twice_it_is_done_once(cast):
    scene = rounds(cast)
    scene.make()
    one, number = scene.due(), uuid4()
    by = cast.actor(cast.handler)
    given = {"round_id": one.pk, "answers": FIRE | {"clear": Given("no")}, "by": by, "sending_id": number}
    assert not do_round(**given, now=NOW).is_repeat
    assert do_round(**given, now=EVENING).is_repeat
    refused("done_already", scene.answer, one=one, now=NOW)
    refused("id_taken", do_round, **given | {"answers": FIRE}, now=NOW)
    assert Finding.objects.count() == 1
    assert acts(scene.plan.matter).count("round.done") == 1


def test_what_a_telephone_did_in_time_counts_although_it_arrives_after_the_next_was_late(cast):
    scene = rounds(cast)
    scene.make()
    one = scene.due()
    scene.make(NOW + DAY)
    making.watch_late(EVENING + 2 * DAY)
    one.refresh_from_db()
    assert one.state == "missed"
    claim = Claimed(NOW + timedelta(hours=1), 0)
    by = cast.actor(cast.handler)
    refused("not_due", do_round, round_id=one.pk, answers=FIRE, by=by, now=NOW + 2 * DAY)
    after = Claimed(NOW + 2 * DAY - timedelta(minutes=5), 0)
    refused("not_due", do_round, round_id=one.pk, answers=FIRE, by=by, now=NOW + 2 * DAY, claim=after)
    do_round(round_id=one.pk, answers=FIRE, by=by, now=NOW + 2 * DAY, claim=claim)
    one.refresh_from_db()
    assert (one.state, one.happened_at) == ("done", claim.happened_at)


def test_a_round_keeps_the_version_that_it_was_made_with(cast):
    scene = rounds(cast)
    scene.make()
    one = scene.due()
    text = one.template_version.text.replace("most: 0", "most: 5")
    by = cast.actor(cast.leader)
    new = save_draft(template_id=scene.plan.template_id, text=text, by=by, seen=0, now=NOW)
    put_to_use(template_id=scene.plan.template_id, by=by, seen=new.version, now=NOW)
    assert scene.answer(one, NOW, lights=Given("3")).found, (
        "three lights out are a finding of the first version"
    )
    assert not scene.do(NOW + DAY, lights=Given("3")).found
    assert {row.template_version.number for row in Round.objects.filter(state="done")} == {1, 2}


# ---------------------------------------------------------------- findings


def test_a_finding_is_mended_by_one_and_looked_at_by_another(cast):
    scene = rounds(cast)
    scene.do(clear=Given("no", note="楼梯间堆着纸箱"))
    one = scene.finding()
    assert (one.state, one.post, one.times) == ("open", cast.post(cast.leader), 1)
    assert Notice.objects.filter(code="finding_given", post_id=one.post_id).exists()
    leader, handler = cast.actor(cast.leader), cast.actor(cast.handler)
    refused("mends_not", mend_finding, finding_id=one.pk, what="x", by=cast.actor(cast.water_leader), now=NOW)
    refused("not_mended", check_finding, finding_id=one.pk, is_mended=True, by=handler, now=NOW)
    refused("say_what", mend_finding, finding_id=one.pk, what=" ", by=leader, now=NOW)
    mend_finding(finding_id=one.pk, what="清走了", by=leader, now=NOW)
    refused("mended_it", check_finding, finding_id=one.pk, is_mended=True, by=leader, now=NOW)
    refused(
        "checks_not", check_finding, finding_id=one.pk, is_mended=True, by=cast.actor(cast.clerk), now=NOW
    )
    refused("say_why", check_finding, finding_id=one.pk, is_mended=False, by=handler, now=NOW)
    check_finding(finding_id=one.pk, is_mended=False, note="还在", by=handler, now=NOW)
    mend_finding(finding_id=one.pk, what="这次真清走了", by=leader, now=NOW)
    check_finding(finding_id=one.pk, is_mended=True, by=handler, now=NOW)
    one.refresh_from_db()
    assert (one.state, one.sent_back, one.checked_by) == ("closed", 1, cast.handler)
    assert acts(one.pk) == [
        "finding.found",
        "finding.mended",
        "finding.sent_back",
        "finding.mended",
        "finding.checked",
    ]


def test_the_database_too_refuses_a_mender_who_checks(cast):
    scene = rounds(cast)
    scene.do(clear=Given("no"))
    one = scene.finding()
    mend_finding(finding_id=one.pk, what="清走了", by=cast.actor(cast.leader), now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.filter(pk=one.pk).update(state="closed", checked_at=NOW, checked_by=cast.leader)


def test_a_sending_that_is_repeated_does_nothing_even_after_the_finding_was_sent_back(cast):
    scene = rounds(cast)
    scene.do(clear=Given("no"))
    one, number, leader = scene.finding(), uuid4(), cast.actor(cast.leader)
    given = {"finding_id": one.pk, "what": "清走了", "by": leader, "sending_id": number}
    mend_finding(**given, now=NOW)
    check_finding(finding_id=one.pk, is_mended=False, note="还在", by=cast.actor(cast.handler), now=NOW)
    mend_finding(**given, now=NOW + DAY)
    one.refresh_from_db()
    assert one.state == "open", "the telephone's late echo mends nothing"
    assert acts(one.pk).count("finding.mended") == 1


def test_the_next_round_by_somebody_else_is_the_check(cast):
    scene = rounds(cast)
    scene.do(clear=Given("no"))
    one = scene.finding()
    mend_finding(finding_id=one.pk, what="清走了", by=cast.actor(cast.leader), now=NOW)
    scene.do(NOW + DAY)
    one.refresh_from_db()
    assert (one.state, one.checked_by, one.checked_round.plan) == ("closed", cast.handler, scene.plan)


def test_found_still_it_goes_back_and_found_again_it_has_a_history(cast):
    scene = rounds(cast)
    scene.do(clear=Given("no"))
    first = scene.finding()
    scene.do(NOW + DAY, clear=Given("no"))
    mend_finding(finding_id=first.pk, what="清走了", by=cast.actor(cast.leader), now=NOW + DAY)
    scene.do(NOW + 2 * DAY, clear=Given("no"))
    first.refresh_from_db()
    assert (first.state, first.seen_again, first.sent_back) == ("open", 2, 1)
    assert Finding.objects.count() == 1
    mend_finding(finding_id=first.pk, what="清走了", by=cast.actor(cast.leader), now=NOW + 2 * DAY)
    scene.do(NOW + 3 * DAY)
    scene.do(NOW + 4 * DAY, clear=Given("no"))
    again = scene.finding()
    assert (again.earlier, again.times, again.state) == (first, 2, "open")


def test_a_finding_becomes_a_case_of_the_office_itself_once(cast):
    scene = rounds(cast)
    wish = Given("no", note="消火栓无水", becomes="case", subject="pipes")
    done = scene.do(hydrant=Given("water"), access=wish)
    one = Case.objects.get()
    finding = scene.finding()
    assert (finding.case_id, one.subject, one.place) == (one.pk, cast.pipes, cast.village)
    assert (one.privacy, one.is_conduct) == ("anonymous", False)
    finding_services.carry_out(finding_id=finding.pk, by=cast.actor(cast.handler), now=NOW)
    assert Case.objects.count() == 1
    assert acts(finding.pk) == ["finding.found", "finding.became_case"]
    assert done.round.findings_count == 1


def test_a_finding_becomes_an_incident_call(cast):
    scene = rounds(cast, template=template(cast, "dams"))
    scene.make()
    good = {
        "level": "1.2",
        "cracks": "no",
        "gate": "yes",
        "power": "yes",
        "spillway": "yes",
        "ditches": "yes",
    }
    answers = {code: Given(value) for code, value in (good | {"stock": "300"}).items()}
    by = cast.actor(cast.handler)
    do_round(round_id=scene.due().pk, answers=answers | {"seepage": Given("muddy")}, by=by, now=NOW)
    call = Incident.objects.get()
    assert (call.hazard, call.place, call.reported_by) == ("flood", cast.village, cast.handler)
    assert scene.finding().incident_id == call.pk


def test_what_a_process_that_died_left_over_the_worker_finishes(cast, monkeypatch):
    scene = rounds(cast)

    class Killed(BaseException):
        pass

    def die(**_given):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(finding_services, "carry_out", die)
        with pytest.raises(Killed):
            scene.do(access=Given("no", becomes="case", subject="pipes"))
    assert not Case.objects.exists()
    chasing.watch(NOW + timedelta(minutes=1))
    assert not Case.objects.exists(), "it may still be under way"
    chasing.watch(NOW + timedelta(minutes=3))
    assert scene.finding().case_id == Case.objects.get().pk


@pytest.mark.parametrize("what", ["case", "incident"])
def test_what_was_registered_in_one_language_is_found_in_another(cast, monkeypatch, what):
    """Killed after the case stood and before the finding knew it; the worker words it in its own language."""
    scene = rounds(cast)
    wanted = {"subject": "pipes"} if what == "case" else {"hazard": "flood"}

    class Killed(BaseException):
        pass

    def die(*_given, **_more):
        raise Killed

    with monkeypatch.context() as patch, translation.override("en"):
        patch.setattr(finding_services, "_linked", die)
        with pytest.raises(Killed):
            scene.do(access=Given("no", becomes=what, **wanted))
    chasing.watch(NOW + timedelta(minutes=3))
    made = Case if what == "case" else Incident
    finding = scene.finding()
    assert (finding.case_id or finding.incident_id) == made.objects.get().pk


def test_late_to_mend_it_climbs_and_ends_with_the_mending(cast):
    scene = rounds(cast)
    scene.do(clear=Given("no"))
    one = scene.finding()
    chasing.watch(NOW)
    assert Notice.objects.filter(code="finding_due", post_id=one.post_id).count() == 1
    chasing.watch(NOW + 2 * DAY)
    chasing.watch(NOW + 3 * DAY)
    alarm = Alert.objects.get(code="finding_late")
    assert not alarm.is_urgent
    mend_finding(finding_id=one.pk, what="清走了", by=cast.actor(cast.leader), now=NOW + 3 * DAY)
    alarm.refresh_from_db()
    assert alarm.state == "resolved"


def test_a_check_has_its_day_is_reminded_climbs_and_begins_again_where_it_is_sent_back(cast):
    scene = rounds(cast)
    scene.do(clear=Given("no"))
    one, leader, looks = scene.finding(), cast.actor(cast.leader), cast.actor(cast.handler)
    mended = mend_finding(finding_id=one.pk, what="清走了", by=leader, now=NOW + DAY)
    assert mended.check_on == date(2026, 3, 10)
    (waiting,) = queries.findings_to_check([scene.plan.post_id], [], cast.handler.pk)
    assert wording.finding_state(waiting, date(2026, 3, 10))[0] == "waiting"
    assert wording.finding_state(waiting, date(2026, 3, 11))[0] == "late"
    for day, reminded, climbed in ((5, 0, 0), (6, 1, 0), (7, 1, 0), (8, 1, 0), (9, 1, 1), (12, 1, 1)):
        chasing.watch(NOW + day * DAY)
        told = Notice.objects.filter(code="finding_check", post_id=scene.plan.post_id)
        assert told.count() == reminded, day
        assert Alert.objects.filter(code="finding_unchecked").count() == climbed, day
    check_finding(finding_id=one.pk, is_mended=False, note="又堆上了", by=looks, now=NOW + 12 * DAY)
    one.refresh_from_db()
    assert one.check_on is None
    assert Alert.objects.get(code="finding_unchecked").state == "resolved"
    # Asked for sooner than a reminder would come: the word that it is mended is the reminder.
    Finding.objects.filter(pk=one.pk).update(check_days=1)
    mend_finding(finding_id=one.pk, what="清走了", by=leader, now=NOW + 13 * DAY)
    chasing.watch(NOW + 13 * DAY)
    assert Notice.objects.filter(code="finding_check").count() == 1
    # Of the version before, which set no day: the worker sets it.
    Finding.objects.filter(pk=one.pk).update(check_on=None)
    chasing.watch(NOW + 15 * DAY)
    one.refresh_from_db()
    assert one.check_on == date(2026, 3, 16)
    assert Alert.objects.filter(code="finding_unchecked").count() == 2
    assert check_finding(finding_id=one.pk, is_mended=True, by=looks, now=NOW + 15 * DAY).state == "closed"
    assert not Alert.objects.filter(code="finding_unchecked").exclude(state="resolved").exists()


def test_given_to_another_post_with_another_day(cast, capsys):
    scene = rounds(cast)
    scene.do(clear=Given("no"))
    one, leader = scene.finding(), cast.actor(cast.leader)
    day = one.due_on + timedelta(days=3)
    give = {"finding_id": one.pk, "by": leader, "now": NOW}
    refused("post_closed", give_finding, **give, post_id=cast.post(cast.county_leader).pk, due_on=day)
    refused("day_wrong", give_finding, **give, post_id=one.post_id, due_on=NOW.date() - timedelta(days=1))
    refused("changed", give_finding, **give, post_id=one.post_id, due_on=day, seen_version=99)
    water, kept = cast.post(cast.water_leader), one.due_on
    late_in_the_day = give | {"now": NOW + 9 * DAY}
    give_finding(**late_in_the_day, post_id=water.pk)
    one.refresh_from_db()
    assert (one.post, one.due_on) == (water, kept), (
        "whoever hands it round gains no time, not even when it is late"
    )
    refused("day_why", give_finding, **give, post_id=water.pk, due_on=day)
    give_finding(**give, post_id=water.pk, due_on=day, why="等门厂送新锁")
    one.refresh_from_db()
    assert one.due_on == day
    chasing.watch(NOW + 9 * DAY)
    assert Alert.objects.get(code="finding_late").state == "open"
    give_finding(**late_in_the_day, post_id=one.post_id)
    assert Alert.objects.get(code="finding_late").state == "open", "nor is its alarm brought to silence"
    give_finding(**late_in_the_day, post_id=one.post_id, due_on=day + timedelta(days=9), why="锁坏了一把")
    assert Alert.objects.get(code="finding_late").state == "resolved"
    chasing.watch(NOW + 20 * DAY)
    assert Alert.objects.filter(code="finding_late", state="open").count() == 1, "late again by its new day"
    assert "等门厂送新锁" in [entry.body for entry in entries_of(one)]
    one.refresh_from_db()
    assert (one.first_due_on, one.postponed) == (kept, 2)
    mend_finding(finding_id=one.pk, what="换了锁", by=leader, now=NOW + 9 * DAY)
    (march,) = months_of([one.unit_id], from_on=NOW.date().replace(day=1), until_on=day, now=NOW + 9 * DAY)
    assert (march.found, march.mended_in_time, march.mended_late, march.postponed) == (1, 0, 1, 1), (
        "figures count by its first day"
    )
    assert differing() == []
    Finding.objects.update(first_due_on=None, postponed=0)
    assert differing() == [one.pk]
    assert cli.main(["figures", "recount"]) == 1
    assert cli.main(["figures", "recount", "--mend"]) == 0
    assert str(one.pk) in capsys.readouterr().err
    one.refresh_from_db()
    assert (one.first_due_on, one.postponed) == (kept, 2), "counted again from its acts"


# ---------------------------------------------------------------- plans and templates


def test_a_plan_needs_somebody_who_leads_and_targets_of_its_kind(cast):
    one = template(cast)
    leader = cast.actor(cast.leader)

    def make(by=leader, **more):
        return make_plan(draft(cast, one, **more), by=by, now=NOW)

    refused("leads_not", make, by=cast.actor(cast.handler))
    refused("no_targets", make, place_ids=())
    refused("post_closed", make, post_id=cast.post(cast.county_leader).pk)
    refused("name_missing", make, name_zh=" ", name_en="")
    refused("hours_range", make, open_hours=0)
    refused("days_wrong", make, ends_on=NOW.date() - timedelta(days=9))
    refused("place_closed", make, place_ids=(place(cast, "old", "旧址", closed_on=NOW.date()).pk,))


def test_a_change_of_rhythm_keeps_what_is_late_and_makes_the_rest_anew(cast):
    scene = rounds(cast)
    scene.make()
    scene.make(EVENING)
    making.watch_late(EVENING)
    assert list(Round.objects.order_by("due_at").values_list("state", flat=True)) == ["due", "due"]
    by = cast.actor(cast.leader)
    weekly = draft(
        cast, scene.plan.template, rhythm=type(draft(cast, scene.plan.template).rhythm)("week", weekdays=(1,))
    )
    change_plan(plan_id=scene.plan.pk, draft=weekly, by=by, now=EVENING, seen_version=1)
    scene.make(EVENING)
    late, next_ = Round.objects.filter(state="due").order_by("due_at")
    assert late.due_at < EVENING < next_.due_at
    assert next_.due_on.weekday() == 1
    refused("changed", change_plan, plan_id=scene.plan.pk, draft=weekly, by=by, now=EVENING, seen_version=1)


def test_a_place_that_was_split_goes_on_as_its_parts_with_its_history(cast):
    scene = rounds(cast)
    scene.do(clear=Given("no"))
    first = scene.finding()
    mend_finding(finding_id=first.pk, what="清走了", by=cast.actor(cast.leader), now=NOW)
    scene.do(NOW + DAY)
    east, west = place(cast, "east", "东片"), place(cast, "west", "西片")
    by = cast.actor(cast.leader)
    refused("not_split", move_place, place_id=cast.village.pk, into=[cast.village.pk], by=by, now=NOW + DAY)
    water = cast.actor(cast.water_leader)
    refused("leads_not", move_place, place_id=cast.village.pk, into=[east.pk], by=water, now=NOW + DAY)
    assert move_place(place_id=cast.village.pk, into=[east.pk, west.pk], by=by, now=NOW + DAY) == 1
    scene.make(NOW + 2 * DAY)
    due = Round.objects.filter(state="due").order_by("due_at", "place")
    assert {one.place for one in due} == {east, west}
    scene.answer(due[0], NOW + 2 * DAY, clear=Given("no"))
    assert (scene.finding().earlier, scene.finding().times) == (first, 2), "its history is theirs"


def test_places_that_were_merged_are_looked_at_once(cast):
    other = place(cast, "other", "另一处")
    scene = rounds(cast, place_ids=(cast.village.pk, other.pk))
    scene.make()
    whole = place(cast, "whole", "合并后")
    by = cast.actor(cast.leader)
    for old in (cast.village, other):
        move_place(place_id=old.pk, into=[whole.pk], by=by, now=NOW)
    scene.make()
    assert [one.place for one in Round.objects.filter(state="due")] == [whole]


@pytest.mark.parametrize("how", ["stopped", "place taken out", "place moved"])
def test_no_change_of_a_plan_undoes_that_a_round_is_overdue(cast, how):
    scene = rounds(cast)
    scene.make()
    late = scene.due()
    by, at = cast.actor(cast.leader), late.due_at + timedelta(hours=1)
    other = place(cast, "other", "粮站")
    if how == "stopped":
        stop_plan(plan_id=scene.plan.pk, why="改由县里查", by=by, now=at)
    elif how == "place moved":
        move_place(place_id=late.place_id, into=[other.pk], by=by, now=at)
    else:
        scene.plan.refresh_from_db()
        wish = draft(cast, scene.plan.template, place_ids=(other.pk,))
        change_plan(plan_id=scene.plan.pk, draft=wish, by=by, now=at, seen_version=scene.plan.version)
    late.refresh_from_db()
    assert late.state == Round.State.MISSED
    assert "round.missed" in acts(scene.plan.matter)


def test_stopped_nothing_more_is_due_and_a_template_in_use_is_not_retired(cast):
    scene = rounds(cast)
    scene.make()
    by = cast.actor(cast.leader)
    refused("template_has_plans", retire_template, template_id=scene.plan.template_id, by=by, now=NOW)
    stop_plan(plan_id=scene.plan.pk, why="改由县里查", by=by, now=NOW)
    scene.make(NOW + DAY)
    assert set(Round.objects.values_list("state", flat=True)) == {"dropped"}
    retire_template(template_id=scene.plan.template_id, by=by, now=NOW)
