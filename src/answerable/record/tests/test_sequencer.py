"""The sequencer and its publications: contiguous, provable, recomputed before anything is signed."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from answerable.record import checkpoints, guard, keys, publishing, sequencer, starting, storage
from answerable.record.actors import Actor
from answerable.record.append import Appended, Draft, append_all
from answerable.record.merkle import leaf_hash, root_of
from answerable.record.models import Checkpoint, Entry, Log, Pending, Tile

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SYSTEM = Actor.system()

pytestmark = pytest.mark.django_db


def acts(count: int, matter: UUID | None = None) -> list[Appended]:
    matter = matter or uuid4()
    with transaction.atomic():
        return append_all([Draft("t.act")] * count, matter=matter, by=SYSTEM, at=NOW)


def leaves() -> list[bytes]:
    rows = Entry.objects.order_by("index").values_list("index", "entry")
    assert [index for index, _entry in rows] == list(range(len(rows)))
    return [leaf_hash(bytes(entry)) for _index, entry in rows]


def signed() -> checkpoints.Checkpoint:
    """The newest checkpoint, opened with the log's key."""
    log = storage.head()
    assert log is not None
    newest = storage.newest(log.epoch, published=True)
    assert newest is not None
    (key,) = keys.verifier_keys(log.epoch, log.origin)
    return checkpoints.open_checkpoint(newest.note, key, "testserver/record")


@pytest.mark.parametrize("count", [1, 255, 256, 257, 700])
def test_every_act_is_in_the_log_once_and_under_the_signed_root(count):
    done = acts(count)
    assert publishing.publish_due() == 1
    assert not Pending.objects.exists()
    head = signed()
    assert head.size == Entry.objects.count() >= count
    assert head.root == root_of(leaves())
    in_log = {act: leaf_hash(bytes(entry)) for act, entry in Entry.objects.values_list("act_id", "entry")}
    assert all(in_log[act.id] == act.leaf for act in done)


def test_a_log_that_grows_in_small_steps_has_the_same_root_as_one_made_at_once():
    for count in (1, 2, 250, 3, 300, 1, 513):
        acts(count)
        assert sequencer.sequence() == count
    log = storage.head()
    assert log is not None
    assert log.root == root_of(leaves())
    assert log.size == Entry.objects.count()


def test_only_what_is_due_is_published_and_each_publication_is_padded(settings):
    settings.ANSWERABLE_RECORD_CADENCE = 3600
    assert publishing.publish_due() == 1
    assert publishing.publish_due() == 0
    settings.ANSWERABLE_RECORD_CADENCE = 0
    sizes = [signed().size]
    for count in (0, 1, 3, 5, 0):
        acts(count) if count else None
        sequencer.sequence()
        assert publishing.publish_due() == 1
        sizes.append(signed().size)
    added = [after - before for before, after in zip([0, *sizes], sizes, strict=False)]
    assert all(step >= 4 and step.bit_count() == 1 for step in added), added


def test_publications_that_are_cut_short_do_not_pad_again_and_again(settings):
    """Seen to fail: padding what no checkpoint covers doubled the log at each try."""
    settings.ANSWERABLE_RECORD_CADENCE = 0
    publishing.publish_due()
    before = signed().size
    for _ in range(30):
        publishing.pad()
    assert publishing.pad() - before <= 32
    for _ in range(30):
        acts(1)
        sequencer.sequence()
        publishing.pad()
    assert publishing.pad() - before < 40 * 8
    assert publishing.publish_due() == 1


def test_a_dummy_looks_like_an_act():
    acts(3)
    publishing.publish_due()
    assert {len(bytes(entry)) for entry in Entry.objects.values_list("entry", flat=True)} == {33}
    assert {bytes(entry)[0] for entry in Entry.objects.values_list("entry", flat=True)} == {1}


def test_what_was_signed_is_in_the_file_outside(settings):
    acts(3)
    publishing.publish_due()
    told = guard.last(starting.guard_path())
    assert told is not None
    assert (told.size, told.root, told.origin) == (signed().size, signed().root, "testserver/record")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record_entry SET entry = '\\x01'",
        "UPDATE record_entry SET act_id = 1",
        "DELETE FROM record_entry",
        "TRUNCATE record_entry",
        "UPDATE record_checkpoint SET note = 'x'",
        "UPDATE record_checkpoint SET published_at = now()",
        "DELETE FROM record_checkpoint",
        "TRUNCATE record_checkpoint",
        "UPDATE record_log SET size = 1",
        "UPDATE record_log SET origin = 'other'",
        "DELETE FROM record_log",
        "TRUNCATE record_log",
        "UPDATE record_log_key SET public = sha256('x')",
        "DELETE FROM record_log_key",
        "TRUNCATE record_log_key",
    ],
)
def test_the_database_refuses_to_rewrite_the_log(statement):
    acts(3)
    publishing.publish_due()
    before = (signed(), Entry.objects.count(), Log.objects.get().size)
    with connection.cursor() as cursor:
        for name in ("entry", "checkpoint", "log", "log_key"):
            cursor.execute(f"ALTER TABLE record_{name} ENABLE TRIGGER {name}_no_truncate")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement)
    assert before == (signed(), Entry.objects.count(), Log.objects.get().size)
    assert Checkpoint.objects.exists()
    assert Tile.objects.exists()
