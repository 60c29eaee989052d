"""Hearings rest the clock only where the pack says so; papers are numbered without gaps."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from answerable.cases.desk.together import why_no_decision
from answerable.cases.files import FILES_A_CASE, Accepted
from answerable.cases.models import Attachment, Deadline, Decision, Message, PaperCount
from answerable.cases.rules import CannotAct, CannotDecide
from answerable.cases.services import deciding, declining, hearings, persons
from answerable.cases.services.hearings import CannotHear
from answerable.cases.services.numbering import next_number
from tests.cast import MONDAY, PARTS, accepted, make_cast

LATER = MONDAY + timedelta(days=1)
MINUTES = Accepted("minutes.txt", "text/plain", b"who said what", b"m" * 32)


@pytest.fixture
def town(db):
    return make_cast("cn-xinfang-2022")


def announced(town, case, on=date(2026, 3, 5), now=LATER, ground=""):
    case.refresh_from_db()
    hearings.announce_hearing(
        case_id=case.pk,
        on=on,
        at="9:30",
        place="镇政府二楼",
        text="路灯维修责任。",
        ground=ground,
        by=town.actor(town.clerk),
        seen_version=case.version,
        now=now,
    )
    case.refresh_from_db()


def opened(town, case, now):
    case.refresh_from_db()
    hearings.open_hearing(case_id=case.pk, by=town.actor(town.clerk), seen_version=case.version, now=now)
    case.refresh_from_db()


def closed(town, case, now, minutes=MINUTES):
    hearings.close_hearing(
        case_id=case.pk,
        text="双方陈述完毕。",
        minutes=minutes,
        by=town.actor(town.clerk),
        seen_version=case.version,
        now=now,
    )
    case.refresh_from_db()


def called_off(town, case, why="对方已经承诺维修。", now=LATER):
    case.refresh_from_db()
    hearings.call_off_hearing(
        case_id=case.pk, why=why, by=town.actor(town.clerk), seen_version=case.version, now=now
    )
    case.refresh_from_db()


def decided(town, case, now=LATER):
    return deciding.send_decision(
        case_id=case.pk,
        outcome="supported",
        parts=PARTS,
        by=town.actor(town.leader),
        seen_version=case.version,
        now=now,
    )


def dates(case):
    return dict(Deadline.objects.filter(case=case, met_seq=None).values_list("step", "late_from"))


def test_a_hearing_in_handling_moves_no_date(town):
    case = accepted(town, kind="appeal")
    before = dates(case)
    announced(town, case)
    held = MONDAY + timedelta(days=3)
    opened(town, case, held)
    assert not Deadline.objects.filter(case=case, paused_at__isnull=False).exists()
    closed(town, case, held + timedelta(days=2))
    assert dates(case) == before
    assert Attachment.objects.get(case=case).check_state == "held"
    news = Message.objects.filter(case=case, code__startswith="hearing").order_by("act_seq")
    said = list(news.values_list("code", flat=True))
    assert said == ["hearing_announced", "hearing_opened", "hearing_closed"]


def test_a_hearing_in_rereview_rests_that_clock_alone(town):
    from answerable.cases import steps
    from answerable.cases.act_kinds import ActKind
    from answerable.record.actors import Actor

    case = accepted(town, kind="appeal")
    with transaction.atomic():
        case = steps.lock_case(case.pk)
        case.state, case.stage = "closed", "review"
        steps.act(
            case,
            ActKind.REREVIEW_ASKED,
            by=Actor.person(),
            now=LATER,
            set={"state": "rereview", "stage": "rereview"},
        )
    before = dates(case)
    announced(town, case)
    held = MONDAY + timedelta(days=3)
    opened(town, case, held)
    assert list(
        Deadline.objects.filter(case=case, paused_at__isnull=False).values_list("step", flat=True)
    ) == ["rereview"]
    closed(town, case, held + timedelta(days=1))
    after = dates(case)
    assert after.pop("rereview") == before.pop("rereview") + timedelta(days=2), "both days it touched"
    assert after == before


def test_minutes_are_never_one_file_too_many(town):
    """The person had sent as many as a matter holds: the hearing could not be closed, nor the matter ever decided."""
    case = accepted(town, kind="appeal")
    for n in range(FILES_A_CASE):
        one = Accepted(f"{n}.txt", "text/plain", b"%d" % n, b"%032d" % n)
        persons.write(case_id=case.pk, text="", now=LATER, attached=(one,))
    announced(town, case, on=date(2026, 3, 3))
    opened(town, case, LATER)
    closed(town, case, LATER)
    assert Attachment.objects.filter(case=case).count() == FILES_A_CASE + 1


def test_the_order_is_kept(town):
    case = accepted(town, kind="appeal")
    with pytest.raises(CannotHear, match="Announce the hearing first"):
        opened(town, case, LATER)
    with pytest.raises(CannotHear, match="still to come"):
        announced(town, case, on=date(2026, 3, 1))
    announced(town, case)
    with pytest.raises(CannotHear, match="later day"):
        opened(town, case, LATER)
    opened(town, case, MONDAY + timedelta(days=3))
    with pytest.raises(CannotHear, match="minutes"):
        closed(town, case, MONDAY + timedelta(days=3), minutes=None)


def test_one_called_off_moves_no_date_says_why_and_can_be_set_again(town):
    case = accepted(town, kind="appeal")
    before = dates(case)
    with pytest.raises(CannotHear, match="No hearing is announced"):
        called_off(town, case)
    announced(town, case)
    with pytest.raises(CannotAct, match="say why"):
        called_off(town, case, why=" ")
    called_off(town, case)
    assert dates(case) == before
    said = Message.objects.get(case=case, code="hearing_called_off")
    assert (said.body, said.facts) == ("对方已经承诺维修。", {"on": "2026-03-05"})
    with pytest.raises(CannotHear, match="Announce the hearing first"):
        opened(town, case, MONDAY + timedelta(days=3))
    announced(town, case)
    assert not Message.objects.filter(case=case, code="hearing_moved").exists(), "this one is new"
    opened(town, case, MONDAY + timedelta(days=3))
    with pytest.raises(CannotHear, match="Close it with its minutes"):
        called_off(town, case, now=MONDAY + timedelta(days=3))


def test_what_the_person_has_a_right_to_only_they_call_off_and_nobody_decides_before(town):
    case = accepted(town, kind="appeal")
    announced(town, case, ground="rule")
    with pytest.raises(CannotHear, match="only they can call it off"):
        called_off(town, case)
    with pytest.raises(CannotDecide, match="Hold it and close it"):
        decided(town, case)
    assert why_no_decision(case, case), "nor together with others"
    announced(town, case, on=date(2026, 3, 9), ground="")
    with pytest.raises(CannotHear, match="only they can call it off"):
        called_off(town, case)
    with pytest.raises(CannotAct, match="Only the person"):
        declining.decline_hearing(case_id=case.pk, now=LATER, by=town.actor(town.clerk))
    before = dates(case)
    case = declining.decline_hearing(case_id=case.pk, now=LATER)
    assert dates(case) == before
    announced(town, case)
    with pytest.raises(CannotHear, match="of its own accord"):
        declining.decline_hearing(case_id=case.pk, now=LATER)
    assert decided(town, case).outcome == "supported"


def test_a_pack_without_hearings_has_none(cast):
    case = accepted(cast)
    with pytest.raises(CannotHear, match="knows no hearing"):
        announced(cast, case)


def test_decisions_are_numbered_by_body_year_and_stage(town):
    numbers = []
    for _ in range(2):
        case = accepted(town, kind="appeal")
        numbers.append(decided(town, case).number)
    assert numbers == ["信处〔2026〕1号", "信处〔2026〕2号"]


def test_a_pack_that_wants_no_numbers_gets_none(cast):
    case = accepted(cast)
    decided(cast, case)
    assert Decision.objects.get(case=case).number == ""
    assert not PaperCount.objects.exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_no_gap_and_no_number_twice_when_many_sign_at_once_and_some_fail():
    body = make_cast().town
    gate, given = threading.Barrier(6), []

    def sign(fails: bool) -> None:
        gate.wait(timeout=20)
        try:
            for turn in range(5):
                try:
                    with transaction.atomic():
                        number = next_number(body, 2026, "handle")
                        if fails and turn % 2:
                            raise ValueError
                    given.append(number)
                except ValueError:
                    pass
        finally:
            connection.close()

    threads = [threading.Thread(target=sign, args=(n % 2 == 0,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(given) == 24
    assert sorted(given) == list(range(1, 25))
