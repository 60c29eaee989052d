"""Several persons, one cause: answered together, and each with a receipt, a page and an answer of their own."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from answerable.cases.models import Case
from answerable.core import clock
from tests.cast import PARTS, registered
from tests.journeys.faces import two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SUMMARY = "村口路灯两个月不亮。"
STORIES = ("村口的路灯坏了两个月。", "夜里走路看不见，灯不亮。", "下夜班回家摔了一跤，路灯是黑的。")


@two_faces
def test_joined_matters_are_answered_together(face, cast, person, desk):
    first, second, third = person(), person(), person()
    handler, leader = desk(cast.handler), desk(cast.leader)
    first.report(cast, story=STORIES[0], share=True)
    handler.open(first.code)
    handler.do("accept")
    handler.do("describe", shared_summary=SUMMARY)

    # The second one finds it on the way in and joins; the third came by itself, and is put to them by the desk, with the
    # reason.
    second.report(cast, story=STORIES[1], look=True)
    third.was_given(registered(cast, now=clock.now(), claim=STORIES[2], language=face.language))
    handler.open(third.code)
    handler.do("accept")
    handler.do("join", code=first.code, why="同一处路灯。")
    lead = Case.objects.get(code=first.code)
    assert set(Case.objects.filter(lead=lead).values_list("code", flat=True)) == {second.code, third.code}

    leader.open(first.code)
    leader.decide(PARTS)
    assert Case.objects.filter(state="decided").count() == 3

    everybody = (first, second, third)
    assert len({somebody.code for somebody in everybody}) == 3
    assert len({somebody.secret for somebody in everybody}) == 3
    for somebody, own in zip(everybody, STORIES, strict=True):
        somebody.enter()
        somebody.read_decision()
        expect(somebody.page.locator("#decision")).to_contain_text(PARTS["opinion"])
        html = somebody.page.content()
        assert own in html
        for other, words in zip(everybody, STORIES, strict=True):
            if other is not somebody:
                assert other.code not in html
                assert words not in html
    third.say_solved("no")
    assert list(Case.objects.filter(person_solved=False)) == [Case.objects.get(code=third.code)]
