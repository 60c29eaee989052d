"""Processes that belong together end together."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from answerable.ops.terminal import complain
from answerable.ops.terminal import gettext as _

POLL_SECONDS = 0.5
LAST_WORD_SECONDS = 30.0


def end_with_parent(parent: int | None = None) -> None:
    """End this process (SIGTERM, after 30 s by force) once its parent is gone, however the parent ended.

    `parent` is the number of the parent if the caller knows it better than the system, which may have handed
    this process on already.
    """
    started_by = multiprocessing.parent_process()
    expected = parent or (started_by.pid if started_by else os.getppid())

    def watch() -> None:
        while os.getppid() == expected:
            time.sleep(POLL_SECONDS)
        end_within(LAST_WORD_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


def keep_what_is_loaded() -> None:
    """Tell the collector of cycles that the program itself stays, and to look less often at what requests leave.

    A tenth of a page's processor time went into looking over the same modules, templates and models again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def end_within(seconds: float) -> None:
    """End this process by force unless it has ended by itself within that time."""
    timer = threading.Timer(seconds, os._exit, args=(1,))
    timer.daemon = True
    timer.start()


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT (Ctrl-C) set. A second one ends the process at once."""
    stop = threading.Event()

    def handle(number: int, _frame: object) -> None:
        if stop.is_set():
            os._exit(128 + number)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, handle)
    return stop


def is_free(host: str, port: int, patience: float = 0.0) -> bool:
    """Whether one can listen there; asks again for `patience` seconds (a killed server is still letting go)."""
    until = time.monotonic() + patience
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    while True:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return True
            except OSError:
                if time.monotonic() >= until:
                    return False
        time.sleep(0.1)


@dataclass
class Child:
    """A command of ours in a process of its own; started again when it ends without being asked to."""

    name: str
    arguments: list[str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = field(default=0.5)

    def start(self) -> None:
        self.started_at = time.monotonic()
        with self.log.open("ab") as log:
            self.process = spawn(self.arguments, log)

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def mind(self) -> None:
        """Start the process again if it ended: at once, then at longer and longer intervals (to 30 s)."""
        if self.is_alive():
            return
        lived = time.monotonic() - self.started_at
        self.pause = 0.5 if lived > 60 else min(self.pause * 2, 30.0)
        if lived >= self.pause:
            complain(_("%(name)s had ended and is started again; see %(log)s.") % vars(self))
            self.start()


def spawn(arguments: list[str], log: IO[bytes] | None) -> subprocess.Popen[bytes]:
    """Start `answerable ARGUMENTS` as our child: away from Ctrl-C, which is for us to handle."""
    return subprocess.Popen(
        [sys.executable, "-m", "answerable", *arguments, "--parent", str(os.getpid())],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )


def stop_all(children: list[Child]) -> None:
    """Ask all to end, wait for all, force whoever has not ended after 30 s."""
    running = [child.process for child in children if child.process is not None]
    for process in running:
        process.terminate()
    until = time.monotonic() + LAST_WORD_SECONDS
    for process in running:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(true: Callable[[], bool], seconds: float, stop: threading.Event) -> bool:
    """Ask ten times a second until it is true, time is up, or `stop` is set."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and not stop.is_set():
        if true():
            return True
        stop.wait(0.1)
    return False
