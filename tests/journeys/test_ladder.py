"""The ladder of reviews under 《信访工作条例》: the person goes up rung by rung, and is told what remains after the last."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from answerable.cases.models import Case
from answerable.cases.packs import load_pack
from answerable.core import clock
from answerable.orgs.models import Authority, Role
from tests.cast import PARTS, registered, staffed, unit
from tests.journeys.faces import two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

#: The days that are left, in the sentence on the ladder's card.
DAYS_LEFT = {"zh-hans": re.compile(r"还[有剩]\s*(\d+)\s*[天日]"), "en": re.compile(r"\((\d+) days? left\)")}
REFUSED = load_pack("cn-xinfang-2022").outcomes_at("handle")[-1].code
REMAINS = {"zh-hans": "还有什么途径", "en": "What remains"}


@pytest.fixture
def city(cn_cast):
    """A level above the county, with a reviewer of its own."""
    city = Authority.objects.create(code="city", name_zh="某市", name_en="City", pack="cn-xinfang-2022")
    root = unit(city, "city", "市政府", "City government")
    staffed(root, "head", Role.LEADER, "市长", "City head", head=True)
    cn_cast.county.above = city
    cn_cast.county.save()
    return staffed(root, "reviewer", Role.REVIEWER, "复核", "City reviewer")


def days_left(side) -> int:
    card = side.page.locator("section.card", has=side.page.locator("a[href='/case/review']"))
    found = DAYS_LEFT[side.face.language].search(card.inner_text())
    assert found, card.inner_text()
    return int(found[1])


@two_faces
def test_the_ladder_to_its_end(face, cn_cast, city, person, desk, later, work):
    cast, somebody = cn_cast, person()
    somebody.was_given(registered(cast, now=clock.now(), kind="claim"))
    clerk, leader = desk(cast.clerk), desk(cast.leader)
    clerk.open(somebody.code)
    clerk.do("accept")
    leader.open(somebody.code)
    leader.decide(PARTS, outcome=REFUSED)

    somebody.enter()
    assert somebody.page.locator("a[href='/case/review']").count() == 0  # its days begin when it is read
    somebody.read_decision()
    assert days_left(somebody) == 30
    later(days=9)
    somebody.enter()
    assert days_left(somebody) == 21
    somebody.ask_review("还是不亮。")
    work()

    reviewer = desk(cast.county_reviewer)
    reviewer.page.goto("/desk/notices")
    expect(reviewer.page.locator(".notices a").first).to_be_visible()
    reviewer.open(somebody.code)
    on = (clock.now() + timedelta(days=5)).date().isoformat()
    reviewer.do("hearing", on=on, at="9:30", place="县政府二楼", text="路灯由谁修。", ground="person")
    somebody.page.reload()
    somebody.call_off_hearing()
    reviewer.page.reload()
    reviewer.decide(PARTS | {"opinion": "维持原处理意见。"}, outcome="upheld")
    somebody.page.reload()
    somebody.read_decision()
    assert days_left(somebody) == 30
    later(days=29)
    somebody.enter()
    assert days_left(somebody) == 1
    somebody.ask_review("没有人到现场看过。")
    work()

    last = desk(city)
    last.open(somebody.code)
    last.decide(PARTS | {"opinion": "复核意见：责成限期修复。"}, outcome="changed")
    somebody.page.reload()
    somebody.read_decision()
    assert somebody.page.locator("a[href='/case/review']").count() == 0
    # What remains: the words of the rule (court, administrative review), and every door that never closes.
    remains = somebody.page.locator("section.card", has_text=REMAINS[face.language])
    expect(remains).to_be_visible()
    for name in ("write", "solved"):
        expect(somebody.page.locator(f"a[href='/case/{name}']").first).to_be_visible()
    expect(somebody.page.locator("form[action='/case/raise'] button")).to_be_visible()

    case = Case.objects.get()
    assert (case.state, case.stage) == ("decided", "rereview")
    # Each office keeps what it decided, and reads no further than its own part lets it.
    leader.open(somebody.code)
    assert leader.page.locator("nav.verbs a[href$='/decision']").count() == 0
