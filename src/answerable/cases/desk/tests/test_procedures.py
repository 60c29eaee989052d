"""The procedures in plain words: all that ship can be read in both languages, and a date leads to its step."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation

from answerable.cases.desk.procedures import EVENTS, pack_shown
from answerable.cases.packs import all_packs
from tests.cast import accepted

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("code", sorted(all_packs()))
def test_every_pack_can_be_read_whole(code, language):
    with translation.override(language):
        shown = pack_shown(all_packs()[code])
    assert {step.code for step in shown.steps} == {step.code for step in all_packs()[code].steps}
    for step in shown.steps:
        assert step.begins
        assert step.ends or step.whose == "the person"
        assert not [words for words in (*step.begins, *step.ends, *step.more) if words.startswith("case.")]


def test_every_act_of_a_pack_has_its_phrase():
    used = {kind for pack in all_packs().values() for s in pack.steps for kind in (*s.opened_by, *s.met_by)}
    assert used <= set(EVENTS)


def test_a_date_leads_to_its_step(cast, at_desk, now):
    case = accepted(cast, now)
    browser = at_desk(cast.clerk)
    page = browser.get(reverse("desk:case", args=[case.pk])).content.decode()
    where = reverse("desk:pack", args=["generic"])
    assert f'href="{where}#step-' in page
    step = page.split(f'href="{where}#step-')[1].split('"')[0]
    assert f'id="step-{step}"' in browser.get(where).content.decode()


def test_the_list_names_the_bodies_and_an_unknown_one_is_not_found(cast, at_desk):
    browser = at_desk(cast.auditor)
    page = browser.get(reverse("desk:packs")).content.decode()
    assert "Town" in page
    assert reverse("desk:pack", args=["generic"]) in page
    assert browser.get(reverse("desk:pack", args=["none-such"])).status_code == 404
