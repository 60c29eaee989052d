"""Rule 8: closed by the person's word too."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.utils import translation

from answerable.cases import downloads
from answerable.cases.packs import load_pack
from answerable.cases.person.casepage import PersonPage
from answerable.cases.services import deciding, persons
from answerable.core import clock
from answerable.record.models import Act
from tests.cast import PARTS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def answered(bring, cast, now):
    """Decided, “solved” in the office's word, and read."""
    person = bring(accept=True)
    deciding.send_decision(
        case_id=person.case_id,
        outcome="supported",
        parts=PARTS,
        by=cast.actor(cast.leader),
        seen_version=person.case.version,
        now=now,
        office_solved=True,
    )
    person.client.post("/case/decision")
    return person


def test_rule_08_not_solved_stands_beside_the_offices_solved(answered, cast, at_desk):
    answered.client.post("/case/solved", {"solved": "no", "text": "It is still dark."})
    case = answered.case
    assert (case.office_solved, case.person_solved) == (True, False)
    assert "You said: it is not solved." in answered.page()
    desk = at_desk(cast.leader).get(f"/desk/case/{case.pk}").content.decode()
    assert "It is still dark." in desk
    assert "not solved" in desk.lower()
    archive = zipfile.ZipFile(io.BytesIO(answered.client.post("/case/take").content))
    told = json.loads(archive.read("file.json"))
    assert (told["office_says_solved"], told["person_says_solved"]) == (True, False)


def test_rule_08_both_words_stand_with_the_decision_on_both_pages_and_in_the_file(answered, cast, at_desk):
    answered.client.post("/case/solved", {"solved": "no"})
    office, person = "The office says: what was asked for is done.", "says: not solved."
    own = answered.page()
    assert office in own
    assert "Your word: not solved." in own[own.index(office) : own.index(office) + 200]
    desk = at_desk(cast.leader).get(f"/desk/case/{answered.case.pk}").content.decode()
    assert person in desk[desk.index(office) : desk.index(office) + 200]
    page = PersonPage(answered.case, clock.now())
    with translation.override("en"):
        assert office in downloads.printed(page).decisions[0].outcome
        assert "Your word: not solved." in downloads.printed(page).decisions[0].outcome


def test_rule_08_a_reviewers_word_overwrites_nobodys(answered, cast, now):
    case = persons.ask_review(case_id=answered.case_id, text="Dark.", now=clock.now())
    deciding.send_decision(
        case_id=case.pk,
        outcome=load_pack(case.pack).outcomes_at("review")[0].code,
        parts=PARTS,
        by=cast.actor(cast.county_leader),
        seen_version=case.version,
        now=clock.now(),
        office_solved=False,
    )
    answered.client.post("/case/decision")
    assert answered.case.office_solved is True
    told = json.loads(
        zipfile.ZipFile(io.BytesIO(answered.client.post("/case/take").content)).read("file.json")
    )
    assert [d["office_says_solved"] for d in told["decisions"]] == [True, False]
    page = answered.page()
    assert page.index("The office does not say that it is done.") < page.index(
        "The office says: what was asked"
    )


def test_rule_08_closing_takes_nothing_from_the_persons_word(answered, cast, now):
    answered.client.post("/case/solved", {"solved": "no"})
    deciding.close_case(case_id=answered.case_id, by=cast.actor(cast.leader), seen_version=None, now=now)
    assert answered.case.state == "closed"
    assert answered.case.person_solved is False
    assert answered.client.get("/case/solved").status_code == 200
    answered.client.post("/case/solved", {"solved": "yes", "rating": "4"})
    assert (answered.case.person_solved, answered.case.rating) == (True, 4)
    said = Act.objects.filter(matter_id=answered.case_id, kind__in=["case.solved_said", "case.unsolved_said"])
    assert said.count() == 2


def test_rule_08_an_exported_list_has_both_words(answered, cast, at_desk):
    answered.client.post("/case/solved", {"solved": "no"})
    response = at_desk(cast.leader).post("/desk/export", {"form": "csv", "address": "list=all"})
    text = b"".join(response.streaming_content).decode()
    assert "The office says solved" in text
    assert "The person says solved" in text


def test_rule_08_reopening_spoils_nothing_and_parking_improves_nothing(answered, cast, now):
    """What was decided in time stays so; the first receipt stays the person's own beginning."""
    first = answered.case.received_at
    met = list(answered.case.deadlines.filter(met_seq__isnull=False).values_list("pk", "met_at", "late_from"))
    deciding.close_case(case_id=answered.case_id, by=cast.actor(cast.leader), seen_version=None, now=now)
    deciding.reopen_case(
        case_id=answered.case_id,
        by=cast.actor(cast.leader),
        seen_version=None,
        now=now,
        why="It broke again.",
    )
    assert met == list(
        answered.case.deadlines.filter(pk__in=[m[0] for m in met]).values_list("pk", "met_at", "late_from")
    )
    assert answered.case.received_at == first
    assert answered.case.deadlines.filter(step="answer", met_seq=None, voided_seq=None).exists()
    assert "It broke again." in answered.page()
