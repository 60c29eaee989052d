"""A date that runs can be met by somebody, rests no longer than its rule says, and is watched over while it is late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from answerable.cases import steps, upkeep
from answerable.cases.act_kinds import ActKind
from answerable.cases.files import Accepted
from answerable.cases.models import Case, Deadline
from answerable.cases.packs import load_pack
from answerable.cases.services import (
    accusing,
    deciding,
    handling,
    hearings,
    persons,
    supervision,
    transfers,
)
from answerable.record.actors import Actor
from tests.cast import MONDAY, PARTS, accepted, make_cast, registered

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTES = Accepted("minutes.txt", "text/plain", b"who said what", b"m" * 32)


def decide(cast, case, by, outcome="supported", now=MONDAY + DAY):
    case.refresh_from_db()
    deciding.send_decision(
        case_id=case.pk, outcome=outcome, parts=PARTS, by=cast.actor(by), seen_version=case.version, now=now
    )
    case.refresh_from_db()


def running(case):
    rows = Deadline.objects.filter(case=case, is_office=True, met_seq=None, voided_seq=None)
    return list(rows.order_by("pk").values_list("step", flat=True))


@pytest.mark.parametrize(
    "pack", ["cn-xinfang-2022", "eib-2018", "eu-whistleblower-2019-1937", "cn-beijing-12345"]
)
@pytest.mark.parametrize("ends", ["decided", "passed on"])
def test_what_is_decided_or_passed_on_at_once_leaves_no_date_that_nobody_can_meet(db, pack, ends):
    """The notice of receipt was still owed, and could not be given any more: an answered matter climbed as late."""
    cast = make_cast(pack)
    kinds = load_pack(pack).kinds
    case = registered(cast, kind=kinds[0].code).case
    if ends == "decided":
        decide(cast, case, cast.leader, load_pack(pack).outcomes_at("handle")[0].code)
        persons.see_decisions(case_id=case.pk, now=MONDAY + DAY)
        handling.reply_to_person(
            case_id=case.pk,
            text="您对答复满意吗？",
            by=cast.actor(cast.clerk),
            seen_version=None,
            now=MONDAY + DAY,
        )
        assert running(case) == []
    else:
        by, version = cast.actor(cast.clerk), case.version
        handling.pass_on(
            case_id=case.pk, to=cast.outside.pk, why="归其管。", by=by, seen_version=version, now=MONDAY + DAY
        )
        # Where the rule keeps the first receiver responsible, that date runs on; taken up again, it can be met.
        assert set(running(case)) <= {"respond", "feedback"}


@pytest.mark.parametrize("then", ["taken all the same", "handed on", "an accusation", "decided"])
def test_an_objection_that_stands_no_more_leaves_no_answer_owed(cn_cast, then):
    cast = cn_cast
    case = accepted(cast, kind="appeal")

    def doing(by, hours):
        case.refresh_from_db()
        return {
            "case_id": case.pk, "by": cast.actor(by), "seen_version": case.version, "now": MONDAY + hours * HOUR,
        }  # fmt: skip

    handling.transfer_case(to_unit=cast.water.pk, why="归水利站。", **doing(cast.clerk, 2))
    handling.object_to_transfer(why="是路灯。", **doing(cast.water_leader, 3))
    assert "answer_objection" in running(case)
    if then == "taken all the same":
        handling.accept_case(**doing(cast.water_leader, 4))
    elif then == "handed on":
        handling.transfer_case(to_unit=cast.discipline.pk, why="再转。", **doing(cast.water_leader, 4))
    elif then == "an accusation":
        accusing.name_accused(staff=[cast.handler.pk], units=[], **doing(cast.water_leader, 4))
    else:
        deciding.send_decision(outcome="supported", parts=PARTS, **doing(cast.water_leader, 4))
    assert "answer_objection" not in running(case)
    assert transfers.transfer_of(case.pk) is None or transfers.transfer_of(case.pk).stands != "objected"


def test_the_days_that_a_person_used_close_nothing(cn_cast):
    """They belonged to the decision below: the review was closed before it was read, and erased where they had asked."""
    cast = cn_cast
    case = accepted(cast, kind="claim")
    decide(cast, case, cast.leader)
    persons.see_decisions(case_id=case.pk, now=MONDAY + DAY)
    persons.ask_review(case_id=case.pk, text="不对。", now=MONDAY + 5 * DAY)
    decide(cast, case, cast.county_leader, "upheld", MONDAY + 34 * DAY)
    upkeep.tidy(MONDAY + 35 * DAY)
    assert Case.objects.get(pk=case.pk).state == "decided"


def under_rereview(cast):
    case = accepted(cast, kind="appeal")
    with transaction.atomic():
        case = steps.lock_case(case.pk)
        case.state, case.stage = "closed", "review"
        given = {"state": "rereview", "stage": "rereview"}
        steps.act(case, ActKind.REREVIEW_ASKED, by=Actor.person(), now=MONDAY + DAY, set=given)
    return case


def hear(cast, case, what, now, **more):
    case.refresh_from_db()
    by = cast.actor(cast.clerk)
    getattr(hearings, what)(case_id=case.pk, by=by, seen_version=case.version, now=now, **more)


def in_hearing(cast, case, at):
    on = (at + 8 * HOUR).date()
    hear(cast, case, "announce_hearing", at, on=on, at="9:30", place="二楼", text="责任。")
    hear(cast, case, "open_hearing", at)


def test_a_hearing_closed_while_the_matter_was_withdrawn_rests_no_clock_for_ever(cn_cast):
    case = under_rereview(cn_cast)
    in_hearing(cn_cast, case, MONDAY + 3 * DAY)
    persons.withdraw(case_id=case.pk, now=MONDAY + 4 * DAY)
    hear(cn_cast, case, "close_hearing", MONDAY + 5 * DAY, text="完毕。", minutes=MINUTES)
    told = Deadline.objects.get(case=case, step="rereview").late_from
    persons.undo_withdrawal(case_id=case.pk, now=MONDAY + 6 * DAY)
    row = Deadline.objects.get(case=case, step="rereview")
    assert row.paused_at is None
    assert row.late_from >= told


def test_a_second_hearing_does_not_keep_it_silent_when_the_days_of_rest_are_used_up(cn_cast):
    case = under_rereview(cn_cast)
    at = MONDAY + 3 * DAY
    in_hearing(cn_cast, case, at)
    hear(cn_cast, case, "close_hearing", at + 70 * DAY, text="完毕。", minutes=MINUTES)
    row = Deadline.objects.get(case=case, step="rereview")
    in_hearing(cn_cast, case, row.late_from - 3 * DAY)
    assert row.pk not in supervision.newly_late(row.late_from - HOUR)
    assert row.pk in supervision.newly_late(row.late_from)


def test_of_the_persons_own_days_nobody_at_the_desk_is_reminded(cn_cast):
    case = accepted(cn_cast, kind="claim")
    decide(cn_cast, case, cn_cast.leader)
    persons.see_decisions(case_id=case.pk, now=MONDAY + DAY)
    persons.withdraw(case_id=case.pk, now=MONDAY + 2 * DAY)
    persons.undo_withdrawal(case_id=case.pk, now=MONDAY + 3 * DAY)
    assert Deadline.objects.get(case=case, step="ask_review").remind_at is None


def watch(case):
    rows = Deadline.objects.filter(case=case, is_supervising=True, met_seq=None, voided_seq=None)
    return [(row.unit_id, row.lifted_from_id) for row in rows]


def test_a_kind_word_does_not_end_the_watch_over_what_ran_late_meanwhile(cast):
    """The level above watched already, as the person had raised it, so that the late date got no second watch."""
    case = accepted(cast)
    answer = Deadline.objects.get(case=case, step="answer")
    persons.raise_case(case_id=case.pk, now=answer.late_from - HOUR)
    before = Deadline.objects.get(case=case, is_supervising=True)
    assert supervision.lift_deadline(deadline_id=answer.pk, now=answer.late_from)

    def word(hours):
        now = answer.late_from + hours * HOUR
        by = cast.actor(cast.mayor)
        handling.reply_to_person(case_id=case.pk, text="正在催办。", by=by, seen_version=None, now=now)

    word(1)
    assert watch(case) == [(cast.town_root.pk, answer.pk)]
    assert Deadline.objects.get(pk=before.pk).late_from == before.late_from
    word(2)
    assert watch(case) == [(cast.town_root.pk, answer.pk)]
    decide(cast, case, cast.leader, now=answer.late_from + DAY)
    assert watch(case) == []


def test_where_one_of_two_late_dates_is_met_the_other_is_still_watched_over(cast):
    case = registered(cast).case
    ack, answer = (Deadline.objects.get(case=case, step=step) for step in ("acknowledge", "answer"))
    for row in (ack, answer):
        supervision.lift_deadline(deadline_id=row.pk, now=answer.late_from)
    assert watch(case) == [(cast.town_root.pk, ack.pk)]
    case.refresh_from_db()
    handling.accept_case(
        case_id=case.pk, by=cast.actor(cast.clerk), seen_version=case.version, now=answer.late_from + HOUR
    )
    assert watch(case) == [(cast.town_root.pk, answer.pk)]


def test_the_proof_that_an_older_decision_was_read_does_not_stand_for_the_newest(cn_cast):
    """Taken up again and decided anew before the first letter was read: the new letter still has to be delivered."""
    cast = cn_cast
    case = accepted(cast, kind="appeal")
    decide(cast, case, cast.leader)
    by = cast.actor(cast.leader)
    deciding.close_case(case_id=case.pk, by=by, seen_version=None, now=MONDAY + DAY, why="")
    deciding.reopen_case(case_id=case.pk, by=by, seen_version=None, now=MONDAY + 2 * DAY, why="新材料。")
    decide(cast, case, cast.leader, now=MONDAY + 3 * DAY)
    old, new = case.decisions.order_by("pk").values_list("pk", flat=True)
    by = cast.actor(cast.clerk)
    deciding.deliver_decision(decision_id=old, how="by_hand", by=by, now=MONDAY + 4 * DAY)
    assert running(case) == ["deliver"], "nobody owed a proof of the decision that stands"
    deciding.deliver_decision(decision_id=new, how="by_hand", by=by, now=MONDAY + 5 * DAY)
    assert running(case) == []
