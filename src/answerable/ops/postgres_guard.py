"""The small process between Answerable and its own PostgreSQL server.

Run as a script with one argument, a JSON object (see `postgres.Server`); standard library only, so that it
starts quickly and keeps little memory. It holds `guard.lock`, starts the server, says on standard output how
that went (one JSON line), and waits until no process holds `clients.lock` any more: the kernel drops a lock
with its process, so `kill -9` of everything that used the server stops the server too. If this process is
killed itself, the kernel tells the server to stop (Linux), and the next start finds out (elsewhere).
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

SOCKET_NAME = ".s.PGSQL.5432"
# sizeof(sockaddr_un.sun_path) is 108 on Linux and 104 on macOS, one of them for the final NUL
LONGEST_SOCKET_PATH = 103
STOP_SECONDS = 60
#: A killed server's processes take as long to end as a busy machine lets them.
PREDECESSOR_SECONDS = 60
PR_SET_PDEATHSIG = 1


def make_socket_dir(uid: int, gid: int) -> str:
    """A private directory (0700) with a path short enough for a Unix socket.

    Raises OSError when no temporary folder can be used.
    """
    for base in ("/tmp", tempfile.gettempdir(), "/var/tmp"):
        with contextlib.suppress(OSError):
            made = tempfile.mkdtemp(prefix="answerable-", dir=base)
            if len(os.path.join(made, SOCKET_NAME).encode()) <= LONGEST_SOCKET_PATH:
                if os.geteuid() == 0:
                    os.chown(made, uid, gid)
                return made
            os.rmdir(made)
    raise OSError("no short temporary folder can be written to")


def same_socket_dir(data_dir: str, uid: int, gid: int) -> str:
    """The directory of last time, made anew, so that the address stays the same; else a new one.

    Its name was random, so nobody can have waited for it; one that is there but not ours is left alone.
    """
    note = Path(data_dir, "socket-dir")
    with contextlib.suppress(OSError):
        last = note.read_text()
        with contextlib.suppress(FileExistsError):
            os.mkdir(last, 0o700)
            if os.geteuid() == 0:
                os.chown(last, uid, gid)
        facts = os.lstat(last)
        if stat.S_ISDIR(facts.st_mode) and facts.st_uid == uid and not facts.st_mode & 0o077:
            return last
    made = make_socket_dir(uid, gid)
    note.write_text(made)
    return made


def stop_with_parent(parent: int) -> Any:
    """A hook for the forked child: the kernel sends SIGINT (fast shutdown) when the parent dies. Linux only."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def hook() -> None:
        # Runs after the change of account, which would clear the setting.
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:
            os._exit(1)

    return hook


def launch(spec: dict[str, Any], socket_dir: str) -> subprocess.Popen[bytes]:
    """Start the server as the account of `spec`; its messages go to postgres.log."""
    cluster: str = spec["cluster"]
    pass_fds: tuple[int, ...] = ()
    if spec["by_descriptor"]:
        # The account may not walk through the folders above: it gets the open directory instead of a path.
        descriptor = os.open(cluster, os.O_RDONLY | os.O_DIRECTORY)
        cluster, pass_fds = f"/proc/self/fd/{descriptor}", (descriptor,)
    command = [spec["postgres"], "-D", cluster, "-k", socket_dir]
    for name, value in spec["settings"].items():
        command += ["-c", f"{name}={value}"]
    account: dict[str, Any] = {}
    if os.geteuid() == 0:
        account = {"user": spec["uid"], "group": spec["gid"], "extra_groups": []}
    log = os.open(os.path.join(spec["dir"], "postgres.log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            pass_fds=pass_fds,
            preexec_fn=stop_with_parent(os.getpid()),
            start_new_session=True,
            **account,
        )
    finally:
        os.close(log)
        for descriptor in pass_fds:
            os.close(descriptor)


def is_ready(cluster: str) -> bool:
    """The eighth line of postmaster.pid says `ready` once connections are accepted (PostgreSQL 10 and later)."""
    try:
        lines = Path(cluster, "postmaster.pid").read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready"


def log_size(spec: dict[str, Any]) -> int:
    try:
        return os.path.getsize(os.path.join(spec["dir"], "postgres.log"))
    except OSError:
        return 0


def log_since(spec: dict[str, Any], offset: int) -> str:
    with open(os.path.join(spec["dir"], "postgres.log"), "rb") as log:
        log.seek(offset)
        return log.read()[-4000:].decode("utf-8", "replace")


def start_until_ready(spec: dict[str, Any], socket_dir: str) -> tuple[subprocess.Popen[bytes] | None, str]:
    """(process, "") once connections are accepted, else (None, what the server's log says).

    After a crash the server works through its journal first, for as long as that takes. A server whose
    predecessor's processes are still ending refuses to start; that passes, so it is tried again.
    """
    until = time.monotonic() + PREDECESSOR_SECONDS
    while True:
        offset = log_size(spec)
        process = launch(spec, socket_dir)
        while process.poll() is None:
            if is_ready(spec["cluster"]):
                return process, ""
            time.sleep(0.01)
        said = log_since(spec, offset)
        is_passing = "shared memory block" in said or "postmaster.pid" in said
        if not is_passing or time.monotonic() > until:
            return None, said
        time.sleep(0.25)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Fast shutdown: sessions are cut, everything committed is on disk. Immediate after a minute."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)


def report(**what: Any) -> None:
    # The starter may be gone already; then there is nobody to tell.
    with contextlib.suppress(OSError):
        print(json.dumps(what), flush=True)
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 1)
    os.close(devnull)


def main() -> int:
    spec = json.loads(sys.argv[1])
    guard = os.open(os.path.join(spec["dir"], "guard.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        report(error="guarded")
        return 1
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        socket_dir = same_socket_dir(spec["dir"], spec["uid"], spec["gid"])
    except OSError as error:
        report(error=str(error))
        return 1
    state = Path(spec["dir"], "guard.json")
    try:
        # Known before the server runs, so that the next start can tidy up after a crash.
        state.write_text(json.dumps({"socket_dir": socket_dir}))
        process, said = start_until_ready(spec, socket_dir)
        if process is None:
            report(error="log", log=said)
            return 1

        def until_no_client() -> None:
            clients = os.open(os.path.join(spec["dir"], "clients.lock"), os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(clients, fcntl.LOCK_EX)
            stop(process)

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: process.send_signal(signal.SIGINT))
        threading.Thread(target=until_no_client, daemon=True).start()
        report(ready=True, socket_dir=socket_dir)
        process.wait()
        return 0
    finally:
        state.unlink(missing_ok=True)
        shutil.rmtree(socket_dir, ignore_errors=True)
        if spec["delete"]:
            shutil.rmtree(spec["dir"], ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
