"""Ways in which a person was failed, each found by trying to break the rules, and each kept from coming back."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import translation

from answerable.alerts.models import Delivery, Notice
from answerable.alerts.wording import notice
from answerable.api.clients import issue_key
from answerable.cases import access, checks, files, printing
from answerable.cases.models import Case, CaseText, Deadline, Message, Note, SavedView
from answerable.cases.packs import load_pack
from answerable.cases.person.casepage import PersonPage
from answerable.cases.rules import CannotAct
from answerable.cases.services import (
    checking,
    deciding,
    dividing,
    erasure,
    grouping,
    handling,
    looks,
    persons,
    receipts,
)
from answerable.cases.services.letters_out import record_letter
from answerable.core import clock
from answerable.orgs.models import Authority, Subject
from answerable.orgs.sheets.cells import CannotRead, read_cell
from answerable.orgs.sheets.columns import TABLES
from answerable.parties.steps import ChannelWish, Identity
from answerable.record import reactions
from answerable.record.actors import Actor
from answerable.record.queries import acts_of
from tests.cast import MONDAY, PARTS, accepted, registered

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def _kinds(of) -> list[str]:
    return [act.kind for act in acts_of(of.pk if isinstance(of, Case) else of.case_id)]


def _once(person) -> str:
    return person.page("write").split('name="once" value="')[1].split('"')[0]


# --- the page gone back to ----------------------------------------------------------------------------------


def test_rule_03_raising_after_writing_on_one_page_is_not_swallowed(cast, bring):
    person = bring(accept=True)
    once = _once(person)
    assert person.client.post("/case/write", {"text": "more", "once": once}).status_code == 303
    assert person.client.post("/case/raise", {"once": once}).status_code == 303
    assert "case.raised" in _kinds(person)


def test_other_words_from_the_page_gone_back_to_are_not_lost_and_the_same_are_kept_once(cast, bring):
    person = bring(accept=True)
    once = _once(person)
    person.client.post("/case/raise", {"once": once})
    for text in ("first", "first", "first, and they threatened me"):
        person.client.post("/case/write", {"text": text, "once": once})
    said = Message.objects.filter(case_id=person.case_id, from_person=True).exclude(body="")
    assert list(said.order_by("pk").values_list("body", flat=True)) == [
        "first",
        "first, and they threatened me",
    ]


def test_rule_03_a_double_click_raises_once_and_does_not_claim_a_second_time(cast, bring):
    person = bring(accept=True)
    once = _once(person)
    person.client.post("/case/raise", {"once": once})
    person.page()
    person.client.post("/case/raise", {"once": once})
    assert _kinds(person).count("case.raised") == 1
    assert "Raised to" not in person.page().split("<h1")[0]


# --- an erased file -----------------------------------------------------------------------------------------


def _ended(cast, when=MONDAY, **more) -> Case:
    case = accepted(cast, when, **more)
    by = cast.actor(cast.leader)
    deciding.send_decision(
        case_id=case.pk, outcome="supported", parts=PARTS, by=by, seen_version=case.version, now=when + DAY
    )
    case.refresh_from_db()
    return deciding.close_case(case_id=case.pk, by=by, seen_version=case.version, now=when + DAY)


def _erased(cast) -> Case:
    case = _ended(cast)
    assert erasure.ask_erasure(case_id=case.pk, now=MONDAY + 2 * DAY)
    case.refresh_from_db()
    return case


@pytest.mark.parametrize(
    "act", ["note", "reply", "title", "raise", "write", "attach", "unsolved", "reopen", "review"]
)
def test_rule_09_nothing_new_is_written_into_an_erased_file(cast, act):
    case, words, now = _erased(cast), "张三，东村12号", MONDAY + 3 * DAY
    by = cast.actor(cast.leader)
    staff = {"case_id": case.pk, "by": by, "now": now}
    person = {"case_id": case.pk, "now": now}
    file = files.Accepted("张三.txt", "text/plain", b"x", b"1" * 32)
    acts = {
        "note": lambda: handling.note_case(**staff, text=words),
        "reply": lambda: handling.reply_to_person(**staff, text=words, seen_version=None),
        "title": lambda: grouping.describe_case(
            **staff, title=words, shared_summary="", seen_version=case.version
        ),
        "raise": lambda: persons.raise_case(**person, text=words),
        "write": lambda: persons.write(**person, text=words),
        "attach": lambda: checking.add_files(**staff, accepted=[file]),
        "unsolved": lambda: persons.say_solved(**person, solved=False, text=words),
        "reopen": lambda: deciding.reopen_case(**staff, why=words, seen_version=case.version),
        "review": lambda: persons.ask_review(**person, text=words),
    }
    before = _kinds(case)
    with pytest.raises(CannotAct) as refusal:
        acts[act]()
    assert refusal.value.code == "erased"
    assert _kinds(case) == before


def test_rule_09_the_pages_of_an_erased_file_offer_nothing_to_write(cast, bring, at_desk, now):
    person = bring(accept=True)
    persons.withdraw(case_id=person.case_id, now=now)
    assert erasure.ask_erasure(case_id=person.case_id, now=now)
    assert "/case/write" not in person.page()
    person.client.post("/case/raise")  # never blocked, and without words (rule 3)
    assert _kinds(person)[-1] == "case.raised"
    desk = at_desk(cast.leader)
    page = desk.get(f"/desk/case/{person.case_id}").content.decode()
    assert f"/desk/case/{person.case_id}/do/" not in page
    form = {"seen_version": person.case.version, "seen_seq": 0, "text": "Li Lan called again"}
    answer = desk.post(f"/desk/case/{person.case_id}/do/note", form)
    assert answer.status_code < 500
    assert not Note.objects.filter(case_id=person.case_id).exists()


# --- keeping, and the end of it -----------------------------------------------------------------------------


def _late_window(cast, case: Case) -> datetime:
    """Ended, and its decision read late: the person's own days begin long after the case ended."""
    at = MONDAY + timedelta(days=3650)
    persons.see_decisions(case_id=case.pk, now=at)
    assert Deadline.objects.filter(case=case, is_office=False, met_seq=None, voided_seq=None).exists()
    return at


def test_rule_09_keeping_does_not_end_while_the_person_may_still_ask_for_review(cn_cast):
    case = accepted(cn_cast)
    by = cn_cast.actor(cn_cast.leader)
    parts = {part.code: "x" for part in load_pack(case.pack).decision_parts}
    outcome = load_pack(case.pack).outcomes[0].code
    deciding.send_decision(
        case_id=case.pk, outcome=outcome, parts=parts, by=by, seen_version=case.version, now=MONDAY
    )
    deciding.close_case(case_id=case.pk, by=by, seen_version=None, now=MONDAY + DAY)
    read_at = _late_window(cn_cast, case)
    over = MONDAY + timedelta(days=3655)
    assert read_at < over
    erasure.sweep(over)
    with pytest.raises(CannotAct):
        erasure.erase_case(case_id=case.pk, by=Actor.system(), now=over, why="x")
    case.refresh_from_db()
    assert case.keep_until < over
    assert case.erased_at is None
    erasure.sweep(over + timedelta(days=120))
    case.refresh_from_db()
    assert case.erased_at is not None


def test_rule_09_a_changed_subject_does_not_work_backwards(cast):
    case = _ended(cast)
    Subject.objects.update(retention_years=1)
    erasure.sweep(MONDAY + timedelta(days=9 * 366))
    case.refresh_from_db()
    assert case.erased_at is None
    erasure.sweep(MONDAY + timedelta(days=10 * 366))
    case.refresh_from_db()
    assert case.erased_at is not None


def test_rule_09_taken_up_again_it_is_kept_from_its_new_end(cast):
    case = _ended(cast)
    by, ten = cast.actor(cast.leader), timedelta(days=3652.5)
    assert case.keep_until == case.ended_at + ten
    case = deciding.reopen_case(case_id=case.pk, by=by, seen_version=None, now=MONDAY + 2 * DAY, why="x")
    assert case.keep_until is None
    case = persons.withdraw(case_id=case.pk, now=MONDAY + 9 * DAY)
    case.refresh_from_db()
    assert case.keep_until == MONDAY + 9 * DAY + ten


def test_rule_09_nothing_is_kept_for_less_than_a_year(cast):
    column = TABLES["subjects"].column("retention_years")
    assert read_cell(column, "1") == 1
    with pytest.raises(CannotRead):
        read_cell(column, "0")
    with pytest.raises(IntegrityError):
        Subject.objects.update(retention_years=0)


def _divided(cast, case: Case, now: datetime) -> Case:
    return dividing.divide_case(
        case_id=case.pk,
        own_title="一",
        title="二",
        subject=cast.lamps.pk,
        why="两件事",
        by=cast.actor(cast.leader),
        seen_version=case.version,
        now=now,
    )


def test_rule_09_the_wish_reaches_the_half_of_a_half(cast):
    case = accepted(cast, claim="桥头那口井")
    second = _divided(cast, case, MONDAY + DAY)
    third = _divided(cast, second, MONDAY + DAY)
    persons.withdraw(case_id=case.pk, now=MONDAY + DAY)
    assert erasure.ask_erasure(case_id=case.pk, now=MONDAY + 2 * DAY)
    for half in (second, third):
        persons.withdraw(case_id=half.pk, now=MONDAY + 2 * DAY)
    erasure.sweep(MONDAY + 3 * DAY)
    assert set(CaseText.objects.values_list("claim", flat=True)) == {""}


# --- passing on ---------------------------------------------------------------------------------------------


def _passed_on(cast, case: Case, to, now: datetime) -> Case:
    return handling.pass_on(
        case_id=case.pk,
        to=to.pk,
        why="x",
        by=cast.actor(cast.clerk),
        seen_version=case.version,
        now=now,
    )


def test_rule_07_passing_on_and_taking_up_again_does_not_restart_the_clock(cast):
    case = accepted(cast)
    row = Deadline.objects.get(case=case, step="answer")
    late = MONDAY + 20 * DAY
    for day in (0, 3):
        case = _passed_on(cast, case, cast.outside, late + day * DAY)
        assert Deadline.objects.filter(case=case, met_seq=None, voided_seq=None).count() == 0
        case = deciding.reopen_case(
            case_id=case.pk,
            by=cast.actor(cast.clerk),
            seen_version=case.version,
            now=late + (day + 1) * DAY,
            why="x",
        )
        assert case.due_at == row.late_from
    assert [r.pk for r in Deadline.objects.filter(case=case, step="answer")] == [row.pk]
    assert Deadline.objects.get(pk=row.pk).derivation == row.derivation


def test_rule_03_what_is_passed_on_reaches_the_other_body(cast):
    Authority.objects.filter(pk=cast.outside.pk).update(letter_email="body@example.org")
    case = _passed_on(cast, accepted(cast), cast.outside, MONDAY + DAY)
    reactions.dispatch(MONDAY + DAY)
    sent = Delivery.objects.get(matter=case.pk, purpose="outside")
    assert (sent.kind, sent.facts["to"]) == ("email", "body@example.org")
    assert case.code in sent.facts["text"]


def test_rule_03_without_an_address_the_clerks_here_hear_of_the_letter_to_print(cast):
    case = _passed_on(cast, accepted(cast), cast.outside, MONDAY + DAY)
    reactions.dispatch(MONDAY + DAY)
    assert Delivery.objects.get(matter=case.pk, purpose="outside").kind == "letter"
    told = Notice.objects.get(matter=case.pk, code="letter_to_print")
    assert told.post_id == cast.post(cast.clerk).pk
    with translation.override("en"):
        assert "Commission" in notice(told.code, told.facts)


def _chased(at: datetime) -> int:
    return sum(printing.tell_again(letter_id=pk, now=at) for pk in printing.letters_to_tell_of(at))


def _told_again(letter: Delivery, code: str = "letter_waits") -> list[tuple[int, bool]]:
    rows = Notice.objects.filter(matter=letter.matter, code=code).order_by("pk")
    return [(row.post_id, row.is_urgent) for row in rows]


def test_rule_03_a_letter_that_nobody_prints_is_told_of_until_it_has_gone(cast):
    """One notice was sent; where it was overlooked the letter lay there for good, and the person asked at the other body."""
    case = _passed_on(cast, accepted(cast), cast.outside, MONDAY + DAY)
    reactions.dispatch(MONDAY + DAY)
    letter = Delivery.objects.get(matter=case.pk, purpose="outside")
    clerk, leader = cast.post(cast.clerk).pk, cast.post(cast.leader).pk
    assert _chased(MONDAY + 3 * DAY) == 0
    assert [_chased(MONDAY + 4 * DAY) for _twice in range(2)] == [1, 0]
    assert _told_again(letter) == [(clerk, False)]
    assert _chased(MONDAY + 8 * DAY) == 1
    assert _told_again(letter)[1:] == [(leader, True), (clerk, False)]
    letter_waits = Notice.objects.filter(code="letter_waits").first()
    with translation.override("en"):
        assert "Commission has waited since" in notice(letter_waits.code, letter_waits.facts)
    assert [fault.code for fault in checks.check_letters()] == ["letters_wait"]
    # What was taken up again here need not go there; passed on once more, there is a letter of its own.
    Case.objects.filter(pk=case.pk).update(state="accepted", ended_at=None)
    assert _chased(MONDAY + 12 * DAY) == 0
    Case.objects.filter(pk=case.pk).update(state="passed_on", ended_at=case.ended_at)
    by = cast.actor(cast.clerk)
    record_letter(case_id=case.pk, delivery_id=letter.pk, receipt="", by=by, now=MONDAY + 13 * DAY)
    assert not list(checks.check_letters())
    # It has gone; whether it came is known from the other side's receipt alone.
    assert _chased(MONDAY + 26 * DAY) == 0
    assert [_chased(MONDAY + 27 * DAY) for _twice in range(2)] == [1, 0]
    assert _told_again(letter, "letter_without_receipt") == [(clerk, False)]
    assert _chased(MONDAY + 41 * DAY) == 1
    assert _told_again(letter, "letter_without_receipt")[1:] == [(leader, False), (clerk, False)]
    without_receipt = Notice.objects.filter(code="letter_without_receipt").first()
    with translation.override("en"):
        said = notice(without_receipt.code, without_receipt.facts)
        assert "Commission went on 15 March 2026" in said
    record_letter(case_id=case.pk, delivery_id=letter.pk, receipt="No. 7", by=by, now=MONDAY + 42 * DAY)
    assert _chased(MONDAY + 90 * DAY) == 0
    assert len(_told_again(letter)) == 3


def test_rule_03_a_body_that_works_here_is_told_and_reads_it(cast):
    case = _passed_on(cast, accepted(cast), cast.county, MONDAY + DAY)
    reactions.dispatch(MONDAY + DAY)
    head = cast.post(cast.county_leader).pk
    assert Notice.objects.filter(matter=case.pk, code="passed_on", post_id=head).exists()
    assert access.case_for(access.reader_for(cast.county_leader, MONDAY + DAY), case.pk)


@pytest.mark.parametrize("who", ["unit", "head"])
def test_rule_05_an_accusation_is_not_passed_on_to_the_accused_body(cast, who):
    accused = (
        {"accused_units": (cast.county_root.pk,)}
        if who == "unit"
        else {"accused_staff": (cast.county_leader.pk,)}
    )
    case = registered(cast, is_conduct=True, **accused).case
    with pytest.raises(CannotAct) as refusal:
        handling.pass_on(
            case_id=case.pk,
            to=cast.county.pk,
            why="x",
            by=cast.actor(cast.discipline_head),
            seen_version=case.version,
            now=MONDAY,
        )
    assert refusal.value.code in ("accused_unit", "accused_post")


def test_rule_08_not_solved_can_be_said_of_what_was_passed_on(cast, bring, now):
    person = bring(accept=True)
    _passed_on(cast, person.case, cast.outside, now)
    assert "/case/solved" in person.page()
    person.client.post("/case/solved", {"solved": "no", "text": "nobody called"})
    assert person.case.person_solved is False


@pytest.mark.parametrize("goes", ["transferred", "passed_on", "review"])
def test_what_is_answered_together_stands_apart_when_one_goes_elsewhere(cast, goes):
    lead, member = accepted(cast), accepted(cast)
    by = cast.actor(cast.leader)
    joined = {"case_id": member.pk, "lead_id": lead.pk, "why": "x", "by": by, "seen_version": member.version}
    grouping.join_case(**joined, now=MONDAY + DAY)
    lead.refresh_from_db()
    move = {"case_id": lead.pk, "by": by, "seen_version": lead.version, "now": MONDAY + DAY}
    if goes == "transferred":
        handling.transfer_case(**move, to_unit=cast.water.pk, why="x")
    elif goes == "passed_on":
        handling.pass_on(**move, to=cast.outside.pk, why="x")
    else:
        deciding.send_decision(**move, outcome="supported", parts=PARTS)
        persons.ask_review(case_id=lead.pk, text="", now=MONDAY + 2 * DAY)
    member.refresh_from_db()
    assert member.lead_id is None
    assert member.unit == cast.roads
    assert _kinds(lead)[-1] == _kinds(member)[-1] == "case.split"


# --- a receipt given out at a counter -----------------------------------------------------------------------


def _new_receipt_for_the_clerk(cast, at_desk, case: Case) -> Client:
    """A clerk gives out a new receipt, and opens the person's page with it."""
    form = {"told": ["words", "when"], "sure": "on", "confirm": "on"}
    page = at_desk(cast.clerk).post(reverse("looks:reissue", args=[case.pk]), form)
    thief = Client(headers={"accept-language": "en"})
    assert thief.post("/case/", {"code": case.code, "secret": page.context["secret"]}).status_code == 303
    return thief


def test_rule_04_one_clerk_does_not_become_the_person_by_way_of_a_new_receipt(cast, at_desk, bring, now):
    case = bring(accept=True, channel=ChannelWish("email", "a@example.org")).case
    thief = _new_receipt_for_the_clerk(cast, at_desk, case)
    assert "given out at the counter" in thief.get("/case/now").content.decode()
    for path, form in (("withdraw", {}), ("erase", {"sure": "on"}), ("reach", {"kind": "none"})):
        assert (
            "<button"
            not in thief.get(f"/case/{path}").content.decode().split("<h1")[1].split("At any time")[0]
        )
        thief.post(f"/case/{path}", form)
        case.refresh_from_db()
        assert case.state == "accepted"
    assert "case.erasure_asked" not in _kinds(case)
    assert "channel.dropped" not in _kinds(case), "it tells the person of all this"
    thief.post("/case/share", {"shareable": "on", "publishable": "on"})
    assert "case.sharing_changed" not in _kinds(case)
    thief.post("/case/write", {"text": "more"})
    thief.post("/case/raise")
    assert _kinds(case)[-2:] == ["case.added_to", "case.raised"]


def test_rule_04_solved_waits_and_not_solved_does_not(cast, at_desk, bring, now):
    case = bring(accept=True).case
    send = {"case_id": case.pk, "outcome": "supported", "parts": PARTS, "by": cast.actor(cast.leader)}
    deciding.send_decision(**send, seen_version=case.version, now=now)
    persons.see_decisions(case_id=case.pk, now=now)
    thief = _new_receipt_for_the_clerk(cast, at_desk, case)
    answer = thief.post("/case/solved", {"solved": "yes", "text": "all is well"})
    assert answer.status_code == 422
    assert "all is well" in answer.content.decode()
    thief.post("/case/solved", {"solved": "no"})
    case.refresh_from_db()
    assert case.person_solved is False


def test_rule_04_after_two_weeks_a_new_receipt_is_as_good_as_any(cast, at_desk, bring, now):
    case = bring(accept=True).case
    half = _divided(cast, case, now)
    _new_receipt_for_the_clerk(cast, at_desk, case)
    for one in (case, half):
        with pytest.raises(CannotAct) as refusal:
            persons.withdraw(case_id=one.pk, now=now + 13 * DAY)
        assert refusal.value.code == "receipt_new"
        assert persons.withdraw(case_id=one.pk, now=now + 15 * DAY).state == "withdrawn"


def test_rule_07_days_that_a_new_receipt_opened_do_not_run_out_behind_the_persons_back(cn_cast, at_desk, now):
    cast, ago = cn_cast, now - 40 * DAY
    case = accepted(cast, ago, kind="claim")
    send = {"case_id": case.pk, "outcome": "supported", "parts": PARTS, "by": cast.actor(cast.leader)}
    deciding.send_decision(**send, seen_version=case.version, now=ago + DAY)
    known, by = tuple(receipts.KNOWN_THINGS), cast.actor(cast.clerk)
    receipts.reissue_at_counter(case_id=case.pk, known=known, by=by, seen_version=None, now=ago + 2 * DAY)
    persons.see_decisions(case_id=case.pk, now=ago + 2 * DAY)
    persons.ask_review(case_id=case.pk, text="不对。", now=now)
    assert acts_of(case.pk, kinds=("case.review_asked",))[0].body["in_window"] is True


# --- who looked, and what the office keeps to itself --------------------------------------------------------


def test_rule_06_a_look_through_any_half_is_seen_on_the_page_of_each(cast, bring, now):
    person = bring(accept=True, privacy="confidential", identities=(Identity("李兰"),))
    second = _divided(cast, person.case, now)
    third = _divided(cast, second, now)
    told = ((person.case, "first reason"), (second, "second reason"), (third, "third reason"))
    for minute, (case, reason) in enumerate(told):
        at = now + timedelta(minutes=minute)
        looks.look_at_identity(case_id=case.pk, reason=reason, by=cast.actor(cast.clerk), now=at)
    expected = ["third reason", "second reason", "first reason"]
    for case in (person.case, second, third):
        assert [line.text for line in PersonPage(case, now).looks] == expected
    page = person.page("looks")
    assert all(reason in page for reason in expected)


def test_the_offices_own_reasons_are_not_in_the_zip(cast, bring, now):
    person = bring(accept=True)
    handling.assign_case(
        case_id=person.case_id,
        to_post=cast.post(cast.handler).pk,
        by=cast.actor(cast.clerk),
        seen_version=person.case.version,
        now=now,
        why="OFFICES-OWN-REASON",
    )
    with zipfile.ZipFile(io.BytesIO(person.client.post("/case/take").content)) as packed:
        said = json.loads(packed.read("file.json"))
    opened = {
        act["kind"]: base64.b64decode(act["record"]).decode() for act in said["acts"] if "record" in act
    }
    assert not [one for one in opened.values() if "OFFICES-OWN-REASON" in one]
    assert "case.registered" in opened
    assert all(act["leaf"] for act in said["acts"])


def test_rule_09_a_saved_view_does_not_keep_the_name_that_was_searched_for(
    cast, at_desk, now, everything_stored
):
    at_desk(cast.leader).post("/desk/views/save", {"address": "list=all&q=Li+Lan", "name": "v"})
    assert SavedView.objects.get().query == "list=all"
    assert "Li+Lan" not in everything_stored()


# --- sent again, with more ----------------------------------------------------------------------------------


def test_rule_03_the_same_key_with_an_accusation_added_is_not_taken_for_the_same(cast):
    _client, key = issue_key(authority=cast.town, name="x", by=cast.actor(cast.administrator), now=MONDAY)

    def post(body: dict[str, object]):
        headers = {"authorization": f"Bearer {key}", "idempotency-key": "one-case-1"}
        return Client().post(
            "/api/v1/cases", json.dumps(body), content_type="application/json", headers=headers
        )

    body: dict[str, object] = {"claim": "x", "subject": "lamps", "place": "village"}
    assert [post(body).status_code for _ in range(2)] == [201, 200]
    for more in ({"conduct": {"units": ["roads"], "in_words": ""}}, {"is_danger": True}, {"place": ""}):
        again = post(body | more)
        assert again.status_code == 409, again.content
    assert Case.objects.count() == 1


def test_rule_03_whoever_finds_a_code_does_not_lock_the_person_out(cast, bring):
    person = bring(channel=ChannelWish("email", "lilan@example.org"))
    Client().post("/case/lost", {"code": person.code})
    assert receipts.send_wanted(clock.now()) == 1
    assert person.page()
    again = Client().post("/case/", {"code": person.code, "secret": person.secret})
    assert again.status_code == 303


def test_rule_09_what_an_earlier_program_ended_is_not_kept_for_ever(cast):
    case = _ended(cast)
    Case.objects.filter(pk=case.pk).update(keep_until=None)
    erasure.sweep(MONDAY + 2 * DAY)
    case.refresh_from_db()
    assert case.keep_until == case.ended_at + timedelta(days=3652.5)
