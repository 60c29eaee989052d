"""A monitor follows the log that Answerable itself keeps: as it grows, changes its key and begins anew."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from answerable.record import epochs, exporting, keys, notes, policy, publishing, sequencer, sheet, storage
from answerable.record.notes import Signer
from answerable.record.tests.servers import files_of, serving
from answerable.record.tests.test_sequencer import acts
from answerable.record.watch import looking
from answerable.record.watch.asking import Line
from answerable.ui.print.data import Body

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_from_the_first_entry_through_a_changed_key_to_a_new_epoch(own_log, tmp_path):
    folder = tmp_path / "mirror"

    def said(**more: bool) -> list[str]:
        publishing.publish_due()
        exporting.export(folder)
        with serving(files_of(folder)) as url:
            report = looking.look(Line(url), tmp_path / "seen", believed, now=1, **more)
        return [notice.code for notice in report.notices]

    acts(300)
    publishing.publish_due()
    believed = policy.of_key(keys.verifier_keys(1, "testserver/record")[0])
    assert said() == ["first"]
    acts(5)
    assert said(is_whole=True) == ["whole", "grown"]
    epochs.rotate_key()
    acts(700)
    assert said() == ["key_changed", "grown"]
    acts(4)
    sequencer.sequence()
    epochs.new_epoch("a test")
    assert said() == ["epoch"]
    acts(4)
    assert said() == ["grown"]


def test_what_both_keys_have_signed_is_served(own_log):
    acts(3)
    publishing.publish_due()
    epochs.rotate_key()
    acts(3)
    publishing.publish_due()
    (place,) = storage.key_changes(1)
    served = Client().get(f"/record/key-change/{place}")
    assert "immutable" in served["Cache-Control"]
    signed = notes.parse(served.content)
    both = keys.verifier_keys(1, "testserver/record")
    assert len(both) == 2
    assert set(signed.verify(both)) == set(both)
    assert Client().get(f"/record/key-change/{place + 1}").status_code == 404


def test_the_sheet_for_the_notice_board(own_log):
    facts = {"body": Body(name="Town"), "zone": ZoneInfo("Asia/Shanghai"), "now": datetime.now(UTC)}
    assert sheet.board_sheet(**facts, lang="en") is None
    acts(3)
    publishing.publish_due()
    data = sheet.board_data(**facts)
    assert data is not None
    served = Client().get("/record/checkpoint").content
    assert data.checkpoint == served
    assert served.decode().split("\n")[:3] == [data.origin, str(data.size), data.root]
    assert (sheet.board_sheet(**facts, lang="en") or b"").startswith(b"%PDF-")


def test_a_sheet_with_many_witnesses_keeps_the_logs_own_signature(own_log, monkeypatch):
    acts(3)
    publishing.publish_due()
    newest = storage.newest(1, published=True)
    assert newest is not None
    signers = [
        Signer(f"a-witness-with-a-long-name-{n}{'x' * 150}.example", bytes([n]) * 32) for n in range(12)
    ]
    many = newest.note + b"".join(str(one.sign("text\n")).encode() for one in signers)
    monkeypatch.setattr(storage, "newest", lambda *_args, **_more: newest._replace(note=many))
    facts = {"body": Body(name="Town"), "zone": ZoneInfo("UTC"), "now": datetime.now(UTC)}
    assert (sheet.board_sheet(**facts, lang="zh-hans") or b"").startswith(b"%PDF-")
