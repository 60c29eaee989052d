"""The scanner's protocol, against a small server that keeps to it (clamd(8), INSTREAM)."""

from __future__ import annotations

import shutil
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from answerable.core.clamd import Scan, ScanState, scan

SIGN = b"A-PIECE-OF-HARM"


class Daemon(threading.Thread):
    """Reads INSTREAM as clamd does; `mood` makes it misbehave."""

    def __init__(self, listener: socket.socket, mood: str = "") -> None:
        super().__init__(daemon=True)
        self.listener, self.mood = listener, mood
        self.let_go = threading.Event()
        self.seen = b""

    def run(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with client:
                self.answer(client)

    def answer(self, client: socket.socket) -> None:
        if self.mood == "silent":
            self.let_go.wait(60)
            return
        stream = client.makefile("rb")
        assert stream.read(10) == b"zINSTREAM\0"
        self.seen = b""
        while size := struct.unpack("!I", stream.read(4))[0]:
            self.seen += stream.read(size)
            if self.mood == "small" and len(self.seen) > 1000:
                client.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        if self.mood == "gone":
            return
        if self.mood == "noise":
            client.sendall(b"x" * 100_000)
            return
        client.sendall(b"stream: Harm.Test FOUND\0" if SIGN in self.seen else b"stream: OK\0")


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(tmp_path / "c.sock"))
        sock.listen()
        yield sock


def address(listener: socket.socket) -> Path:
    return Path(listener.getsockname())


def test_clean_and_harmful_files_are_told_apart_over_a_unix_socket(listener: socket.socket) -> None:
    daemon = Daemon(listener)
    daemon.start()
    large = bytes(300_000) + b"end"
    assert scan(large, address(listener)) == Scan(ScanState.CLEAN)
    assert daemon.seen == large
    assert scan(b"x" + SIGN, address(listener)) == Scan(ScanState.FOUND, "Harm.Test")


def test_over_tcp_on_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        Daemon(listener).start()
        assert scan(b"fine", f"127.0.0.1:{listener.getsockname()[1]}").state is ScanState.CLEAN


@pytest.mark.parametrize("mood", ["silent", "gone", "noise", "small"])
def test_a_daemon_that_misbehaves_leaves_the_file_unscanned(listener: socket.socket, mood: str) -> None:
    daemon = Daemon(listener, mood)
    daemon.start()
    began = time.monotonic()
    found = scan(bytes(500_000), address(listener), timeout_s=0.5)
    assert found.state is ScanState.NOT_SCANNED
    assert time.monotonic() - began < 30, "it does not wait for one that says nothing"
    daemon.let_go.set()


def test_no_scanner_and_no_daemon_are_said(tmp_path: Path) -> None:
    assert scan(b"x", None) == Scan(ScanState.NOT_SCANNED, "no scanner")
    assert scan(b"x", tmp_path / "none.sock").detail.startswith("unreachable")
    (tmp_path / "file").write_text("not a socket")
    assert scan(b"x", tmp_path / "file").state is ScanState.NOT_SCANNED


@pytest.mark.parametrize("other", ["192.0.2.1:3310", "[2001:db8::1]:3310"])
def test_no_file_leaves_this_machine_to_be_scanned(other: str) -> None:
    with pytest.raises(ValueError, match="another machine"):
        scan(b"x", other)


@pytest.mark.skipif(not shutil.which("clamd"), reason="no ClamAV on this machine")
def test_the_real_daemon_understands_us(tmp_path: Path) -> None:
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "own.ndb").write_text(f"Harm.Test:0:*:{SIGN.hex()}\n")
    sock = tmp_path / "clamd.sock"
    (tmp_path / "clamd.conf").write_text(
        f"LocalSocket {sock}\nDatabaseDirectory {tmp_path}/db\nForeground yes\nStreamMaxLength 2M\n"
        f"TemporaryDirectory {tmp_path}\n"
    )
    daemon = subprocess.Popen(["clamd", "-c", str(tmp_path / "clamd.conf")], stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            if sock.exists():
                break
            time.sleep(0.1)
        assert scan(b"fine", sock) == Scan(ScanState.CLEAN)
        assert scan(b"x" * 5000 + SIGN, sock).state is ScanState.FOUND
        assert scan(bytes(5 << 20), sock).state is ScanState.NOT_SCANNED
    finally:
        daemon.terminate()
        daemon.wait(20)
