"""The guided tour: every step leads to its page, from both sides, with the sign-in that it names, and only in a demo."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from answerable.cases.services import receipts
from answerable.core import clock
from answerable.ops.demo import life, lives
from answerable.ops.demo.content import load_town
from answerable.ops.demo.settle import settle
from answerable.ops.demo.stories import load_stories
from answerable.ops.demo.tour import tour
from answerable.orgs.models import Staff
from answerable.site import navigation
from answerable.site import tour as site_tour

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def demo(settings, monkeypatch):
    settings.DEMO = True
    monkeypatch.setattr(site_tour, "_tour", tour())


@pytest.fixture
def lived(db):
    """The demo town with the tour's case alone, as the seed lets it live."""
    town, now = load_town(), clock.now()
    with transaction.atomic():
        settled = settle(town, now)
    story = next(s for s in load_stories() if s.id == town.tour_story)
    return lives.live(story, settled, town, life.Staffing(), number=1, now=now, lead=None)


def test_the_desks_steps_open_for_the_sign_in_they_name(lived, client, demo):
    rows = [row for row in client.get(reverse("site:tour")).context["rows"] if row.step.side == "desk"]
    assert {row.step.page for row in rows} >= {"work-list", "case", "case-ask", "decision", "late-case"}
    signed_in = None
    for row in rows:
        who, where = row.step.sign_in, row.url
        if who != signed_in:
            client.logout()
            asked = client.get(row.url)
            assert asked.status_code == 302, "the desk asks who it is"
            answer = client.post(asked["Location"], {"login": who.name, "password": who.password})
            where, signed_in = answer["Location"], who
            assert urlsplit(where).path == urlsplit(row.url).path
        page = client.get(where, follow=True)
        assert page.status_code == 200, row.step.page
        anchor = urlsplit(row.url).fragment
        assert not anchor or f'id="{anchor}"' in page.content.decode()
        if row.step.page in ("work-list", "case"):
            assert lived.code in page.content.decode()


def test_the_persons_steps_open_her_own_page_and_no_address_holds_the_receipt(lived, client, demo):
    page = client.get(reverse("site:tour"))
    receipt = tour().receipt
    assert (receipt.code, receipt.secret) == (lived.code, tour().receipt.secret)
    rows = [row for row in page.context["rows"] if row.is_sent]
    assert {row.step.page for row in rows} == {"person-case", "person-looks", "person-word", "person-raise"}
    for row in rows:
        client.cookies.clear()
        assert client.get(row.url).status_code == 405, "no link opens it"
        answer = client.post(row.url)
        assert answer.status_code == 303
        hers = client.get(answer["Location"])
        assert hers.status_code == 200, row.step.page
        assert row.step.page != "person-case" or lived.code in hers.content.decode()
        assert receipt.secret not in hers.content.decode()
    text = page.content.decode()
    addresses = re.findall(r'(?:href|action|value)="([^"]*)"', text)
    assert not [one for one in addresses if receipt.secret in one or receipt.code in one]
    assert receipt.secret in text, "shown in its step, so that a visitor can type it at the door"

    # The new tab that signs in changes the browser's form token; the tour's own tab is not loaded anew.
    strict = Client(enforce_csrf_checks=True)
    strict.get(reverse("site:tour"))
    strict.cookies["csrftoken"] = "a" * 32
    assert strict.post(reverse("site:tour_open", args=["person-case"]))["Location"] == reverse("person:page")
    # Her receipt opens the real door, until it is replaced.
    typed = {"code": receipt.code, "secret": receipt.secret}
    assert client.post(reverse("person:enter"), typed)["Location"] == reverse("person:page")
    _secret, mac = receipts.secret_for(lived.code)
    type(lived).objects.filter(pk=lived.pk).update(secret_mac=mac)
    assert client.post(reverse("site:tour_open", args=["person-case"]))["Location"] == reverse("site:tour")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_step_is_told_in_both_languages(cast, client, demo, language):
    client.cookies["django_language"] = language
    page = client.get(reverse("site:tour"))
    text = html.unescape(page.content.decode())
    for step in tour().steps:
        assert (step.title.zh if language == "zh-hans" else step.title.en) in text
        assert (step.text.zh if language == "zh-hans" else step.text.en) in text
        assert step.side != "desk" or (step.sign_in.name in text and step.sign_in.password in text)
    assert reverse("site:tour") in client.get(reverse("site:home")).content.decode()


def test_without_the_case_its_steps_lead_nowhere(cast, client, demo):
    page = client.get(reverse("site:tour"))
    gone = {"case", "case-ask", "decision", "person-case", "person-looks", "person-word", "person-raise"}
    assert {row.step.page for row in page.context["rows"] if not row.url} == gone
    assert tour().receipt.secret not in page.content.decode()
    assert client.post(reverse("site:tour_open", args=["person-case"]))["Location"] == reverse("site:tour")


def test_an_office_that_is_no_demo_has_no_tour(lived, client, demo, settings):
    settings.DEMO = False
    assert client.get(reverse("site:tour")).status_code == 404
    assert client.post(reverse("site:tour_open", args=["person-case"])).status_code == 404
    assert reverse("site:tour") not in client.get(reverse("site:home")).content.decode()


#: Quoted in the tour, and not a name on the page that its step opens: what a message says, what she chose before.
QUOTED_ELSEWHERE = {"保密", "有新消息"}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_a_step_quotes_stands_on_its_page(lived, demo, settings, language):
    """Buttons and lists that the tour names are there, by that name."""
    asked = {"accept-language": language}
    for row in Client(headers=asked).get(reverse("site:tour")).context["rows"]:
        said = row.step.text.zh if language == "zh-hans" else row.step.text.en
        quoted = set(re.findall(r"“([^”]+)”|\"([^\"]+)\"", said))
        names = {one or two for one, two in quoted} - QUOTED_ELSEWHERE
        if not names or not row.url:
            continue
        browser = Client(headers=asked)
        if row.step.sign_in:
            found = Staff.objects.get(username=row.step.sign_in.name)
            browser.force_login(found, backend=settings.AUTHENTICATION_BACKENDS[0])
        answer = browser.post(row.url, follow=True) if row.is_sent else browser.get(row.url, follow=True)
        page = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
        assert {name for name in names if name not in page} == set(), row.step.page


def test_every_card_of_the_desks_start_says_what_it_is_for():
    assert [one.key for one in navigation.DESK if not one.hint and one.key != "home"] == []
