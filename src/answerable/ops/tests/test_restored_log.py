"""The public log over a restore: it goes on where nothing was signed since, and else begins anew and says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from answerable.ops import backup, restore
from answerable.record import guard, publishing, receipts, sequencer, starting, storage
from answerable.record.checkpoints import open_checkpoint
from answerable.record.keys import verifier_keys
from answerable.record.models import Act, Entry, Log, Pending
from answerable.record.proofs import parse
from tests.cast import Cast, registered

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(places: Path, settings: Settings) -> Path:
    settings.ANSWERABLE_RECORD_CADENCE = 0
    for name, setting in (("record-key", "RECORD_KEY_FILE"), ("record-guard", "RECORD_GUARD")):
        setattr(settings, f"ANSWERABLE_{setting}", places / name)
    return places


def head() -> tuple[str, int]:
    log = storage.head()
    assert log is not None
    newest = storage.newest(log.epoch, published=True)
    assert newest is not None
    return log.origin, open_checkpoint(newest.note, verifier_keys(log.epoch, log.origin)[0]).size


def test_a_backup_after_which_nothing_was_signed_goes_on(
    cast: Cast,
    folder: Path,
    new_machine: Callable,
) -> None:
    registered(cast)
    publishing.publish_due()
    before = head()
    path = backup.take(folder / "to", keys_to=None, keep=0)
    with new_machine():
        assert restore.bring_back(path, keys=None).new_log is None
        assert publishing.publish_due() == 1
        assert head()[0] == before[0]
        assert head()[1] > before[1]


def test_an_older_backup_begins_a_new_log_that_names_what_is_lost(
    cast: Cast,
    folder: Path,
    new_machine: Callable,
) -> None:
    kept = registered(cast)
    publishing.publish_due()
    _origin, size = head()
    unpublished = registered(cast)
    sequencer.sequence()
    path = backup.take(folder / "to", keys_to=None, keep=0)
    registered(cast)
    publishing.publish_due()
    final = guard.last(starting.guard_path())
    assert final is not None
    proof = receipts.receipt_of(Act.objects.filter(matter_id=kept.case.pk)[0].pk)
    with new_machine():
        done = restore.bring_back(path, keys=None)
        assert done.new_log == "testserver/record/2"
        (entry,) = Entry.objects.filter(epoch=2)
        lines = bytes(entry.entry).decode().splitlines()
        assert lines[2:6] == [
            "after testserver/record",
            f"size {final.size}",
            f"root {final.line().split()[-1]}",
            f"lost {size}-{final.size - 1}",
        ]
        assert publishing.publish_due() == 1
        assert head()[0] == "testserver/record/2"
        assert not Pending.objects.exists()
        assert set(
            Entry.objects.filter(act__matter_id=unpublished.case.pk).values_list("epoch", flat=True)
        ) == {2}
        again = receipts.receipt_of(Act.objects.filter(matter_id=kept.case.pk)[0].pk)
        assert parse(again or b"").head.origin == "testserver/record"
        assert parse(again or b"").index == parse(proof or b"").index
        assert Log.objects.get(epoch=1).ended_at is not None


def test_without_the_file_outside_nobody_knows_and_the_log_begins_anew(
    cast: Cast,
    folder: Path,
    new_machine: Callable,
    settings: Settings,
) -> None:
    registered(cast)
    publishing.publish_due()
    path = backup.take(folder / "to", keys_to=None, keep=0)
    assert guard.last(folder / "to" / guard.NAME) == guard.last(starting.guard_path())
    with new_machine():
        settings.ANSWERABLE_RECORD_GUARD = folder / "nowhere" / "record-guard"
        settings.ANSWERABLE_RECORD_KEY_FILE = folder / "nowhere" / "record-key"
        assert restore.bring_back(path, keys=None).new_log == "testserver/record/2"
        assert "is not known" in bytes(Entry.objects.get(epoch=2, index=0).entry).decode()
        assert publishing.publish_due() == 1


def test_a_database_put_back_behind_our_back_is_not_signed(
    cast: Cast,
    folder: Path,
    new_machine: Callable,
) -> None:
    registered(cast)
    publishing.publish_due()
    path = backup.take(folder / "to", keys_to=None, keep=0)
    publishing.publish_due()
    with new_machine():
        restore.bring_back(path, keys=None, is_move=True)  # as a copy of the database's own files would
        registered_before = Entry.objects.count()
        assert publishing.publish_due() == sequencer.sequence() == 0
        log = storage.head()
        assert log is not None
        assert log.fault is not None
        assert log.fault["code"] == "rolled_back"
        assert Entry.objects.count() == registered_before
