"""Rule 4: no pressure. Only the person withdraws, says solved, or consents to mediation."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.alerts import sender
from answerable.alerts.models import Delivery
from answerable.cases.desk.verbs import VERBS
from answerable.cases.rules import CannotAct
from answerable.cases.services import deciding, handling, mediation, persons, withdrawing
from answerable.core import clock
from answerable.parties.models import Channel
from answerable.parties.steps import ChannelWish
from answerable.record import reactions
from answerable.record.actors import Actor
from answerable.record.models import Act
from tests.cast import PARTS

pytestmark = pytest.mark.django_db(transaction=True)


def decide(cast, person, now) -> None:
    deciding.send_decision(
        case_id=person.case_id,
        outcome="supported",
        parts=PARTS,
        by=cast.actor(cast.leader),
        seen_version=person.case.version,
        now=now,
    )


def test_rule_04_no_clerk_withdraws_or_speaks_for_the_person(bring, cast, now):
    """Not even when it was said at the counter: that is recorded, and confirmed through another unit."""
    person = bring(accept=True)
    mediation.offer_mediation(
        case_id=person.case_id,
        text="Shall we talk?",
        other_side=True,
        by=cast.actor(cast.handler),
        seen_version=person.case.version,
        now=now,
    )
    for by in (cast.actor(cast.clerk), cast.actor(cast.leader), Actor.system()):
        said = {"case_id": person.case_id, "now": now, "by": by}
        for attempt in (
            lambda said=said: persons.withdraw(**said),
            lambda said=said: mediation.answer_mediation(agrees=True, **said),
            lambda said=said: persons.change_channel(wish=None, **said),
        ):
            with pytest.raises(CannotAct) as refusal:
                attempt()
            assert refusal.value.code == "not_by_office"
            assert "Only the person can do this" in str(refusal.value)
    decide(cast, person, now)
    with pytest.raises(CannotAct) as refusal:
        persons.say_solved(case_id=person.case_id, solved=True, now=now, by=cast.actor(cast.clerk))
    assert refusal.value.code == "not_by_office"
    assert person.case.person_solved is None


def test_rule_04_the_desk_has_no_verb_for_it(bring, cast, at_desk):
    person = bring(accept=True)
    theirs = {"withdraw", "solved", "unsolved", "rate", "consent", "mediate_yes", "erase", "say_solved"}
    assert not theirs & {verb.code for verb in VERBS}
    desk = at_desk(cast.leader)
    for verb in theirs:
        assert desk.post(f"/desk/case/{person.case_id}/do/{verb}", {"seen_version": 1}).status_code == 404
    assert person.case.state == "accepted"


def test_rule_04_a_withdrawal_is_undone_by_one_click_and_counted_apart(bring):
    person = bring(accept=True)
    person.client.post("/case/withdraw")
    assert person.case.state == "withdrawn"
    assert 'action="/case/withdraw/undo"' in person.page()
    person.client.post("/case/withdraw/undo")
    assert person.case.state == "accepted"
    kinds = list(Act.objects.filter(matter_id=person.case_id).values_list("kind", flat=True))
    assert "case.withdrawn" in kinds
    assert "case.withdrawal_undone" in kinds
    assert "case.closed" not in kinds


def test_rule_04_no_office_reopens_what_the_person_withdrew(bring, cast, now):
    person = bring(accept=True)
    person.client.post("/case/withdraw")
    with pytest.raises(CannotAct) as refusal:
        deciding.reopen_case(
            case_id=person.case_id, by=cast.actor(cast.leader), seen_version=None, now=now, why="x"
        )
    assert refusal.value.code == "not_by_office"


def test_rule_04_messages_go_by_the_chosen_way_alone_and_never_say_what(bring, cast, settings, mailoutbox):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.locmem.EmailBackend", "mail"
    silent = bring(accept=True)
    told = bring(accept=True, channel=ChannelWish("email", "someone@example.org"))
    for person in (silent, told):
        handling.ask_person(
            case_id=person.case_id,
            text="哪一盏灯？",
            by=cast.actor(cast.clerk),
            seen_version=person.case.version,
            now=clock.now(),
        )
    while reactions.dispatch(clock.now()):
        pass
    assert not Delivery.objects.filter(matter=silent.case_id).exists()
    sender.send_due(clock.now)
    assert mailoutbox
    for mail in mailoutbox:
        assert mail.to == ["someone@example.org"]
        for word in ("灯", "哪一盏", told.code, told.secret, "Roads"):
            assert word not in mail.subject + mail.body
    told.client.post("/case/reach", {"kind": "none"})
    assert not Channel.objects.filter(case_id=told.case_id, dropped_at=None).exists()


def test_rule_04_declining_mediation_changes_nothing(bring, cast, now):
    person = bring(accept=True)
    dates = list(person.case.deadlines.values_list("step", "late_from", "met_seq").order_by("pk"))
    mediation.offer_mediation(
        case_id=person.case_id,
        text="Shall we talk?",
        other_side=True,
        by=cast.actor(cast.handler),
        seen_version=person.case.version,
        now=now,
    )
    person.client.post("/case/mediation", {"wish": "decline"})
    assert dates == list(person.case.deadlines.values_list("step", "late_from", "met_seq").order_by("pk"))
    assert person.case.state == "accepted"


def tell(cast, person, now, by=None) -> None:
    withdrawing.tell_withdrawal(
        case_id=person.case_id, by=by or cast.actor(cast.clerk), seen_version=person.case.version, now=now
    )


def clocks(person) -> list[object]:
    return list(
        person.case.deadlines.values_list("step", "late_from", "met_seq", "voided_seq").order_by("pk")
    )


def heard(**more: object) -> dict[str, object]:
    return {"do": "heard", "word": "yes", "how": "came", "told": ["words", "when"]} | more


def test_rule_04_said_at_the_counter_it_waits_for_another_unit_and_nothing_moves(bring, cast, at_desk, now):
    person = bring(accept=True)
    before = clocks(person)
    page = f"/desk/looks/{person.case_id}/withdrawal"
    counter = at_desk(cast.clerk)
    done = counter.post(page, {"do": "tell", "seen_version": person.case.version}, follow=True)
    assert done.status_code == 200
    assert person.case.state == "accepted"
    assert clocks(person) == before
    assert "recorded that you withdraw" in person.page()
    for staff in (cast.clerk, cast.handler, cast.leader):  # whoever handles it cannot confirm it
        again = at_desk(staff).post(page, heard(seen_version=person.case.version))
        assert again.status_code == 409
    assert person.case.state == "accepted"
    other = at_desk(cast.mayor)
    assert other.post(page, heard(told=["words"], seen_version=person.case.version)).status_code == 409
    assert other.post(page, heard(seen_version=person.case.version)).status_code == 303
    assert person.case.state == "withdrawn"
    act = Act.objects.get(matter_id=person.case_id, kind="case.withdrawn")
    assert act.post_id == cast.post(cast.mayor).pk
    person.client.post("/case/withdraw/undo")
    assert person.case.state == "accepted"
    assert [row[:2] for row in clocks(person)] >= [row[:2] for row in before]


def test_rule_04_a_withdrawal_told_at_the_counter_lapses_and_the_matter_goes_on(bring, cast, now):
    person = bring(accept=True)
    before = clocks(person)
    tell(cast, person, now)
    later = now + withdrawing.LAPSES_AFTER
    assert withdrawing.waiting(person.case_id, later - timedelta(seconds=1)) is not None
    assert withdrawing.waiting(person.case_id, later) is None
    with pytest.raises(withdrawing.CannotWithdraw) as refusal:
        withdrawing.answer_withdrawal(
            case_id=person.case_id,
            confirmed=True,
            how="came",
            known=("words", "when"),
            by=cast.actor(cast.mayor),
            seen_version=None,
            now=later,
        )
    assert refusal.value.code == "not_told"
    assert person.case.state == "accepted"
    assert clocks(person) == before


def test_rule_04_the_person_may_say_no_or_withdraw_on_their_own_page(bring, cast, at_desk, now):
    said_no, on_their_page = bring(accept=True), bring(accept=True)
    tell(cast, said_no, now)
    tell(cast, on_their_page, now)
    at_desk(cast.mayor).post(
        f"/desk/looks/{said_no.case_id}/withdrawal",
        heard(word="no", told=[], seen_version=said_no.case.version),
    )
    assert said_no.case.state == "accepted"
    assert withdrawing.waiting(said_no.case_id, now) is None
    on_their_page.client.post("/case/withdraw")
    assert on_their_page.case.state == "withdrawn"
    assert withdrawing.waiting(on_their_page.case_id, now) is None


def test_rule_04_the_unit_above_is_asked_and_the_person_hears_of_it(bring, cast, now):
    from answerable.alerts.models import Notice

    person = bring(accept=True, channel=ChannelWish("email", "someone@example.org"))
    tell(cast, person, clock.now())
    while reactions.dispatch(clock.now()):
        pass
    assert Notice.objects.filter(code="withdrawal_told", post_id=cast.post(cast.mayor).pk).count() == 1
    assert Delivery.objects.filter(matter=person.case_id, purpose="news").exists()


def test_rule_04_a_wish_is_recorded_once_and_never_by_the_wrong_hands(bring, cast, at_desk, now):
    person = bring(accept=True)
    tell(cast, person, now)
    with pytest.raises(withdrawing.CannotWithdraw) as refusal:
        tell(cast, person, now)
    assert refusal.value.code == "told_already"
    page = f"/desk/looks/{person.case_id}/withdrawal"
    assert at_desk(cast.water_leader).get(page).status_code == 404
    assert at_desk(cast.auditor).post(page, heard()).status_code == 403
