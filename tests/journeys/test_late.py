"""Late never means silent: nobody does anything, and the level above has it all the same."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from answerable.cases.models import Case
from answerable.core import clock
from tests.cast import registered
from tests.journeys.faces import two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@two_faces
def test_a_late_case_is_lifted_by_itself(face, cast, person, desk, later, work):
    somebody, clerk, mayor = person(), desk(cast.clerk), desk(cast.mayor)
    somebody.was_given(registered(cast, now=clock.now()))
    clerk.open(somebody.code)
    clerk.do("accept")
    case = Case.objects.get()
    own = case.deadlines.get(step="answer")
    work()
    assert mayor.list("supervised").count() == 0
    somebody.enter()
    before = somebody.page.locator(".deadline .deadline-sentence").first.inner_text()

    later(days=45)
    work()

    # The unit above has it on its list, with a date of its own, and was told; so was the leader who answers.
    assert mayor.list("supervised").count() == 1
    mayor.page.locator("tr[data-row] a").first.click()
    mayor.page.wait_for_url(f"**/desk/case/{case.pk}")
    mayor.seen(mayor.page)
    leader = desk(cast.leader)
    for side in (mayor, leader):
        side.page.goto("/desk/notices")
        side.seen(side.page)
        expect(side.page.locator(f".notices a[href$='{case.pk}']").first).to_be_visible()

    # The lower post and its date stay.
    assert leader.list("late").count() == 1
    leader.page.locator("tr[data-row] a").first.click()
    leader.page.wait_for_url(f"**/desk/case/{case.pk}")
    leader.seen(leader.page)
    case.refresh_from_db()
    stays = case.deadlines.get(step="answer", is_supervising=False)
    above = case.deadlines.get(is_supervising=True)
    assert (case.unit, case.leader_post, stays.pk, stays.late_from) == (
        cast.roads,
        cast.post(cast.leader),
        own.pk,
        own.late_from,
    )
    assert (above.unit, above.post) == (cast.town_root, cast.post(cast.mayor))

    # The person's page says so, calmly, in their language.
    somebody.enter()
    stands = somebody.page.locator("main > .flow").first
    expect(stands).to_contain_text(
        cast.town_root.name_zh if face.language == "zh-hans" else "Town government"
    )
    expect(somebody.page.locator(".deadline.tone-late")).to_have_count(1)
    assert somebody.page.locator(".deadline .deadline-sentence").first.inner_text() != before

    # Once: the next turns of the worker lift nothing again, until the level above lets its own date pass.
    work()
    assert case.deadlines.filter(is_supervising=True).count() == 1
