"""`answerable demo` as a newcomer meets it: start, look, stop, kill, start again. Real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ports import quiet_port

SOURCE = Path(__file__).resolve().parents[3]
SECONDS = 240  # settling the town the first time, on a busy machine


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSWERABLE_")}
    return kept | {"PYTHONPATH": str(SOURCE), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


def processes_of(folder: Path) -> set[int]:
    """Every process whose environment or arguments name the folder, but for the one that runs this test."""
    found = set()
    for place in Path("/proc").glob("[0-9]*"):
        try:
            said = (place / "environ").read_bytes() + (place / "cmdline").read_bytes()
            if (place / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                continue
            if os.path.realpath(place / "cwd") == str(folder / "database" / "cluster"):
                found.add(int(place.name))
        except OSError:
            continue
        if str(folder).encode() in said and int(place.name) != os.getpid():
            found.add(int(place.name))
    return found


class Demo:
    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.process: subprocess.Popen[str] | None = None

    def command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "answerable", "demo", "--no-open"),
            *("--data", str(self.folder), "--port", str(self.port), "--cases", "3"),
        ]

    def start(self) -> str:
        """Start and return what it said until it was ready."""
        self.process = subprocess.Popen(
            self.command(),
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if "Ctrl-C" in line:
                return said
        raise AssertionError(said)

    def get(self, path: str) -> tuple[int, str]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            return answer.status, answer.read().decode()


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    one = Demo(tmp_path / "town", quiet_port())
    yield one
    if one.process is not None:
        one.process.kill()
        one.process.wait()
        assert one.process.stdout is not None
        one.process.stdout.close()
    assert gone(one.folder)


def gone(folder: Path, seconds: float = 45) -> bool:
    until = time.monotonic() + seconds
    while processes_of(folder):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


@pytest.mark.crash
@pytest.mark.timeout(SECONDS * 2)
def test_demo_starts_is_killed_and_takes_the_same_town_up_again(demo: Demo) -> None:
    # kill -9 while the town is being settled: the next start does it again
    killed_while_settling(demo)
    said = demo.start()
    assert "Settling the town" in said
    assert f"http://127.0.0.1:{demo.port}" in said
    assert demo.get("/healthz") == (200, "ok\n")
    status, body = demo.get("/readyz")
    assert status == 200
    assert set(json.loads(body).values()) == {"ok"}
    key = (demo.folder / "key-file").read_text()

    # a second one on the same folder says where the first one is, and disturbs nothing
    second = subprocess.run(demo.command(), env=environment(), capture_output=True, text=True, timeout=60)
    assert second.returncode == 2
    assert f"runs already, at http://127.0.0.1:{demo.port}" in second.stderr
    # another town on the same port is told so
    other = Demo(demo.folder.with_name("other"), demo.port)
    busy = subprocess.run(other.command(), env=environment(), capture_output=True, text=True, timeout=60)
    assert busy.returncode == 2
    assert f"Another program listens on port {demo.port}" in busy.stderr

    # a settled town is kept, and its sign-ins are printed
    assert "Sign in at" in said

    # kill -9 of the server's own process: it comes back, at the same address
    server = int((demo.folder / "database/cluster/postmaster.pid").read_text().split()[0])
    os.kill(server, signal.SIGKILL)
    assert ready_again(demo)

    # kill -9 of the demo itself: everything that it started ends
    assert demo.process is not None
    demo.process.kill()
    demo.process.wait()
    assert demo.process.stdout is not None
    demo.process.stdout.close()
    assert gone(demo.folder)

    said = demo.start()
    assert "Settling the town" not in said
    assert demo.get("/readyz")[0] == 200
    assert (demo.folder / "key-file").read_text() == key

    # Ctrl-C
    demo.process.send_signal(signal.SIGINT)
    rest = demo.process.stdout.read() if demo.process.stdout else ""
    assert demo.process.wait(60) == 0
    assert "Stopped." in rest
    assert processes_of(demo.folder) == set()


def killed_while_settling(demo: Demo) -> None:
    demo.process = subprocess.Popen(
        demo.command(), env=environment(), stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert demo.process.stdout is not None
    for line in demo.process.stdout:
        if "Settling" in line:
            break
    time.sleep(1)
    demo.process.kill()
    demo.process.wait()
    demo.process.stdout.close()
    assert gone(demo.folder)


def ready_again(demo: Demo, seconds: float = 60) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if demo.get("/readyz")[0] == 200:
                return True
        except OSError:
            pass
        time.sleep(0.2)
    return False


def test_an_offices_data_never_become_a_demo(tmp_path: Path) -> None:
    office = tmp_path / "office"
    office.mkdir()
    (office / "secret-key").write_text("x" * 40)
    run = subprocess.run(
        Demo(office, quiet_port()).command(), env=environment(), capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 2
    assert "holds the data of a real office" in run.stderr
    assert sorted(path.name for path in office.iterdir()) == ["secret-key"]
