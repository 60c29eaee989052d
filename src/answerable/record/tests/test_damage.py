"""What is damaged, lost or exchanged is found before it is signed over, named, and repaired only into what is proved."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from answerable.record import (
    checks,
    epochs,
    exporting,
    guard,
    keys,
    proving,
    publishing,
    receipts,
    repair,
    scrub,
    sequencer,
    starting,
    storage,
)
from answerable.record.keyfile import PROMISES, _text
from answerable.record.merkle import root_of
from answerable.record.models import Checkpoint, Entry, Log, Opening, Pending
from answerable.record.stopped import LogStopped
from answerable.record.tests.test_sequencer import acts, leaves, signed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own(own_log):
    """A log that publishes whenever it is asked to."""


def change(sql: str, *values: object) -> None:
    """Whoever has the disk in hand asks no trigger."""
    with connection.cursor() as cursor:
        table = sql.split()[1]
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, values)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def flip_tile(level: int, index: int, at: int) -> None:
    change(
        "UPDATE record_tile SET hashes = set_byte(hashes, %s, get_byte(hashes, %s) # 1) WHERE level = %s AND idx = %s",
        at,
        at,
        level,
        index,
    )


def flip_entry(index: int) -> None:
    change("UPDATE record_entry SET entry = set_byte(entry, 7, get_byte(entry, 7) # 1) WHERE idx = %s", index)


def stands_still() -> str:
    """The fault's code, after seeing that nothing is signed or taken in and that `check` says it."""
    checkpoints = Checkpoint.objects.count()
    assert publishing.publish_due() == 0
    before = Entry.objects.count()
    acts(1)
    assert publishing.publish_due() == sequencer.sequence() == 0
    assert Entry.objects.count() == before
    assert Checkpoint.objects.count() == checkpoints
    assert Pending.objects.exists()
    (fault,) = checks.check_log()
    assert fault.code == "log_stopped"
    assert fault.sentence
    return Log.objects.get(ended_at=None).fault["code"]


def goes_on() -> None:
    assert publishing.publish_due() == 1
    assert Log.objects.get(ended_at=None).fault is None
    assert not Pending.objects.exists()
    assert list(checks.check_log()) == []


def index_of(act: int) -> int:
    return Entry.objects.get(act_id=act).index


def test_a_flipped_bit_in_a_new_entry_is_found_before_it_is_signed():
    done = acts(300)
    sequencer.sequence()
    flip_entry(index_of(done[7].id))
    assert stands_still() == "entry_damaged"
    assert Log.objects.get().fault["index"] == index_of(done[7].id)
    assert repair.repair().entries == 1
    goes_on()
    assert signed().root == root_of(leaves())


@pytest.mark.parametrize(("level", "index", "at"), [(0, 0, 3), (0, 1, 40), (1, 0, 3)])
def test_a_flipped_bit_in_a_new_tile_is_found_before_it_is_signed(level, index, at):
    acts(300)
    sequencer.sequence()
    flip_tile(level, index, at)
    assert stands_still() == "tile_damaged"
    assert {name: Log.objects.get().fault[name] for name in ("level", "index")} == {
        "level": level,
        "index": index,
    }
    assert repair.repair().tiles >= 1
    goes_on()
    assert signed().root == root_of(leaves())


def test_old_damage_is_found_by_the_slow_walk_and_by_no_publication_signed_over():
    done = acts(900)
    publishing.publish_due()
    flip_entry(index_of(done[5].id))
    for _ in range(3):
        scrub.scrub_some()
    assert stands_still() == "entry_damaged"
    assert publishing.publish_due() == 0, "it stays so until it is repaired"
    repair.repair()
    goes_on()


def test_the_tile_that_is_damaged_is_named_and_not_the_one_above_it():
    """The walk may come from above; whoever reads the disk looks where he is told to."""
    acts(900)
    publishing.publish_due()
    flip_tile(0, 1, 40)
    log = storage.head()
    assert log is not None
    with pytest.raises(LogStopped) as found:
        proving.check_tile(log, 1, 0, log.size)
    assert (found.value.code, found.value.facts) == ("tile_damaged", {"level": 0, "index": 1})
    repair.repair()
    flip_tile(1, 0, 40)
    with pytest.raises(LogStopped) as found:
        proving.check_tile(log, 1, 0, log.size)
    assert found.value.facts == {"level": 1, "index": 0}


def test_damage_at_the_edge_of_what_was_signed_is_found_at_once():
    for count in (300, 3):
        acts(count)
        publishing.publish_due()
    assert 512 < signed().size < 768, "some dummies more or fewer"
    flip_tile(0, 2, 0)
    assert stands_still() == "tile_damaged"
    assert Log.objects.get().fault["index"] == 2
    repair.repair()
    goes_on()


def test_a_dummy_is_repaired_from_the_seed():
    acts(1)
    publishing.publish_due()
    flip_entry(Entry.objects.filter(act=None)[0].index)
    log = storage.head()
    assert log is not None
    with pytest.raises(LogStopped, match="entry"):
        scrub.scrub_all(log)
    assert repair.repair().entries == 1
    goes_on()


def test_an_erased_acts_entry_comes_back_from_exported_files_alone(tmp_path):
    done = acts(40)
    publishing.publish_due()
    exporting.export(tmp_path / "files")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('answerable.erasing', 'on', true)")
        Opening.objects.all().delete()
        cursor.execute("SELECT set_config('answerable.erasing', '', true)")
    flip_entry(index_of(done[9].id))
    with pytest.raises(LogStopped, match="--from"):
        repair.repair()
    assert repair.repair(tmp_path / "files").entries == 1
    goes_on()


def test_a_repair_that_does_not_lead_to_what_was_signed_changes_nothing():
    done = acts(40)
    publishing.publish_due()
    # Somebody rewrites an act with everything below it: only the signature still tells.
    change("UPDATE record_act SET leaf = sha256(%s) WHERE id = %s", b"\x00" + b"\x01" * 33, done[3].id)
    change("UPDATE record_entry SET entry = %s WHERE act_id = %s", b"\x01" * 33, done[3].id)
    with pytest.raises(LogStopped, match="does not lead"):
        repair.repair()
    scrub.scrub_some()
    assert stands_still() == "tile_damaged", "its own digests fit again, so the tile is what differs"


def test_the_database_lets_a_repair_write_only_what_is_proved():
    done = acts(4)
    publishing.publish_due()
    with pytest.raises(Exception, match="never changed"), transaction.atomic():
        Entry.objects.filter(act_id=done[0].id).update(entry=b"\x01" * 33)


def test_a_damaged_checkpoint_is_found():
    acts(4)
    publishing.publish_due()
    change("UPDATE record_checkpoint SET note = set_byte(note, 30, get_byte(note, 30) # 1)")
    assert stands_still() == "checkpoint_damaged"


def test_an_act_whose_waiting_entry_was_damaged_comes_from_its_opening():
    done = acts(2)
    change("UPDATE record_pending SET entry = %s WHERE act_id = %s", b"\x01" * 33, done[0].id)
    goes_on()
    assert receipts.receipt_of(done[0].id)


def test_an_act_that_was_changed_stops_the_log():
    publishing.publish_due()
    done = acts(2)
    change("UPDATE record_act SET leaf = sha256('x') WHERE id = %s", done[0].id)
    sequencer.sequence()
    assert stands_still() == "act_damaged"


# ---------------------------------------------------------------- keys


def test_the_key_file_is_made_for_its_owner_alone():
    publishing.publish_due()
    assert keys.checkpoint_path().stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda path: path.rename(path.with_suffix(".away")), "key_missing"),
        (lambda path: path.chmod(0o640), "key_permissions"),
        (lambda path: path.write_text(path.read_text().replace("key ", "kex ")), "key_garbled"),
        (lambda path: path.write_bytes(b"\xff"), "key_garbled"),
        (lambda path: (path.unlink(), path.mkdir()), "key_unreadable"),
        (
            lambda path: (path.unlink(), keys.keyfile.create(path, keys.keyfile.CHECKPOINTS)),
            "key_another",
        ),
        (lambda path: path.unlink() or path.write_text(_text(PROMISES, [bytes(32)])), "key_permissions"),
        (
            lambda path: path.write_text(_text(PROMISES, [bytes(32)])),
            "key_garbled",
        ),
    ],
)
def test_a_key_that_is_not_right_stops_the_log_with_a_sentence_and_no_intake(spoil, code):
    publishing.publish_due()
    path = keys.checkpoint_path()
    kept = path.read_text()
    spoil(path)
    assert stands_still() == code
    if path.is_dir():
        path.rmdir()
    path.unlink(missing_ok=True)
    path.write_text(kept)
    path.chmod(0o600)
    goes_on()


def test_a_new_key_is_named_in_the_log_and_signed_by_both_once():
    publishing.publish_due()
    (old,) = keys.verifier_keys(1, "testserver/record")
    new = epochs.rotate_key()
    assert keys.verifier_keys(1, "testserver/record") == [new, old]
    newest = storage.newest(1, published=True)
    assert newest is not None
    from answerable.record.checkpoints import open_checkpoint

    assert open_checkpoint(newest.note, old) == open_checkpoint(newest.note, new)
    (text,) = [bytes(e) for e in Entry.objects.values_list("entry", flat=True) if bytes(e)[0] == 2]
    assert text.decode()[1:] == f"answerable/key/v1\nold {old}\nnew {new}\n"
    acts(1)
    goes_on()
    newest = storage.newest(1, published=True)
    assert newest is not None
    assert open_checkpoint(newest.note, new).size == newest.size
    with pytest.raises(ValueError, match="foreign_key"):
        open_checkpoint(newest.note, old)


def test_a_change_of_key_that_was_cut_short_goes_on(monkeypatch):
    publishing.publish_due()
    monkeypatch.setattr(publishing, "publish", lambda log: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        epochs.rotate_key()
    monkeypatch.undo()
    publishing.publish(starting.ensure_started())
    publishing.publish(starting.ensure_started())
    assert [until is None for _public, until in storage.keys(1)] == [False, True]
    (only,) = keys.signers(starting.ensure_started())
    assert only.key == keys.verifier_keys(1, "testserver/record")[0]


def test_an_act_that_somebody_took_out_of_the_queue_is_missed_and_waits_again():
    publishing.publish_due()
    done = acts(3)
    Pending.objects.filter(act_id=done[1].id).delete()
    (fault,) = checks.check_lost_acts()
    assert fault.code == "acts_lost"
    assert str(done[1].id) in fault.sentence
    publishing.publish_due()
    assert len(list(checks.check_lost_acts())) == 1, "nor does it come by itself"
    assert repair.repair().waiting == 1
    assert list(checks.check_lost_acts()) == []
    publishing.publish_due()
    assert Entry.objects.filter(act_id=done[1].id).exists()
    assert repair.repair() == repair.Repaired()


# ---------------------------------------------------------------- rolled back, forked


def test_a_database_that_was_put_back_is_not_signed():
    acts(3)
    publishing.publish_due()
    told = guard.last(starting.guard_path())
    assert told is not None
    guard.add(starting.guard_path(), guard.Signed(1, told.size + 8, told.origin, b"\x07" * 32))
    assert stands_still() == "rolled_back"


def test_another_database_than_the_one_that_was_signed_is_not_signed():
    acts(3)
    publishing.publish_due()
    told = guard.last(starting.guard_path())
    assert told is not None
    guard.add(starting.guard_path(), guard.Signed(1, told.size, told.origin, b"\x07" * 32))
    assert stands_still() == "forked"


def test_an_empty_database_where_a_log_was_is_not_begun_again():
    guard.add(starting.guard_path(), guard.Signed(1, 12, "testserver/record", b"\x07" * 32))
    acts(1)
    assert publishing.publish_due() == sequencer.sequence() == 0
    assert not Log.objects.exists()
    origin = epochs.new_epoch("the server burnt down")
    assert origin == "testserver/record/2"
    publishing.publish_due()
    assert not Pending.objects.exists()


def test_a_file_outside_that_is_gone_is_said_and_nothing_is_signed_until_somebody_decides():
    """Whoever puts an old database back would take that file away first."""
    acts(3)
    publishing.publish_due()
    kept = starting.guard_path().read_bytes()
    for gone in (starting.guard_path().unlink, lambda: starting.guard_path().write_bytes(b"")):
        gone()
        assert stands_still() == "guard_missing"
        assert [fault.code for fault in checks.check_log()] == ["log_stopped"]
        starting.guard_path().write_bytes(kept)
        goes_on()
        kept = starting.guard_path().read_bytes()
    starting.guard_path().unlink()
    assert stands_still() == "guard_missing"
    before = signed()
    told = epochs.new_guard()
    assert told is not None
    assert (told.epoch, told.size) == (1, before.size)
    assert epochs.new_guard() is None, "what is there is left as it is"
    goes_on()


def test_a_guard_that_a_crash_cut_short_is_read_to_its_last_whole_line():
    publishing.publish_due()
    path = starting.guard_path()
    with path.open("ab") as file:
        file.write(b"1 testserver/rec")
    goes_on()
    assert path.read_text().count("\n") == 2
    path.write_text(path.read_text() + "nonsense\n")
    assert stands_still() == "guard_damaged"


def test_a_new_epoch_names_the_old_final_head_and_what_is_lost():
    acts(3)
    publishing.publish_due()
    kept = signed()
    sequencer.sequence()
    late = acts(2)
    sequencer.sequence()
    guard.add(starting.guard_path(), guard.Signed(1, kept.size + 16, kept.origin, b"\x07" * 32))
    assert stands_still() == "rolled_back"
    assert epochs.new_epoch("restored after a fire") == "testserver/record/2"
    text = bytes(Entry.objects.get(epoch=2, index=0).entry).decode()
    assert text.splitlines()[1:] == [
        "origin testserver/record/2",
        "after testserver/record",
        f"size {kept.size + 16}",
        "root BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=",
        f"lost {kept.size}-{kept.size + 15}",
        "why restored after a fire",
    ]
    goes_on()
    assert {Entry.objects.get(act_id=act.id).epoch for act in late} == {2}
    assert Entry.objects.filter(epoch=1).count() == kept.size, "what was signed stays"
