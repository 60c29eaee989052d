"""Rule 12: duty data is for duty; it is seen by those who need it, and it expires."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from answerable.core import clock
from answerable.duty.columns import COLUMNS
from answerable.duty.models import Absence, Shift, Wish
from answerable.duty.services.absences import tell_absence
from answerable.duty.tests.rooms import make_room
from answerable.duty.upkeep import forget_past
from answerable.record.models import Act, Opening

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(cast, settings):
    settings.DEMO = True  # the second factor has its own tests
    return make_room(cast)


def at_desk(staff) -> Client:
    made = Client(headers={"accept-language": "en"})
    made.force_login(staff)
    return made


def test_rule_12_an_absence_has_no_reason_anywhere(room):
    assert set(COLUMNS["Absence"]) == {"id", "staff_id", "from_at", "until_at", "told_at", "taken_back_at"}
    page = at_desk(room.watch[0]).get(reverse("duty:absence")).content.decode()
    assert "Why is nobody" in page


def test_rule_12_the_record_which_is_kept_for_ever_says_not_when_somebody_is_away(room):
    now = clock.now()
    start, end = now + timedelta(days=30), now + timedelta(days=31)
    tell_absence(
        staff_id=room.watch[0].pk, from_at=start, until_at=end, by=room.cast.actor(room.watch[0]), now=now
    )
    bodies = b" ".join(bytes(one.body) for one in Opening.objects.all())
    assert Act.objects.filter(kind="duty.absence_told").exists()
    assert b"took_out" in bodies
    for day in (start, end):
        assert day.date().isoformat().encode() not in bodies


def test_rule_12_absences_are_seen_by_the_person_and_who_leads_their_line(room):
    now = clock.now()
    tell_absence(
        staff_id=room.watch[0].pk, from_at=now + timedelta(days=30), until_at=now + timedelta(days=31),
        by=room.cast.actor(room.watch[0]), now=now,
    )  # fmt: skip
    url = reverse("duty:absence")
    take_back = reverse("duty:take_back", args=[Absence.objects.get().pk])
    assert take_back in at_desk(room.watch[0]).get(url).content.decode()
    assert take_back in at_desk(room.cast.mayor).get(url).content.decode()
    for other in (room.watch[1], room.cast.handler, room.cast.auditor):
        assert take_back not in at_desk(other).get(url).content.decode()


def test_rule_12_other_bodies_see_nothing_of_a_line_and_its_log_is_for_its_people(room):
    shift = Shift.objects.first().pk
    line = room.line.pk
    for name, key in (("line", line), ("line_coverage", line), ("shift", shift), ("log", shift)):
        assert at_desk(room.cast.county_leader).get(reverse(f"duty:{name}", args=[key])).status_code == 404
    for name in ("log", "print_log"):
        assert at_desk(room.cast.auditor).get(reverse(f"duty:{name}", args=[shift])).status_code == 403


def test_rule_12_what_is_past_goes(room):
    now = clock.now()
    past = now - timedelta(days=100)
    Absence.objects.create(staff=room.watch[0], from_at=past, until_at=past + timedelta(days=1), told_at=past)
    Wish.objects.create(line=room.line, staff=room.watch[0], on=past.date())
    forget_past(now)
    assert not Absence.objects.exists()
    assert not Wish.objects.exists()
