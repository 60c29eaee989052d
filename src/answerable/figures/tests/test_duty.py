"""Duty by the month: what was covered, who answered as a number, how soon; and that it outlives what it is made from."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from answerable.alerts import upkeep
from answerable.alerts.models import Alert, Asked, RollCall
from answerable.alerts.services import answer
from answerable.alerts.services.rollcalls import call_roll, close_due
from answerable.alerts.tests.climbers import reached_by
from answerable.duty.tests.rooms import at, make_room
from answerable.figures import duty
from answerable.figures.duty import Measure as M
from answerable.figures.models import DutyMonth, DutyRow
from answerable.figures.periods import month
from answerable.figures.tests.scenes import NUMBER, rows_behind
from tests.cast import registered

pytestmark = pytest.mark.django_db(transaction=True)
NOON = at(2, 4)
DECEMBER = month(date(2026, 12, 1))


@pytest.fixture
def room(cast):
    room = make_room(cast)
    room.line.has_hand_over = False  # nobody stays on for want of a relief
    room.line.save()
    reached_by(*room.leaders, *room.watch)
    call = call_roll(line=room.line, answer_within_min=10, by=cast.actor(cast.mayor), now=NOON)
    for staff in (room.leaders[2], room.watch[4]):
        row = Asked.objects.get(alert=call.alert, staff=staff)
        answer(asked_id=row.pk, has_it=True, now=NOON + timedelta(minutes=2), way="sms")
    close_due(NOON + timedelta(minutes=10))
    for number, minutes in enumerate((1, 3, 40)):
        Alert.objects.create(
            authority=cast.town,
            code="danger",
            key=f"alarm {number}",
            opened_at=NOON,
            answered_at=NOON + timedelta(minutes=minutes),
            state=Alert.State.ACKNOWLEDGED,
        )
    Alert.objects.create(
        authority=cast.town, code="danger", key="nobody", opened_at=NOON, state=Alert.State.UNANSWERED
    )
    return room


def test_a_month_of_duty_is_covered_by_the_minute_and_answered_by_the_head(room):
    duty.keep(NOON + timedelta(hours=1))
    found = duty.of_period(room.cast.town.pk, DECEMBER)
    line, body = found[room.line.pk], found[None]
    # Nothing is published before the 7th at eight: six days and eight hours of three people are missing.
    assert line.n[M.MISSING] == 3 * 60 * (6 * 24 + 8)
    assert line.n[M.NEEDED] == line.n[M.MISSING] + 3 * 60 * (2 * 24 + 5)
    assert (line.n[M.CALLS], line.n[M.CALLED], line.n[M.THERE]) == (1, 3, 2)
    assert (body.n[M.ACKNOWLEDGED], body.n[M.UNANSWERED], body.half_within) == (3, 1, 4)


IN_DECEMBER = {"from": "2026-12", "to": "2026-12"}


def test_every_number_of_duty_opens_as_many_rows(room, at_desk, monkeypatch):
    monkeypatch.setattr("answerable.figures.behind.page.PAGE", 3)
    Alert.objects.create(
        authority=room.cast.town,
        code="danger",
        key="about an accusation",
        about=registered(room.cast, NOON, is_conduct=True, accused_units=(room.cast.water.pk,)).case.pk,
        opened_at=NOON,
        answered_at=NOON,
        state=Alert.State.ACKNOWLEDGED,
    )
    duty.keep(NOON + timedelta(hours=1))
    browser = at_desk(room.cast.mayor)
    page = browser.get(reverse("figures:duty"), IN_DECEMBER).content.decode()
    found = {name: (address, said, beside) for address, name, said, beside in NUMBER.findall(page)}
    rows = {name: rows_behind(browser, address) for name, (address, *_said) in found.items()}
    assert rows == {"days": 9, "gaps": 2, "calls": 1, "acknowledged": 3, "unanswered": 1}
    for name, (_address, said, _beside) in found.items():
        assert not said.isdigit() or rows[name] == int(said), name
    for name in ("days", "gaps"):
        listed = browser.get(found[name][0].replace("&amp;", "&")).content.decode()
        (foot,) = re.findall(r"<tfoot>.*</tfoot>", listed, re.DOTALL)
        for amount in re.findall(r"[0-9,]+ h [0-9]+ min", found[name][2]):
            assert amount in foot, name
    # A year and a quarter later the numbers stand, and say that their rows are gone.
    duty.keep(NOON + timedelta(days=460))
    assert not DutyRow.objects.filter(at__lt=NOON + timedelta(days=30)).exists()
    page = browser.get(found["calls"][0].replace("&amp;", "&")).content.decode()
    assert "1 in all." in page
    assert "destroyed after 90 days" in page


def test_a_line_of_another_unit_opens_nothing(room, at_desk):
    browser = at_desk(room.cast.water_leader)
    query = IN_DECEMBER | {"list": "gaps", "line": room.line.pk}
    assert browser.get(reverse("figures:things"), query).status_code == 404
    assert at_desk(room.cast.clerk).get(reverse("figures:things"), query).status_code == 403


def test_what_was_counted_stays_when_the_calls_are_forgotten(room):
    duty.keep(NOON + timedelta(hours=1))
    long_after = NOON + timedelta(days=120)
    upkeep.tidy(long_after)
    assert not RollCall.objects.exists()
    duty.keep(long_after)
    assert duty.of_period(room.cast.town.pk, DECEMBER)[room.line.pk].n[M.THERE] == 2


def test_counting_again_changes_nothing_and_names_nobody(room):
    duty.keep(NOON + timedelta(hours=1))
    rows = list(
        DutyMonth.objects.order_by("line", "on", "measure", "bucket").values_list("on", "measure", "n")
    )
    duty.keep(NOON + timedelta(hours=1))
    assert (
        list(DutyMonth.objects.order_by("line", "on", "measure", "bucket").values_list("on", "measure", "n"))
        == rows
    )
    assert not any("staff" in field.name for field in DutyMonth._meta.get_fields())
