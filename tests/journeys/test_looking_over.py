"""What `look_over` remembers of clean pages hides no fault of the next one; what is waited for can be waited for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.journeys.conftest import look_over
from tests.journeys.faces import one_face

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
FAULTS = {
    "label": "document.querySelector('label[for=id_code]').remove()",
    "alternative": "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=/static/ui/mark.svg>')",
    "heading": "document.querySelector('h1').outerHTML = '<p>' + document.querySelector('h1').innerText + '</p>'",
    "name": "document.querySelector('main form button').textContent = ''",
    "contrast": "document.querySelector('h1').style.color = '#ddd'",
}


@one_face
def test_a_fault_on_a_page_that_was_clean_is_found(page, cast):
    page.goto("/case/")
    look_over(page)
    missed = []
    for fault, spoil in FAULTS.items():
        page.goto("/case/")
        look_over(page)
        page.evaluate(spoil)
        try:
            look_over(page)
        except AssertionError:
            continue
        missed.append(fault)
    assert not missed


def test_what_is_waited_for_is_a_function():
    """A text is evaluated anew at each look, which our pages forbid (CSP): the first look is let, the second one fails."""
    asked = [
        (path.name, found)
        for path in Path(__file__).parent.glob("*.py")
        for found in re.findall(r"wait_for_function\(\s*f?[\"'](.{12})", path.read_text(encoding="utf-8"))
    ]
    assert len(asked) > 3
    assert [one for one in asked if "=>" not in one[1]] == []
