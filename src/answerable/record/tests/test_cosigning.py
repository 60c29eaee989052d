"""Witnesses of our log: their lines are served, their absence costs only their line, their contradiction stops the log."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import Client

from answerable.record import (
    checks,
    cosigning,
    exporting,
    keys,
    policy,
    publishing,
    receipts,
    starting,
    storage,
    witnesses,
)
from answerable.record.cosignatures import cosign, cosignatures, cosigner
from answerable.record.models import Cosignature
from answerable.record.notes import Signer, VerifierKey, parse
from answerable.record.proofs import parse as parse_receipt
from answerable.record.tests.servers import say, serving
from answerable.record.tests.test_sequencer import acts
from answerable.record.watch.witness import Asked, Witness
from answerable.record.watch.witness_server import WitnessServer

pytestmark = pytest.mark.django_db
HOST = "testserver/record"
ONE, TWO, THREE = (
    cosigner(f"{n}.example", bytes([at]) * 32) for at, n in enumerate(("one", "two", "three"), 5)
)


@pytest.fixture(autouse=True)
def _own(own_log, monkeypatch, settings, tmp_path):
    monkeypatch.setattr(publishing, "_asked", set())
    settings.ANSWERABLE_RECORD_WITNESSES = tmp_path / "witnesses"
    (tmp_path / "witnesses").write_text("quorum none\n")
    acts(3)
    publishing.publish_due()


@contextmanager
def witnessing(folder, signer: Signer = ONE) -> Iterator[str]:
    """A witness of this log, behind HTTP."""
    (key,) = keys.verifier_keys(1, HOST)
    with WitnessServer("127.0.0.1", 0, Witness(folder, signer, [key])) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def one(tmp_path):
    with witnessing(tmp_path / "one") as url:
        yield url


@pytest.fixture
def named(settings):
    def write(*places: tuple[VerifierKey, str], quorum: str = "none") -> None:
        lines = [f"witness w{number} {key} {url}" for number, (key, url) in enumerate(places, start=1)]
        settings.ANSWERABLE_RECORD_WITNESSES.write_text("\n".join([*lines, f"quorum {quorum}", ""]))

    return write


def served() -> bytes:
    return Client().get("/record/checkpoint").content


def served_size() -> int:
    return int(served().split(b"\n")[1])


def cosigners() -> list[str]:
    return [one.key.name for one in cosignatures(parse(served()), [ONE.key, TWO.key])]


def faults() -> list[str]:
    return [fault.code for fault in [*checks.check_witnesses(), *checks.check_log()]]


def grow() -> int:
    acts(2)
    publishing.publish_due()
    newest = storage.newest(1)
    assert newest is not None
    return newest.size


def test_their_lines_are_served_beside_the_logs_own_and_stand_in_receipts(one, named, tmp_path):
    with witnessing(tmp_path / "two", TWO) as two:
        named((ONE.key, one), (TWO.key, two))
        for _ in range(3):
            (done, *_others) = acts(2)
            publishing.publish_due()
            assert cosigning.cosign_due() == 2
            assert cosigners() == ["one.example", "two.example"]
            assert cosigning.cosign_due() == 0, "once is enough"
    receipt = parse_receipt(receipts.receipt_of(done.id) or b"")
    assert len(cosignatures(receipt.note, [ONE.key, TWO.key])) == 2
    assert parse(served()).verify(keys.verifier_keys(1, HOST))
    exporting.export(tmp_path / "mirror")
    assert (tmp_path / "mirror" / "checkpoint").read_bytes() == served()
    told = policy.parse(Client().get("/record/policy").content)
    assert {one.key for one in told.witnesses.values()} == {ONE.key, TWO.key}
    assert faults() == []


def test_a_witness_that_was_away_takes_up_the_log_where_it_left_it(one, named):
    named((ONE.key, one))
    cosigning.cosign_due()
    named((ONE.key, "http://127.0.0.1:1"))
    for _ in range(3):
        grow()
        assert cosigning.cosign_due() == 0
    assert cosigners() == []
    assert faults() == ["witness_away"]
    named((ONE.key, one))
    assert cosigning.cosign_due() == 1
    assert (cosigners(), faults()) == (["one.example"], [])


def hang(handler) -> None:
    time.sleep(1.5)


def lie(handler, signer: Signer = ONE, *, name: str = "", body: str = "", at: float = 0) -> None:
    note = parse(Asked.parse(handler.rfile.read(int(handler.headers["Content-Length"]))).note)
    line = cosign(body or note.text, signer, time=int(at or time.time()))
    say(handler, str(line).replace(signer.key.name, name or signer.key.name).encode())


@pytest.mark.parametrize(
    ("answering", "code"),
    [
        (hang, "witness_slow"),
        (lambda handler: lie(handler, TWO), "witness_false"),
        (lambda handler: lie(handler, body=f"{HOST}\n1\n{'A' * 43}=\n"), "witness_false"),
        (lambda handler: lie(handler, at=time.time() - 4000), "witness_clock"),
        (lambda handler: say(handler, b"thank you"), "witness_false"),
        (lambda handler: say(handler, b""), "witness_false"),
        (lambda handler: say(handler, b"", 404), "witness_refuses"),
        (lambda handler: say(handler, b"", 403), "witness_refuses"),
        (lambda handler: say(handler, b"many\n", 409, Content_Type="text/x.tlog.size"), "witness_answer"),
        (lambda handler: say(handler, b"2\n", 409, Content_Type="text/x.tlog.size"), "witness_answer"),
        (lambda handler: say(handler, b"", 500), "witness_answer"),
        (lambda handler: say(handler, b"", 302, Location="http://127.0.0.1:1/"), "witness_away"),
        (lambda handler: say(handler, bytes(1 << 20)), "witness_away"),
    ],
)
def test_a_witness_that_lies_or_hangs_costs_its_line_and_nothing_else(
    one, named, answering, code, monkeypatch
):
    if code == "witness_slow":
        monkeypatch.setattr(cosigning, "SECONDS", 0.5)
    with serving(answering) as bad:
        named((ONE.key, bad))
        size = grow()
        cosigning.cosign_due()
        assert (served_size(), cosigners(), faults()) == (size, [], [code])
    log = storage.head()
    assert log is not None
    assert log.fault is None
    assert served_size() == size < grow() == served_size()


# ---------------------------------------------------------------- a quorum


def test_with_a_quorum_a_checkpoint_is_public_only_once_it_is_cosigned(one, named):
    before = served_size()
    named((ONE.key, "http://127.0.0.1:1"), quorum="w1")
    (done, *_others) = acts(2)
    publishing.publish_due()
    cosigning.cosign_due()
    assert (served_size(), faults()) == (before, ["witness_away", "quorum_not_met"])
    assert receipts.receipt_of(done.id) is None
    assert grow() > before, "signed all the same"
    assert served_size() == before
    named((ONE.key, one), quorum="w1")
    assert cosigning.cosign_due() == 1
    assert (served_size() > before, cosigners(), faults()) == (True, ["one.example"], [])
    assert receipts.receipt_of(done.id) is not None


def test_a_file_of_witnesses_that_cannot_be_followed_is_one_sentence(settings, named):
    before = served_size()
    for text in ("nonsense\n", "quorum two\n", f"witness w {ONE.key}\nquorum none\n", ""):
        settings.ANSWERABLE_RECORD_WITNESSES.write_text(text)
        acts(1)
        publishing.publish_due()
        cosigning.cosign_due()
        assert faults() == ["witnesses_file", "log_stopped"]
        assert served_size() == before
    settings.ANSWERABLE_RECORD_WITNESSES.unlink()
    assert faults()[0] == "witnesses_file"
    named()
    assert (grow() == served_size(), faults()) == (True, [])


# ---------------------------------------------------------------- put back


def ahead(handler) -> None:
    say(handler, b"1000000\n", 409, Content_Type="text/x.tlog.size")


def test_a_witness_that_has_seen_more_stops_the_log_before_anything_is_signed(one, named):
    with serving(ahead) as further:
        named((ONE.key, further))
        before = storage.newest(1)
        acts(2)
        assert publishing.publish_due() == 0
        assert storage.newest(1) == before
        assert faults() == ["witness_ahead", "log_stopped"]
        log = storage.head()
        assert log is not None
        assert log.fault == {
            "code": "witness_ahead",
            "origin": HOST,
            "seen": 1000000,
            "size": log.size,
            "witness": "w1",
        }
        cosigning.cosign_due()
        assert publishing.publish_due() == 0, "and it stays so"
    named((ONE.key, "http://127.0.0.1:1"))
    cosigning.cosign_due()
    assert publishing.publish_due() == 0, "a witness that has gone away takes nothing back"
    named((ONE.key, one))
    cosigning.cosign_due()
    assert grow() == served_size()
    assert faults() == []


def test_a_machine_that_was_put_back_whole_asks_also_those_that_had_cosigned(one, named, monkeypatch):
    """Database, guard and key from before; the newest checkpoint there bears the witness's line already."""
    named((ONE.key, one))
    grow()
    assert cosigning.cosign_due() == 1
    guarded = starting.guard_path().read_bytes()
    snapshot = transaction.savepoint()
    for _ in range(2):
        grow()
        assert cosigning.cosign_due() == 1
    transaction.savepoint_rollback(snapshot)
    starting.guard_path().write_bytes(guarded)
    monkeypatch.setattr(publishing, "_asked", set())
    before = storage.newest(1)
    acts(2)
    assert publishing.publish_due() == 0
    assert storage.newest(1) == before, "nothing was signed over what others had seen"
    assert faults() == ["witness_ahead", "log_stopped"]


@pytest.mark.parametrize(
    ("honest", "quorum", "goes_on"),
    [(2, "none", True), (2, "w2", True), (2, "w1", False), (1, "none", False)],
    ids=["two against one", "a quorum of others", "its own line is asked for", "one against one"],
)
def test_a_witness_that_lies_is_outvoted_and_named(one, named, tmp_path, honest, quorum, goes_on):
    with serving(ahead) as further, witnessing(tmp_path / "two", TWO) as two:
        places = [(THREE.key, further), (ONE.key, one), (TWO.key, two)]
        named(*places[: honest + 1], quorum=quorum)
        sizes = []
        for _ in range(3):
            acts(2)
            publishing.publish_due()
            cosigning.cosign_due()
            sizes.append(served_size())
        assert (sizes[0] < sizes[1] < sizes[2]) is goes_on
        assert ("log_stopped" in faults()) is not goes_on
        assert faults()[0] == "witness_ahead"


@pytest.mark.parametrize("kind", ["text/plain", "text/x.tlog.size"])
def test_another_root_at_the_very_size_that_it_cosigned_is_a_fork(one, named, kind):
    """What tlog-witness asks of a witness then is 409, with or without a size."""
    size = served_size()
    with serving(lambda handler: say(handler, b"%d\n" % size, 409, Content_Type=kind)) as other:
        named((ONE.key, one))
        assert cosigning.cosign_due() == 1
        Cosignature.objects.all().delete()
        named((ONE.key, other))
        cosigning.cosign_due()
        assert faults()[0] == "witness_forked"


def test_a_witness_of_another_log_under_our_key_stops_it_at_the_next_turn(named):
    with serving(lambda handler: say(handler, b"", 422)) as other:
        named((ONE.key, other))
        cosigning.cosign_due()
        before = served_size()
        acts(2)
        publishing.publish_due()
        assert (served_size(), faults()) == (before, ["witness_forked", "log_stopped"])
        named()
        assert grow() == served_size(), "taken out of the file by the office's own decision"
        assert faults() == []


def test_lines_of_old_checkpoints_are_let_go(one, named):
    named((ONE.key, one))
    for _ in range(4):
        grow()
        cosigning.cosign_due()
    assert Cosignature.objects.count() <= 2
    assert witnesses.standings(1)[str(ONE.key)].size == served_size()
