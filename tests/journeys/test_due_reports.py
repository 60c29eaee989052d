"""A report that is owed: set up, filled in with what the system counts, late, in the table, acknowledged; by the pages."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from answerable.core import clock
from answerable.readiness.reports import making, watching
from answerable.readiness.reports.models import DueReport, Kind
from answerable.readiness.reports.tests.scenes import asked, by_unit
from tests.cast import registered
from tests.journeys.faces import two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@two_faces
def test_a_report_from_what_is_owed_to_the_table(page, cast, sign_in, axe_clean, shot, watch):
    watch.may_fail.add(422)  # a number without its reason is refused
    now = clock.now()
    kind = asked(cast, now - timedelta(days=3), cut=time(0), due=time(0, 1))
    making.make_due(now - timedelta(days=3))
    making.make_due(now)
    watching.watch(now)
    registered(cast, now - timedelta(days=2))
    late = next(one for one in reversed(by_unit(kind)[cast.roads.pk]) if one.due_at < now)
    DueReport.objects.filter(kind=kind, until_at__lt=late.until_at).delete()
    sign_in(page, cast.clerk)
    page.goto(reverse("due_reports:home"))
    axe_clean()
    shot("due-home", whole=True)
    page.locator(f"a[href='{reverse('due_reports:report', args=[late.pk])}']").first.click()
    axe_clean()
    page.locator(f"a[href='{reverse('due_reports:fill', args=[late.pk])}']").click()
    axe_clean()
    box = page.locator("#id_f_received")
    counted = box.input_value()
    box.fill(str(int(counted) + 1))
    page.locator("#id_f_pumps").fill("2")
    page.locator("#id_f_notes").fill("河堤干燥 / the dyke is dry")
    page.locator("button[value=send]").click()
    expect(page.locator(".error-summary")).to_be_visible()
    axe_clean()
    shot("due-fill", whole=True)
    page.locator("#id_why_received").fill("一件由信件寄来 / one came by letter")
    page.locator("button[value=send]").click()
    expect(page.locator("main")).to_contain_text("one came by letter")
    axe_clean()
    shot("due-sent", whole=True)
    sign_in(page, cast.mayor)
    page.goto(reverse("due_reports:home"))
    axe_clean()
    page.locator(f"a[href='{reverse('due_reports:report', args=[late.pk])}']").first.click()
    page.locator(f"form[action='{reverse('due_reports:take', args=[late.pk])}'] button").click()
    expect(page.locator(".flash")).to_be_visible()
    page.goto(reverse("due_reports:table"))
    axe_clean()
    shot("due-table", whole=True)
    page.goto(reverse("due_reports:sum"))
    axe_clean()
    shot("due-sum", whole=True)
    page.goto(reverse("due_reports:kind", args=[Kind.objects.get().pk]))
    axe_clean()
    shot("due-kind", whole=True)
    for view in ("place", "leader"):
        page.goto(f"{reverse('sheet:home')}?view={view}")
        axe_clean()
        shot(f"sheet-{view}", whole=True)
    late.refresh_from_db()
    assert (late.state, late.first_at > late.due_at) == ("taken", True)
