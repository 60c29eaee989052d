"""Changed bytes for every parser of the record: nothing but declared refusals, and nothing false accepted.

    python -m answerable.record.tests.fuzz --count 1000000 --seed 1

Each input is made from its seed and number alone, so that one that fails can be made again (--only NUMBER).
What is accepted must mean what the original meant: the same leaf at the same place of the same log, with no
witness or time that was not there. Where a parser has one way to write each value, what it accepts must be
written back byte for byte.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from answerable.record import (
    checkpoints,
    compact,
    cosignatures,
    notes,
    openings,
    policy,
    promised,
    proofs,
    tiles,
    verifying,
)
from answerable.record.invalid import Invalid
from answerable.record.merkle import record_bytes, root_at
from answerable.record.openings import OpenedAct
from answerable.record.proofs import TlogProof
from answerable.record.tests.trees import LOG, leaves_of, reader, receipt

Mutation = Callable[[random.Random, bytes], bytes]


@dataclass(frozen=True)
class Target:
    """`run` gives a word for what became of the input; it raises Invalid to refuse, AssertionError if it must not."""

    name: str
    seeds: Sequence[bytes]
    run: Callable[[bytes], str]


# ---------------------------------------------------------------- what is changed

ACTS = [
    OpenedAct(
        bytes([number]) * 32,
        record_bytes(
            {
                "v": 1,
                "act": "case.registered",
                "matter": f"m{number}",
                "seq": number,
                "recorded_at": "2026-03-02T02:00:00.000000+00:00",
                "body": {"x": "路灯"},
            }
        ),
    )
    for number in range(3)
]
WITNESSES = [cosignatures.cosigner(f"w{number}.example", bytes([number]) * 32) for number in (1, 2, 3)]
SEEN = 1_772_500_000
PROMISING = notes.Signer(promised.key_name(LOG.key.name), b"\x77" * 32)
PROMISES = [
    notes.sign(promised.Promise(LOG.key.name, act.leaf, SEEN + number, SEEN + 86_400).text(), PROMISING)
    for number, act in enumerate(ACTS)
]
POLICY_TEXT = (
    f"# whom we believe\nlog {LOG.key} https://town.example/record/\nlog {PROMISING.key}\n"
    + "".join(f"witness {name} {signer.key}\n" for name, signer in zip("ABC", WITNESSES, strict=True))
    + "group two 2 A B C\nquorum two\n"
).encode()
WATCHED = policy.parse(POLICY_TEXT)
FORGER = notes.Signer(LOG.key.name, b"\x66" * 32)


def _watched(proof: TlogProof, count: int) -> bytes:
    lines = [
        cosignatures.cosign(proof.note.text, one, time=SEEN + at) for at, one in enumerate(WITNESSES[:count])
    ]
    return proof.to_bytes() + "".join(map(str, lines)).encode()


PROOFS = [
    receipt(ACTS[0], 5, 11, extra=ACTS[0].entry),
    receipt(ACTS[1], 0, 1, extra=ACTS[1].to_extra()),
    receipt(ACTS[2], 299, 300, extra=ACTS[2].entry),
]
RECEIPTS = [_watched(proof, count) for proof, count in zip(PROOFS, (2, 3, 2), strict=True)]
FORGED = _watched(receipt(ACTS[0], 5, 11, FORGER, extra=ACTS[0].entry), 2)
NOTES = [proof.checkpoint for proof in PROOFS] + [proofs.parse(text).checkpoint for text in RECEIPTS]
LEAVES = leaves_of(7)
TILE, ROOT = b"".join(LEAVES), root_at(7, reader(LEAVES))
ENTRIES = [act.entry for act in ACTS] + [b"", b"\x02text", bytes(300)]


# ---------------------------------------------------------------- how it is judged

Meaning = tuple[object, ...]


def _meaning(verdict: verifying.Verdict) -> Meaning:
    return verdict.log, verdict.index, verdict.size, verdict.leaf


def _known(opening: bytes | None) -> dict[Meaning, list[verifying.Verdict]]:
    known: dict[Meaning, list[verifying.Verdict]] = {}
    for text in RECEIPTS:
        verdict = verifying.verify(text, policy=WATCHED, opening=opening)
        if verdict.code == verifying.PROVED:
            known.setdefault(_meaning(verdict), []).append(verdict)
    return known


CLOSED = _known(None)
OPENED = _known(ACTS[0].to_bytes())


def _judged(verdict: verifying.Verdict, known: dict[Meaning, list[verifying.Verdict]]) -> str:
    if verdict.code != verifying.PROVED:
        return verdict.code
    originals = known.get(_meaning(verdict), [])
    assert originals, "proves what no original proves"
    assert set(verdict.sightings) <= {one for original in originals for one in original.sightings}
    assert verdict.seen_at in {one.time for one in verdict.sightings}
    contents = {act.record for act in ACTS if act.leaf == verdict.leaf}
    assert not verdict.record or verdict.record in contents, "shows what was not recorded"
    return "accepted"


def _receipt(data: bytes) -> str:
    said = _judged(verifying.verify(data, policy=WATCHED), CLOSED)
    with contextlib.suppress(Invalid):
        assert proofs.parse(data).to_bytes() == data, "two ways to write a receipt"
    return said


def _compact(data: bytes) -> str:
    said = _judged(verifying.verify(data, policy=WATCHED), CLOSED)
    expanded = verifying.receipt_of(data)
    assert compact.expand(compact.compact(expanded)) == expanded
    return said


def _promise(data: bytes) -> str:
    verdict = verifying.verify(data, policy=WATCHED)
    if verdict.code != verifying.PROMISED:
        assert verdict.code != verifying.PROVED
        return verdict.code
    assert data.strip() in {text.strip() for text in PROMISES}, "promised what nobody promised"
    return "accepted"


def _opening(data: bytes) -> str:
    said = _judged(verifying.verify(RECEIPTS[0], policy=WATCHED, opening=data), OPENED)
    assert openings.parse(data).to_bytes() == data
    return said


def _note(data: bytes) -> str:
    note = notes.parse(data)
    assert note.to_bytes() == data, "two ways to write a note"
    if not note.verify([LOG.key, *(one.key for one in WITNESSES)]):
        return "nobody's"
    assert note.text in {notes.parse(known).text for known in NOTES}, "signed what nobody signed"
    return "accepted"


def _checkpoint(data: bytes) -> str:
    checkpoint = checkpoints.open_checkpoint(data, LOG.key)
    assert checkpoint in [checkpoints.open_checkpoint(known, LOG.key) for known in NOTES]
    assert checkpoints.parse_body(checkpoint.body()) == checkpoint
    return "accepted"


def _key(data: bytes) -> str:
    text = data.decode("utf-8", "surrogateescape")
    assert str(notes.VerifierKey.parse(text)) == text, "two ways to write a key"
    return "accepted"


def _policy(data: bytes) -> str:
    read = policy.parse(data)
    for names in ([], ["A"], ["A", "B"], ["two", "none"], list(read.witnesses)):
        assert read.is_met(names) in (True, False)
    assert verifying.verify(FORGED, policy=read).code != verifying.PROVED, "believes a forger"
    return verifying.verify(RECEIPTS[0], policy=read).code


def _tile(data: bytes) -> str:
    read = tiles.reader_of(lambda *_: data, 7)
    assert (root_at(7, read) == ROOT) == (data == TILE), "another tile has the root"
    return "accepted" if data == TILE else "another root"


def _bundle(data: bytes) -> str:
    entries = tiles.decode_bundle(data, len(ENTRIES))
    assert tiles.encode_bundle(entries) == data, "two ways to write a bundle"
    return "accepted"


def _path(data: bytes) -> str:
    text = data.decode("latin-1")
    ref = tiles.parse_path(text)
    assert ref is None or ref.path == text, "two ways to write a path"
    return "accepted" if ref else "no path"


TARGETS = [
    Target("receipt", RECEIPTS, _receipt),
    Target("compact", [*map(compact.compact, RECEIPTS), compact.to_text(RECEIPTS[1]).encode()], _compact),
    Target("promise", PROMISES, _promise),
    Target("opening", [act.to_bytes() for act in ACTS], _opening),
    Target("note", NOTES, _note),
    Target("checkpoint", NOTES, _checkpoint),
    Target("key", [str(LOG.key).encode(), str(WITNESSES[0].key).encode()], _key),
    Target("policy", [POLICY_TEXT], _policy),
    Target("tile", [TILE], _tile),
    Target("bundle", [tiles.encode_bundle(ENTRIES)], _bundle),
    Target("path", [b"tile/0/x001/x234/067.p/5", b"tile/entries/000", b"tile/63/x001/000.p/255"], _path),
]

# ---------------------------------------------------------------- how it is changed

TOKENS = [
    *(b"\n", b"\n\n", b"\r", b"\r\n", b" ", b"\t", b"\x00", b"=", b"==", b"+", b"-", b"0", b"00", b"\xff"),
    *("— ".encode(), "\u3000".encode(), "\ufeff".encode(), b"\xed\xa0\x80", "٣".encode(), b"A" * 44 + b"\n"),
    *(
        b"extra ",
        b"index ",
        b"log ",
        b"quorum none\n",
        b"group g any A\n",
        b"salt ",
        b"TLOG1:",
        b"x000/",
        b".p/",
    ),
    *(
        b"9223372036854775807",
        b"9223372036854775808",
        b"18446744073709551616",
        b"9" * 400,
        b"1e3",
        b"\x80" * 12,
    ),
]


def _flip(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]


def _replace(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + rng.randbytes(1) + data[at + 1 :]


def _insert(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(TOKENS) + data[at:]


def _delete(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + data[at + rng.choice((1, 1, 2, 8, 32, 45)) :]


def _cut(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(len(data))]


def _repeat(rng: random.Random, data: bytes) -> bytes:
    one, other = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return data[:other] + data[one:]


def _lines(rng: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(3):
        case 0:
            lines[one], lines[other] = lines[other], lines[one]
        case 1:
            lines.insert(one, lines[other])
        case _:
            del lines[one]
    return b"\n".join(lines)


def _number(rng: random.Random, data: bytes) -> bytes:
    found = list(re.finditer(rb"\d+", data))
    if not found:
        return data
    place = rng.choice(found)
    if len(place[0]) > 20:
        return data
    number = int(place[0]) + rng.choice((-1, 1, 10, 256, 1 << 32))
    return data[: place.start()] + str(number).encode() + data[place.end() :]


def _within_base64(rng: random.Random, data: bytes) -> bytes:
    """Change bytes under their encoding, so that the parsers let them pass and the proofs have to tell."""
    found = list(re.finditer(rb"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{24,}={0,2}", data))
    if not found:
        return data
    place = rng.choice(found)
    coded = place[0]
    try:
        inside = rng.choice((_flip, _flip, _replace, _delete))(rng, base64.b64decode(coded))
    except ValueError:
        return data
    return data[: place.start()] + base64.b64encode(inside) + data[place.end() :]


MUTATIONS: list[Mutation] = [
    *(_flip, _replace, _insert, _delete, _cut, _repeat),
    *(_lines, _lines, _number, _within_base64, _within_base64, _within_base64),
]


def make(seed: int, number: int) -> tuple[Target, bytes]:
    """The input of this number: its target, and a seed of it after one to four changes."""
    rng = random.Random(f"{seed}/{number}")
    target = rng.choice(TARGETS)
    data = rng.choice(target.seeds)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 4))):
        if data and rng.random() < 0.05:
            other = rng.choice(target.seeds)
            data = data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other) + 1) :]
        elif data:
            data = rng.choice(MUTATIONS)(rng, data)
    return target, data


def run_one(seed: int, number: int) -> str:
    """What became of it. Raises whatever should not have been raised."""
    target, data = make(seed, number)
    try:
        return f"{target.name}: {target.run(data)}"
    except Invalid as refusal:
        return f"{target.name}: {refusal.code}"


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m answerable.record.tests.fuzz")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="one input again, with its traceback")
    args = parser.parse_args(argv)
    if args.only is not None:
        print(repr(make(args.seed, args.only)[1]))
        print(run_one(args.seed, args.only))
        return 0
    started, seen, failed = time.monotonic(), Counter[str](), 0
    for number in range(args.count):
        try:
            seen[run_one(args.seed, number)] += 1
        except Exception as error:
            failed += 1
            print(f"--seed {args.seed} --only {number}: {type(error).__name__}: {error}")
    for what, count in sorted(seen.items()):
        print(f"{count:9}  {what}")
    print(f"{args.count} inputs, {failed} failed, {time.monotonic() - started:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
