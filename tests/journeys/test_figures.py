"""Figures as the mayor reads them: from a number to its list and its case, from section to section, months changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from answerable.cases.services import deciding, persons
from answerable.core import clock
from answerable.duty.tests.rooms import make_room
from answerable.figures import duty
from answerable.figures.tests.scenes import count
from answerable.orgs.models import Place
from tests.cast import PARTS, accepted, make_cast, registered
from tests.journeys.faces import two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(transactional_db):
    town = make_cast()
    now = clock.now()
    Place.objects.filter(pk=town.village.pk).update(latitude="29.90000", longitude="109.10000")
    Place.objects.create(
        authority=town.town,
        code="bridge",
        name_zh="老桥",
        name_en="Old bridge",
        latitude="29.91",
        longitude="109.13",
    )
    for days in (0, 3, 45, 120):
        case = accepted(town, now - timedelta(days=days, hours=2))
        if days < 100:
            deciding.send_decision(
                case_id=case.pk, outcome="supported", parts=PARTS, by=town.actor(town.leader),
                seen_version=case.version, now=now - timedelta(days=max(days - 20, 0), hours=1), office_solved=True,
            )  # fmt: skip
    persons.say_solved(case_id=case.pk, solved=False, now=now) if case.state == "decided" else None
    registered(town, now, subject=town.pipes)
    registered(
        town, now, is_conduct=True, accused_staff=(town.leader.pk,), kind="conduct", claim="收钱不办事。"
    )
    make_room(town, days=0, stood=False)
    count()
    duty.keep(now)
    return town


@two_faces
def test_from_a_number_to_its_case(page, town, sign_in, axe_clean, shot):
    sign_in(page, town.mayor)
    page.goto(reverse("figures:home"))
    axe_clean()
    shot("figures-cases", whole=True)
    page.locator(".headline a[href*='list=open']").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    axe_clean()
    shot("figures-list", whole=True)
    page.locator("tbody th a").first.click()
    expect(page.locator("main h1")).to_be_visible()
    for section in ("flow", "matters", "duty", "incidents", "rounds"):
        page.goto(reverse(f"figures:{section}"))
        axe_clean()
        shot(f"figures-{section}", whole=True)
        if section == "duty":
            page.locator("tbody a[href*='list=days']").click()
            expect(page.locator("tfoot")).to_be_visible()
            axe_clean()
            shot("figures-days", whole=True)
