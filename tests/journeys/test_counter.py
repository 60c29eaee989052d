"""The counter in a real browser: from the first word to the printed receipt."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.core import clock
from tests.cast import accepted
from tests.journeys.faces import two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@two_faces
def test_a_clerk_takes_a_matter_down_and_hands_over_the_receipt(page, cast, sign_in, axe_clean, shot, watch):
    watch.may_fail.add(422)
    sign_in(page, cast.clerk)
    page.goto("/desk/counter")
    axe_clean()
    shot("counter", whole=True)
    page.fill("#id_story", "村口的路灯坏了两个月，晚上看不见路。")
    page.select_option("#id_subject", str(cast.lamps.pk))
    page.select_option("#id_place", str(cast.village.pk))
    page.check("input[name=danger][value=yes]")
    page.check("input[name=conduct][value=no]")
    page.check("input[name=privacy][value=confidential]")
    page.click(".counter-end button")
    axe_clean()
    shot("counter-fault", whole=True)
    page.fill("#id_name", "王小明")
    page.click(".counter-end button")
    page.wait_for_url("**/read-back")
    assert "村口的路灯坏了两个月" in page.inner_text(".counter-said")
    axe_clean()
    shot("counter-read-back", whole=True)
    page.click("form[action$=register] button")
    page.wait_for_url("**/receipt")
    assert page.locator(".receipt-code").count() == 2
    axe_clean()
    shot("counter-receipt", whole=True)
    with page.expect_download() as paper:
        page.click("form[action$=pdf] button")
    assert paper.value.suggested_filename == "receipt.pdf"
    page.click("form[action$=put-away] button")
    page.wait_for_url("**/desk/counter")


@two_faces
def test_a_withdrawal_told_at_the_counter_is_heard_by_another_unit(
    page, cast, sign_in, axe_clean, shot, new_context, face
):
    case = accepted(cast, now=clock.now() - timedelta(days=1))
    sign_in(page, cast.clerk)
    page.goto(f"/desk/looks/{case.pk}/withdrawal")
    axe_clean()
    shot("withdrawal-tell", whole=True)
    page.click("button[value=tell]")
    page.wait_for_selector(".note")
    assert page.locator("button[value=heard]").count() == 0
    axe_clean()
    shot("withdrawal-waits", whole=True)
    above = new_context(face).new_page()
    sign_in(above, cast.mayor)
    above.goto(f"/desk/looks/{case.pk}/withdrawal")
    axe_clean(above)
    shot("withdrawal-heard", whole=True, of=above)
    for value in ("word][value=yes", "how][value=came", "told][value=words", "told][value=when"):
        above.check(f"input[name={value}]")
    above.click("button[value=heard]")
    above.wait_for_url(f"**/desk/case/{case.pk}")
    case.refresh_from_db()
    assert case.state == "withdrawn"
