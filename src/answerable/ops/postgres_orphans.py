"""What a killed start leaves behind: a server without a guard, a stale postmaster.pid, a socket folder."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

FAST_SECONDS = 30.0
IMMEDIATE_SECONDS = 10.0
#: Children notice the death of their server at once, unless they wait for something that nobody gives them any more.
GRACE_SECONDS = 2.0
MOVING = "moving"
WAS = "cluster.was"


def _is_server_of(pid: int, cluster: Path) -> bool:
    """Whether process `pid` is a PostgreSQL server working in `cluster`, not just a reused number."""
    if sys.platform.startswith("linux") and Path("/proc/self").exists():
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/comm").read_text().strip() != "postgres":
                return False
            return os.path.samefile(f"/proc/{pid}/cwd", cluster)
        return False
    said = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)
    return "postgres" in said.stdout and str(cluster) in said.stdout


def _wait_until_gone(pid: int, cluster: Path, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while _is_server_of(pid, cluster):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def _stop(pid: int, cluster: Path) -> None:
    """Fast, then immediate, then by force: the journal keeps what was committed in every case."""
    for number, seconds in (
        (signal.SIGINT, FAST_SECONDS),
        (signal.SIGQUIT, IMMEDIATE_SECONDS),
        (signal.SIGKILL, IMMEDIATE_SECONDS),
    ):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        if _wait_until_gone(pid, cluster, seconds):
            return


def _children_of_the_dead(cluster: Path) -> list[int]:
    """Processes that work in `cluster` though its server is gone. Elsewhere than on Linux they are not looked for."""
    found = (
        [int(one.name) for one in Path("/proc").glob("[0-9]*")] if sys.platform.startswith("linux") else []
    )
    return [pid for pid in found if pid != os.getpid() and _is_server_of(pid, cluster)]


def _end_children(cluster: Path) -> None:
    """A child that waits for what another, killed one held never learns that its server died, and holds the memory
    that the next server needs: nobody but us ends it. By force, since the journal is worked through anyway."""
    until = time.monotonic() + GRACE_SECONDS
    while (left := _children_of_the_dead(cluster)) and time.monotonic() < until:
        time.sleep(0.05)
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for pid in left:
        _wait_until_gone(pid, cluster, IMMEDIATE_SECONDS)


def clear(data_dir: Path, cluster: Path) -> None:
    """Make way for a new server; to be called under start.lock while there is no guard."""
    pid_file = cluster / "postmaster.pid"
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int(pid_file.read_text().split()[0])
        if _is_server_of(pid, cluster):
            _stop(pid, cluster)
        else:
            # PostgreSQL would refuse to start if the number meanwhile belongs to another process, as it
            # does after every restart of a container.
            pid_file.unlink(missing_ok=True)
    _end_children(cluster)
    state = data_dir / "guard.json"
    with contextlib.suppress(OSError, ValueError, KeyError):
        socket_dir = Path(json.loads(state.read_text())["socket_dir"])
        if socket_dir.name.startswith("answerable-"):
            shutil.rmtree(socket_dir, ignore_errors=True)
    state.unlink(missing_ok=True)


def put_back(folder: Path) -> None:
    """After `postgres_major.Move` was killed between the two renames: the old cluster takes its place again. Under `start.lock`."""
    if (folder / WAS).exists() and not (folder / "cluster").exists():
        with contextlib.suppress(FileNotFoundError):  # another process was quicker
            (folder / WAS).rename(folder / "cluster")


def clear_moved(folder: Path) -> None:
    """Throw away what a move has left, once the cluster in its place has started: people may be erased since."""
    for name in (MOVING, WAS):
        if (folder / name).exists():
            shutil.rmtree(folder / name, ignore_errors=True)


def reap(process: subprocess.Popen[str]) -> None:
    """Take note of the end of the guard whenever it comes, so that no zombie stays in a long-lived parent."""
    threading.Thread(target=process.wait, name="postgres-guard", daemon=True).start()
