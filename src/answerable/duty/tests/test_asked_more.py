"""What a matter above asks of a line beyond the usual: coverage needs it, rosters fill it, and its end takes it back."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import transaction

from answerable.duty import queries
from answerable.duty.asked_more import More, ask_more
from answerable.duty.models import ExtraNeed, ShiftNeed
from answerable.duty.services import lines
from answerable.duty.services.lines import CannotSet
from answerable.duty.tests.rooms import Room, at, make_room
from answerable.record.actors import Actor
from answerable.record.models import Act

pytestmark = pytest.mark.django_db
BEFORE, BEGIN, END = at(-1), at(1), at(3)


def ask(room: Room, matter, extra: int, *, start=BEGIN, end=END, now=BEFORE) -> list[int]:
    wants = [More(room.line.pk, room.staff.pk, extra)] if extra else []
    with transaction.atomic():
        return ask_more(matter, wants, from_at=start, until_at=end, why="汛期", by=Actor.system(), now=now)


def needed(room: Room, day: int) -> int:
    """How many staff the shift of a day needs as the line says it now."""
    spans = queries.spans_of(room.line, at(day).date(), at(day + 1).date())
    return spans[0].needs[room.staff.pk]


def test_every_shift_that_runs_at_any_time_of_it_needs_more(cast):
    room = make_room(cast)
    ask(room, uuid4(), 1, start=at(1, 5), end=at(3, 2))
    assert [needed(room, day) for day in range(5)] == [2, 3, 3, 3, 2]
    gaps = queries.gaps(room.line.pk, at(0), at(7))
    assert [(gap.from_at, gap.until_at, gap.missing) for gap in gaps] == [(at(1), at(4), 1)]


def test_of_several_matters_the_most_counts_on_top_of_what_leaders_ask(cast):
    room = make_room(cast)
    ask(room, uuid4(), 1)
    ask(room, uuid4(), 3, end=at(2))
    assert [needed(room, day) for day in range(4)] == [2, 5, 3, 2]
    ExtraNeed.objects.create(
        line=room.line, role=room.staff, extra=1, from_on=at(1).date(), until_on=at(1).date()
    )
    assert needed(room, 1) == 6


def test_asking_again_changes_the_row_and_asking_the_same_changes_nothing(cast):
    room, matter = make_room(cast), uuid4()
    assert ask(room, matter, 1) == [room.line.pk]
    assert ask(room, matter, 1) == []
    assert ask(room, matter, 2) == [room.line.pk]
    assert needed(room, 1) == 4
    assert ExtraNeed.objects.count() == 1
    assert ask(room, matter, 0) == [room.line.pk]
    assert not ExtraNeed.objects.exists()
    kinds = list(
        Act.objects.filter(matter_id=room.line.matter).order_by("seq").values_list("kind", flat=True)
    )
    assert kinds == ["duty.extra_set", "duty.extra_set", "duty.extra_removed"]


def test_published_shifts_that_were_made_for_more_are_lowered_when_it_ends_early(cast):
    room, matter = make_room(cast), uuid4()
    ask(room, matter, 1, end=at(5))
    ShiftNeed.objects.filter(shift__line=room.line, role=room.staff, shift__on__gte=at(1).date()).update(
        count=3
    )
    ask(room, matter, 1, end=at(2, 6), now=at(2, 6))
    counts = [room.shift(day).needs.get(role=room.staff).count for day in range(1, 5)]
    # The shift that runs keeps its people; those after it need what they usually do.
    assert counts == [3, 3, 2, 2]


def test_a_leader_does_not_take_away_what_a_matter_asks_for(cast):
    room = make_room(cast)
    ask(room, uuid4(), 1)
    with pytest.raises(CannotSet, match="asks for this"):
        # The transaction of the test stands in for its own.
        lines.remove_extra.__wrapped__(
            extra_id=ExtraNeed.objects.get().pk, by=cast.actor(cast.mayor), now=at(0)
        )


def test_what_would_be_asked_is_looked_at_as_if_it_were(cast):
    room = make_room(cast)
    also = [
        queries.Extra(
            room.staff.pk, 1, at(1).date(), at(1).date(), from_at=at(1), until_at=at(2), is_asked=True
        )
    ]
    found = queries.certificate(room.line.pk, at(0), at(7), also=also)
    assert [(gap.from_at, gap.until_at) for gap in found.gaps] == [(at(1), at(2))]
    assert not queries.gaps(room.line.pk, at(0), at(7))
