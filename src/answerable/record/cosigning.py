"""Having the newest checkpoint cosigned by those who watch (c2sp.org/tlog-witness), all of them at once.

A witness that is away, hangs or answers nonsense costs nothing but its own line. One that holds a log which ours
does not continue stops the log: we were put back, or somebody signs with our key.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from answerable.core.sentences import N_, Said, sentence
from answerable.record import notes, sequencer, storage, witnesses
from answerable.record.checkpoints import parse_body
from answerable.record.encoding import from_decimal
from answerable.record.invalid import Invalid
from answerable.record.merkle import consistency_path
from answerable.record.policy import Policy, Witness
from answerable.record.tiles import reader_of
from answerable.record.verifying import CLOCK_TOLERANCE_SECONDS
from answerable.record.watch.asking import Answer, CannotLook, Line
from answerable.record.watch.witness import PATH, SIZE_TYPE, Asked

SECONDS = 5.0
MAX_ANSWER = 1 << 14
ROUNDS = 3
LONGEST_PAUSE_S = 10.0

log_ = logging.getLogger(__name__)


class Uncosigned(Said):
    """Why a witness has not cosigned, in one sentence."""

    sentences = {
        "witness_away": N_("The witness %(witness)s could not be asked: %(reason)s."),
        "witness_slow": N_("The witness %(witness)s did not answer in time."),
        "witness_refuses": N_(
            "The witness %(witness)s does not cosign this log (%(status)s): it does not know the log or its key. Give it the "
            "key that `answerable record status` shows."
        ),
        "witness_answer": N_("The witness %(witness)s answered what no witness answers (%(status)s)."),
        "witness_false": N_(
            "The witness %(witness)s answered with a signature that is not its own: see that its key in the file of witnesses is right."
        ),
        "witness_clock": N_(
            "The clock of the witness %(witness)s is off by more than five minutes; its signature was not taken."
        ),
        "witness_ahead": N_(
            "The witness %(witness)s has seen %(seen)s entries of this log, which has %(size)s."
        ),
        "witness_forked": N_(
            "The witness %(witness)s says that this log (%(size)s entries) does not continue what it cosigned at %(seen)s."
        ),
    }


@dataclass
class _Turn:
    """A witness to be asked, from which size on it will be, and what it answered."""

    name: str
    witness: Witness
    old: int
    line: bytes = b""
    fault: Mapping[str, Any] | None = None
    contradicts: bool = False
    is_done: bool = False


def cosign_due() -> int:
    """A turn of the worker: ask those who have not cosigned the newest checkpoint; how many did now."""
    return sequencer.watched(_cosign_due)


def seconds_to_wait() -> float:
    """Soon after a publication, and at leisure where these are seldom."""
    return max(0.1, min(5.0, settings.ANSWERABLE_RECORD_CADENCE / 10))


def _cosign_due() -> int:
    known = witnesses.configured()
    log = storage.head()
    if log is None or not known.witnesses:
        return 0
    done = ask(log, known)
    witnesses.require_no_contradiction(log)
    newest = storage.newest(log.epoch)
    if newest is not None and newest.published_at is None and log.fault is None:
        witnesses.publish(log.epoch, newest.size)
    return done


def ask(log: storage.Head, known: Policy, *, is_first: bool = False) -> int:
    """Ask every witness that has not cosigned the newest checkpoint; how many have now. Outside any transaction.

    `is_first`: those that have, too. In a machine that was put back whole, their lines tell of the time before.
    """
    newest = storage.newest(log.epoch)
    if newest is None:
        return 0
    there = set() if is_first else set(witnesses.cosigned(log.epoch, newest.size, known))
    pause = min(LONGEST_PAUSE_S, settings.ANSWERABLE_RECORD_CADENCE)
    lately = witnesses.asked_lately(log.epoch, pause)
    before = witnesses.standings(log.epoch)
    turns = [
        _Turn(name, witness, before[str(witness.key)].size if str(witness.key) in before else 0)
        for name, witness in known.witnesses.items()
        if name not in there and str(witness.key) not in lately
    ]
    for _ in range(ROUNDS):
        waiting = [turn for turn in turns if not turn.is_done]
        if not waiting:
            break
        _ask_at_once(log, newest, waiting)
    for turn in turns:
        _remember(log, newest, turn)
    return sum(bool(turn.line) for turn in turns)


def _ask_at_once(log: storage.Head, newest: storage.Signed, turns: list[_Turn]) -> None:
    """One question to each. The threads have nothing to do with the database."""
    bodies = [_question(log, newest, min(turn.old, newest.size)) for turn in turns]
    with ThreadPoolExecutor(len(turns)) as threads:
        answers = list(threads.map(_post, [turn.witness.url for turn in turns], bodies))
    for turn, answer in zip(turns, answers, strict=True):
        _take(log, newest, turn, answer)


def _question(log: storage.Head, newest: storage.Signed, old: int) -> bytes:
    proof = consistency_path(old, newest.size, reader_of(storage.fetch_of(log.epoch), newest.size))
    return Asked(old, tuple(proof), newest.note).to_bytes()


def _post(url: str, body: bytes) -> Answer | CannotLook:
    try:
        line = Line(url, seconds=SECONDS)
        try:
            return line.ask("POST", PATH, limit=MAX_ANSWER, body=body)
        finally:
            line.close()
    except CannotLook as fault:
        return fault


def _take(log: storage.Head, newest: storage.Signed, turn: _Turn, answer: Answer | CannotLook) -> None:
    """What the answer means; `is_done` unless it has to be asked again from another size."""
    turn.is_done = True
    if isinstance(answer, CannotLook):
        slow = answer.code == "slow"
        turn.fault = {
            "code": "witness_slow" if slow else "witness_away",
            "look": {"code": answer.code, **{name: str(fact) for name, fact in answer.facts.items()}},
        }
    elif answer.status == 200:
        _take_line(newest, turn, answer.body)
    elif answer.status == 409 and answer.kind == SIZE_TYPE:
        _take_size(log, newest, turn, answer.body)
    elif answer.status == 422 or (answer.status == 409 and turn.old >= newest.size):
        # Of the very size that it cosigned, with another root: 409 without a size, by tlog-witness
        turn.contradicts = True
        turn.fault = {"code": "witness_forked", "seen": min(turn.old, newest.size), "size": newest.size}
    elif answer.status in (403, 404):
        turn.fault = {"code": "witness_refuses", "status": answer.status}
    else:
        turn.fault = {"code": "witness_answer", "status": answer.status}


def _take_line(newest: storage.Signed, turn: _Turn, body: bytes) -> None:
    key = turn.witness.key
    try:
        text = notes.parse(newest.note).text
        added = notes.parse(newest.note + body)
        if not notes.Note(text, added.signatures).verify([key]) or added.text != text:
            raise Invalid("foreign_key")
    except Invalid:
        turn.fault = {"code": "witness_false"}
        return
    line = next(one for one in added.signatures if (one.name, one.key_id) == (key.name, key.id))
    if abs(int.from_bytes(line.signature[:8], "big") - time.time()) > CLOCK_TOLERANCE_SECONDS:
        turn.fault = {"code": "witness_clock"}
        return
    turn.line = str(line).encode()


def _take_size(log: storage.Head, newest: storage.Signed, turn: _Turn, body: bytes) -> None:
    seen = from_decimal(body.decode("ascii", "replace").removesuffix("\n"))
    if seen == newest.size == turn.old:
        turn.contradicts = True
        turn.fault = {"code": "witness_forked", "seen": seen, "size": newest.size}
        return
    if seen is None or seen == turn.old:
        turn.fault = {"code": "witness_answer", "status": 409}
        return
    if seen <= newest.size:
        turn.old, turn.is_done = seen, False
        turn.fault = {"code": "witness_answer", "status": 409}  # should it never come to an end
        return
    latest = storage.newest(log.epoch)
    if latest is not None and seen <= latest.size:
        return  # another worker was quicker; the newest checkpoint is asked for in the next turn
    turn.contradicts = True
    turn.fault = {"code": "witness_ahead", "seen": seen, "size": newest.size}


def _remember(log: storage.Head, newest: storage.Signed, turn: _Turn) -> None:
    vkey = str(turn.witness.key)
    if turn.line:
        witnesses.remember_line(log.epoch, newest.size, vkey, turn.line)
    elif turn.fault is not None:
        facts = {**turn.fault, "origin": parse_body(notes.parse(newest.note).text).origin}
        if witnesses.remember_fault(log.epoch, vkey, turn.fault, facts if turn.contradicts else None):
            log_.warning("%s", said(turn.name, turn.fault), extra={"code": turn.fault["code"]})


def said(name: str, fault: Mapping[str, Any]) -> Uncosigned:
    """A fault that was written down, as a sentence."""
    facts = {key: value for key, value in fault.items() if key not in ("code", "look")}
    if look := fault.get("look"):
        why = CannotLook(look["code"], **{key: value for key, value in look.items() if key != "code"})
        facts["reason"] = sentence(why).rstrip(".。")
    return Uncosigned(fault["code"], **facts, witness=name)
