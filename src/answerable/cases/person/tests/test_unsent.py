"""What a person typed while their matter moved on, or what cannot be done, is given back to them on their own page."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest

from answerable.cases.services import deciding, erasure
from answerable.core import clock

from .test_pages import decide, with_receipt

pytestmark = pytest.mark.django_db(transaction=True)
MINE = "路灯还是不亮，晚上走路很危险，请再来看看。"


def given_back(person, path: str, **typed: str) -> str:
    answer = person.client.post(path, {"text": MINE} | typed)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 409, page[-1500:]
    assert f'<p class="quote">{MINE}</p>' in page
    assert "Nothing was sent this time." in page
    assert 'action="/case/raise"' in page
    return page


def test_a_reply_to_a_matter_that_was_erased_meanwhile(cast):
    person = with_receipt(cast)
    decide(cast, person.case)
    person.client.post("/case/read")
    deciding.close_case(
        case_id=person.case.pk,
        by=cast.actor(cast.leader),
        seen_version=person.case.version,
        now=clock.now(),
    )
    assert erasure.ask_erasure(case_id=person.case.pk, now=clock.now() + timedelta(days=400))
    page = given_back(person, "/case/write", once="one")
    assert "This matter was erased" in page


def test_a_review_that_is_not_open_yet(cast):
    person = with_receipt(cast)
    page = given_back(person, "/case/review")
    assert "There is no decision yet that could be reviewed." in page
    decide(cast, person.case)
    assert "Please read the decision first" in given_back(person, "/case/review")


def test_a_word_about_a_matter_that_was_taken_up_again(cast):
    person = with_receipt(cast)
    page = given_back(person, "/case/solved", solved="no", rating="2")
    assert "This is how your matter stands now." in page
    assert person.client.get("/case/solved").status_code == 303
