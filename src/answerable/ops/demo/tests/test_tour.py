"""The guided tour: every step leads to a page, in both languages, and only in a demo."""

from __future__ import annotations

import pytest
from django.urls import reverse

from answerable.ops.demo.tour import tour
from answerable.site import tour as site_tour
from tests.cast import registered

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def demo(settings, monkeypatch):
    settings.DEMO = True
    monkeypatch.setattr(site_tour, "_tour", tour())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_step_is_told_and_leads_to_its_page(cast, client, demo, language):
    client.cookies["django_language"] = language
    case = registered(cast, claim=tour().claim).case
    page = client.get(reverse("site:tour"))
    assert page.status_code == 200
    for step in tour().steps:
        title = step.title.zh if language == "zh-hans" else step.title.en
        assert title in page.content.decode().replace("&quot;", '"').replace("&#x27;", "'")
    assert all(row.url for row in page.context["rows"])
    assert reverse("desk:case", args=[case.pk]) in page.content.decode()
    assert reverse("site:tour") in client.get(reverse("site:home")).content.decode()


def test_without_the_case_its_steps_lead_nowhere(cast, client, demo):
    rows = client.get(reverse("site:tour")).context["rows"]
    assert {row.step.page for row in rows if not row.url} == {"case", "case-ask", "decision"}


def test_an_office_that_is_no_demo_has_no_tour(cast, client, demo, settings):
    settings.DEMO = False
    assert client.get(reverse("site:tour")).status_code == 404
    assert reverse("site:tour") not in client.get(reverse("site:home")).content.decode()
