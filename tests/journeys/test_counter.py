"""The counter in a real browser: from the first word to the printed receipt."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_clerk_takes_a_matter_down_and_hands_over_the_receipt(page, cast, sign_in, axe_clean, shot, watch):
    watch.may_fail.add(422)
    sign_in(page, cast.clerk)
    page.goto("/desk/counter")
    axe_clean()
    shot("counter", whole=True)
    page.fill("#id_story", "村口的路灯坏了两个月，晚上看不见路。")
    page.select_option("#id_subject", str(cast.lamps.pk))
    page.select_option("#id_place", str(cast.village.pk))
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
