"""Rule 5 in figures: no number tells the accused that there is an accusation, nor whoever reads beside them."""

from __future__ import annotations

import re

import pytest

from answerable.cases.services import accusing
from answerable.figures.models import Tally
from answerable.figures.tests.scenes import count
from answerable.orgs.models import Appointment

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ("", "flow/", "matters/", "list/?list=received", "list/?list=open", "list/?list=received&conduct=1")


def figures(browser) -> list[str]:
    """What the pages of figures say, without what differs with every answer."""
    pages = [browser.get(f"/desk/figures/{path}").content.decode() for path in PAGES]
    return [re.sub(r'csrf[^>]*>|x-csrftoken[^}]*}|nonce="[^"]*"', "", page) for page in pages]


def test_rule_05_an_accusation_changes_no_figure_that_the_accused_reads(bring, cast, at_desk, now):
    """Through their own post, and as acting mayor over the very unit that handles it."""
    Appointment.objects.create(
        post=cast.post(cast.mayor), staff=cast.leader, hold="acting", from_at=now.replace(year=2021)
    )
    bring(accept=True)
    count()
    accused = at_desk(cast.leader)
    before = figures(accused)
    person = bring(is_conduct=True, accused_staff=(cast.leader.pk,), kind="conduct", claim="主任收钱不办事。")
    count()
    assert figures(accused) == before
    assert person.code not in "".join(before)


def test_rule_05_who_may_read_it_finds_it_counted_apart_and_nowhere_else(bring, cast, at_desk):
    person = bring(is_conduct=True, accused_staff=(cast.leader.pk,), kind="conduct", claim="主任收钱不办事。")
    count()
    assert not Tally.objects.exists()
    page = at_desk(cast.mayor).get("/desk/figures/").content.decode()
    assert "Accusations of conduct, counted apart" in page
    listed = at_desk(cast.mayor).get("/desk/figures/list/?list=received&conduct=1").content.decode()
    assert person.code in listed
    assert "not yours to read" not in listed


def test_rule_05_a_case_that_turns_out_an_accusation_leaves_the_sums(bring, cast, at_desk, now):
    person = bring(accept=True)
    count()
    assert Tally.objects.filter(unit=cast.roads).exists()
    accusing.name_accused(
        case_id=person.case_id,
        staff=[cast.leader.pk],
        units=[],
        by=cast.actor(cast.clerk),
        seen_version=person.case.version,
        now=now,
    )
    count()
    assert not Tally.objects.exists()
    assert not person.case.moves.exists()
    assert person.code not in at_desk(cast.leader).get("/desk/figures/list/?list=received").content.decode()
