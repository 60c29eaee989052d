"""Rounds and reports among the figures: each number is as many rows as its list, through the doors of their rooms."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from answerable.figures.tests.scenes import rows_behind
from answerable.readiness.reports.tests.scenes import opened, send
from answerable.readiness.rounds import making
from answerable.readiness.rounds.rules import Given
from answerable.readiness.rounds.services.findings import give_finding
from answerable.readiness.rounds.tests.scenes import DAY, EVENING, NOW, rounds
from answerable.ui.templatetags.ui import day_text

pytestmark = pytest.mark.django_db
MARCH = {"from": "2026-03", "to": "2026-03"}
LINK = re.compile(r'href="(/desk/figures/things/\?[^"]*list=(\w+)[^"]*)">([0-9]+)</a>')


@pytest.fixture
def march(cast):
    """Two rounds done, one of them with a finding, one missed; three reports of the roads office, one late, one missing."""
    scene = rounds(cast)
    scene.do(clear=Given("no"))
    one, far = scene.finding(), (NOW + 300 * DAY).date()
    by = cast.actor(cast.leader)
    give_finding(finding_id=one.pk, post_id=one.post_id, due_on=far, why="等材料", by=by, now=NOW)
    scene.do(NOW + DAY)
    scene.make(NOW + 2 * DAY)
    making.watch_late(EVENING + 2 * DAY)
    reports = opened(cast)
    send(cast, reports[cast.roads.pk][0], 7.5)
    send(cast, reports[cast.roads.pk][1], 40)
    return scene


def test_each_number_opens_as_many_rows(cast, at_desk, march, monkeypatch):
    browser = at_desk(cast.leader)
    page = browser.get(reverse("figures:rounds"), MARCH).content.decode()
    found = {name: (address.replace("&amp;", "&"), int(n)) for address, name, n in LINK.findall(page)}
    assert {name: n for name, (_address, n) in found.items()} == {
        **{"due": 3, "done": 2, "late": 1},
        **{"found": 1, "mended_late": 1, "postponed": 1, "open": 1},
        **{"reports_due": 3, "reports_in_time": 1, "reports_late": 1, "reports_missing": 1},
    }
    monkeypatch.setattr("answerable.figures.behind.page.PAGE", 2)
    for name, (address, n) in found.items():
        assert rows_behind(browser, address) == n, name
    assert day_text((NOW + 300 * DAY).date()) in browser.get(found["postponed"][0]).content.decode()


def test_another_units_rows_are_not_there(cast, at_desk, march):
    browser = at_desk(cast.water_leader)
    page = browser.get(reverse("figures:rounds"), MARCH).content.decode()
    assert "Roads office" not in page
    assert (
        browser.get(reverse("figures:things"), MARCH | {"list": "due", "of": cast.roads.pk}).status_code
        == 404
    )
    assert (
        browser.get(reverse("figures:things"), MARCH | {"list": "all", "of": cast.water.pk}).status_code
        == 404
    )
