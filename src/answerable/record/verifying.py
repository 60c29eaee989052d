"""What a receipt proves, to someone who believes nothing but the policy they hold. Pure.

`verify` never raises: every way in which a receipt fails has a code of its own, and what was proved comes as
facts, together with what was *not* proved. verify/verify.js decides the same in a browser, code for code.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from itertools import combinations
from typing import Any

from answerable.record import checkpoints, compact, notes, openings, promised, proofs
from answerable.record import policy as policies
from answerable.record.cosignatures import cosignatures
from answerable.record.invalid import Invalid
from answerable.record.merkle import leaf_hash, root_from_inclusion
from answerable.record.openings import ENTRY_TYPE_TEXT, OpenedAct
from answerable.record.policy import Policy
from answerable.record.promised import LAST_SECOND, Promise

PROVED = "proved"
PROMISED = "promised"
# How far the clock of a witness may be behind the office's before they contradict each other.
CLOCK_TOLERANCE_SECONDS = 300

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", re.ASCII)


class Outcome(StrEnum):
    PROVED = "proved"
    PROMISED = "promised"  # in writing, and nothing more: no proof
    NOT_PROVED = "not_proved"
    UNREADABLE = "unreadable"


class Gap(StrEnum):
    """What even a good receipt leaves open."""

    INCLUDED = "not_yet_in_log"  # only promised: that the log has it
    CONTENT = "content_closed"  # no opening: what the act says
    UNTIL = "time_unconfirmed"  # no witness: by when it was recorded
    VIEWS = "views_unwatched"  # no quorum asked for: that everyone is shown the same log
    CLAIMED = "claim_unproved"  # happened_at is somebody's word
    TRUTH = "truth_unproved"  # that what was recorded is true


#: The codes for what has the wrong form, so that nothing can be said about it; PROVED and PROMISED aside, every other one is a no.
UNREADABLE = frozenset(
    {
        "not_a_receipt",
        "truncated",
        "windows_lines",
        "malformed",
        "too_long",
        "signature_malformed",
        "too_many_signatures",
        "checkpoint_malformed",
        "index_outside",
        "path_length",
        "not_an_opening",
        "opening_malformed",
        "policy_without_log",
        "promise_malformed",
        "stamp_malformed",
        "certificate_malformed",
    }
)


@dataclass(frozen=True)
class Sighting:
    """A witness had the log's head before it at this time, in seconds since 1970."""

    witness: str
    time: int


@dataclass(frozen=True)
class Stamp:
    """A time that an authority outside has put on a digest; its signature was checked by whoever made this."""

    algorithm: str
    digest: bytes
    time: int
    authority: str

    def is_of(self, message: bytes) -> bool:
        return hashlib.new(self.algorithm, message).digest() == self.digest


@dataclass(frozen=True)
class ActFacts:
    """What the opened record says of itself. `recorded_at` is the office's own clock."""

    kind: str
    matter: str
    seq: int
    recorded_at: datetime
    happened_at: datetime | None
    claimed_by: str


@dataclass(frozen=True)
class Verdict:
    code: str
    detail: str = ""
    log: str = ""
    index: int = 0
    size: int = 0
    leaf: bytes = b""
    sightings: tuple[Sighting, ...] = ()
    seen_at: int | None = None  # by then enough witnesses had seen it
    stamp: Stamp | None = None  # by then it existed, says an authority
    promise: Promise | None = None  # no proof, but the office's word for one
    act: ActFacts | None = None
    record: bytes = b""  # the opened act's bytes, or an entry's public text
    gaps: tuple[Gap, ...] = ()

    @property
    def outcome(self) -> Outcome:
        if self.code in (PROVED, PROMISED):
            return Outcome(self.code)
        return Outcome.UNREADABLE if self.code in UNREADABLE else Outcome.NOT_PROVED


def verify(
    receipt: bytes, *, policy: Policy, opening: bytes | None = None, stamp: Stamp | None = None
) -> Verdict:
    """The verdict on a receipt in any of its forms, with the opening and the head's time-stamp if there are any.

    A promise in a receipt's place gets a verdict of its own, which is never PROVED.
    """
    try:
        if promised.is_one(receipt):
            return _promised(receipt, opening, policy)
        proof = proofs.parse(receipt_of(receipt))
        opened = openings.parse(opening) if opening is not None else None
        return _verdict(proof, opened, policy, stamp)
    except Invalid as error:
        return Verdict(error.code, error.detail)


def receipt_of(data: bytes) -> bytes:
    """The `.tlog-proof` in what was brought: itself, its compact form, or a QR code's text. Raises ProofInvalid."""
    text = data.strip()
    if text.startswith(compact.PREFIX.encode()):
        return compact.from_text(text.decode("latin-1"))
    return compact.expand(data) if data[:1] in (b"\x00", b"\x01") else data


def _verdict(
    proof: proofs.TlogProof, opened: OpenedAct | None, policy: Policy, stamp: Stamp | None
) -> Verdict:
    named, brought = openings.extra_parts(proof.extra)
    entry = opened.entry if opened else named
    if opened and named is not None and named != opened.entry:
        raise Invalid("opening_mismatch")
    if entry is None:
        raise Invalid("leaf_unknown")
    note, head = proof.note, proof.head
    _require_log(note, head, policy)
    sightings, seen_at = _sightings(note, policy)
    leaf = leaf_hash(entry)
    _require_inclusion(leaf, proof, head)
    if stamp is not None and not stamp.is_of(note.text.encode()):
        raise Invalid("stamp_mismatch")
    found = Verdict(PROVED, "", head.origin, proof.index, head.size, leaf, sightings, seen_at, stamp)
    found = _with_content(found, opened or brought, entry)
    return replace(found, gaps=tuple(_gaps(found, policy)))


def _promised(data: bytes, opening: bytes | None, policy: Policy) -> Verdict:
    """The office's word under the key of promises that the policy names, and what it was given for."""
    promise, note = promised.parse(data)
    opened = openings.parse(opening) if opening is not None else None
    if not policy.logs:
        raise Invalid("policy_without_log")
    name = promised.key_name(promise.origin)
    known = [log.key for log in policy.logs if log.key.name == name]
    if not known:
        raise Invalid("promise_key_unknown", name)
    try:
        if not note.verify(known):
            raise Invalid("promise_foreign_key", name)
    except notes.NoteInvalid as error:
        raise Invalid("promise_signature_wrong", error.detail) from error
    if opened and opened.leaf != promise.leaf:
        raise Invalid("opening_mismatch")
    content = (read_act(opened.record), opened.record) if opened else (None, b"")
    gaps = (Gap.INCLUDED, *(() if opened else (Gap.CONTENT,)), Gap.UNTIL, Gap.TRUTH)
    return Verdict(
        PROMISED,
        log=promise.origin,
        leaf=promise.leaf,
        promise=promise,
        act=content[0],
        record=content[1],
        gaps=gaps,
    )


def _require_log(note: notes.Note, head: checkpoints.Checkpoint, policy: Policy) -> None:
    """Raise Invalid unless a log of the policy signed this head, as its own."""
    if not policy.logs:
        raise Invalid("policy_without_log")
    signed = {key.name for key in note.verify(log.key for log in policy.logs)}
    if head.origin in signed:
        return
    if signed:
        raise Invalid("wrong_origin", head.origin)
    is_named = head.origin in {log.key.name for log in policy.logs}
    raise Invalid("foreign_key" if is_named else "another_log", head.origin)


def _sightings(note: notes.Note, policy: Policy) -> tuple[tuple[Sighting, ...], int | None]:
    """Who cosigned, earliest first, and when they were enough. Raises Invalid if they are not."""
    names = {witness.key: name for name, witness in policy.witnesses.items()}
    try:
        found = cosignatures(note, names)
    except Invalid as error:
        raise Invalid("cosignature_wrong", error.detail) from error
    if strange := [one.key.name for one in found if one.time > LAST_SECOND]:
        raise Invalid("cosignature_wrong", strange[0])
    seen = sorted(
        (Sighting(names[one.key], one.time) for one in found), key=lambda one: (one.time, one.witness)
    )
    if not policy.is_met([one.witness for one in seen]):
        raise Invalid("quorum_not_met", ", ".join(one.witness for one in seen))
    for count, one in enumerate(seen, start=1):
        if policy.is_met([early.witness for early in seen[:count]]):
            return tuple(seen), one.time
    return (), None


def _require_inclusion(leaf: bytes, proof: proofs.TlogProof, head: checkpoints.Checkpoint) -> None:
    def leads_there(path: Sequence[bytes]) -> bool:
        return root_from_inclusion(leaf, proof.index, head.size, path) == head.root

    if leads_there(proof.path):
        return
    # Only to say what happened: a path whose lines changed places was not forged, but copied badly.
    orders = [list(proof.path)[::-1]]
    for one, other in combinations(range(len(proof.path)), 2):
        order = list(proof.path)
        order[one], order[other] = order[other], order[one]
        orders.append(order)
    raise Invalid("reordered" if any(map(leads_there, orders)) else "not_in_tree")


def _with_content(found: Verdict, opened: OpenedAct | None, entry: bytes) -> Verdict:
    if entry[:1] == ENTRY_TYPE_TEXT:
        return replace(found, record=entry[1:])
    if opened is None:
        return found
    act = read_act(opened.record)
    recorded = act.recorded_at.timestamp()
    if found.seen_at is not None and recorded > found.seen_at + CLOCK_TOLERANCE_SECONDS:
        raise Invalid("time_contradicted")
    if found.stamp is not None and recorded > found.stamp.time + CLOCK_TOLERANCE_SECONDS:
        raise Invalid("stamp_contradicted")
    return replace(found, act=act, record=opened.record)


def _gaps(found: Verdict, policy: Policy) -> list[Gap]:
    gaps = []
    if not found.record:
        gaps.append(Gap.CONTENT)
    if found.seen_at is None and found.stamp is None:
        gaps.append(Gap.UNTIL)
    if policy.quorum == policies.NONE:
        gaps.append(Gap.VIEWS)
    if found.act and found.act.happened_at:
        gaps.append(Gap.CLAIMED)
    return [*gaps, Gap.TRUTH]


def read_act(record: bytes) -> ActFacts:
    """What a record says of itself. Raises Invalid `record_unreadable` if it is no act's of a version known here."""
    try:
        fields = json.loads(record.decode(), parse_constant=_no_constant)
        claimed = fields.get("happened_at")
        act = ActFacts(
            kind=_text(fields["act"]),
            matter=_text(fields["matter"]),
            seq=_count(fields["seq"]),
            recorded_at=_instant(fields["recorded_at"]),
            happened_at=None if claimed is None else _instant(claimed),
            claimed_by=_text(fields.get("claimed_by", "")),
        )
        if _count(fields["v"]) != 1:
            raise ValueError("version")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Invalid("record_unreadable") from error
    return act


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _count(value: object) -> int:
    if type(value) is not int or not 0 <= value < 2**53:
        raise TypeError(value)
    return value


def _instant(value: object) -> datetime:
    if not _INSTANT.fullmatch(_text(value)):
        raise ValueError(value)
    return datetime.fromisoformat(_text(value)).astimezone(UTC)
