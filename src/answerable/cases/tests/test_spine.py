"""One case all the way: registered, accepted, decided, delivered, reviewed; and late cases lifted."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.http import Http404

from answerable.cases import steps
from answerable.cases.access import case_for, readable_cases, reader_for
from answerable.cases.act_kinds import ActKind
from answerable.cases.models import Case, Deadline
from answerable.cases.packs import load_pack
from answerable.cases.rules import CannotAct, CannotDecide, Doing
from answerable.cases.services import deciding, handling, persons, supervision
from answerable.core.refusals import Changed, NotYours
from answerable.orgs.models import Staff
from answerable.record.models import Act, Opening, Outbox
from answerable.record.queries import acts_of
from tests.cast import MONDAY, PARTS, Cast, accepted, registered, told

pytestmark = pytest.mark.django_db


def decided(cast: Cast, now=MONDAY + timedelta(days=3), **more) -> Case:
    case = accepted(cast, **more)
    deciding.send_decision(
        case_id=case.pk,
        outcome="supported",
        parts=PARTS,
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=now,
    )
    case.refresh_from_db()
    return case


def test_registering_gives_a_receipt_an_act_and_clocks(cast):
    done = registered(cast)
    case = Case.objects.get(pk=done.case.pk)
    assert done.secret
    assert case.unit == cast.roads
    assert case.leader_post == cast.post(cast.leader)
    act = Act.objects.get(matter_id=case.pk)
    assert act.kind == "case.registered"
    assert Outbox.objects.filter(act=act).exists()
    body = json.loads(bytes(Opening.objects.get(act=act).body))
    assert "路灯" not in json.dumps(body, ensure_ascii=False)
    steps = set(Deadline.objects.filter(case=case).values_list("step", flat=True))
    assert steps == {"acknowledge", "answer"}
    assert case.due_at == Deadline.objects.get(case=case, step="acknowledge").late_from


def test_a_resend_finds_the_first_case_and_shows_the_same_secret(cast):
    first = registered(cast, submission=b"token-1")
    again = registered(cast, now=MONDAY + timedelta(minutes=1), submission=b"token-1")
    assert again.is_repeat
    assert again.case.pk == first.case.pk
    assert again.secret == first.secret
    later = registered(cast, now=MONDAY + timedelta(hours=2), submission=b"token-1")
    assert later.secret is None
    with pytest.raises(CannotAct, match="already"):
        registered(cast, submission=b"token-1", claim="something else")


def test_one_case_to_its_closed_file(cast):
    case = accepted(cast)
    handler = cast.post(cast.handler)
    case = handling.assign_case(
        case_id=case.pk,
        to_post=handler.pk,
        by=cast.actor(cast.clerk),
        seen_version=case.version,
        now=MONDAY + timedelta(hours=2),
    )
    due = case.due_at
    handling.ask_person(
        case_id=case.pk,
        text="请问是哪一盏灯？",
        by=cast.actor(cast.handler),
        seen_version=case.version,
        now=MONDAY + timedelta(days=1),
    )
    persons.write(case_id=case.pk, text="村委会门口那一盏。", now=MONDAY + timedelta(days=2))
    case.refresh_from_db()
    assert not case.is_waiting
    assert case.due_at == due
    deciding.send_decision(
        case_id=case.pk,
        outcome="supported",
        parts=PARTS,
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=MONDAY + timedelta(days=3),
        office_solved=True,
    )
    case.refresh_from_db()
    assert case.state == "decided"
    assert not Deadline.objects.filter(case=case, is_office=True, met_seq=None, voided_seq=None).exists()
    persons.see_decisions(case_id=case.pk, now=MONDAY + timedelta(days=4))
    persons.say_solved(case_id=case.pk, solved=False, rating=2, now=MONDAY + timedelta(days=5))
    case = deciding.close_case(
        case_id=case.pk, by=cast.actor(cast.leader), seen_version=None, now=MONDAY + timedelta(days=9)
    )
    assert case.state == "closed"
    assert case.office_solved is True
    assert case.person_solved is False
    kinds = [act.kind for act in acts_of(case.pk)]
    assert kinds == [
        "case.registered",
        "case.accepted",
        "case.acknowledged",
        "case.assigned",
        "case.asked",
        "case.answered",
        "case.decided",
        "case.decision_delivered",
        "case.unsolved_said",
        "case.rated",
        "case.closed",
    ]


def test_a_late_case_is_lifted_once_and_the_lower_date_stays(cast):
    case = accepted(cast)
    answer = Deadline.objects.get(case=case, step="answer")
    late = answer.late_from + timedelta(minutes=1)
    assert supervision.newly_late(answer.late_from - timedelta(seconds=1)) == []
    assert supervision.newly_late(late) == [answer.pk]
    assert supervision.lift_deadline(deadline_id=answer.pk, now=late)
    assert not supervision.lift_deadline(deadline_id=answer.pk, now=late)
    assert supervision.newly_late(late) == []
    case.refresh_from_db()
    above = Deadline.objects.get(case=case, is_supervising=True)
    assert above.unit == cast.town_root
    assert above.post == cast.post(cast.mayor)
    answer.refresh_from_db()
    assert answer.is_open
    assert case.unit == cast.roads
    assert case.is_lifted
    assert supervision.lift_deadline(deadline_id=above.pk, now=above.late_from)
    assert Deadline.objects.filter(case=case, is_supervising=True, unit=cast.county_root).count() == 1


def test_what_a_person_raised_is_answered_by_the_level_that_they_raised_it_to(cast):
    """A note of the very office that it was raised about leaves the watch and its date as they are."""
    case = accepted(cast)
    persons.raise_case(case_id=case.pk, now=MONDAY + timedelta(days=1))
    watch = Deadline.objects.get(case=case, is_supervising=True)
    for by, is_open in ((cast.handler, True), (cast.mayor, False)):
        handling.reply_to_person(
            case_id=case.pk,
            text="We know.",
            by=cast.actor(by),
            seen_version=None,
            now=MONDAY + timedelta(days=2),
        )
        watch.refresh_from_db()
        assert watch.is_open is is_open


def test_each_level_that_it_is_raised_to_has_a_date_and_answers_for_itself(cast):
    """Raised once more while the first level still has time: the second is not without a date until the first is late."""
    case = accepted(cast)
    for days in (1, 2, 3):
        persons.raise_case(case_id=case.pk, now=MONDAY + timedelta(days=days))
    town, county = Deadline.objects.filter(case=case, is_supervising=True).order_by("pk")
    assert (town.unit, county.unit) == (cast.town_root, cast.county_root), "raised past the top: no third one"
    assert county.late_from > town.late_from
    for by, are_open in (
        (cast.mayor, [False, True]),
        (cast.mayor, [False, True]),
        (cast.county_leader, [False] * 2),
    ):
        handling.reply_to_person(
            case_id=case.pk,
            text="We know.",
            by=cast.actor(by),
            seen_version=None,
            now=MONDAY + timedelta(days=4),
        )
        for row in (town, county):
            row.refresh_from_db()
        assert [town.is_open, county.is_open] == are_open, by


def test_reassigning_and_asking_never_move_the_date(cast):
    case = accepted(cast)
    before = list(Deadline.objects.filter(case=case).order_by("pk").values_list("pk", "late_from", "met_seq"))
    case = handling.take_charge(
        case_id=case.pk, by=cast.actor(cast.leader), seen_version=case.version, now=MONDAY + timedelta(days=2)
    )
    handling.note_case(
        case_id=case.pk, text="看过现场。", by=cast.actor(cast.handler), now=MONDAY + timedelta(days=3)
    )
    persons.write(case_id=case.pk, text="还没修。", now=MONDAY + timedelta(days=4))
    assert before == list(
        Deadline.objects.filter(case=case).order_by("pk").values_list("pk", "late_from", "met_seq")
    )


def test_the_ladder_goes_one_level_up_and_ends(cast):
    case = decided(cast)
    case = persons.ask_review(case_id=case.pk, text="没有修好。", now=MONDAY + timedelta(days=5))
    assert case.state == "review"
    assert case.unit == cast.county_root
    assert Deadline.objects.get(case=case, step="review").is_open
    deciding.send_decision(
        case_id=case.pk,
        outcome="upheld",
        parts=PARTS,
        by=cast.actor(cast.county_leader),
        seen_version=case.version,
        now=MONDAY + timedelta(days=8),
    )
    with pytest.raises(CannotAct) as refusal:
        persons.ask_review(case_id=case.pk, text="", now=MONDAY + timedelta(days=9))
    assert refusal.value.code == "ladder_ended"


def test_withdrawing_is_undone_with_the_clock_it_had(cast):
    case = accepted(cast)
    late_from = Deadline.objects.get(case=case, step="answer").late_from
    persons.withdraw(case_id=case.pk, now=MONDAY + timedelta(days=1))
    case = persons.undo_withdrawal(case_id=case.pk, now=MONDAY + timedelta(days=2))
    assert case.state == "accepted"
    answer = Deadline.objects.filter(case=case, step="answer").latest("pk")
    assert answer.is_open
    assert answer.late_from >= late_from
    assert answer.late_from <= late_from + timedelta(days=4)


def test_extension_within_the_rule_once(cast):
    case = accepted(cast)
    before = Deadline.objects.get(case=case, step="answer").late_from
    case = handling.extend_case(
        case_id=case.pk,
        number=10,
        why="需要等候设备到货。",
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=MONDAY + timedelta(days=5),
    )
    assert Deadline.objects.get(case=case, step="answer").late_from > before
    with pytest.raises(Exception, match="too_many_times|too_long"):
        handling.extend_case(
            case_id=case.pk,
            number=1,
            why="again",
            by=cast.actor(cast.leader),
            seen_version=case.version,
            now=MONDAY + timedelta(days=6),
        )


def test_a_stale_page_overwrites_nothing(cast):
    case = accepted(cast)
    with pytest.raises(Changed):
        handling.ask_person(
            case_id=case.pk,
            text="?",
            by=cast.actor(cast.handler),
            seen_version=case.version - 1,
            now=MONDAY + timedelta(days=1),
        )


def test_a_decision_without_its_parts_is_not_sent(cast):
    case = accepted(cast)
    with pytest.raises(CannotDecide) as refusal:
        deciding.send_decision(
            case_id=case.pk,
            outcome="supported",
            parts={"claim": "x"},
            by=cast.actor(cast.leader),
            seen_version=case.version,
            now=MONDAY + timedelta(days=1),
        )
    assert refusal.value.code == "parts_missing"
    case.refresh_from_db()
    assert case.state == "accepted"


def test_others_see_nothing(cast):
    case = accepted(cast)
    for staff, sees in [
        (cast.clerk, True),
        (cast.mayor, True),
        (cast.auditor, True),
        (cast.water_leader, False),
        (cast.administrator, False),
        (cast.county_leader, False),
    ]:
        reader = reader_for(staff, MONDAY)
        assert readable_cases(reader).filter(pk=case.pk).exists() is sees, staff
    with pytest.raises(Http404):
        case_for(reader_for(cast.water_leader, MONDAY), case.pk)
    with pytest.raises(NotYours):
        case_for(reader_for(cast.auditor, MONDAY), case.pk, Doing.HANDLE)
    with pytest.raises(NotYours):
        handling.extend_case(
            case_id=case.pk,
            number=1,
            why="x",
            by=cast.actor(cast.handler),
            seen_version=case.version,
            now=MONDAY + timedelta(days=1),
        )


def test_rule_05_an_accusation_goes_where_it_does_not_reach(cast):
    own = registered(cast, is_conduct=True, accused_staff=(cast.leader.pk,)).case
    assert own.unit == cast.discipline
    up = registered(cast, is_conduct=True, accused_staff=(cast.discipline_head.pk,)).case
    assert up.unit == cast.town_root
    county = registered(cast, is_conduct=True, accused_units=(cast.town_root.pk,)).case
    assert county.unit == cast.county_root
    for staff in Staff.objects.exclude(pk__in=[cast.county_leader.pk, cast.county_reviewer.pk]):
        assert not readable_cases(reader_for(staff, MONDAY)).filter(pk=county.pk).exists()
    everyone = registered(cast, is_conduct=True, accused_units=(cast.town_root.pk, cast.county_root.pk)).case
    assert everyone.unit == cast.outside_unit
    assert told(cast, is_conduct=True).is_conduct


def test_a_hearing_that_nobody_closes_does_not_keep_a_case_silent(cn_cast):
    cast = cn_cast
    case = accepted(cast, kind="claim")
    for stage, days in (("review", 5), ("rereview", 12)):
        by = case.leader_post.appointments.get().staff
        deciding.send_decision(
            case_id=case.pk,
            outcome=load_pack(case.pack).outcomes_at(case.stage)[0].code,
            parts=PARTS,
            by=cast.actor(by),
            seen_version=case.version,
            now=MONDAY + timedelta(days=days - 2),
        )
        persons.see_decisions(case_id=case.pk, now=MONDAY + timedelta(days=days - 1))
        case = persons.ask_review(case_id=case.pk, text=stage, now=MONDAY + timedelta(days=days))
    row = Deadline.objects.get(case=case, step="rereview")

    with transaction.atomic():
        locked = steps.lock_case(case.pk)
        steps.act(
            locked,
            ActKind.HEARING_OPENED,
            by=cast.actor(cast.county_leader),
            now=MONDAY + timedelta(days=14),
        )
    row.refresh_from_db()
    assert row.paused_at is not None
    assert row.pk not in supervision.newly_late(row.late_from + timedelta(days=30))
    late = row.late_from + timedelta(days=70)
    assert row.pk in supervision.newly_late(late)
    assert supervision.lift_deadline(deadline_id=row.pk, now=late)


def test_the_climb_ends_at_the_top_without_a_word_too_many(cast):
    """Roads office → town → county; there the supervising clock stays late, and nobody is 'told' about themselves."""
    case = accepted(cast)
    now = MONDAY
    for _ in range(12):
        now += timedelta(days=30)
        for pk in supervision.newly_late(now):
            supervision.lift_deadline(deadline_id=pk, now=now)
    told = [act.body["to"] for act in acts_of(case.pk, kinds=("case.lifted",))]
    assert told == [cast.town_root.pk, cast.county_root.pk]
    assert supervision.newly_late(now) == []
    watching = Deadline.objects.filter(case=case, is_supervising=True, met_seq=None)
    assert {row.unit for row in watching} == {cast.town_root, cast.county_root}


def test_rule_05_with_nobody_left_and_no_body_named_it_climbs_to_the_top_and_stays_hidden(cast):
    cast.town.conduct_body = None
    cast.town.save()
    units = (cast.town_root.pk, cast.county_root.pk)
    case = registered(cast, is_conduct=True, accused_units=units).case
    assert case.unit == cast.county_root
    for staff in Staff.objects.all():
        assert not readable_cases(reader_for(staff, MONDAY)).filter(pk=case.pk).exists()
