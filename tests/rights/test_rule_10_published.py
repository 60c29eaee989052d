"""Rule 10: published figures never point at a person, however all that was ever published is laid together."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.test import Client

from answerable.figures.models import Fact
from answerable.figures.published.attacking import Cell, System, attack
from answerable.figures.published.measures import FAMILIES, PROMISES
from answerable.figures.published.models import Edition, Publishing
from answerable.figures.published.tests.scenes import published, two_months

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(cast):
    """Two months and their year are out; the town hall's own three matters a month are too few to be seen."""
    two_months(cast)
    Publishing.objects.create(authority=cast.town, first_month="2026-11")
    for period in ("2026-11", "2026-12", "2026"):
        published(cast, period)
    return cast


def downloaded() -> list[dict[str, str]]:
    """Everything there is, as anybody gets it."""
    response = Client().get("/figures/town/all.csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


#: Which units lie in which, as the office's public list has it. "town/itself" is the town hall's own.
UNITS = ("town/itself", "roads", "water", "discipline")


def _leaves(row: dict[str, str]) -> tuple[str, ...]:
    if row["table"] == "whole":
        return UNITS
    rows = row["rows"].split("+")
    return UNITS if "town" in rows else tuple(one for one in rows if one in UNITS)


def laid_together(lines: list[dict[str, str]]) -> System:
    """All that the downloaded lines say about units, months and the year, read without any code that wrote them."""
    system = System()
    number = {name: at for at, name in enumerate(UNITS, 1)}
    months = sorted({line["period"] for line in lines if "-" in line["period"]})
    for line in lines:
        if line["table"] not in ("whole", "unit"):
            continue
        periods = [line["period"]] if "-" in line["period"] else months
        leaves = [number[one] for one in _leaves(line)]
        if not leaves or line["family"] in ("owed", "promise"):
            continue
        cells = frozenset(Cell(period, leaf, line["measure"]) for period in periods for leaf in leaves)
        system.sums.append((cells, int(line["number"])))
    for family in FAMILIES:
        if family.parts:
            for period in months:
                for leaf in number.values():
                    parts = tuple(Cell(period, leaf, part) for part in family.parts)
                    system.wholes.setdefault(Cell(period, leaf, family.whole), []).append(parts)
    return system


def no_small_number_follows(lines):
    assert {line["period"] for line in lines} == {"2026-11", "2026-12", "2026"}
    assert not [line for line in lines if 0 < int(line["number"]) < 5]
    bounded = {cell for cells, _ in laid_together(lines).sums for cell in cells}
    assert Cell("2026-11", 1, "received") in bounded
    assert attack(laid_together(lines)) == []


def it_would_follow_from_crossing_out(lines):
    """The whole, roads and water, but not the town hall: the attack finds its three."""
    lines = [line for line in lines if line["measure"] == "received" and line["period"] == "2026-11"]
    alone = [
        {**lines[0], "table": "unit", "rows": unit, "number": number}
        for unit, number in (("roads", "30"), ("water", "24"), ("discipline", "0"))
    ]
    found = attack(laid_together([*lines, *alone]))
    assert [(one.what[0].row, one.least, one.most) for one in found] == [(1, 3, 3)]


def conduct_is_counted_by_the_year_alone(lines):
    assert Fact.objects.filter(is_conduct=True).count() == 18
    whole = {(line["period"], line["measure"]): line["number"] for line in lines if line["table"] == "whole"}
    assert whole["2026-11", "received"] == "57"
    conduct = [line for line in lines if line["table"] == "conduct"]
    assert [(line["period"], line["measure"], line["number"]) for line in conduct] == [
        ("2026", "answered", "18"),
        ("2026", "received", "18"),
    ]


def test_rule_10_no_small_number_follows_from_everything_that_anybody_can_download(town):
    lines = downloaded()
    no_small_number_follows(lines)
    it_would_follow_from_crossing_out(lines)
    conduct_is_counted_by_the_year_alone(lines)


ASKED = (
    "?unit=town",
    "?from=2026-11-03&to=2026-11-04",
    "?subject=lamps&place=village",
    "?group_by=unit,subject",
)


def test_rule_10_only_what_is_frozen_is_served_and_rule_3_nothing_is_ranked(town):
    """Whatever is added to an address, the bytes are the same; what is not out, or was only counted, is nowhere."""
    public = Client(headers={"accept-language": "en"})
    for address in ("/figures/town/2026-11/1/figures.csv", "/figures/town/2026-11/1/by-unit"):
        plain = public.get(address)
        assert plain.status_code == 200
        assert all(public.get(address + asked).content == plain.content for asked in ASKED)
    assert public.post("/figures/town/", {"unit": "town"}).status_code == 405
    page = public.get("/figures/town/2026/1/by-unit").content.decode()
    assert page.index("Roads office") < page.index("Water office")
    assert not re.search(r"rank|raised", page, re.I)
    words = " ".join(one.name + " ".join(one.parts) for one in (*FAMILIES, *PROMISES))
    assert "raise" not in words
    data = public.get("/figures/town/2026-11/1/figures.json").content.decode()
    assert '"own"' not in data
    assert '"counted"' not in data
    Edition.objects.filter(period="2026-12").update(state="prepared", released_at=None)
    for address in ("2026-12", "2026-12/1", "2026-12/1/figures.json", "2026-12/1/by-unit"):
        assert public.get(f"/figures/town/{address}").status_code == 404
