"""Erasure and the public log: the proofs outlive the words, and the log shows that an authorised erasure happened."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.cases.services import erasure, persons
from answerable.core import clock
from answerable.record import keys, publishing, receipts, sequencer
from answerable.record.checkpoints import open_checkpoint
from answerable.record.merkle import leaf_hash, verify_inclusion
from answerable.record.models import Act, Entry, Opening, Pending
from answerable.record.openings import extra_parts
from answerable.record.openings import parse as parse_opening
from answerable.record.proofs import parse
from tests.cast import Cast, registered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_once(settings, tmp_path):
    settings.ANSWERABLE_RECORD_CADENCE = 0
    settings.ANSWERABLE_RECORD_KEY_FILE = tmp_path / "record-key"


def require_proved(act: Act) -> None:
    receipt = parse(receipts.receipt_of(act.pk) or b"")
    (key,) = keys.verifier_keys(1, "testserver/record")
    head = open_checkpoint(receipt.checkpoint, key)
    verify_inclusion(bytes(act.leaf), receipt.index, head.size, receipt.path, head.root)
    entry, opened = extra_parts(receipt.extra)
    assert (leaf_hash(entry or b""), opened) == (bytes(act.leaf), None)


def ended(cast: Cast):
    case = registered(cast).case
    persons.withdraw(case_id=case.pk, now=clock.now())
    return case


@pytest.mark.parametrize("is_in_log", [True, False])
def test_rule_09_the_proofs_of_an_erased_matter_still_verify(cast: Cast, is_in_log: bool) -> None:
    """Also of acts that the log had not taken in yet when their openings were destroyed."""
    case = ended(cast)
    before = list(Act.objects.filter(matter_id=case.pk).order_by("seq"))
    opened = parse_opening(receipts.opening_of(before[0].pk) or b"")
    assert opened.leaf == bytes(before[0].leaf)
    if is_in_log:
        publishing.publish_due()
    now = clock.now() + timedelta(days=400)
    erasure.erase_case(
        case_id=case.pk, by=cast.actor(cast.leader), now=now, why="end of the time for keeping it"
    )
    assert not Opening.objects.filter(act__in=before).exists()
    publishing.publish_due()
    after = list(Act.objects.filter(matter_id=case.pk).order_by("seq"))
    assert after[-1].kind == "case.erased"
    for act in after:
        require_proved(act)
    assert not Pending.objects.exists()
    kinds = {act.pk: receipts.leaf_at(1, Entry.objects.get(act=act).index) for act in after}
    assert {kinds[act.pk].kind for act in before if kinds[act.pk]} == {receipts.Kind.ERASED}
    last = kinds[after[-1].pk]
    assert last is not None
    assert (last.kind, last.opening is not None) == (receipts.Kind.ACT, True)
    assert receipts.opening_of(before[0].pk) is None


def test_nothing_of_a_matter_is_in_what_the_log_gives_out(cast: Cast) -> None:
    """33 bytes a leaf, and those of an act and of a dummy are alike."""
    case = ended(cast)
    sequencer.sequence()
    publishing.publish_due()
    for entry in Entry.objects.values_list("entry", flat=True):
        assert (len(bytes(entry)), bytes(entry)[:1]) == (33, b"\x01")
    receipt = receipts.receipts_of(case.pk)[0].receipt or b""
    assert case.code.encode() not in receipt
    assert str(case.pk).encode() not in receipt
