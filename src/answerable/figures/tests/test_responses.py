"""Responses among the figures: targets against what was done, each number with the rows that it counts."""

from __future__ import annotations

import pytest
from django.urls import reverse

from answerable.figures.tests.scenes import NUMBER, rows_behind
from answerable.incidents.reviews.tests.scenes import ended, signed
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_signed", [False, True])
def test_every_number_of_responses_opens_as_many_rows(cast, at_desk, monkeypatch, is_signed):
    incident = ended(cast)
    if is_signed:
        signed(cast, incident)
    monkeypatch.setattr("answerable.figures.behind.page.PAGE", 2)
    browser, span = at_desk(cast.mayor), {"from": f"{MONDAY:%Y-%m}", "to": f"{MONDAY:%Y-%m}"}
    page = browser.get(reverse("figures:incidents"), span).content.decode()
    found = NUMBER.findall(page)
    assert {name for _address, name, *_rest in found} == {"called", "began", "tasks", "roles", "reports"}
    assert len(found) == 2 + 3 * 2
    for address, name, said, beside in found:
        assert rows_behind(browser, address) == int(said if said.isdigit() else beside.split()[0]), name
    # The response's own list, by what became of each task: the tabs count as many as they open.
    (own,) = [one[0] for one in found if one[1] == "tasks" and "response=" in one[0]]
    every = own.replace("&amp;", "&").replace("outcome=in_time", "outcome=")
    tabs = browser.get(every).context["outcomes"]
    counts = [int(tab.count) for tab in tabs]
    assert counts[0] == sum(counts[1:])
    assert counts[2], "the task that came late"
    assert counts == [rows_behind(browser, reverse("figures:things") + tab.url) for tab in tabs]
    assert browser.get(every + "&outcome=nobody").status_code == 404


def test_those_of_another_unit_open_nothing(cast, at_desk):
    incident = ended(cast)
    browser, span = at_desk(cast.water_leader), {"from": f"{MONDAY:%Y-%m}", "to": f"{MONDAY:%Y-%m}"}
    assert not NUMBER.search(browser.get(reverse("figures:incidents"), span).content.decode())
    query = span | {"list": "tasks", "response": str(incident.pk)}
    assert browser.get(reverse("figures:things"), query).status_code == 404
