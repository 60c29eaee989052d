"""An accusation of an office: asked plainly, routed away, out of the sight of those it is about, and answered."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from answerable.cases.models import Case
from answerable.core import clock
from tests.cast import PARTS, registered
from tests.journeys.faces import two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

STORY = "规划建设办的人收了钱不办事，路灯还是坏的。"
NAME = "孙巧云"


@two_faces
def test_an_accusation_is_kept_from_those_it_is_about(face, cast, person, desk, work, watch):
    somebody = person()
    # So that the accused have lists to look through.
    other = registered(cast, now=clock.now(), claim="村口的路灯坏了。")
    somebody.report(
        cast,
        story=STORY,
        conduct="yes",
        about=[cast.roads.pk],
        privacy="confidential",
        name=NAME,
        look=True,
    )
    case = Case.objects.get(code=somebody.code)
    assert case.unit == cast.discipline
    work()

    for staff in (cast.leader, cast.handler, cast.clerk):
        accused = desk(staff)
        assert accused.list("unit").count() == 1
        assert other.code in accused.export()
        watch.may_fail.add(404)
        for words in ("收了钱", somebody.code):
            accused.search(words)
            assert str(case.pk) not in accused.page.content()
        accused.list("unit")
        assert somebody.code not in accused.export()
        accused.page.goto("/desk/notices")
        accused.seen(accused.page)
        assert somebody.code not in accused.page.content()
        for path in ("/identity", "/decision", "/do/note"):
            answer = accused.page.request.get(f"/desk/case/{case.pk}{path}")
            assert answer.status == 404
            assert STORY not in answer.text()
        shown = accused.page.goto(f"/desk/case/{case.pk}")
        assert shown is not None
        assert shown.status == 404
        assert STORY not in accused.page.content()
        accused.seen(accused.page)

    head = desk(cast.discipline_head)
    head.page.goto("/desk/notices")
    head.page.locator(f".notices a[href$='{case.pk}']").first.click()
    head.page.wait_for_url(f"**/desk/case/{case.pk}")
    head.seen(head.page)
    assert NAME not in head.page.content()  # sealed apart; looking is an act of its own
    head.do("accept")
    head.do("ask", text="是哪一天的事？")
    head.decide(PARTS)

    somebody.enter()
    expect(somebody.page.get_by_text("是哪一天的事？").first).to_be_visible()
    somebody.read_decision()
    expect(somebody.page.locator("#decision")).to_contain_text(PARTS["opinion"])
    case.refresh_from_db()
    assert (case.unit, case.state) == (cast.discipline, "decided")
