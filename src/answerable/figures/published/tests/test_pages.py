"""The public pages and the desk's, as they are asked for."""

from __future__ import annotations

import pytest
from django.test import Client

from answerable.core import clock
from answerable.figures.published import batch, rules, services
from answerable.figures.published.models import Edition, Layout, Publishing
from answerable.figures.published.tests.scenes import NOW, SYSTEM, published, two_months
from answerable.record.models import Act

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(cast, settings):
    """November is out, December waits."""
    settings.DEMO = True
    two_months(cast)
    Publishing.objects.create(authority=cast.town, first_month="2026-11")
    published(cast, "2026-11")
    services.prepare(body=cast.town, period="2026-12", by=SYSTEM, now=NOW)
    return cast


def test_the_public_pages(town):
    browser = Client(headers={"accept-language": "en"})
    front = browser.get("/figures/")
    page = front.content.decode()
    assert "57 matters came in. 57 answers were given. 48 of these (84 %) went out before their date." in page
    assert "December 2026 is counted." in page
    assert not front.cookies
    again = browser.get("/figures/", headers={"if-none-match": front["ETag"]})
    assert again.status_code == 304
    assert "收到 57 件" in browser.get("/figures/town/?lang=zh").content.decode()
    units = browser.get("/figures/town/2026-11/1/by-unit").content.decode()
    assert "Town government (itself), Water office" in units
    for nothing in ("by-promise", "%00", "by-%00", "figures.csv%00"):
        assert browser.get(f"/figures/town/2026-11/1/{nothing}").status_code == 404
    assert "Half of the people" in browser.get("/figures/town/2026-11").content.decode()
    means = browser.get("/figures/town/dictionary").content.decode()
    assert "No number from 1 to 4 is published" in means
    file = browser.get("/figures/town/2026-11/1/figures.csv")
    assert file["Access-Control-Allow-Origin"] == "*"
    assert "immutable" in file["Cache-Control"]
    cached = browser.get("/figures/town/2026-11/1/figures.csv", headers={"if-none-match": file["ETag"]})
    assert cached.status_code == 304
    for missing in ("nowhere/", "town/2026-10", "town/2026-11/2", "town/2026-11/1/counted.json", "county/"):
        assert browser.get(f"/figures/{missing}").status_code == 404


def at_desk(staff) -> Client:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(staff)
    return browser


def test_the_desk_previews_holds_back_and_lets_out(town):
    waiting = Edition.objects.get(state="prepared")
    preview = f"/desk/published/editions/{waiting.pk}"
    assert at_desk(town.handler).get("/desk/published/").status_code == 403
    looks_on = at_desk(town.auditor)
    assert "December 2026" in looks_on.get("/desk/published/").content.decode()
    assert "Let it out now" not in looks_on.get(preview).content.decode()
    assert looks_on.post(f"{preview}/release").status_code == 403
    mayor = at_desk(town.mayor)
    assert "Let it out now" in mayor.get(preview).content.decode()
    refused = mayor.post(f"{preview}/hold", {"days": 90, "why": "x"})
    assert refused.status_code == 422
    assert mayor.post(f"{preview}/release").status_code == 303
    assert Client().get("/figures/town/2026-12?lang=en").status_code == 200
    coming = rules.months_after(rules.month_of(clock.now().date()), 1)
    again = mayor.post("/desk/published/town/prepare", {"period": coming, "why": "Counted twice."})
    assert "The month is not over yet" in again.content.decode()
    asked = Layout.objects.create(authority=town.town, period="2026-11", why="Twice.", asked_at=NOW)
    assert "begins within seconds" in mayor.get("/desk/published/").content.decode()
    Layout.objects.update(begun_at=NOW, done=3, steps=10)
    assert 'value="3" max="10"' in mayor.get("/desk/published/").content.decode()
    services.give_up(layout_id=asked.pk, code="took_too_long", now=NOW)
    said = mayor.get("/desk/published/").content.decode()
    assert "took longer than it may and was stopped" in said
    assert "Count it once more" in said
    assert "Count it once more" not in looks_on.get("/desk/published/").content.decode()
    setting = at_desk(town.administrator).get("/desk/published/town/settings")
    assert "CC BY 4.0" in setting.content.decode()


def test_a_month_is_asked_for_and_nobody_waits_at_the_page(cast, settings):
    settings.DEMO = True
    month = rules.months_after(
        rules.month_of(clock.now().date()), -2
    )  # over, and its day has come, by any clock
    Publishing.objects.create(authority=cast.town, first_month=month)
    mayor, typed = at_desk(cast.mayor), {"period": month, "why": ""}
    assert at_desk(cast.clerk).post("/desk/published/town/prepare", typed).status_code == 403
    asked = mayor.post("/desk/published/town/prepare", typed, follow=True).content.decode()
    assert "It is being counted and laid out" in asked
    assert "begins within seconds" in asked
    assert not Edition.objects.exists()
    batch.lay_out_due(clock.now)
    waiting = Edition.objects.get(period=month)
    again = mayor.post("/desk/published/town/prepare", typed)
    assert again["Location"] == f"/desk/published/editions/{waiting.pk}"
    kinds = Act.objects.filter(kind__startswith="figures.").order_by("recorded_at", "seq")
    assert list(kinds.values_list("kind", flat=True)) == ["figures.asked", "figures.prepared"]


def test_a_report_from_one_click_to_everybody(town):
    services.release(edition_id=Edition.objects.get(state="prepared").pk, by=town.actor(town.mayor), now=NOW)
    published(town, "2026")
    mayor, public = at_desk(town.mayor), Client(headers={"accept-language": "en"})
    page = mayor.post("/desk/published/town/reports", {"year": "2026"}, follow=True)
    report = page.context["report"]
    at = f"/desk/published/reports/{report.pk}"
    assert "What was learnt, and what changes" in page.content.decode()
    assert public.get("/figures/town/reports/2026").status_code == 404
    missing = mayor.post(f"{at}/approve", {"seen_version": 1}, follow=True).content.decode()
    assert "Write something under “What was learnt, and what changes”" in missing
    mayor.post(f"{at}/lessons", {"lessons-zh": "路灯", "lessons-en": "Lamps.", "lessons-seen_version": 1})
    mayor.post(f"{at}/approve", {"seen_version": 2})
    done = mayor.post(f"{at}/publish", {"seen_version": 3}, follow=True).content.decode()
    assert "Published, as a page and as paper." in done
    shown = public.get("/figures/town/reports/2026").content.decode()
    assert "Lamps." in shown
    assert "121 matters came in." in shown
    paper = public.get("/figures/town/reports/2026/1/zh.pdf")
    assert paper.content.startswith(b"%PDF")
    assert "Report of 2026" in public.get("/figures/town/").content.decode()
