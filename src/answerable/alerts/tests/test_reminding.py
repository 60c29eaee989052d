"""Whoever is on duty within a day is reminded once, with what comes after."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from answerable.alerts import reminding, wording
from answerable.alerts.models import Delivery
from answerable.duty.models import Assignment
from answerable.duty.tests.rooms import at, make_room

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(cast):
    made = make_room(cast)
    who = made.leaders[0]
    who.email, who.language = "lead@town.example", "en"
    who.save()
    return made


def test_one_message_a_duty_with_the_next_ones_in_it(room):
    assert reminding.remind(at(-1, -1)) == 0
    assert reminding.remind(at(-1, 1)) == 1
    assert reminding.remind(at(-1, 2)) == 0
    row = Delivery.objects.get()
    assert (row.kind, row.purpose, row.facts["to"]) == ("email", "duty", "lead@town.example")
    assert len(row.facts["lines"]) == 3
    with translation.override("en"):
        subject, body = wording.message("duty", row.facts)
    assert "Monday 7 December 2026 08:00 to 08:00" in subject
    assert "/desk/duty/rosters/mine" in body
    assert reminding.remind(at(2, 1)) == 1


def test_a_duty_that_was_given_away_is_not_reminded_of(room):
    Assignment.objects.filter(staff=room.leaders[0], from_at=at(0)).update(voided_at=at(-2))
    assert reminding.remind(at(0) - timedelta(hours=1)) == 0
    assert not Delivery.objects.exists()
