"""The witness: it cosigns what only grows, and nothing makes it sign anything else."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.core import disk
from answerable.record.checkpoints import Checkpoint, parse_body
from answerable.record.cosignatures import cosignatures, cosigner
from answerable.record.notes import Note, Signer, VerifierKey, parse, sign
from answerable.record.tests.logs import LOG, ORIGIN, MadeLog, entry
from answerable.record.watch import witness_server
from answerable.record.watch.witness import Asked, StateDamaged, Witness
from answerable.record.watch.witness_server import WitnessServer
from tests.ports import quiet_port

SOURCES = Path(__file__).resolve().parents[4]
SIGNER = cosigner("watch.example", bytes([5]) * 32)
NOW = 1_800_000_000
GOOD = Asked(0, (), sign(Checkpoint(ORIGIN, 3, bytes(32)).body(), LOG)).to_bytes()


@pytest.fixture
def log(tmp_path):
    return MadeLog(tmp_path / "log")


@pytest.fixture
def witness(tmp_path):
    return Witness(tmp_path / "state", SIGNER, [LOG.key])


def asked(log: MadeLog, old: int, **more: object) -> bytes:
    proof = tuple(log.proof(old)) if old <= len(log.entries) else ()
    return Asked(**{"old": old, "proof": proof, "note": log.note(), **more}).to_bytes()  # type: ignore[arg-type]


def is_cosigned(body: bytes, log: MadeLog) -> bool:
    signed = parse(log.note() + body)
    return [(one.key, one.time) for one in cosignatures(signed, [SIGNER.key])] == [(SIGNER.key, NOW)]


def test_it_cosigns_a_log_that_grows(log, witness):
    old = 0
    for size in (0, 0, 1, 1, 2, 7, 8, 255, 256, 257, 700):
        log.grow_to(size)
        reply = witness.add_checkpoint(asked(log, old), time=NOW)
        assert (reply.status, is_cosigned(reply.body, log)) == (200, True)
        assert reply.body.endswith(b"\n")
        old = size
    assert witness.last(ORIGIN).size == 700


def test_what_it_does_not_cosign(log, witness):
    log.grow_to(10)
    assert witness.add_checkpoint(asked(log, 0), time=NOW).status == 200
    other = MadeLog(log.folder / "other", Signer("other.example/record", bytes(32))).grow_to(10)
    assert witness.add_checkpoint(asked(other, 0), time=NOW).status == 404
    foreign = log.note(Signer(ORIGIN, bytes([3]) * 32))
    assert witness.add_checkpoint(asked(log, 10, note=foreign), time=NOW).status == 403
    false = log.note().replace(b"\n10\n", b"\n11\n")
    assert witness.add_checkpoint(asked(log, 10, note=false), time=NOW).status == 403
    wrong = witness.add_checkpoint(asked(log, 3), time=NOW)
    assert (wrong.status, wrong.body, wrong.kind) == (409, b"10\n", "text/x.tlog.size")
    assert witness.add_checkpoint(asked(log, 11), time=NOW).status == 400, "old is beyond the head"
    log.grow_to(20)
    assert witness.add_checkpoint(asked(log, 10, proof=()), time=NOW).status == 422
    proof = list(log.proof(10))
    assert witness.add_checkpoint(asked(log, 10, proof=(*proof, bytes(32))), time=NOW).status == 422
    assert witness.add_checkpoint(asked(log, 10, proof=tuple(proof[::-1])), time=NOW).status == 422
    assert witness.last(ORIGIN).size == 10, "a refusal leaves what was remembered"


def test_neither_a_rollback_nor_a_fork(log, witness):
    log.grow_to(10)
    witness.add_checkpoint(asked(log, 0), time=NOW)
    log.grow_to(20)
    witness.add_checkpoint(asked(log, 10), time=NOW)
    rolled = MadeLog(log.folder / "r").grow_to(10)
    for old in (0, 10):
        reply = witness.add_checkpoint(asked(rolled, old), time=NOW)
        assert (reply.status, reply.body) == (409, b"20\n")
    fork = MadeLog(log.folder / "f")
    fork.entries = [*log.entries[:5], entry(5, 9)]
    fork.grow_to(20)
    assert witness.add_checkpoint(asked(fork, 20), time=NOW).status == 409, "the same size, another root"
    fork.grow_to(30)
    assert witness.add_checkpoint(asked(fork, 20), time=NOW).status == 422
    log.grow_to(30)
    assert witness.add_checkpoint(asked(log, 20), time=NOW).status == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n",
        b"old 0\n\n",
        b"old -1\n\nx",
        b"old 00\n\nx",
        b"old 0\nAAAA\n\nx",
        b"\xff\n\nx",
        b"old 0\n" + b"A" * 43 + b"=\n" * 64,
        b"old 0\n" + (b"A" * 43 + b"=\n") * 64 + b"\nx",
    ],
)
def test_what_has_not_the_form(witness, body):
    assert witness.add_checkpoint(body, time=NOW).status == 400


@given(st.binary(max_size=300), st.integers(0, 400), st.binary(max_size=4))
def test_whatever_bytes_come_nothing_is_signed_but_the_same_head(noise, at, patch):
    with tempfile.TemporaryDirectory() as folder:
        witness = Witness(Path(folder), SIGNER, [LOG.key])
        assert witness.add_checkpoint(noise, time=NOW).status in (400, 404)
        body = bytearray(GOOD)
        body[at : at + len(patch)] = patch
        reply = witness.add_checkpoint(bytes(body), time=NOW)
        if reply.status == 200:
            text = parse(Asked.parse(GOOD).note).text
            signed = parse(Asked.parse(bytes(body)).note)
            assert signed.text == text


def test_damaged_memory_is_no_empty_memory(log, witness, tmp_path):
    log.grow_to(10)
    witness.add_checkpoint(asked(log, 0), time=NOW)
    (path,) = (tmp_path / "state").glob("log-*")
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(StateDamaged):
        witness.add_checkpoint(asked(log, 0), time=NOW)


def test_it_signs_only_after_it_remembers(log, witness, monkeypatch):
    log.grow_to(10)

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        witness.add_checkpoint(asked(log, 0), time=NOW)
    monkeypatch.undo()
    assert witness.last(ORIGIN).size == 0


@pytest.mark.race
def test_of_two_forks_at_once_one_is_cosigned(tmp_path):
    """Two witnesses' worth of threads and two objects, as after a double start: one line of the log wins."""
    logs = []
    for mark in range(8):
        made = MadeLog(tmp_path / f"log{mark}")
        logs.append(made.grow_to(20, mark=mark))
    two = [Witness(tmp_path / "state", SIGNER, [LOG.key]) for _ in range(2)]
    start = threading.Barrier(8)
    statuses: list[int] = []

    def ask(number: int) -> None:
        body = asked(logs[number], 0)
        start.wait()
        statuses.append(two[number % 2].add_checkpoint(body, time=NOW).status)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [409] * 7


# ---------------------------------------------------------------- behind HTTP


@pytest.fixture
def url(witness):
    with WitnessServer("127.0.0.1", 0, witness) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def post(url: str, body: bytes | None, path: str = "/add-checkpoint") -> tuple[int, bytes, str]:
    try:
        with urllib.request.urlopen(url + path, data=body, timeout=20) as answer:
            return answer.status, answer.read(), answer.headers["Content-Type"]
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers["Content-Type"]


def test_over_http(log, url):
    log.grow_to(10)
    status, body, _kind = post(url, asked(log, 0))
    assert status == 200
    assert cosignatures(parse(log.note() + body), [SIGNER.key])[0].time > NOW - 10**8
    assert post(url, asked(log, 0)) == (409, b"10\n", "text/x.tlog.size")
    assert post(url, asked(log, 10), "/some/prefix/add-checkpoint")[0] == 200
    assert post(url, b"x", "/other")[0] == 404
    assert post(url, None)[0] == 405
    assert post(url, bytes(witness_server.MAX_BODY + 1))[0] == 413


def test_somebody_elses_log_software_is_served_and_tells_a_fork_by_our_answer(log, url, tmp_path):
    feeder = pytest.importorskip("aics_witness.feeder", reason="needs Python 3.12")
    client = feeder.WitnessClient(url, str(SIGNER.key), state_path=tmp_path / "client.json")
    for size in (1, 2, 255, 256, 257, 700):
        log.grow_to(size)
        line = client.submit(log.note(), lambda old, _new: list(log.proof(old)))
        assert cosignatures(parse(log.note() + str(line).encode()), [SIGNER.key])
    fork = MadeLog(tmp_path / "fork").grow_to(800, mark=1)
    with pytest.raises(feeder.WitnessRejected):
        client.submit(fork.note(), lambda old, _new: list(fork.proof(old)))
    with pytest.raises(feeder.WitnessAhead):
        client.submit(MadeLog(tmp_path / "old").grow_to(600).note(), lambda _old, _new: [])


def test_who_says_nothing_or_little_is_let_go(url, log, monkeypatch):
    host, port = url.removeprefix("http://").split(":")
    with monkeypatch.context() as short:
        short.setattr(witness_server, "SECONDS", 0.3)
        with socket.create_connection((host, int(port)), timeout=30) as line:
            line.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 100\r\n\r\nold")
            assert b" 200 " not in line.recv(1000)
    log.grow_to(4)
    assert post(url, asked(log, 0))[0] == 200, "and the next one is served"


@pytest.mark.crash
def test_killed_at_any_moment_it_never_signs_two_lines(tmp_path):
    """Killed while it answers, started again, asked for a fork: only one line is ever cosigned."""
    state, key = tmp_path / "state", tmp_path / "key"
    port = quiet_port()
    arguments = [
        "record",
        "witness",
        "--listen",
        f"127.0.0.1:{port}",
        "--state",
        str(state),
        "--key",
        str(key),
    ]
    arguments += ["--log", str(LOG.key), "--name", "watch.example"]
    log, fork = MadeLog(tmp_path / "log").grow_to(4), MadeLog(tmp_path / "fork").grow_to(4, mark=1)
    signed: set[bytes] = set()
    environment = {**os.environ, "PYTHONPATH": str(SOURCES), "LC_ALL": "C.UTF-8"}
    for turn in range(2):
        child = subprocess.Popen(
            [sys.executable, "-m", "answerable", *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout
        found = re.search(r"\S+\+\S+$", child.stdout.readline().strip())
        assert found
        vkey = VerifierKey.parse(found[0])
        stop = threading.Event()

        def ask(made: MadeLog, stop: threading.Event = stop, vkey: VerifierKey = vkey) -> None:
            while not stop.is_set():
                try:
                    status, body, _kind = post(f"http://127.0.0.1:{port}", asked(made, 0))
                    if status == 409:
                        status, body, _kind = post(f"http://127.0.0.1:{port}", asked(made, int(body)))
                except (OSError, http.client.HTTPException):
                    return
                if status == 200 and Note(
                    parse(made.note()).text, parse(made.note() + body).signatures
                ).verify([vkey]):
                    signed.add(parse_body(parse(made.note()).text).root)

        threads = [
            threading.Thread(target=ask, args=(made,)) for made in ((log, fork) if turn == 0 else (fork, log))
        ]
        for thread in threads:
            thread.start()
        patience = time.monotonic() + 20
        while not signed and time.monotonic() < patience:
            time.sleep(0.01)
        time.sleep(0.1)
        child.send_signal(signal.SIGKILL)
        child.wait()
        stop.set()
        for thread in threads:
            thread.join()
        child.stdout.close()
    assert len(signed) == 1
