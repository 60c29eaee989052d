"""Erasure: asked by the person, carried out by the system, to be seen on every side; and the record still stands."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from answerable.cases.models import Case
from answerable.core import clock
from answerable.parties.models import Party
from answerable.parties.steps import Identity
from answerable.record.models import Act, Opening
from tests.cast import PARTS, registered
from tests.journeys.faces import two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

STORY = "桥头那口井边的路灯坏了两个月。"
NAME = "孙巧云"


@two_faces
def test_what_is_erased_is_gone_and_the_record_stands(face, cast, person, desk, work):
    somebody, clerk, leader = person(), desk(cast.clerk), desk(cast.leader)
    somebody.was_given(
        registered(cast, now=clock.now(), claim=STORY, privacy="confidential", identities=(Identity(NAME),))
    )
    clerk.open(somebody.code)
    clerk.do("accept")
    leader.open(somebody.code)
    leader.decide(PARTS)
    somebody.enter()
    somebody.read_decision()
    assert somebody.take_file()[:2] == b"PK"

    # Asked while the matter is open: the wish is written down, nothing is taken from the person yet.
    somebody.page.goto("/case/now")
    somebody.open("erase")
    somebody.page.locator("input[name=sure]").check()
    somebody.send()
    work()
    case = Case.objects.get()
    assert case.erased_at is None
    leaves = list(Act.objects.filter(matter_id=case.pk).order_by("seq").values_list("seq", "leaf"))

    leader.open(somebody.code)
    leader.do("close")
    work()
    case.refresh_from_db()
    assert case.erased_at is not None

    # The page opens still and says that it is gone; the file has nothing left to take.
    somebody.enter()
    html = somebody.page.content()
    assert STORY not in html
    assert PARTS["opinion"] not in html
    somebody.page.goto("/case/take")
    somebody.page.wait_for_url("**/case/now")
    expect(somebody.page.locator(".flash")).to_be_visible()
    somebody.seen(somebody.page)

    # At the desk: no words by search, none in the export, none on the page of the case; its code is there.
    leader.page.goto("/desk/")
    leader.search("井边")
    assert leader.page.locator("tr[data-row]").count() == 0
    leader.list("ended")
    taken = leader.export()
    assert case.code in taken
    assert "井边" not in taken
    leader.open(case.code)
    shown = leader.page.content()
    for words in (STORY, NAME, *PARTS.values()):
        assert words not in shown
    assert leader.page.locator(".happened").is_visible()

    # The record: every leaf is where it was, more came after, nothing opens them any more.
    after = list(Act.objects.filter(matter_id=case.pk).order_by("seq").values_list("seq", "leaf"))
    assert after[: len(leaves)] == leaves
    assert Act.objects.filter(matter_id=case.pk, kind="case.erased").count() == 1
    first = Act.objects.filter(matter_id=case.pk).order_by("seq")[0]
    assert not Opening.objects.filter(act=first).exists()
    assert not Party.objects.filter(case_id=case.pk).exclude(sealed=None).exists()
