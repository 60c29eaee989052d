"""What everybody may have: receipts, promises, static paths, plain files; and nothing that is not published."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from answerable.record import (
    epochs,
    exporting,
    keys,
    notes,
    promises,
    publishing,
    receipts,
    sequencer,
    starting,
    storage,
    verifying,
)
from answerable.record.checkpoints import open_checkpoint, parse_body
from answerable.record.merkle import leaf_hash, root_of, verify_inclusion
from answerable.record.models import Act, Entry, Pending
from answerable.record.notes import VerifierKey
from answerable.record.openings import extra_parts
from answerable.record.openings import parse as parse_opening
from answerable.record.policy import parse as parse_policy
from answerable.record.proofs import parse as parse_receipt
from answerable.record.tests.test_sequencer import acts, signed
from answerable.record.tiles import (
    decode_bundle,
    decode_tile,
    entries_path,
    new_tiles,
    reader_of,
    tile_path,
    tiles_for,
)

pytestmark = pytest.mark.django_db
HOST = "testserver/record"


@pytest.fixture(autouse=True)
def _own(own_log):
    """A log that publishes whenever it is asked to."""


def get(path: str):
    return Client().get(f"/record/{path}")


@pytest.mark.parametrize("before", [0, 255, 700])
def test_every_act_gets_a_receipt_that_proves_it(before):
    if before:
        acts(before)
        publishing.publish_due()
    done = acts(5)
    sequencer.sequence()
    assert receipts.receipt_of(done[0].id) is None, "not before it is published"
    publishing.publish_due()
    (key,) = keys.verifier_keys(1, HOST)
    for act in done:
        receipt = parse_receipt(receipts.receipt_of(act.id) or b"")
        head = open_checkpoint(receipt.checkpoint, key)
        verify_inclusion(act.leaf, receipt.index, head.size, receipt.path, head.root)
        entry, opened = extra_parts(receipt.extra)
        assert leaf_hash(entry or b"") == act.leaf
        assert opened is None, "no content in the default receipt"
    later = [receipts.receipt_of(act.id) for act in done]
    acts(300)
    publishing.publish_due()
    assert later != [receipts.receipt_of(act.id) for act in done], "under the newest checkpoint"


def test_our_own_verifier_believes_it_with_the_policy_that_we_serve():
    """As `answerable verify` and verify.html do: from the files that anybody gets, and from nothing else."""
    done = acts(3)
    publishing.publish_due()
    policy = parse_policy(get("policy").content)
    receipt = receipts.receipt_of(done[1].id) or b""
    found = verifying.verify(receipt, policy=policy, opening=receipts.opening_of(done[1].id))
    assert found.outcome is verifying.Outcome.PROVED, found
    for at in (40, len(receipt) // 2, len(receipt) - 20):
        spoilt = receipt[:at] + bytes([receipt[at] ^ 1]) + receipt[at + 1 :]
        assert verifying.verify(spoilt, policy=policy).outcome is not verifying.Outcome.PROVED
    epochs.rotate_key()
    again = verifying.verify(
        receipts.receipt_of(done[1].id) or b"", policy=parse_policy(get("policy").content)
    )
    assert again.outcome is verifying.Outcome.PROVED
    assert verifying.verify(receipt, policy=parse_policy(get("policy").content)).outcome is again.outcome


def test_a_verifier_of_others_reads_what_was_exported(tmp_path):
    from tlog_scales.reader import TilesReader
    from tlog_scales.signing import Vkey

    class Folder:
        def get(self, *parts: str) -> bytes | None:
            path = tmp_path.joinpath(*parts)
            return path.read_bytes() if path.is_file() else None

    for count in (300, 400):
        acts(count)
        publishing.publish_due()
    exporting.export(tmp_path)
    reader = TilesReader(Folder())
    checkpoint = reader.get_checkpoint()
    checkpoint.verify(Vkey.from_string((tmp_path / "vkey").read_text().strip()))
    assert (checkpoint.origin, checkpoint.size) == (HOST, signed().size)
    assert reader.calculate_root_hash() == checkpoint.root_hash == signed().root
    assert reader.get_entry(5) == bytes(Entry.objects.get(index=5).entry)


def test_a_matters_receipts_come_in_its_order_and_openings_prove_their_leaf():
    done = acts(3)
    publishing.publish_due()
    matter = Act.objects.get(pk=done[0].id).matter_id
    found = receipts.receipts_of(matter)
    assert [(one.act, one.seq) for one in found] == [(act.id, act.seq) for act in done]
    assert all(one.receipt for one in found)
    opened = parse_opening(receipts.opening_of(done[1].id) or b"")
    assert opened.leaf == done[1].leaf
    assert json.loads(opened.record)["seq"] == 2


def test_every_leaf_is_an_act_or_a_dummy_to_an_auditor():
    done = acts(3)
    publishing.publish_due()
    found = [receipts.leaf_at(1, index) for index in range(signed().size)]
    assert [leaf.kind for leaf in found if leaf].count(receipts.Kind.ACT) == 3
    assert {leaf.kind for leaf in found if leaf} == {receipts.Kind.ACT, receipts.Kind.DUMMY}
    assert {leaf.act for leaf in found if leaf and leaf.act} == {act.id for act in done}
    assert receipts.leaf_at(1, signed().size) is None


def test_a_promise_is_signed_at_once_under_its_own_key_and_is_always_the_same():
    assert starting.ensure_promise_key()
    act = Act.objects.get(pk=acts(1)[0].id)
    promise = promises.promise_of(act)
    assert promise is not None
    assert promise == promises.promise_of(act)
    note = notes.parse(promise)
    key = VerifierKey.parse(
        get("promise-vkey").content.decode().strip() if storage.head() else str(promises.verifier_key(HOST))
    )
    assert note.verify([key]) == [key]
    kind, origin, _leaf, time, deadline = note.text.splitlines()
    assert (kind, origin) == ("answerable/promise/v1", HOST)
    assert int(time.split()[1]) == int(act.recorded_at.timestamp())
    assert int(deadline.split()[1]) - int(time.split()[1]) == promises.WITHIN / timedelta(seconds=1)
    publishing.publish_due()
    assert key not in keys.verifier_keys(1, HOST)


def test_a_promise_key_that_is_gone_stops_neither_act_nor_receipt():
    starting.ensure_promise_key()
    keys.promise_path().unlink()
    act = Act.objects.get(pk=acts(1)[0].id)
    assert promises.promise_of(act) is None
    publishing.publish_due()
    assert receipts.receipt_of(act.pk)
    from answerable.record import checks

    (fault,) = checks.check_promise_key()
    assert "promise-key" in fault.sentence


# ---------------------------------------------------------------- static paths


def test_the_whole_log_is_rebuilt_from_its_static_paths():
    for count in (300, 700):
        acts(count)
        publishing.publish_due()
    (key,) = [VerifierKey.parse(line) for line in get("vkey").content.decode().splitlines()]
    head = open_checkpoint(get("checkpoint").content, key)
    entries = []
    for ref in tiles_for(head.size):
        answer = get(ref.path)
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer["Content-Type"] == "application/octet-stream"
        assert len(decode_tile(answer.content, ref.width)) == ref.width
        if ref.level == 0:
            entries += decode_bundle(get(entries_path(ref.index, ref.width)).content, ref.width)
    assert root_of(map(leaf_hash, entries)) == head.root
    read = reader_of(lambda level, index, width: get(tile_path(level, index, width)).content, head.size)
    for index in (0, 255, 256, head.size - 1):
        assert read(0, index) == leaf_hash(entries[index])


def test_policy_and_key_are_those_that_receipts_verify_with():
    publishing.publish_due()
    (log,) = parse_policy(get("policy").content).logs
    assert str(log.key) == get("vkey").content.decode().strip()
    assert log.url == "http://testserver/record/"


def test_nothing_is_served_that_is_not_published():
    acts(3)
    publishing.publish_due()
    published = signed().size
    acts(600)
    sequencer.sequence()
    assert storage.head().size > published + 512
    for ref in new_tiles(published, storage.head().size):
        assert get(ref.path).status_code == 404
    for path in ("tile/0/000", f"tile/entries/000.p/{published + 1}", "tile/entries/000", "tile/1/000.p/1"):
        answer = get(path)
        assert (answer.status_code, answer["Cache-Control"]) == (404, "no-store")
    assert get(f"tile/entries/000.p/{published}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        *("tile/0/0", "tile/0/0000", "tile/00/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/x000/000"),
        *(
            "tile/64/000",
            "tile/-1/000",
            "tile/0/000.p/04",
            "tile/entries",
            "tile/0/../0/000",
            "tile/entries/000/",
        ),
        "tile/0/x999/x999/x999/x999/x999/x999/999",
    ],
)
def test_a_path_that_is_not_written_as_it_must_be_is_not_found(path):
    acts(20)
    publishing.publish_due()
    assert get(path).status_code == 404


def test_static_paths_set_no_cookie_vary_by_nothing_and_ask_for_no_language():
    publishing.publish_due()
    answer = Client(headers={"Accept-Language": "zh"}).get("/record/checkpoint")
    assert not answer.cookies
    assert "Vary" not in answer
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "max-age=1" in answer["Cache-Control"]
    assert Client().post("/record/checkpoint").status_code == 405


def test_before_the_first_checkpoint_there_is_none():
    starting.ensure_started()
    assert get("checkpoint").status_code == 404


# ---------------------------------------------------------------- plain files


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_an_export_is_what_the_web_serves_and_grows_by_what_is_new(tmp_path):
    folder = tmp_path / "mirror"
    for count in (300, 3, 700):
        acts(count)
        publishing.publish_due()
        before = files_in(folder)
        done = exporting.export(folder)
        assert done.size == signed().size
        assert exporting.export(folder).written == 0
        there = files_in(folder)
        for path, content in there.items():
            assert get(path).content == content, path
        for path in set(before) & set(there) - {"checkpoint"}:
            assert before[path] == there[path], path
        for ref in tiles_for(done.size):
            assert ref.path in there
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()} == {0o644}
    head = parse_body(notes.parse((folder / "checkpoint").read_bytes()).text)
    assert head == signed()


def test_damage_to_a_mirror_is_written_over_when_every_file_is_looked_at(tmp_path):
    acts(600)
    publishing.publish_due()
    exporting.export(tmp_path)
    good = files_in(tmp_path)
    tile = tmp_path / "tile/0/001"
    tile.write_bytes(bytes([tile.read_bytes()[0] ^ 1]) + tile.read_bytes()[1:])
    (tmp_path / "tile/entries/000").unlink()
    assert exporting.export(tmp_path).written == 0
    assert exporting.export(tmp_path, is_whole=True).written == 2
    assert files_in(tmp_path) == good


def test_an_export_that_was_cut_short_has_its_old_checkpoint_and_goes_on(tmp_path, monkeypatch):
    acts(20)
    publishing.publish_due()
    exporting.export(tmp_path)
    before = (tmp_path / "checkpoint").read_bytes()
    acts(600)
    publishing.publish_due()
    write, left = exporting._write, [3]

    def runs_out(path, content):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "no room")
        return write(path, content)

    monkeypatch.setattr(exporting, "_write", runs_out)
    with pytest.raises(OSError, match="no room"):
        exporting.export(tmp_path)
    assert (tmp_path / "checkpoint").read_bytes() == before
    monkeypatch.undo()
    exporting.export(tmp_path)
    assert (tmp_path / "checkpoint").read_bytes() == get("checkpoint").content


def test_a_folder_of_another_log_is_left_alone(tmp_path):
    acts(1)
    publishing.publish_due()
    (tmp_path / "checkpoint").write_text(
        "elsewhere/log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— elsewhere/log AAAAAAAA\n"
    )
    with pytest.raises(OSError, match="elsewhere"):
        exporting.export(tmp_path)
    assert not (tmp_path / "tile").exists()
    assert not Pending.objects.exists()
    assert Entry.objects.exists()
