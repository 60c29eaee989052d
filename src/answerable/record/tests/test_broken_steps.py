"""Each step of sequencing and publishing broken in turn, in a process that lives on: it starts again from what is stored."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from django.db import OperationalError, connection

from answerable.record import guard, keys, notes, proving, publishing, sequencer, starting, storage
from answerable.record.checkpoints import parse_body
from answerable.record.merkle import root_of
from answerable.record.models import Checkpoint, Entry, Pending
from answerable.record.stopped import LogStopped
from answerable.record.tests.test_sequencer import acts, leaves, signed

pytestmark = pytest.mark.django_db
MOST = 80


@pytest.fixture(autouse=True)
def _own(own_log):
    """A log that publishes whenever it is asked to."""


class Broken:
    """Lets the `nth` statement of the log fail."""

    def __init__(self, nth: int) -> None:
        self.nth, self.seen = nth, 0

    def __call__(self, execute, sql, params, many, context):
        if "SAVEPOINT" not in sql:
            self.seen += 1
            if self.seen == self.nth:
                raise OperationalError("the line broke")
        return execute(sql, params, many, context)


def require_sound(known: dict[int, bytes]) -> None:
    """No gap, no duplicate, and every checkpoint so far is still what it was and a prefix."""
    found = {row.size: bytes(row.note) for row in Checkpoint.objects.all()}
    assert known.items() <= found.items()
    known |= found
    now = leaves()
    log = storage.head()
    if log is not None:
        assert log.root == root_of(now)
    for note in found.values():
        head = parse_body(notes.parse(note).text)
        assert head.root == root_of(now[: head.size])


@pytest.mark.parametrize("work", [sequencer.sequence, publishing.publish_due])
def test_each_statement_broken_in_turn(work: Callable[[], int]):
    known: dict[int, bytes] = {}
    publishing.publish_due()
    for nth in range(1, MOST):
        acts(2)
        broken = Broken(nth)
        with connection.execute_wrapper(broken):
            with suppress(OperationalError):
                work()
        require_sound(known)
        if broken.seen < nth:
            break
    else:
        pytest.fail("never came through")
    assert nth > 5
    publishing.publish_due()
    require_sound(known)
    assert not Pending.objects.exists()
    assert Entry.objects.exclude(act=None).count() == 2 * nth


@pytest.mark.parametrize(
    ("place", "name"),
    [
        *((keys, "signers"), (notes, "sign"), (guard, "last"), (guard, "add")),
        *((proving, "require_extension"), (proving, "check_leaves"), (proving, "check_nodes")),
        *((storage, "take"), (storage, "put"), (storage, "put_tiles"), (storage, "edge")),
        *((storage, "add_checkpoint"), (storage, "note_padded"), (storage, "publish"), (storage, "newest")),
    ],
)
@pytest.mark.parametrize("after", [False, True])
def test_each_function_broken_in_turn(place, name, after, monkeypatch):
    known: dict[int, bytes] = {}
    acts(300)
    publishing.publish_due()
    require_sound(known)
    acts(3)
    whole = getattr(place, name)

    def breaks(*args, **kwargs):
        if after:
            whole(*args, **kwargs)
        raise OSError("broken")

    monkeypatch.setattr(place, name, breaks)
    with pytest.raises(OSError, match="broken"):
        publishing.publish_due()
    monkeypatch.undo()
    require_sound(known)
    assert publishing.publish_due() >= 1
    require_sound(known)
    assert not Pending.objects.exists()
    assert signed().size == Entry.objects.count()
    told = guard.last(starting.guard_path())
    assert told is not None
    assert told.size == signed().size


def test_a_full_disk_under_the_guard_stops_the_log_and_nothing_is_signed(monkeypatch):
    publishing.publish_due()
    before = signed()

    def full(path, line):
        raise LogStopped("guard_unwritable", path=str(path), reason="No space left on device")

    monkeypatch.setattr(guard, "add", full)
    acts(1)
    assert publishing.publish_due() == 0
    assert signed() == before
    monkeypatch.undo()
    assert publishing.publish_due() == 1


def test_what_the_file_outside_names_is_what_is_signed_after_a_turn_that_was_cut_short(monkeypatch):
    """Two publishers: one wrote its head down and died, the other comes with a smaller one."""
    publishing.publish_due()
    smaller = publishing.pad()
    acts(9)
    sequencer.sequence()
    larger = publishing.pad()
    assert larger > smaller

    def dies(*_args):
        raise OSError("killed")

    monkeypatch.setattr(storage, "add_checkpoint", dies)
    with pytest.raises(OSError, match="killed"):
        publishing.sign(larger)
    monkeypatch.undo()
    assert publishing.sign(smaller) == larger
    told = guard.last(starting.guard_path())
    assert told is not None
    assert told.size == larger
    require_sound({})
