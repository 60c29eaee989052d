"""Signed notes, checkpoints and cosignatures: other implementations' bytes, and nothing malformed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.record import checkpoints, cosignatures, notes
from answerable.record.checkpoints import Checkpoint, CheckpointInvalid
from answerable.record.merkle import EMPTY_ROOT
from answerable.record.notes import NoteInvalid, Signer, VerifierKey
from answerable.record.tests.trees import LOG, ORIGIN

# The example in the documentation of the first implementation of signed notes.
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANNS = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ROOT = bytes(range(32))
BODY = Checkpoint(ORIGIN, 7, ROOT).body()
NOTE = notes.sign(BODY, LOG)
OTHER = Signer("elsewhere.example", b"\x01" * 32)
WITNESS = cosignatures.cosigner("witness.example/w1", b"\x02" * 32)


def test_a_note_of_the_first_implementation_verifies():
    key = VerifierKey.parse(NEUMANN)
    note = notes.parse(NEUMANNS.encode())
    assert note.verify([key]) == [key]
    assert str(key) == NEUMANN
    assert note.to_bytes() == NEUMANNS.encode()
    changed = notes.parse(NEUMANNS.replace("is the", "is not the").encode())
    with pytest.raises(NoteInvalid, match="signature_wrong"):
        changed.verify([key])


def test_signing_again_gives_the_same_bytes():
    assert notes.sign(BODY, Signer(ORIGIN, bytes(32))) == NOTE
    assert notes.parse(NOTE).text == BODY


def test_signatures_of_strangers_are_ignored_even_under_a_known_name():
    namesake = Signer(ORIGIN, b"\x03" * 32)
    note = notes.parse(notes.sign(BODY, namesake, OTHER, LOG))
    assert note.verify([LOG.key]) == [LOG.key]
    assert note.verify([WITNESS.key]) == []
    assert note.verify([LOG.key, OTHER.key]) == [LOG.key, OTHER.key]


def test_one_false_signature_of_a_known_key_spoils_the_note():
    note = notes.parse(NOTE)
    forged = notes.Signature(ORIGIN, LOG.key.id, bytes(64))
    with pytest.raises(NoteInvalid, match="signature_wrong"):
        notes.Note(note.text, (*note.signatures, forged)).verify([LOG.key])


def test_sixteen_signatures_and_no_more():
    lines = NOTE.decode().split("\n\n")[1]
    sixteen = f"{BODY}\n{lines * 16}".encode()
    assert notes.parse(sixteen).verify([LOG.key]) == [LOG.key]
    with pytest.raises(NoteInvalid, match="too_many_signatures"):
        notes.parse(sixteen + lines.encode())


LINE = NOTE.decode().splitlines()[-1]


@pytest.mark.parametrize(
    ("note", "code"),
    [
        ("", "truncated"),
        (BODY, "truncated"),
        (f"{BODY}\n", "truncated"),
        (f"{BODY}\n{LINE}", "truncated"),
        (f"{BODY}{LINE}\n", "truncated"),
        (f"{BODY}\n{LINE}\n\n", "truncated"),
        (f"{BODY}\r\n{LINE}\n", "malformed"),
        (f"a\tb\n\n{LINE}\n", "malformed"),
        (f"{BODY}\n{LINE[1:]}\n", "signature_malformed"),
        (f"{BODY}\n-{LINE[1:]}\n", "signature_malformed"),
        (f"{BODY}\n{LINE} \n", "signature_malformed"),
        (f"{BODY}\n{LINE}=\n", "signature_malformed"),
        (f"{BODY}\n{LINE[:-1]}\n", "signature_malformed"),
        (f"{BODY}\n— name AAAA\n", "signature_malformed"),
        (f"{BODY}\n—  AAAAAAAA\n", "signature_malformed"),
        (f"{BODY}\n— a+b AAAAAAAA\n", "signature_malformed"),
        (f"{BODY}\n— a\u3000b AAAAAAAA\n", "signature_malformed"),
        (f"{BODY}\n— name AAAAAAB=\n", "signature_malformed"),  # bits that no byte holds
    ],
)
def test_a_malformed_note_is_refused(note, code):
    with pytest.raises(NoteInvalid) as refusal:
        notes.parse(note.encode())
    assert refusal.value.code == code


def test_a_note_that_is_not_text_is_refused():
    with pytest.raises(NoteInvalid, match="malformed"):
        notes.parse(b"\xff" + NOTE)
    with pytest.raises(NoteInvalid, match="too_long"):
        notes.parse(b"a" * (1 << 21))
    for text in ("no newline", "tab\t\n", ""):
        with pytest.raises(NoteInvalid):
            notes.sign(text, LOG)
    with pytest.raises(NoteInvalid):
        notes.sign(BODY)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "name",
        "name+c74f20a3",
        NEUMANN.replace("c74f20a3", "C74F20A3"),
        NEUMANN.replace("c74f20a3", "c74f20a4"),
        NEUMANN.replace("PeterNeumann", "Peter Neumann"),
        NEUMANN.replace("PeterNeumann", ""),
        NEUMANN + "\n",
        NEUMANN[:-4],
        NEUMANN.replace("+ARpc", "+AxIc"),
    ],
)
def test_a_malformed_key_is_refused(key):
    with pytest.raises(NoteInvalid):
        VerifierKey.parse(key)


@given(st.binary(min_size=32, max_size=32), st.sampled_from([notes.ED25519, notes.COSIGNATURE]))
def test_a_key_can_be_read_back(public, type):
    key = VerifierKey("镇.example/记录", type, public)
    assert VerifierKey.parse(str(key)) == key


# ---------------------------------------------------------------- checkpoints


def test_a_checkpoint_is_opened_by_its_key_for_its_origin_alone():
    assert checkpoints.open_checkpoint(NOTE, LOG.key) == Checkpoint(ORIGIN, 7, ROOT)
    with pytest.raises(NoteInvalid, match="foreign_key"):
        checkpoints.open_checkpoint(NOTE, OTHER.key)
    with pytest.raises(CheckpointInvalid, match="wrong_origin"):
        checkpoints.open_checkpoint(NOTE, LOG.key, origin="elsewhere.example")
    with pytest.raises(CheckpointInvalid, match="wrong_origin"):
        checkpoints.open_checkpoint(notes.sign(BODY, OTHER), OTHER.key)
    assert checkpoints.open_checkpoint(notes.sign(BODY, OTHER), OTHER.key, origin=ORIGIN).size == 7


def test_other_logs_may_have_extension_lines():
    checkpoint = checkpoints.parse_body(BODY + "one\ntwo\n")
    assert checkpoint.extensions == ("one", "two")
    assert checkpoint.body() == BODY + "one\ntwo\n"


@pytest.mark.parametrize(
    "body",
    [
        "",
        BODY[:-1],
        BODY.replace("\n7\n", "\n07\n"),
        BODY.replace("\n7\n", "\n+7\n"),
        BODY.replace("\n7\n", "\n７\n"),
        BODY.replace("\n7\n", "\n9223372036854775808\n"),
        BODY.replace("\n7\n", "\n" + "9" * 5000 + "\n"),
        BODY.replace("\n7\n", "\n-1\n"),
        BODY.replace("\n7\n", "\n0\n"),  # only one root has no leaves
        BODY.replace("=", ""),
        BODY.replace("\n7\n", "\n\n7\n"),
        BODY + "\n",
        "\n" + BODY,
        ORIGIN + "\n7\nAAAA\n",
    ],
)
def test_a_malformed_checkpoint_is_refused(body):
    with pytest.raises(CheckpointInvalid):
        checkpoints.parse_body(body)


def test_the_empty_log_has_a_checkpoint():
    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    assert checkpoints.parse_body(empty.body()) == empty


# ---------------------------------------------------------------- cosignatures


def test_a_cosignature_bears_its_time_and_is_bound_to_the_checkpoint():
    line = cosignatures.cosign(BODY, WITNESS, time=1_679_315_147)
    note = notes.parse(NOTE + str(line).encode())
    assert note.verify([LOG.key, WITNESS.key]) == [LOG.key, WITNESS.key]
    assert cosignatures.cosignatures(note, [WITNESS.key]) == [
        cosignatures.Cosignature(WITNESS.key, 1_679_315_147)
    ]
    later = notes.Signature(line.name, line.key_id, bytes(7) + b"\x01" + line.signature[8:])
    for text, signature in ((BODY, later), (BODY.replace("\n7\n", "\n8\n"), line)):
        with pytest.raises(NoteInvalid, match="signature_wrong"):
            cosignatures.cosignatures(notes.Note(text, (signature,)), [WITNESS.key])
    assert cosignatures.cosignatures(notes.parse(NOTE), [WITNESS.key]) == []


def test_a_logs_own_key_is_no_witness():
    with pytest.raises(NoteInvalid, match="key_type"):
        cosignatures.cosignatures(notes.parse(NOTE), [LOG.key])
    with pytest.raises(CheckpointInvalid):
        cosignatures.cosign("anything\n", WITNESS, time=1)
    with pytest.raises(ValueError, match="63 bits"):
        cosignatures.cosign(BODY, WITNESS, time=2**63)
