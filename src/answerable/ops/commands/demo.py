"""`answerable demo`: the demo town, with everything it needs, in one command."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from answerable.core import disk
from answerable.ops import environment
from answerable.ops.environment import ITSELF, CannotStart
from answerable.ops.terminal import complain, say
from answerable.ops.terminal import gettext as _

NEEDS = ITSELF
HOST = "127.0.0.1"
FIRST_PORT = 8000
PORTS = 50
LET_GO_SECONDS = 5.0  # how long the web server of a killed demo may hold its port


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("demo", help=_("start the demo town"))
    parser.add_argument("--port", type=int, metavar="P", help=_("otherwise the first free one from 8000 on"))
    parser.add_argument("--no-open", action="store_true", help=_("do not open a browser"))
    parser.add_argument("--cases", type=int, default=0, metavar="N", help=_("a smaller town: about N cases"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Start database, web server and worker; stay until Ctrl-C; stop what was started.

    Raises CannotStart with a sentence.
    """
    folder = environment.data_dir() or _default_folder()
    os.environ["ANSWERABLE_DATA_DIR"] = str(folder)
    os.environ["ANSWERABLE_DEMO"] = "1"
    _refuse_real_data(folder)
    lock = _claim(folder)
    try:
        port = _port(args.port, folder)
        return _stay(folder, port, most=args.cases, browser=not args.no_open)
    finally:
        os.close(lock)


def _default_folder() -> Path:
    run_dir = os.environ.get("ANSWERABLE_RUN_DIR")
    return (Path(run_dir) if run_dir else Path.cwd() / ".run") / "demo"


def _refuse_real_data(folder: Path) -> None:
    """A folder with an office's data must never become a demo's: its sign-ins are printed."""
    if (folder / "secret-key").exists() and not (folder / "demo.json").exists():
        raise CannotStart(
            _("%(folder)s holds the data of a real office. Choose another folder for the demo.")
            % {"folder": folder}
        )


def _claim(folder: Path) -> int:
    """Hold the folder for this demo alone; the kernel lets go of it however this process ends."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder / "demo.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CannotStart(
            _("The data folder %(folder)s cannot be used (%(reason)s). Choose another one.")
            % {"folder": folder, "reason": error.strerror}
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise CannotStart(
            _("This demo runs already, at %(address)s. Stop it first, or choose another --data folder.")
            % {"address": _marker(folder).get("base_url", "?")}
        ) from None
    return lock


def _marker(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / "demo.json").read_text()))
    except (OSError, ValueError):
        return {}


def _mark(folder: Path, facts: dict[str, Any]) -> None:
    marker, text = folder / "demo.json", json.dumps(facts) + "\n"
    if marker.exists():
        disk.write_over(marker, text)
    else:
        disk.write_new(marker, text)


def _port(wanted: int | None, folder: Path) -> int:
    """The port asked for; else the one of last time, else the first free one."""
    from answerable.ops.processes import is_free

    if wanted is not None:
        if not 1 <= wanted <= 65535:
            raise CannotStart(_("A port is a number from 1 to 65535."))
        if not is_free(HOST, wanted, LET_GO_SECONDS):
            raise CannotStart(
                _("Another program listens on port %(port)s. Choose another: --port") % {"port": wanted}
            )
        return wanted
    last = int(_marker(folder).get("port", 0))
    if last and is_free(HOST, last, LET_GO_SECONDS):
        return last
    for port in range(FIRST_PORT, FIRST_PORT + PORTS):
        if is_free(HOST, port):
            return port
    raise CannotStart(
        _("No port from %(first)s to %(last)s is free. Choose one: --port")
        % {"first": FIRST_PORT, "last": FIRST_PORT + PORTS - 1}
    )


def _stay(folder: Path, port: int, *, most: int, browser: bool) -> int:
    from answerable.ops import processes

    address = f"http://{HOST}:{port}"
    stop = processes.stop_on_signals()
    os.environ["ANSWERABLE_BASE_URL"] = address
    _stream_from(port)
    _mark(folder, _marker(folder) | {"base_url": address, "port": port})
    environment.take_from(folder)
    say(_("Starting the database …"))
    # The demo is a town of its own: a database that happens to be named in the shell is not for it.
    os.environ.pop("ANSWERABLE_DATABASE_URL_FILE", None)
    server = environment.start_database(folder)
    watch = environment.keep_up(server, stop)
    children: list[processes.Child] = []
    try:
        environment.check_settings()
        environment.set_up_django()
        sign_ins = _fill(folder, stop, most)
        if stop.is_set():
            return 0
        logs = folder / "logs"
        logs.mkdir(exist_ok=True)
        children += [
            processes.Child("serve", ["serve", "--listen", f"{HOST}:{port}"], logs / "web.log"),
            processes.Child("worker", ["worker"], logs / "worker.log"),
        ]
        say(_("Starting the web server and the worker …"))
        for child in children:
            child.start()
        ready = processes.wait_until(lambda: _is_ready(address), 90, stop)
        if not ready and not stop.is_set():
            complain(_("The web server has not become ready. Its log: %(log)s") % {"log": logs / "web.log"})
            return 1
        if not stop.is_set():
            _greet(address, folder, sign_ins)
            if browser:
                _open(address)
        while not stop.wait(1.0):
            for child in children:
                child.mind()
    finally:
        stop.set()
        say(_("Stopping …"))
        processes.stop_all(children)
        watch.join(10)
        server.stop()
    say(_("Stopped. The same command takes the town up again."))
    return 0


def _stream_from(port: int) -> None:
    """Let `serve` start the streaming process on the next free port; no web server stands before both here."""
    from answerable.ops.processes import is_free

    live = next((one for one in range(port + 1, port + PORTS) if one < 65536 and is_free(HOST, one)), None)
    if live is not None:
        os.environ["ANSWERABLE_LIVE_LISTEN"] = f"{HOST}:{live}"
        os.environ["ANSWERABLE_LIVE_URL"] = f"http://{HOST}:{live}/desk/alerts/live/stream"


def _fill(folder: Path, stop: threading.Event, most: int) -> list[tuple[str, ...]]:
    """Tables, keys, the town; returns the sign-ins (name, password, post)."""
    from django.db import connection

    from answerable.ops import migrating, start_up
    from answerable.ops.demo import seed

    marker = _marker(folder)
    if not marker.get("settled"):
        # Perhaps a first start was killed halfway: a half town is thrown away.
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
    migrating.migrate()
    start_up.open_keys()
    if not marker.get("settled"):
        say(_("Settling the town (once) …"))
        seed.seed(progress=_Progress(stop), most=most)
        _mark(folder, marker | {"settled": True})
    sign_ins: list[tuple[str, ...]] = list(seed.sign_ins())
    connection.close()
    return sign_ins


class _Progress:
    """Says how many cases are there, every few seconds; gives up when the demo is to stop."""

    EVERY_SECONDS = 5.0

    def __init__(self, stop: threading.Event) -> None:
        self.said_at = time.monotonic()
        self.stop = stop

    def __call__(self, done: int, of: int) -> None:
        if self.stop.is_set():
            raise KeyboardInterrupt
        if time.monotonic() - self.said_at >= self.EVERY_SECONDS or done == of:
            self.said_at = time.monotonic()
            say(_("    %(done)s of %(of)s cases") % {"done": done, "of": of})


def _is_ready(address: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{address}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _greet(address: str, folder: Path, sign_ins: list[tuple[str, ...]]) -> None:
    say("")
    say(_("The demo town is open: %(address)s") % {"address": address})
    if sign_ins:
        say(_("Sign in at %(address)s with:") % {"address": f"{address}/desk/"})
        widths = [max(_width(row[i]) for row in sign_ins) for i in range(len(sign_ins[0]))]
        for row in sign_ins:
            cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
            say("    " + "   ".join(cells).rstrip())
    say(_("Data and logs: %(folder)s") % {"folder": folder})
    say(_("Ctrl-C stops it."))


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    import unicodedata

    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _open(address: str) -> None:
    if sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        import webbrowser

        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
