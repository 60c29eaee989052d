"""What a receipt proves: every way to fail has its own word, and what is not proved is said."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation

from answerable.record import compact, openings, policy, proofs, verifying
from answerable.record.checkpoints import Checkpoint
from answerable.record.cosignatures import cosign, cosigner
from answerable.record.merkle import inclusion_path, leaf_hash, record_bytes, root_at
from answerable.record.notes import Note, Signature, Signer, VerifierKey, sign
from answerable.record.notes import parse as parse_note
from answerable.record.openings import OpenedAct
from answerable.record.policy import Log, Policy
from answerable.record.promised import Promise
from answerable.record.proofs import TlogProof
from answerable.record.tests.trees import LOG, ORIGIN, leaves_of, reader, receipt
from answerable.record.verify import words
from answerable.record.verifying import PROMISED, PROVED, Gap, Outcome, Sighting, verify

RECORDED = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
FIELDS = {
    "v": 1,
    "act": "case.registered",
    "matter": "7d6f0b8e-8f3e-4c0e-9a57-0d2c6f1f7f10",
    "seq": 1,
    "recorded_at": RECORDED.isoformat(timespec="microseconds"),
    "actor": "system",
    "prev": "",
    "body": {"x": "路灯"},
}


def act(**changes: object) -> OpenedAct:
    return OpenedAct(bytes(range(32)), record_bytes(FIELDS | changes))


ACT = act()
PROOF = receipt(ACT, 5, 11, extra=ACT.entry)
TEXT = PROOF.to_bytes()
OURS = policy.of_key(LOG.key)
WITNESSES = [cosigner(f"w{number}.example", bytes([number]) * 32) for number in (1, 2, 3)]
WATCHED = policy.parse(
    (
        f"log {LOG.key}\n"
        + "".join(f"witness {name} {signer.key}\n" for name, signer in zip("ABC", WITNESSES, strict=True))
        + "group two 2 A B C\nquorum two\n"
    ).encode()
)
SECOND = int(RECORDED.timestamp())


def witnessed(text: bytes, *times: int | None) -> bytes:
    body = proofs.parse(text).note.text
    lines = [
        cosign(body, signer, time=at) for signer, at in zip(WITNESSES, times, strict=False) if at is not None
    ]
    return text + "".join(map(str, lines)).encode()


PROMISING = Signer(f"{ORIGIN}/promise", b"\x09" * 32)
PROMISE = sign(Promise(ORIGIN, ACT.leaf, SECOND, SECOND + 86_400).text(), PROMISING)
PROMISED_TO = Policy((Log(LOG.key), Log(PROMISING.key)))


def _in_english(verdict: verifying.Verdict) -> str:
    with translation.override("en"):
        return "\n".join(words.sentences(verdict))


# ---------------------------------------------------------------- accepted


def test_a_closed_receipt_proves_that_something_is_in_the_log():
    verdict = verify(TEXT, policy=OURS)
    assert (verdict.code, verdict.outcome) == (PROVED, Outcome.PROVED)
    assert (verdict.log, verdict.index, verdict.size, verdict.leaf) == (ORIGIN, 5, 11, ACT.leaf)
    assert verdict.act is None
    assert verdict.gaps == (Gap.CONTENT, Gap.UNTIL, Gap.VIEWS, Gap.TRUTH)


@pytest.mark.parametrize("way", ["file", "extra", "file alone"])
def test_an_opening_proves_what_was_recorded(way):
    extra = {"file": ACT.entry, "extra": ACT.to_extra(), "file alone": b""}[way]
    text = receipt(ACT, 5, 11, extra=extra).to_bytes()
    verdict = verify(text, policy=OURS, opening=None if way == "extra" else ACT.to_bytes())
    assert verdict.code == PROVED
    assert verdict.act is not None
    assert (verdict.act.kind, verdict.act.recorded_at) == ("case.registered", RECORDED)
    assert verdict.record == ACT.record
    assert Gap.CONTENT not in verdict.gaps


def test_between_two_times_when_witnesses_have_seen_it():
    verdict = verify(witnessed(TEXT, SECOND + 90, SECOND + 60), policy=WATCHED, opening=ACT.to_bytes())
    assert verdict.sightings == (Sighting("B", SECOND + 60), Sighting("A", SECOND + 90))
    assert verdict.seen_at == SECOND + 90  # when they were enough, not when the first one came
    assert verdict.gaps == (Gap.TRUTH,)


def test_every_form_of_the_receipt_is_the_same_receipt():
    for form in (
        compact.compact(TEXT),
        compact.to_text(TEXT).encode(),
        compact.to_text(TEXT).encode() + b"\r\n",
    ):
        assert verify(form, policy=OURS) == verify(TEXT, policy=OURS)


def test_after_a_change_of_key_receipts_of_both_keys_are_good():
    changed = Policy((Log(LOG.key), Log(NAMESAKE.key)))
    for signer in (LOG, NAMESAKE):
        text = receipt(ACT, 5, 11, signer, extra=ACT.entry).to_bytes()
        assert verify(text, policy=changed).code == PROVED


def test_public_text_is_shown():
    entry = "\x02New key: …".encode()
    leaves = [*leaves_of(4), leaf_hash(entry)]
    read = reader(leaves)
    note = sign(Checkpoint(ORIGIN, 5, root_at(5, read)).body(), LOG)
    proof = TlogProof(4, tuple(inclusion_path(4, 5, read)), note, entry)
    verdict = verify(proof.to_bytes(), policy=OURS)
    assert (verdict.code, verdict.record.decode()) == (PROVED, "New key: …")


def test_a_claimed_time_stays_a_claim():
    claimed = act(happened_at=RECORDED.isoformat(timespec="microseconds"), claimed_by="the party")
    verdict = verify(receipt(claimed, 0, 1).to_bytes(), policy=OURS, opening=claimed.to_bytes())
    assert Gap.CLAIMED in verdict.gaps
    assert "said by: the party" in _in_english(verdict)


@pytest.mark.parametrize("around", [(b"", b""), (b"\r\n", b"\r\n\n"), (b"", b"\x0c")], ids=str)
def test_a_promise_is_the_offices_word_and_never_a_proof(around):
    text = around[0] + PROMISE.rstrip() + around[1]  # as a scanner gives it off paper
    verdict = verify(text, policy=PROMISED_TO)
    assert (verdict.code, verdict.outcome, verdict.leaf) == (PROMISED, Outcome.PROMISED, ACT.leaf)
    assert verdict.gaps == (Gap.INCLUDED, Gap.CONTENT, Gap.UNTIL, Gap.TRUTH)
    said = _in_english(verdict)
    assert "The office promised in writing, at 2026-03-02" in said
    assert f"in its log {ORIGIN} by 2026-03-03" in said
    assert f"The leaf to look for: {ACT.leaf.hex()}" in said
    assert "– that it is in the log by now." in said


def test_a_promise_with_its_opening_shows_what_was_promised():
    verdict = verify(PROMISE, policy=PROMISED_TO, opening=ACT.to_bytes())
    assert (verdict.code, verdict.record) == (PROMISED, ACT.record)
    assert Gap.CONTENT not in verdict.gaps
    assert "case.registered, act 1" in _in_english(verdict)


def test_the_key_of_checkpoints_promises_nothing_and_that_of_promises_proves_nothing():
    by_the_log = sign(Promise(ORIGIN, ACT.leaf, SECOND, SECOND).text(), LOG)
    assert verify(by_the_log, policy=PROMISED_TO).code == "promise_foreign_key"
    text = receipt(ACT, 5, 11, PROMISING, extra=ACT.entry).to_bytes()
    assert verify(text, policy=PROMISED_TO).code != PROVED


def test_the_last_second_of_the_calendar_can_be_said_anywhere(monkeypatch):
    """An office's hostile time is no way to bring the verifier down."""
    late = act(recorded_at="9999-12-31T23:59:59.999999+00:00", happened_at="0001-01-01T00:00:00.000000+00:00")
    verdict = verify(receipt(late, 0, 1, extra=late.to_extra()).to_bytes(), policy=OURS)
    for zone in ("Asia/Shanghai", "America/New_York"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        said = _in_english(verdict)
        assert "9999-12-31 23:59:59 (UTC+00:00)" in said or "0001-01-01 00:00:00 (UTC+00:00)" in said
    monkeypatch.undo()
    time.tzset()


# ---------------------------------------------------------------- refused


def _changed(old: str, new: str, text: bytes = TEXT) -> bytes:
    changed = text.decode().replace(old, new, 1).encode()
    assert changed != text
    return changed


def _swapped() -> bytes:
    path = list(PROOF.path)
    path[0], path[2] = path[2], path[0]
    return TlogProof(5, tuple(path), PROOF.checkpoint, PROOF.extra).to_bytes()


def _forged_witness() -> bytes:
    line = Signature("w1.example", WITNESSES[0].key.id, bytes(72))
    return witnessed(TEXT, None, SECOND) + str(line).encode()


OTHER = Signer("elsewhere.example", b"\x07" * 32)
NAMESAKE = Signer(ORIGIN, b"\x08" * 32)
ELSEWHERE = Checkpoint("elsewhere.example", 11, PROOF.head.root).body()
BOTH = Policy((Log(LOG.key), Log(OTHER.key)))

REFUSED = {
    "truncated": (TEXT[:-1], OURS, None),
    "not_a_receipt": (b"hello\n", OURS, None),
    "windows_lines": (TEXT.replace(b"\n", b"\r\n"), OURS, None),
    "malformed": (_changed("index 5", "index five"), OURS, None),
    "too_long": (TEXT + bytes(proofs.MAX_RECEIPT), OURS, None),
    "signature_malformed": (_changed("— ", "- "), OURS, None),
    "too_many_signatures": (TEXT + TEXT.split(b"\n\n")[2] * 16, OURS, None),
    "checkpoint_malformed": (_changed("\n11\n", "\n11.0\n"), OURS, None),
    "index_outside": (_changed("index 5", "index 50"), OURS, None),
    "path_length": (_changed("index 5", "index 10"), OURS, None),
    "not_an_opening": (TEXT, OURS, b"hello"),
    "opening_malformed": (TEXT, OURS, openings.HEADER),
    "policy_without_log": (TEXT, policy.parse(b"quorum none\n"), None),
    "leaf_unknown": (receipt(ACT, 5, 11).to_bytes(), OURS, None),
    "opening_mismatch": (TEXT, OURS, OpenedAct(ACT.salt, ACT.record.replace(b"case.", b"card.")).to_bytes()),
    "foreign_key": (receipt(ACT, 5, 11, NAMESAKE, extra=ACT.entry).to_bytes(), OURS, None),
    "another_log": (TlogProof(5, PROOF.path, sign(ELSEWHERE, OTHER), ACT.entry).to_bytes(), OURS, None),
    "wrong_origin": (TlogProof(5, PROOF.path, sign(ELSEWHERE, LOG), ACT.entry).to_bytes(), BOTH, None),
    "signature_wrong": (_changed("\n11\n", "\n12\n"), OURS, None),
    "cosignature_wrong": (_forged_witness(), WATCHED, None),
    "quorum_not_met": (witnessed(TEXT, SECOND), WATCHED, None),
    "reordered": (_swapped(), OURS, None),
    "not_in_tree": (_changed("index 5", "index 4"), OURS, None),
    "record_unreadable": (
        receipt(act(v=2), 5, 11, extra=act(v=2).to_extra()).to_bytes(),
        OURS,
        None,
    ),
    "promise_malformed": (_changed("leaf ", "leaf  ", PROMISE), PROMISED_TO, None),
    "promise_key_unknown": (PROMISE, OURS, None),
    "promise_foreign_key": (
        PROMISE,
        Policy((Log(LOG.key), Log(Signer(f"{ORIGIN}/promise", b"\x0a" * 32).key))),
        None,
    ),
    "promise_signature_wrong": (_changed("deadline 1", "deadline 2", PROMISE), PROMISED_TO, None),
    "time_contradicted": (witnessed(TEXT, SECOND - 301, SECOND - 400), WATCHED, ACT.to_bytes()),
}


@pytest.mark.parametrize("code", REFUSED)
def test_each_way_to_fail_has_its_own_code_and_sentence(code):
    text, believed, opening = REFUSED[code]
    verdict = verify(text, policy=believed, opening=opening)
    assert verdict.code == code
    assert verdict.outcome == (Outcome.UNREADABLE if code in verifying.UNREADABLE else Outcome.NOT_PROVED)
    with translation.override("en"):
        english = words.sentences(verdict)
    with translation.override("zh-hans"):
        chinese = words.sentences(verdict)
    assert len(english) == len(chinese) == 1
    assert "%(" not in english[0] + chinese[0]
    assert english != chinese


def test_no_code_without_a_sentence_and_no_sentence_without_a_way_to_it():
    assert set(words.REASONS) == set(REFUSED)
    assert set(words.GAPS) == set(Gap)


def test_millions_of_signs_are_no_code_off_a_sheet():
    """A refusal by length: to read them would take seconds."""
    began = time.process_time()
    assert verify(b"TLOG1:" + b"0" * 6_500_000, policy=OURS, opening=None).code == "too_long"
    assert time.process_time() - began < 0.5


def test_a_bit_anywhere_in_the_checkpoint_is_noticed():
    start = TEXT.index(b"\n\n") + 2
    for place in range(start, len(TEXT)):
        flipped = TEXT[:place] + bytes([TEXT[place] ^ 1]) + TEXT[place + 1 :]
        assert verify(flipped, policy=OURS).code != PROVED


def test_a_signature_by_someone_unknown_changes_nothing():
    note = parse_note(PROOF.checkpoint)
    more = Note(note.text, (OTHER.sign(note.text), *note.signatures)).to_bytes()
    assert verify(TlogProof(5, PROOF.path, more, ACT.entry).to_bytes(), policy=OURS).code == PROVED


def test_a_witness_slightly_behind_the_office_is_no_contradiction():
    text = witnessed(TEXT, SECOND - 299, SECOND - 299)
    verdict = verify(text, policy=WATCHED, opening=ACT.to_bytes())
    assert verdict.code == PROVED
    assert "between 2026" in _in_english(verdict)


def test_a_witness_from_the_far_future_is_not_believed():
    text = witnessed(TEXT, 2**62, SECOND)
    assert verify(text, policy=WATCHED).code == "cosignature_wrong"


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        record_bytes(FIELDS | {"seq": "1"}),
        record_bytes(FIELDS | {"seq": True}),
        record_bytes(FIELDS | {"recorded_at": "yesterday"}),
        record_bytes(FIELDS | {"recorded_at": "2026-13-02T02:00:00.000000+00:00"}),
        record_bytes(FIELDS | {"recorded_at": "2026-03-02T02:00:00.000000+08:00"}),
        record_bytes(FIELDS | {"happened_at": 5}),
        record_bytes(FIELDS | {"matter": None}),
        json.dumps(FIELDS | {"seq": float("nan")}).encode(),
        b'{"seq":' + b"9" * 5000 + b"}",
    ],
)
def test_a_record_that_is_no_act_is_not_believed(record):
    odd = OpenedAct(bytes(32), record)
    verdict = verify(
        receipt(odd, 5, 11, extra=odd.to_extra()).to_bytes(), policy=OURS, opening=odd.to_bytes()
    )
    assert verdict.code == "record_unreadable"


def test_what_was_recorded_cannot_paint_over_the_verdict():
    sly = act(act="\x1b[2Kproved\u202e")
    verdict = verify(receipt(sly, 0, 1, extra=sly.to_extra()).to_bytes(), policy=OURS)
    said = "\n".join(words.sentences(verdict))
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_the_example_of_the_reference_is_proved():
    text = (Path(__file__).parents[4] / "docs/reference/record.md").read_text()
    key, receipt_, opening, code = (
        text.split(f"```{name}\n")[1].split("```")[0] for name in ("vkey", "receipt", "opening", "qr")
    )
    believed = policy.of_key(VerifierKey.parse(key.strip()))
    verdict = verify(receipt_.encode(), policy=believed, opening=opening.rstrip("\n").encode())
    assert (verdict.code, verdict.index, verdict.size) == (PROVED, 1, 3)
    assert verifying.receipt_of(code.encode()) == receipt_.encode()
    for named in set(words.REASONS):
        assert f"`{named}`" in text
