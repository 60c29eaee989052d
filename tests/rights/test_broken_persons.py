"""Ways in which a person was failed, each found by trying to break the rules, and each kept from coming back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.cases.models import Message
from answerable.record.queries import acts_of

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def _kinds(person) -> list[str]:
    return [act.kind for act in acts_of(person.case_id)]


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
