"""What is kept and for how long: found from the desk, true after the worker's turn, printed when a month is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from answerable.core import clock
from answerable.ops.models import KeepingReport, KeepingRun
from answerable.ops.retention import reporting
from tests.journeys.faces import two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@two_faces
def test_what_is_kept_stands_in_one_place(face, cast, desk, work, axe_clean, shot):
    page = desk(cast.administrator).page
    work()
    page.goto("/desk/")
    page.locator("a[href='/desk/kept/']").first.evaluate("link => link.click()")
    page.wait_for_url("**/desk/kept/")
    expect(page.locator("tbody tr")).not_to_have_count(0)
    expect(page.locator(".state-late, .tone-late")).to_have_count(0)
    axe_clean(page)
    shot("kept", whole=True, of=page)

    KeepingRun.objects.update(since=clock.now() - timedelta(days=40))
    assert reporting.turn(clock.now()) == 1
    page.reload()
    month = KeepingReport.objects.get().month
    page.locator(f"a[href='/desk/kept/{month:%Y-%-m}']").click()
    expect(page.locator("[data-print]")).to_be_visible()
    axe_clean(page)
    shot("kept-report", whole=True, of=page)
