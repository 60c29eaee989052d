"""Verifiers written by others accept our trees, proofs, tiles and checkpoints, and refuse changed ones.

What they do not cover, as far as their sources say:

- tlog-scales 0.0.3 takes a checkpoint apart by lines and lets much through (any fourth line, any whitespace, base64
  with stray characters, a key whose id is not its own): our parsers' strictness has to be tested without it. It
  leaves out the check of hash lengths, so a path with a hash cut short is refused only because the root differs.
- sigstore's module knows inclusion alone: no empty tree, no consistency, no tiles.
- aics-tlog needs Python 3.12; where it is not installed its tests are skipped. It refuses a note that bears two
  signatures by one known key, which the specification lets us accept; ours never bears two.
"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from answerable.record import cosignatures, merkle, notes, tiles
from answerable.record.tests.big_log import COSIGNED_AT, MILLION, SIZES, WITNESS, BigLog, entry_of
from answerable.record.tests.trees import LOG, ORIGIN


@pytest.fixture(scope="module")
def million() -> BigLog:
    return BigLog.of(MILLION)


@pytest.fixture(params=SIZES)
def log(request, million) -> BigLog:
    return million.first(request.param)


def flip(data: bytes, bit: int = 3) -> bytes:
    return bytes([data[0] ^ 1 << bit]) + data[1:]


def paths(log: BigLog) -> list[tuple[int, list[bytes]]]:
    read = log.read
    return [(index, merkle.inclusion_path(index, log.size, read)) for index in log.some()]


def changed(path: list[bytes]) -> list[list[bytes]]:
    """Paths that prove nothing: a bit flipped first and last, one hash less, one more, two swapped."""
    wrong = [[*path, bytes(32)]]
    if path:
        wrong += [[flip(path[0]), *path[1:]], [*path[:-1], flip(path[-1])], path[1:], path[:-1]]
    if len(path) > 1:
        wrong.append([path[1], path[0], *path[2:]])
    return wrong


# ---------------------------------------------------------------- tlog-scales


def test_tlog_scales_reads_our_tiles_and_opens_our_checkpoints(log):
    from tlog_scales.reader import TilesReader
    from tlog_scales.signing import Vkey

    reader = TilesReader(log)
    checkpoint = reader.get_checkpoint()
    assert (checkpoint.origin, checkpoint.size) == (ORIGIN, log.size)
    checkpoint.verify(Vkey.from_string(str(LOG.key)))
    checkpoint.verify(Vkey.from_string(str(WITNESS.key)))
    assert reader.calculate_root_hash() == checkpoint.root_hash == log.root
    for index in log.some():
        assert reader.get_entry(index) == entry_of(index)


def test_tlog_scales_makes_and_accepts_the_same_proofs(log):
    from tlog_scales.reader import TilesReader
    from tlog_scales.tlog import (
        ConsistencyProof,
        ConsistencyProofInvalid,
        InclusionProof,
        InclusionProofInvalid,
    )

    reader, root, read = TilesReader(log), log.root, log.read
    reader.set_size(log.size)
    for index, path in paths(log):
        leaf = merkle.leaf_hash(entry_of(index))
        assert reader.get_inclusion_proof(index, log.size).node_hashes == path
        InclusionProof(index, log.size, path).check(leaf, root)
        for wrong in changed(path):
            with pytest.raises(InclusionProofInvalid):
                InclusionProof(index, log.size, wrong).check(leaf, root)
            with pytest.raises(merkle.ProofInvalid):
                merkle.verify_inclusion(leaf, index, log.size, wrong, root)
        with pytest.raises(InclusionProofInvalid):
            InclusionProof(index, log.size, path).check(flip(leaf), root)
    for old in log.some():
        path, before = merkle.consistency_path(old, log.size, read), log.first(old).root
        if old:  # its prover fails on the empty tree, which its verifier knows
            assert reader.get_consistency_proof(old, log.size).node_hashes == path
        ConsistencyProof(old, log.size, path).check(before, root)
        for wrong in changed(path):
            with pytest.raises(ConsistencyProofInvalid):
                ConsistencyProof(old, log.size, wrong).check(before, root)
            with pytest.raises(merkle.ProofInvalid):
                merkle.verify_consistency(old, before, log.size, root, wrong)


def test_tlog_scales_notices_a_changed_tile_bundle_or_checkpoint(million):
    from cryptography.exceptions import InvalidSignature
    from tlog_scales.reader import TilesReader
    from tlog_scales.signing import Vkey

    log = million.first(65_537)
    right, root = "tile/0/256.p/1", log.root
    for path in (right, "tile/2/000.p/1"):
        ref = tiles.parse_path(path)
        log.changed = {path: flip(log.first(log.size).fetch(*ref))}
        reader = TilesReader(log)
        reader.get_checkpoint()
        assert reader.calculate_root_hash() != root
    log.changed = {"tile/entries/256.p/1": log.first(log.size).get("tile", "entries", "256.p", "1")[:-1]}
    with pytest.raises(ValueError, match="truncated"):
        _reading(log).get_entry(65_536)
    log.changed = {"checkpoint": log.checkpoint.replace(b"\n65537\n", b"\n65536\n")}
    with pytest.raises(InvalidSignature):
        TilesReader(log).get_checkpoint().verify(Vkey.from_string(str(LOG.key)))
    with pytest.raises(RuntimeError, match="no signature matched"):
        TilesReader(million).get_checkpoint().verify(Vkey.from_string(str(notes.Signer("x", bytes(32)).key)))


def _reading(log: BigLog):
    from tlog_scales.reader import TilesReader

    reader = TilesReader(log)
    reader.set_size(log.size)
    return reader


def test_tlog_scales_knows_our_empty_log(million):
    from tlog_scales.reader import TilesReader
    from tlog_scales.signing import Vkey
    from tlog_scales.tlog import ConsistencyProof

    empty = million.first(0)
    reader = TilesReader(empty)
    reader.get_checkpoint().verify(Vkey.from_string(str(LOG.key)))
    assert reader.calculate_root_hash() == merkle.EMPTY_ROOT == empty.root
    ConsistencyProof(0, MILLION, merkle.consistency_path(0, MILLION, million.read)).check(
        empty.root, million.root
    )


def test_we_open_the_checkpoints_of_tlog_scales(million):
    from tlog_scales.signing import PlainEd25519Signer
    from tlog_scales.tlog import Checkpoint

    from answerable.record.checkpoints import open_checkpoint

    signer = PlainEd25519Signer(ORIGIN, bytes(32))
    theirs = Checkpoint.make_signed(ORIGIN, MILLION, million.root, [signer]).serialize().encode()
    assert signer.vkey.serialize() == str(LOG.key)
    assert million.checkpoint.startswith(theirs)  # to the byte; after it stands our witness
    assert open_checkpoint(theirs, LOG.key).root == million.root


# ---------------------------------------------------------------- sigstore


def test_sigstore_accepts_our_inclusion_proofs(log):
    from sigstore._internal.merkle import verify_merkle_inclusion
    from sigstore.errors import VerificationError

    root = log.root

    def check(index: int, path: list[bytes], entry: bytes) -> None:
        proof = SimpleNamespace(log_index=index, tree_size=log.size, hashes=path, root_hash=root)
        inner = SimpleNamespace(inclusion_proof=proof, canonicalized_body=entry)
        verify_merkle_inclusion(SimpleNamespace(_inner=inner))

    for index, path in paths(log):
        check(index, path, entry_of(index))
        for wrong in changed(path):
            with pytest.raises(VerificationError):
                check(index, wrong, entry_of(index))
        with pytest.raises(VerificationError):
            check(index, path, entry_of(index + 1))
        if log.size > 1:
            with pytest.raises(VerificationError):
                check(index ^ 1 if index ^ 1 < log.size else index - 1, path, entry_of(index))


# ---------------------------------------------------------------- aics-tlog (Python 3.12)


class AicsReader:
    """Its tile reader over our paths."""

    def __init__(self, log: BigLog) -> None:
        self.log = log

    def read_tile(self, level: int, index: int, width: int | None) -> bytes | None:
        return self.log.get(*tiles.tile_path(level, index, width or 256).split("/"))

    def read_entry_bundle(self, index: int, width: int | None) -> bytes | None:
        return self.log.get(*tiles.entries_path(index, width or 256).split("/"))


@pytest.fixture
def aics():
    return pytest.importorskip("aics_tlog", reason="needs Python 3.12")


def test_aics_accepts_our_proofs_and_refuses_changed_ones(aics, log):
    root, read = log.root, log.read
    assert aics.tree_root_from_tiles(AicsReader(log), log.size) == root
    for index, path in paths(log):
        leaf = aics.leaf_hash(entry_of(index))
        assert aics.verify_inclusion(leaf, index, log.size, path, root)
        assert aics.inclusion_proof_from_tiles(AicsReader(log), index, log.size) == path
        assert not any(aics.verify_inclusion(leaf, index, log.size, wrong, root) for wrong in changed(path))
    for old in log.some():
        path, before = merkle.consistency_path(old, log.size, read), log.first(old).root
        assert aics.verify_consistency(old, log.size, before, root, path)
        assert not any(aics.verify_consistency(old, log.size, before, root, wrong) for wrong in changed(path))


def test_aics_opens_our_checkpoints_with_their_witness(aics, log):
    note = aics.parse_note(log.checkpoint.decode())
    key, witness = aics.parse_vkey(str(LOG.key)), aics.parse_vkey(str(WITNESS.key))
    result = aics.verify_checkpoint(note, key, [witness], 1, expected_origin=ORIGIN)
    assert (result.ok, result.size, result.root) == (True, log.size, log.root)
    edited = aics.parse_note(log.checkpoint.decode().replace(f"\n{log.size}\n", f"\n{log.size + 1}\n"))
    assert not aics.verify_checkpoint(edited, key, [witness], 1).ok


@pytest.mark.parametrize("size", [0, 1, 257, 65_537])
def test_aics_audits_every_tile_and_bundle(aics, million, size):
    log = million.first(size)
    root = log.root
    report = aics.audit_tiles(AicsReader(log), size, root)
    assert report.tiles == len(list(tiles.tiles_for(size)))
    for ref in list(tiles.tiles_for(size))[::97]:
        log.changed = {ref.path: flip(log.first(size).fetch(*ref))}
        with pytest.raises(aics.TileVerificationError):
            aics.audit_tiles(AicsReader(log), size, root)


def test_we_and_aics_read_each_others_cosignatures(aics, million):
    body = notes.parse(million.checkpoint).text
    ours = cosignatures.cosign(body, WITNESS, time=COSIGNED_AT)
    assert aics.verify_cosignature(
        ours.signature, WITNESS.key.name, WITNESS.key.public, ORIGIN, MILLION, million.root
    )
    assert not aics.verify_cosignature(
        ours.signature, WITNESS.key.name, WITNESS.key.public, ORIGIN, MILLION - 1, million.root
    )
    assert str(aics.format_vkey(aics.parse_vkey(str(WITNESS.key)))) == str(WITNESS.key)
