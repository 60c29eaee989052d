"""Ways in which a person was failed, each found by trying to break the rules, and each kept from coming back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.cases import files
from answerable.cases.models import Case, Message, Note
from answerable.cases.rules import CannotAct
from answerable.cases.services import checking, deciding, erasure, grouping, handling, persons
from answerable.record.queries import acts_of
from tests.cast import MONDAY, PARTS, accepted

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
    assert "/case/raise" not in person.page()
    desk = at_desk(cast.leader)
    page = desk.get(f"/desk/case/{person.case_id}").content.decode()
    assert f"/desk/case/{person.case_id}/do/" not in page
    form = {"seen_version": person.case.version, "seen_seq": 0, "text": "Li Lan called again"}
    answer = desk.post(f"/desk/case/{person.case_id}/do/note", form)
    assert answer.status_code < 500
    assert not Note.objects.filter(case_id=person.case_id).exists()
