"""Figures from the desk to everybody: a month let out, the annual report written and published, all of it read."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from answerable.figures.published import services
from answerable.figures.published.models import Edition, Layout, Publishing
from answerable.figures.published.tests.scenes import NOW, SYSTEM, published, two_months
from tests.cast import make_cast
from tests.journeys.faces import two_faces
from tests.journeys.sides import LIMIT, weight

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(transactional_db):
    """November is out; December is counted and waits."""
    cast = make_cast()
    two_months(cast)
    Publishing.objects.create(authority=cast.town, first_month="2026-11")
    published(cast, "2026-11")
    services.prepare(body=cast.town, period="2026-12", by=SYSTEM, now=NOW)
    return cast


@two_faces
def test_figures_from_the_desk_to_everybody(page, face, town, sign_in, axe_clean, shot):
    zh = face.language.startswith("zh")
    sign_in(page, town.mayor)
    page.goto(reverse("published_desk:home"))
    axe_clean()
    shot("published-desk", whole=True)
    page.get_by_role("link", name="2026年12月" if zh else "December 2026").click()
    axe_clean()
    shot("published-preview", whole=True)
    page.get_by_role("button", name="现在发布" if zh else "Let it out now").click()
    expect(page.locator(".flashes")).to_contain_text("已发布" if zh else "Published.")
    assert Edition.objects.filter(state="released").count() == 2

    row = Layout.objects.create(
        authority=town.town,
        period="2026-11",
        why="一份清单漏了。",
        asked_at=NOW,
        begun_at=NOW,
        done=3,
        steps=10,
    )
    page.reload()
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "3")
    axe_clean()
    shot("published-preparing", whole=True)
    services.give_up(layout_id=row.pk, code="took_too_long", now=NOW)
    again = page.get_by_role("button", name="再统计一次" if zh else "Count it once more")
    expect(again).to_be_visible()  # the page looked by itself
    axe_clean()
    shot("published-not-made", whole=True)

    published(town, "2026")
    page.reload()
    page.get_by_role("button", name="起草报告" if zh else "Draft the report").click()
    axe_clean()
    section = page.locator("#section-lessons")
    section.get_by_label("中文" if zh else "In Chinese").fill("路灯改为当周修好。")
    section.get_by_label("英文" if zh else "In English").fill("Lamps are mended within the week.")
    section.get_by_role("button", name="保存这段文字" if zh else "Save this text").click()
    page.get_by_role("button", name="批准" if zh else "Approve it").click()
    page.get_by_role("button", name="发布" if zh else "Publish it", exact=True).click()
    expect(page.locator(".flashes")).to_contain_text("网页" if zh else "as a page and as paper")
    shot("published-report-desk", whole=True)

    page.context.clear_cookies()
    for address, name in (
        ("/figures/", "front"),
        ("/figures/town/2026-12", "month"),
        ("/figures/town/2026-12/1/by-unit", "units"),
        ("/figures/town/dictionary", "dictionary"),
        ("/figures/town/reports/2026", "report"),
    ):
        page.goto(address)
        axe_clean()
        assert weight(page) <= LIMIT, f"{address} weighs {weight(page)} bytes"
        shot(f"published-{name}", whole=True)
    expect(page.locator("main")).to_contain_text("路灯" if zh else "Lamps are mended")
    assert page.context.cookies() == []
