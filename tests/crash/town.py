"""A town of its own for one test: its database, its clock, its processes, each killable, and what must hold in it."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.test import Client

from tests.cast import Cast, make_cast
from tests.crash.browser import Browser
from tests.crash.wire import Trap, Wire

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30.0


class Forker:
    """The process that all others of a run are forked from (see forker.py)."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.forker"],
            env=os.environ
            | {
                "DJANGO_SETTINGS_MODULE": "answerable.config.settings",
                "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
                "ANSWERABLE_DEMO": "1",  # no second factor: it has tests of its own
                "ANSWERABLE_KEY_FILE": str(settings.ANSWERABLE_KEY_FILE),
                "ANSWERABLE_BASE_URL": "http://127.0.0.1",
                "ANSWERABLE_ALLOWED_HOSTS": "127.0.0.1",
                "ANSWERABLE_LOG_FORMAT": "json",
            },
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._said() == {"ready": True}

    def fork(self, wish: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(wish) + "\n")
        self._process.stdin.flush()
        return self._said()

    def _said(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        said: dict[str, Any] = json.loads(self._process.stdout.readline())
        return said

    def end(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


@dataclass
class Process:
    pid: int
    port: int = 0

    def kill(self) -> None:
        """kill -9."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    @property
    def is_alive(self) -> bool:
        try:
            return Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
        except OSError:
            return False

    @property
    def cpu_s(self) -> float:
        """Seconds of processor time used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def wait(self, seconds: float = PATIENCE_S) -> None:
        until(lambda: not self.is_alive, seconds)


class Doom:
    """Kills a process that is not born yet: on a busy machine it may be through before its parent has gone on."""

    def __init__(self) -> None:
        self._born = threading.Event()
        self._process: Process | None = None

    def of(self, process: Process) -> Process:
        self._process = process
        self._born.set()
        return process

    def __call__(self) -> None:
        assert self._born.wait(PATIENCE_S)
        assert self._process is not None
        self._process.kill()


@dataclass
class Town:
    """`wire` lies between the processes and the database; the test itself goes around it."""

    wire: Wire
    forker: Forker
    folder: Path
    cast: Cast
    settings: dict[str, Any] = field(default_factory=dict)
    processes: list[Process] = field(default_factory=list)

    @property
    def database(self) -> dict[str, Any]:
        """Where processes find the database: through the wire."""
        here = connection.settings_dict
        return {name: here[name] for name in ("NAME", "USER", "PASSWORD")} | {
            "HOST": "127.0.0.1",
            "PORT": str(self.wire.port),
        }

    def _fork(self, **wish: Any) -> Process:
        said = self.forker.fork(
            {
                "database": self.database,
                "settings": {"ANSWERABLE_RECORD_GUARD": str(self.guard), **self.settings},
                "log": str(self.log),
                **wish,
            }
        )
        process = Process(said["pid"], said["port"])
        self.processes.append(process)
        return process

    @property
    def guard(self) -> Path:
        """What the public log has signed: each town's own."""
        return self.folder / "record-guard"

    @property
    def log(self) -> Path:
        return self.folder / "processes.log"

    def web(self) -> Process:
        return self._fork(role="web")

    def worker(self) -> Process:
        return self._fork(role="worker")

    def work_once(self, loop: str = "", trap: Trap | None = None) -> Process:
        """One turn of the worker (or of one loop of it), in a process of its own, to its end."""
        doom = Doom()
        if trap is not None:
            trap.spring = doom
            self.wire.trap(trap)
        process = doom.of(self._fork(role="worker", once=True, loop=loop))
        process.wait()
        self.wire.clear()  # one that was not reached is not laid for whoever comes next
        return process

    def worker_killed_at(self, lay: Callable[[Doom], None]) -> None:
        """A whole worker, to its end: `lay` has it killed by somebody who knows when."""
        doom = Doom()
        lay(doom)
        doom.of(self.worker()).wait()

    def kill_all(self) -> None:
        for process in self.processes:
            process.kill()
        for process in self.processes:
            process.wait()

    def desk(self, staff: Any, port: int, language: str = "en") -> Browser:
        """A browser signed in as this member of staff."""
        client = Client()
        client.force_login(staff, backend=settings.AUTHENTICATION_BACKENDS[0])
        cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        return Browser(port, cookies, {"Accept-Language": language})

    def set_clock(self, ahead: timedelta) -> None:
        """Let the database's clock stand this far from the true one, for everybody."""
        with connection.cursor() as cursor:
            cursor.execute("UPDATE clock.setting SET ahead = %s", [ahead])

    def leave_the_hour_behind(self) -> None:
        """Let an hour have just begun. Limits are counted under a key of the hour: a process that meets its turn says
        more to the database than another, and whoever counts what is said would strike at something else."""
        self.set_clock(timedelta())
        ((left,),) = self.ask("SELECT date_trunc('hour', now()) + interval '1 hour 1 minute' - now()")
        self.set_clock(left)

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return list(cursor.fetchall())

    def one(self, sql: str, *values: Any) -> Any:
        ((value,),) = self.ask(sql, *values)
        return value


#: Unqualified calls of clock_timestamp() find this one first: the test moves the one clock that is asked.
_CLOCK = """
CREATE SCHEMA clock;
CREATE TABLE clock.setting (ahead interval NOT NULL);
INSERT INTO clock.setting VALUES ('0');
CREATE FUNCTION clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
    AS 'SELECT pg_catalog.clock_timestamp() + (SELECT ahead FROM clock.setting)';
"""


@contextmanager
def own_database() -> Iterator[None]:
    """Point this process at a fresh copy of the (empty) test database for a while."""
    template = connection.settings_dict["NAME"]
    name = f"{template[:40]}_{secrets.token_hex(4)}"
    connection.close()
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        cursor.execute(f'ALTER DATABASE "{name}" SET search_path = clock, pg_catalog, public')
    connection.settings_dict["NAME"] = name
    try:
        with connection.cursor() as cursor:
            cursor.execute(_CLOCK)
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = template
        _drop(name)


def _drop(name: str) -> None:
    """A vacuum of the server's own may be in it for a moment, and is nobody's to end but the server's."""
    for tries_left in range(20, -1, -1):
        try:
            with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
                cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            return
        except DatabaseError:
            if not tries_left:
                raise
            time.sleep(0.5)


@contextmanager
def own_town(forker: Forker, folder: Path) -> Iterator[Town]:
    with own_database():
        host = connection.settings_dict["HOST"] or "/var/run/postgresql"
        wire = Wire(host, int(connection.settings_dict["PORT"] or 5432))
        town = Town(wire, forker, folder, make_cast())
        try:
            yield town
        finally:
            town.kill_all()
            wire.close()


def until(true: Callable[[], Any], seconds: float = PATIENCE_S) -> None:
    """Wait until it is true; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds:g} s"
        time.sleep(0.02)
