"""The log book and the hand-over."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from answerable.duty import queries
from answerable.duty.act_kinds import DutyAct
from answerable.duty.models import HandOver, LogEntry
from answerable.duty.services.absences import tell_absence
from answerable.duty.services.handing import (
    CannotHandOver,
    settle_item,
    sign_leaving,
    sign_taking,
    strike_entry,
    write_entry,
)
from answerable.duty.tests.rooms import at, make_room
from answerable.record.queries import acts_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(cast):
    return make_room(cast)


def _write(room, text="雨势减弱。", *, kind="entry", day=0, who=None, now=None, **more):
    return write_entry(
        shift_id=room.shift(day).pk, kind=kind, text=text, by=room.cast.actor(who or room.watch[2 * day % 6]),
        now=now or at(day, 5), **more,
    )  # fmt: skip


def _leave(room, day=0, who=None, now=None, **more):
    by = room.cast.actor(who or room.leaders[day])
    return sign_leaving(shift_id=room.shift(day).pk, by=by, now=now or at(day + 1), **more)


def _take(room, day=0, who=None, now=None):
    by = room.cast.actor(who or room.leaders[day + 1])
    return sign_taking(shift_id=room.shift(day).pk, by=by, now=now or at(day + 1, 0, 1))


def _refused(code, call, *args, **more):
    with pytest.raises(CannotHandOver) as refusal:
        call(*args, **more)
    assert refusal.value.code == code
    assert "%(" not in str(refusal.value)


def _stay(room, when):
    return [one.staff_id for one in queries.on_duty(room.line.pk, when) if one.stays]


def test_both_sign_and_the_one_who_leaves_is_free_with_the_second_signature(room):
    _write(room)
    _leave(room, summary="夜间两处积水已处置。")
    assert _stay(room, at(1, 0, 0)) == [room.leaders[0].pk]
    _take(room)
    assert _stay(room, at(1, 0, 1)) == []
    row = HandOver.objects.get(shift=room.shift(0))
    assert row.next_shift == room.shift(1)
    assert [act.kind for act in acts_of(room.line.matter)] == [
        DutyAct.ENTRY_WRITTEN,
        DutyAct.LEFT,
        DutyAct.TAKEN,
    ]


def test_a_shift_without_any_entry_is_signed_only_after_saying_that_nothing_was(room):
    _refused("no_entry", _leave, room)
    _write(room, "", kind="nil")
    assert _leave(room).left_at == at(1)


def test_nothing_to_report_is_not_said_beside_a_report(room):
    struck = _write(room)
    _refused("not_nil", _write, room, "", kind="nil")
    strike_entry(entry_id=struck.pk, why="写错班次。", by=room.cast.actor(room.watch[0]), now=at(0, 6))
    _write(room, "", kind="nil")
    _refused("nil_already", _write, room, "", kind="nil")


def test_each_signs_as_themselves_and_only_who_leads(room):
    _write(room)
    _refused("not_leaving", _leave, room, who=room.watch[0])
    _refused("not_leaving", _leave, room, who=room.leaders[1])
    _leave(room)
    _refused("signed_already", _leave, room)
    _refused("not_relief", _take, room, who=room.leaders[0])
    _refused("not_relief", _take, room, who=room.cast.mayor)
    _take(room)
    _refused("signed_already", _take, room)


def test_it_is_not_signed_hours_before(room):
    _write(room)
    _refused("too_early", _leave, room, now=at(0, 23, 29))
    assert _leave(room, now=at(0, 23, 30))


def test_the_relief_comes_early_and_the_other_is_free_then(room):
    _write(room)
    _leave(room, now=at(0, 23, 40))
    _take(room, now=at(0, 23, 50))
    lead = {one.staff_id for one in queries.on_duty(room.line.pk, at(0, 23, 49), room.lead.pk)}
    assert lead == {room.leaders[0].pk}
    (now,) = queries.on_duty(room.line.pk, at(0, 23, 50), room.lead.pk)
    assert (now.staff_id, now.until_at, now.stays) == (room.leaders[1].pk, at(1), False)
    assert queries.gaps(room.line.pk, at(0), at(7)) == []


def test_the_relief_can_sign_when_the_other_has_fallen_ill_and_nobody_waits_for_them(room):
    _write(room)
    tell_absence(
        staff_id=room.leaders[0].pk, from_at=at(0, 20), until_at=at(2), by=room.cast.actor(room.leaders[0]),
        now=at(0, 20),
    )  # fmt: skip
    assert _stay(room, at(1, 0, 5)) == [room.watch[0].pk, room.watch[1].pk], "who is left of the shift stays"
    _leave(room, who=room.watch[0])
    _take(room)
    assert _stay(room, at(1, 0, 5)) == []


def test_entries_are_never_changed_not_even_in_the_database(room):
    entry = _write(room)
    with pytest.raises(IntegrityError), transaction.atomic():
        LogEntry.objects.filter(pk=entry.pk).update(text="nothing happened")
    struck = strike_entry(entry_id=entry.pk, why="误记。", by=room.cast.actor(room.watch[0]), now=at(0, 6))
    entry.refresh_from_db()
    assert (entry.text, entry.struck_by) == ("雨势减弱。", struck)
    _refused(
        "struck_already",
        strike_entry,
        entry_id=entry.pk,
        why="x",
        by=room.cast.actor(room.watch[0]),
        now=at(0, 7),
    )
    _refused(
        "is_strike",
        strike_entry,
        entry_id=struck.pk,
        why="x",
        by=room.cast.actor(room.watch[0]),
        now=at(0, 7),
    )


def test_an_open_item_is_carried_over_until_somebody_settles_it(room):
    item = _write(room, "东村水泵待修。", kind="open_item")
    _leave(room)
    _take(room)
    assert queries.open_items(room.line.pk) == [item]
    assert acts_of(room.line.matter, kinds=(DutyAct.TAKEN,))[0].body["open"] == [str(item.pk)]
    settle = {"entry_id": item.pk, "how": "水泵已修好。", "by": room.cast.actor(room.watch[2])}
    settle_item(**settle, now=at(1, 4))
    assert queries.open_items(room.line.pk) == []
    _refused("settled_already", settle_item, **settle, now=at(1, 5))
    _refused("not_open", settle_item, **(settle | {"entry_id": _write(room, day=1).pk}), now=at(1, 5))


def test_the_log_is_written_by_its_shift_and_closed_by_the_hand_over(room):
    _refused("not_of_shift", _write, room, who=room.watch[5])
    _refused("not_begun", _write, room, day=3, now=at(0))
    _refused("nothing_said", _write, room, "  ")
    _refused("too_long", _write, room, "x" * 4001)
    _refused("ahead", _write, room, happened_at=at(0, 6))
    _refused("far_back", _write, room, happened_at=at(-8))
    assert _write(room, who=room.cast.mayor), "whoever leads the line may write too"
    _write(room, happened_at=at(0, 2))
    _leave(room)
    _refused("signed_off", _write, room, now=at(1, 0, 5))


def test_a_line_without_hand_over_is_not_signed_and_the_last_shift_by_one_alone(room):
    room.line.has_hand_over = False
    room.line.save()
    _refused("no_hand_over", _leave, room)
    room.line.has_hand_over = True
    room.line.save()
    _write(room, day=6, who=room.watch[0], now=at(6, 1))
    assert _leave(room, day=6, who=room.leaders[0])
    _refused("no_relief", _take, room, day=6, who=room.leaders[1])
