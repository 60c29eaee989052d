"""From a message that a machine seems to have written to a matter; and a person who says what others may see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from answerable.cases.mailbox import taking
from answerable.cases.mailbox.services import open_mailbox
from answerable.cases.mailbox.tests.mails import raw
from answerable.cases.mailbox.tests.test_taking import wished
from answerable.cases.models import Case
from answerable.core import clock
from tests.cast import Cast, make_cast, registered
from tests.journeys.faces import two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(transactional_db) -> Cast:
    return make_cast()


@two_faces
def test_mailboxes(page, town, sign_in, axe_clean, shot):
    now = clock.now()
    box = open_mailbox(
        authority=town.town, wished=wished(town), password="p", by=town.actor(town.administrator), now=now
    )
    taking.take(box, raw(Auto_Submitted="auto-replied"), arrived_at=now - timedelta(hours=1), now=now)
    sign_in(page, town.administrator)
    page.goto(reverse("mailbox:home"))
    axe_clean()
    shot("mailbox-home", whole=True)
    page.goto(reverse("mailbox:new"))
    axe_clean()
    shot("mailbox-new", whole=True)
    sign_in(page, town.clerk)
    page.goto(reverse("mailbox:home"))
    page.locator("[data-row-link]").click()
    axe_clean()
    shot("mailbox-mail", whole=True)
    page.locator("main form button").first.click()
    axe_clean()
    shot("mailbox-read", whole=True)
    page.locator("[name=conduct][value=no]").check()
    page.locator("main form.form button").click()
    page.wait_for_url("**" + reverse("mailbox:home"))
    axe_clean()
    assert Case.objects.get().intake == "email"
    taking.take(box, raw(message_id="<2@x>"), arrived_at=now - timedelta(hours=1), now=clock.now())
    sign_in(page, town.discipline_head)
    page.goto(reverse("desk:case", args=[Case.objects.get(is_nature_open=True).pk]))
    axe_clean()
    shot("mailbox-nature", whole=True)
    page.locator("a[href$='/do/nature']").first.click()
    shot("mailbox-nature-said")
    page.locator("#panel form button.button").first.click()
    expect(page.locator(".flash, [role=status]").first).to_be_visible()
    assert not Case.objects.filter(is_nature_open=True).exists()


@two_faces
def test_the_person_says_what_others_may_see(page, town, axe_clean, shot):
    done = registered(town, clock.now() - timedelta(days=1))
    page.goto(reverse("person:enter"))
    page.fill("[name=code]", done.code)
    page.fill("[name=secret]", done.secret or "")
    page.locator("main form button").first.click()
    page.locator(f'a[href="{reverse("person:share")}"]').click()
    axe_clean()
    shot("person-share", whole=True)
    page.check("[name=publishable]")
    page.locator("form.form button").click()
    page.wait_for_url("**" + reverse("person:page"))
    done.case.refresh_from_db()
    assert (done.case.is_shareable, done.case.is_publishable) == (True, True)
