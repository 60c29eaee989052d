"""Rule 3 in figures: volumes, raises and reviews rank nobody, in no view and in no order."""

from __future__ import annotations

import re

import pytest

from answerable.cases.services import persons
from answerable.figures.tests.scenes import count

pytestmark = pytest.mark.django_db(transaction=True)


def test_rule_03_units_stand_in_the_order_of_the_organisation_whatever_comes_in(bring, cast, at_desk):
    for _n in range(3):
        bring(subject=cast.pipes)
    count()
    page = at_desk(cast.mayor).get("/desk/figures/?sort=-received&order=received").content.decode()
    assert page.index("Town government") < page.index("Roads office") < page.index("Water office")
    assert "aria-sort" not in page
    assert not re.search(r'href="[^"]*(sort|order)=', page)


def test_rule_03_raising_appears_in_no_figure_of_a_unit(bring, cast, at_desk, now):
    person = bring(accept=True)
    count()
    before = at_desk(cast.mayor).get("/desk/figures/").content.decode()
    persons.raise_case(case_id=person.case_id, now=now)
    count()
    after = at_desk(cast.mayor).get("/desk/figures/").content.decode()
    assert _table(before) == _table(after)


def _table(page: str) -> str:
    return page[page.index("figures-table") : page.index('id="how"')]
