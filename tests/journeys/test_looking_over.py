"""What `look_over` remembers of clean pages hides no fault of the next one."""

from __future__ import annotations

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
