"""A public warning from the desk to everybody's page, and a report on the way up: telephone in Chinese, desk in English."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from answerable.core import clock
from answerable.incidents.models import Incident, LevelChange, PublicWarning, Report
from answerable.incidents.reports import services as reports
from answerable.incidents.tests.scenes import CALL, Scene, activated
from tests.cast import make_cast
from tests.journeys.faces import other_face, two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene(transactional_db) -> Scene:
    """A flood that was called in ten minutes ago, and a response that began now."""
    made = activated(make_cast())
    by = clock.now() - timedelta(minutes=10) - CALL
    Incident.objects.update(
        reported_at=CALL + by,
        activated_at=CALL + by + timedelta(minutes=9),
        expected_until=CALL + by + timedelta(hours=9),
    )
    LevelChange.objects.update(at=CALL + by + timedelta(minutes=9))
    made.cast.town.phone = "0710-5551234"
    made.cast.town.save()
    reports.open_reports(incident_id=made.incident.pk, now=clock.now())
    return made


@two_faces
def test_warned_at_the_desk_and_read_by_everybody(page, face, scene, sign_in, axe_clean, shot, watch):
    watch.may_fail.add(422)
    zh = face.language.startswith("zh")
    sign_in(page, scene.cast.mayor)
    page.goto(reverse("incident_warnings:incident", args=[scene.incident.pk]))
    axe_clean()
    page.get_by_role("link", name="向公众预警" if zh else "Warn the public").click()
    axe_clean()
    page.get_by_role(
        "button", name="看看公众会看到什么" if zh else "Show it as the public will read it"
    ).click()
    expect(page.locator("#preview")).to_be_visible()
    axe_clean()
    shot("warning-preview", whole=True)
    page.get_by_role("button", name="发布警报" if zh else "Send the warning").click()
    expect(page.locator(".flashes")).to_contain_text("town-2026-001-1")
    assert PublicWarning.objects.get().kind == "Alert"

    page.context.clear_cookies(name="sessionid")
    page.goto("/" if zh else "/?x=1")
    line = page.get_by_role("link", name=re.compile("洪涝警报：东村" if zh else "Flood: East village"))
    expect(line).to_be_visible()
    axe_clean()
    page.goto("/warnings/")
    axe_clean()
    shot("warnings", whole=True)
    sizes = page.evaluate(
        "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
        ".reduce((sum, one) => sum + (one.decodedBodySize || 0), 0)"
    )
    assert sizes <= 100_000, f"{sizes} bytes"
    page.get_by_role("link", name="English" if zh else "中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "en" if zh else "zh-hans")
    page.get_by_role("link", name="Flood: East village" if zh else "洪涝警报：东村").first.click()
    axe_clean()
    page.goto("/warnings/incidents/2026-001")
    axe_clean()
    shot("warnings-response", whole=True)


@other_face
def test_a_report_is_written_and_given_by_telephone(page, face, scene, sign_in, axe_clean, shot, watch):
    watch.may_fail.add(422)
    zh = face.language.startswith("zh")
    sign_in(page, scene.cast.mayor)
    page.goto(reverse("incident_reports:list"))
    axe_clean()
    shot("reports", whole=True)
    page.get_by_role("link", name="电话首报" if zh else "First report by telephone").click()
    expect(page.locator(".deadline-sentence")).to_contain_text("还有" if zh else "left")
    axe_clean()
    shot("report", whole=True)
    send = page.get_by_role("button", name="报出" if zh else "Send the report", exact=True)
    send.click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.get_by_label("对方谁记录" if zh else "who took it down").fill("县值班员")
    send.click()
    expect(page.locator(".flashes")).to_contain_text("按时" if zh else "in time")
    axe_clean()
    row = Report.objects.get(duty="phone_above")
    assert (row.state, row.taken_by) == ("sent", "县值班员")
    page.goto(reverse("incident_reports:incident", args=[scene.incident.pk]))
    axe_clean()
