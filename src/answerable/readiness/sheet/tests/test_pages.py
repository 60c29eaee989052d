"""The responsibility sheet: who answers and what they carry, without ranks, without accusations."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from answerable.cases.models import Accused, Case
from answerable.core import clock
from answerable.orgs.models import Responsibility
from answerable.readiness.sheet.reading import by_leader
from tests.cast import registered

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEMO = True  # the second factor has its own tests


def browser(staff, language="en") -> Client:
    made = Client(headers={"accept-language": language})
    made.force_login(staff)
    return made


def text(page) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def sheet(client: Client, **query):
    return client.get(reverse("sheet:home"), query)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ["Everywhere", "Street lamps", "Head of roads"]), ("zh-hans", ["各处", "路灯", "主任"])],
)
def test_by_place_everybody_of_the_body_reads_who_answers(cast, language, words):
    post = cast.post(cast.water_leader)
    Responsibility.objects.create(
        authority=cast.town, subject=cast.lamps, place=cast.village, unit=cast.water, leader_post=post
    )
    page = text(sheet(browser(cast.handler, language)))
    assert all(word in page for word in words)
    assert cast.village.name_in(language) in page


def test_leader_by_leader_what_they_carry_in_the_order_of_the_organisation(cast):
    now = clock.now()
    long = registered(cast, now - timedelta(days=9), subject=cast.pipes).case
    Case.objects.filter(pk=long.pk).update(due_at=now + timedelta(days=1))
    late = registered(cast, now - timedelta(days=4)).case
    Case.objects.filter(pk=late.pk).update(due_at=now - timedelta(days=1))
    rows = {one.post.pk: one.carries for one in by_leader(cast.town, now)}
    roads, water = rows[cast.post(cast.leader).pk], rows[cast.post(cast.water_leader).pk]
    assert (roads.open, roads.late, roads.longest_days) == (1, 1, 4)
    assert (water.open, water.late, water.longest_days) == (1, 0, 9)
    page = sheet(browser(cast.mayor), view="leader")
    order = [row.leader.post.pk for row in page.context["leaders"]]
    assert order == [cast.post(cast.leader).pk, cast.post(cast.water_leader).pk]


def test_a_number_opens_its_list_for_those_who_read_it_and_for_nobody_else(cast):
    now = clock.now()
    case = registered(cast, now - timedelta(days=4)).case
    registered(cast, now - timedelta(days=2), subject=cast.pipes)
    address = f"{reverse('desk:worklist')}?leader={case.leader_post_id}&list=unit"
    mine = browser(cast.leader)
    assert address.replace("&", "&amp;") in sheet(mine, view="leader").content.decode()
    listed = mine.get(address).content.decode()
    assert case.code in listed
    theirs = sheet(browser(cast.water_leader), view="leader").content.decode()
    assert f"leader={case.leader_post_id}&" not in theirs


def test_rule_05_an_accusation_is_in_no_number_of_the_sheet(cast):
    now = clock.now()
    registered(cast, now)
    before = sheet(browser(cast.leader), view="leader").context["leaders"]
    case = registered(cast, now, is_conduct=True).case
    Accused.objects.get_or_create(case=case, staff=cast.leader)
    for staff in (cast.leader, cast.discipline_head, cast.mayor):
        after = sheet(browser(staff), view="leader").context["leaders"]
        assert [row.leader.carries for row in after] == [row.leader.carries for row in before]


def test_on_paper_with_names_and_numbers_or_for_the_public_without(cast):
    registered(cast, clock.now())
    client = browser(cast.mayor)
    for view in ("place", "leader"):
        office = _paper(client, view=view)
        public = _paper(client, view=view, **{"for": "public"})
        assert "Head of roads person" in office
        assert "Head of roads" in public
        assert "person" not in public
        assert "Longest" not in public


def _paper(client: Client, **query) -> str:
    page = client.get(reverse("sheet:pdf"), query)
    return " ".join(" ".join(one.extract_text() for one in PdfReader(io.BytesIO(page.content)).pages).split())
