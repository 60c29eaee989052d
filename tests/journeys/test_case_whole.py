"""One matter from the first word to the person's last: reported without a name, handled, answered, “not solved”."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from answerable.cases.models import Case
from tests.cast import PARTS
from tests.journeys.faces import two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

STORY = {"zh-hans": "村口的路灯坏了两个月，晚上看不见路。", "en": "The lamp at the village entrance is out."}
QUESTION = {"zh-hans": "请问是哪一盏灯？", "en": "Which lamp is it?"}
ANSWER = {"zh-hans": "村委会门口那一盏。", "en": "The one at the village hall."}


@two_faces
def test_a_matter_from_the_first_word_to_the_last(face, cast, person, desk, work):
    somebody, clerk = person(), desk(cast.clerk)
    somebody.report(cast, story=STORY[face.language])
    case = Case.objects.get()
    assert case.privacy == "anonymous"

    work()  # the clerks of the unit are told
    clerk.list("unassigned")
    clerk.page.locator("tr[data-row] a").first.click()
    clerk.page.wait_for_url(f"**/desk/case/{case.pk}")
    clerk.seen(clerk.page)
    clerk.do("accept")
    clerk.do("assign", to_post=cast.post(cast.handler).pk)

    handler = desk(cast.handler)
    assert handler.list("mine").count() == 1
    handler.page.locator("tr[data-row] a").first.click()
    handler.do("ask", text=QUESTION[face.language])

    somebody.enter()
    expect(somebody.page.get_by_text(QUESTION[face.language]).first).to_be_visible()
    somebody.open("write")
    somebody.page.locator("#id_text").fill(ANSWER[face.language])
    somebody.send()

    leader = desk(cast.leader)
    leader.open(somebody.code)
    expect(leader.page.locator(".talk")).to_contain_text(ANSWER[face.language])
    leader.decide({part: text for part, text in PARTS.items() if part != "claim"}, solved=True)

    somebody.page.reload()
    assert PARTS["opinion"] not in somebody.page.content()
    somebody.read_decision()
    expect(somebody.page.locator("#decision")).to_contain_text(PARTS["opinion"])
    somebody.say_solved("no", rating=2)
    leader.page.reload()
    leader.seen(leader.page)
    case.refresh_from_db()
    assert (case.state, case.person_solved, case.office_solved) == ("decided", False, True)
