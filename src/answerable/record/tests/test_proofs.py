"""Receipts and openings: exactly one form, and a small one for paper that loses nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.record import compact, cosignatures, merkle, openings, proofs
from answerable.record.merkle import ProofInvalid
from answerable.record.openings import OpenedAct, OpeningInvalid
from answerable.record.tests.trees import LOG, ORIGIN, receipt

ACT = OpenedAct(bytes(range(32)), '{"act":"case.opened","body":{"x":"路灯"}}'.encode())
PROOF = receipt(ACT, 5, 11, extra=ACT.entry)
TEXT = PROOF.to_bytes()


def test_a_receipt_is_written_as_the_specification_says():
    lines = TEXT.decode().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1].startswith("extra AT")
    assert lines[2] == "index 5"
    assert all(len(line) == 44 for line in lines[3:7])
    assert lines[7:10] == ["", ORIGIN, "11"]
    assert proofs.parse(TEXT) == PROOF
    root = PROOF.head.root
    merkle.verify_inclusion(ACT.leaf, PROOF.index, PROOF.head.size, PROOF.path, root)


@given(st.integers(1, 300), st.data())
def test_every_receipt_can_be_read_back_and_packed(size, data):
    index = data.draw(st.integers(0, size - 1))
    extra = data.draw(st.sampled_from([b"", ACT.entry, ACT.to_extra(), b"\x00", bytes(200)]))
    text = receipt(ACT, index, size, extra=extra).to_bytes()
    assert proofs.parse(text).to_bytes() == text
    packed = compact.compact(text)
    assert compact.expand(packed) == text
    assert len(packed) < len(text) * 0.8
    assert compact.from_text(compact.to_text(text)) == text


@given(st.binary(max_size=300))
def test_whatever_does_not_pack_travels_as_it_is(data):
    assert compact.expand(compact.compact(data)) == data
    assert compact.from_text(compact.to_text(data)) == data


def test_a_receipt_with_cosignatures_fits_a_qr_code():
    text = receipt(ACT, 5, 11, extra=ACT.entry).to_bytes()
    body = PROOF.note.text
    for number in range(3):
        witness = cosignatures.cosigner(f"witness.example/{number}", bytes([number + 1]) * 32)
        text += str(cosignatures.cosign(body, witness, time=1_700_000_000)).encode()
    assert compact.expand(compact.compact(text)) == text
    assert compact.compact(text)[0] == 1
    million = text.replace(b"\n\n", b"\n" + 20 * (b"A" * 43 + b"=\n") + b"\n", 1)  # as long as 24 levels
    assert len(compact.to_text(million)) < 4296  # version 40, alphanumeric, level L


def test_base45_is_that_of_rfc_9285():
    assert compact._to_base45(b"Hello!!") == "%69 VD92EX0"
    assert compact._to_base45(b"ietf!") == "QED8WEX0"
    assert compact._from_base45("QED8WEX0") == b"ietf!"
    for wrong in ("GGW", ":::", "A", "aaa", "QED8WEX", "::"):
        assert compact._from_base45(wrong) is None


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2", "not_a_receipt"),
        ("index 5", "index 05", "malformed"),
        ("index 5", "index -5", "malformed"),
        ("index 5", "index 11", "index_outside"),
        ("index 5", "index 10", "path_length"),
        ("index 5\n", "", "malformed"),
        ("extra ", "extra  ", "malformed"),
        ("extra ", "Extra ", "malformed"),
        ("\n11\n", "\n011\n", "checkpoint_malformed"),
        ("\n11\n", "\n5\n", "index_outside"),
        ("\n\n", "\r\n\r\n", "malformed"),
        ("=\n\n", "\n\n", "malformed"),
        ("\n\n", "\nAAAA\n\n", "malformed"),
    ],
)
def test_a_receipt_of_another_form_is_refused(old, new, code):
    text = TEXT.decode()
    changed = text.replace(old, new, 1)
    assert changed != text
    with pytest.raises(ProofInvalid) as refusal:
        proofs.parse(changed.encode())
    assert refusal.value.code == code


def test_a_receipt_cut_anywhere_is_refused():
    for end in range(len(TEXT)):
        with pytest.raises(ProofInvalid):
            proofs.parse(TEXT[:end])
    with pytest.raises(ProofInvalid, match="truncated"):
        proofs.parse(TEXT[:-1])
    with pytest.raises(ProofInvalid, match="truncated"):
        proofs.parse(TEXT[:40])
    with pytest.raises(ProofInvalid, match="too_long"):
        proofs.parse(TEXT + bytes(proofs.MAX_RECEIPT))


def test_a_packed_receipt_cut_anywhere_is_refused():
    packed = compact.compact(TEXT)
    for end in range(len(packed)):
        with pytest.raises(ProofInvalid):
            compact.expand(packed[:end])
    with pytest.raises(ProofInvalid, match="too_long"):
        compact.expand(packed + b"\x00")
    with pytest.raises(ProofInvalid, match="superfluous"):
        compact.expand(b"\x01\x85\x00" + packed[2:])
    with pytest.raises(ProofInvalid):
        compact.from_text("tlog1:" + compact.to_text(TEXT)[6:])


# ---------------------------------------------------------------- openings


def test_an_opening_is_read_back_verbatim():
    text = ACT.to_bytes()
    assert openings.parse(text) == ACT
    assert text.endswith(ACT.record)
    awkward = OpenedAct(bytes(32), b"\n\nsalt \x00\xff\n")
    assert openings.parse(awkward.to_bytes()) == awkward


def test_a_receipts_extra_names_the_entry_and_may_bring_the_opening():
    assert openings.extra_parts(ACT.entry) == (ACT.entry, None)
    assert openings.extra_parts(ACT.to_extra()) == (ACT.entry, ACT)
    assert openings.extra_parts(b"\x02epoch") == (b"\x02epoch", None)
    for nothing in (b"", b"\x11", b"\x11" + bytes(32), b"\x01", bytes(33), b"\x01" + bytes(33)):
        assert openings.extra_parts(nothing) == (None, None)


@pytest.mark.parametrize("cut", [0, 5, 22, 30, 60, 72])
def test_a_cut_opening_is_refused(cut):
    with pytest.raises(OpeningInvalid):
        openings.parse(ACT.to_bytes()[:cut])


def test_a_salt_has_32_bytes():
    with pytest.raises(OpeningInvalid):
        openings.parse(b"answerable/opening/v1\nsalt AAAA\n\n{}")
    with pytest.raises(OpeningInvalid):
        OpenedAct(b"", b"{}")
    assert LOG.key.name == ORIGIN
