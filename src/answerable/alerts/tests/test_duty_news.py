"""Whoever is put on a shift, taken out of it, or asked for a swap hears of it once, by their own way."""

from __future__ import annotations

import pytest
from django.utils import translation

from answerable.alerts import upkeep, wording
from answerable.alerts.models import Delivery, QuietHours
from answerable.alerts.tests.climbers import reached_by
from answerable.duty.models import Assignment
from answerable.duty.services.assigning import put_in, take_out
from answerable.duty.services.swaps import answer_swap, ask_swap, decide_swap
from answerable.duty.tests.rooms import at, make_room
from answerable.orgs.models import Staff
from answerable.record import reactions
from answerable.record.models import Act, Outbox

pytestmark = pytest.mark.django_db(transaction=True)
NOW = at(-1)


@pytest.fixture
def room(cast):
    made = make_room(cast)
    Staff.objects.filter(pk__in=[one.pk for one in (*made.leaders, *made.watch)]).update(language="en")
    return made


def react(now=NOW):
    while reactions.dispatch(now):
        pass


def put(room, who, *, day=2, now=NOW, by=None):
    return put_in(
        shift_id=room.shift(day).pk,
        role_id=room.staff.pk,
        staff_id=who.pk,
        by=room.cast.actor(by or room.cast.mayor),
        now=now,
    )


def lines(who=None):
    rows = Delivery.objects.filter(purpose="duty_change").order_by("pk")
    return [row.facts["line"] for row in (rows.filter(contact__staff=who) if who else rows)]


def test_who_is_put_in_and_who_is_taken_out_hear_of_it_once(room):
    out, into = room.watch[4], room.watch[6]
    reached_by(out, into)
    row = Assignment.objects.get(shift=room.shift(2), staff=out, voided_at=None)
    take_out(assignment_id=row.pk, by=room.cast.actor(room.cast.mayor), now=NOW)
    put(room, into)
    react()
    assert lines(out) == [
        "You are no longer on duty from Wednesday 9 December 2026 08:00 until "
        "Thursday 10 December 2026 08:00: Duty room."
    ]
    assert lines(into)[0].startswith("You are on duty from Wednesday 9 December 2026 08:00")
    kinds = ["duty.put_in", "duty.taken_out"]
    Outbox.objects.bulk_create([Outbox(act=act) for act in Act.objects.filter(kind__in=kinds)])
    react()
    assert len(lines()) == 2, "the reaction ran again, and told nobody twice"
    with translation.override("en"):
        _subject, text = wording.message(
            "duty_change", Delivery.objects.filter(contact__staff=into).get().facts
        )
    assert text.endswith("/desk/duty/rosters/mine")


def test_it_keeps_quiet_hours_unless_the_duty_is_near(room):
    who = room.watch[6]
    reached_by(who)
    QuietHours.objects.create(staff=who, begins="00:00", until="23:59")
    put(room, who)
    react()
    far = Delivery.objects.get(purpose="duty_change")
    assert not far.is_urgent
    assert far.next_try_at > NOW
    take_out(
        assignment_id=Assignment.objects.get(shift=room.shift(2), staff=who, voided_at=None).pk,
        by=room.cast.actor(room.cast.mayor),
        now=at(2, -1),
    )
    react(at(2, -1))
    near = Delivery.objects.filter(purpose="duty_change").latest("queued_at")
    assert near.is_urgent
    assert near.next_try_at == at(2, -1)


def test_whoever_puts_themselves_in_is_told_nothing_and_whoever_has_no_way_breaks_nothing(room):
    lead = room.leaders[2]
    reached_by(lead)
    put_in(
        shift_id=room.shift(4).pk,
        role_id=room.lead.pk,
        staff_id=lead.pk,
        by=room.cast.actor(lead),
        now=NOW,
        rest_anyway="ill",
    )
    put(room, room.watch[6])
    react()
    assert lines() == []


def test_a_swap_tells_who_is_asked_and_then_both(room):
    gives = Assignment.objects.get(shift=room.shift(1), staff=room.watch[2])
    other = room.watch[6]
    reached_by(room.watch[2], other)
    swap = ask_swap(gives_id=gives.pk, asked_of_id=other.pk, by=room.cast.actor(room.watch[2]), now=NOW)
    react()
    assert [line[:27] for line in lines(other)] == ["You are asked to take the d"]
    answer_swap(swap_id=swap.pk, agrees=True, by=room.cast.actor(other), now=NOW)
    decide_swap(swap_id=swap.pk, consents=True, by=room.cast.actor(room.cast.mayor), now=NOW)
    react()
    assert lines(other)[-1].startswith("You are on duty from Tuesday 8 December")
    assert lines(room.watch[2])[-1].startswith("You are no longer on duty from Tuesday 8 December")


def test_messages_to_staff_are_forgotten_in_time(room):
    reached_by(room.watch[6])
    put(room, room.watch[6])
    react()
    Delivery.objects.update(state="sent", ended_at=NOW)
    assert upkeep.tidy(at(88)) == 0
    assert upkeep.tidy(at(90)) == 1
    assert not Delivery.objects.exists()
