"""kill -9 of web, worker, gateway and database at every step of an escalation, under load: what is lost, what is doubled.

    python -m tests.crash.kill_matrix --count 1000 --seed 7 [--json FILE]

*Lost* is an alarm, a step or an answer that was committed, or acknowledged to whoever gave it, and of which nobody was
ever tried to be told. A message that came twice must have been marked as a possible duplicate. Alarms are raised and
answered over HTTP all the while; two workers are at work; what was killed comes back at once.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.crash.kill_cells import CELLS, STEPS
from tests.crash.kill_findings import LOST, MOVES, Found, Kill

#: What has not come to rest after so long never will.
REST_S = 150.0
#: Nothing is armed for longer: a step that is not reached in this time is tried again later.
ARMED_S = 20.0


class GatewayProcess:
    """The gateway; it comes back at the port it had."""

    def __init__(self, folder: Path) -> None:
        self.file, self.port = folder / "gateway.jsonl", 0
        self.taken: threading.Event = threading.Event()
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.gateway_process", str(self.port), str(self.file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        threading.Thread(target=self._listen, args=(self.process,), daemon=True).start()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for _line in process.stdout:
            self.taken.set()

    def say(self, word: str) -> None:
        assert self.process.stdin is not None
        with suppress(OSError):
            self.process.stdin.write(word + "\n")
            self.process.stdin.flush()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def seen(self) -> list[dict[str, Any]]:
        if not self.file.exists():
            return []
        return [json.loads(line) for line in self.file.read_text().splitlines()]


class Matrix:
    """The town under load. Built on a database of its own that Django's connection points at."""

    def __init__(self, folder: Path, server: Any, forker: Any, seed: int) -> None:
        from django.db import connection

        from tests.cast import make_cast
        from tests.crash.wire import Wire

        self.folder, self.server, self.forker = folder, server, forker
        self.dice = random.Random(seed)
        self.cast = make_cast()
        self.gateway = GatewayProcess(folder)
        here = connection.settings_dict
        self.database = {name: here[name] for name in ("NAME", "USER", "PASSWORD")}
        self.direct = {"HOST": here["HOST"], "PORT": str(here["PORT"] or 5432)}
        self.wires = {role: Wire(here["HOST"], int(here["PORT"] or 5432)) for role in ("web", "worker")}
        self.kills: list[Kill] = []
        self.raised: set[str] = set()
        self.answered: set[str] = set()
        self.is_loud = False
        self._ending = threading.Event()
        self._ladder()
        self.browser = self._signed_in()
        self.web = self._fork("web", wired=True)
        self.workers = [self._fork("worker", wired=True), self._fork("worker", wired=False)]
        self.browser.port = self.web.port
        self._loads = [threading.Thread(target=self._load, daemon=True) for _client in range(2)]

    # ------------------------------------------------------------------ what is there

    def _ladder(self) -> None:
        """One person at once; two seconds later another one; then nobody."""
        from answerable.alerts.models import ContactPoint, EscalationRule, EscalationStep, StepTarget
        from tests.cast import LONG_AGO

        rule = EscalationRule.objects.create(
            authority=self.cast.town,
            code="manual",
            name_zh="手动",
            name_en="Manual",
            rounds=1,
            repeat_after_s=10,
        )
        self.people = [self.cast.leader, self.cast.mayor]
        for position, staff in enumerate(self.people):
            step = EscalationStep.objects.create(rule=rule, position=position, after_s=2 * position)
            StepTarget.objects.create(step=step, staff=staff)
            ContactPoint.objects.create(
                staff=staff,
                way="sms",
                address=f"+8613800000{position:03d}",
                made_at=LONG_AGO,
                verified_at=LONG_AGO,
            )

    def _signed_in(self) -> Any:
        from django.conf import settings
        from django.test import Client

        from tests.crash.browser import Browser

        client = Client()
        client.force_login(self.cast.leader, backend=settings.AUTHENTICATION_BACKENDS[0])
        cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        return Browser(0, cookies, {"Accept-Language": "en"})

    def _fork(self, role: str, *, wired: bool) -> Any:
        from tests.crash.town import Process

        there = {"HOST": "127.0.0.1", "PORT": str(self.wires[role].port)} if wired else self.direct
        said = self.forker.fork(
            {
                "role": role,
                "database": self.database | there,
                "settings": {
                    "SMS_URL": f"http://127.0.0.1:{self.gateway.port}/send",
                    "SMS_TOKEN": "t",
                    "THROTTLES": {},
                    "ANSWERABLE_RECORD_KEY_FILE": str(self.folder / "record-key"),
                    "ANSWERABLE_RECORD_GUARD": str(self.folder / "record-guard"),
                },
                "log": str(self.folder / "processes.log"),
            }
        )
        return Process(said["pid"], said["port"])

    # ------------------------------------------------------------------ the load

    def _load(self) -> None:
        """Raise an alarm, answer every third one as its telephone would; what broke is asked for again, never counted."""
        from copy import copy

        dice, open_ones = random.Random(self.dice.random()), []
        while not self._ending.is_set():
            browser = copy(self.browser)
            with suppress(OSError, KeyError, AssertionError):
                fields = {"key": uuid4(), "text": "Water main", "unit": self.cast.roads.pk, "is_urgent": "on"}
                answer = browser.post("/desk/alerts/new", fields)
                if answer.status_code in (302, 303):
                    alert = answer["Location"].rstrip("/").rsplit("/", 1)[1]
                    self.raised.add(alert)
                    open_ones.append(alert)
            with suppress(OSError):
                if open_ones and dice.random() < 0.4:
                    self._answer(browser, open_ones.pop())
            self._ending.wait(dice.uniform(0.05, 0.4))

    def _answer(self, browser: Any, alert: str) -> None:
        from answerable.alerts.tokens import answer_token

        asked = self.ask("SELECT id FROM alerts_asked WHERE alert_id = %s ORDER BY id LIMIT 1", alert)
        if asked:
            said = browser.ask(
                "POST",
                f"/a/{answer_token(asked[0][0])}",
                b"answer=have_it",
                {"Content-Type": "application/x-www-form-urlencoded"},
            )
            if said.status_code == 200:
                self.answered.add(alert)

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows, over a connection of the moment: the server may have gone since the last one."""
        import psycopg

        where = self.database | self.direct
        names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
        try:
            with psycopg.connect(**{names[name]: value for name, value in where.items()}) as db:
                return db.execute(sql, values).fetchall()  # type: ignore[arg-type]
        except psycopg.OperationalError as error:
            raise ConnectionError(str(error)) from error

    # ------------------------------------------------------------------ killing

    def run(self, cells: list[tuple[str, str]], until: float = float("inf")) -> Found:
        """Kill once in each cell, one after another, then let it come to rest and look."""
        for thread in self._loads:
            thread.start()
        for step, victim in cells:
            if time.time() > until:
                break
            self._strike(step, victim)
            if self.is_loud:
                print(
                    f"{len(self.kills)} kills, {len(self.raised)} alarms: {step}, {victim}",
                    file=sys.stderr,
                    flush=True,
                )
        self._ending.set()
        for thread in self._loads:
            thread.join(60)
        self._rest()
        return self._look()

    def _strike(self, step: str, victim: str) -> None:
        from tests.crash.wire import Trap

        origin, matches, after = STEPS[step]
        if origin == "gateway":
            self.gateway.taken.clear()
            self.gateway.say("arm")
            if self.gateway.taken.wait(ARMED_S):
                self._kill(step, victim)
                self.gateway.say("go")
        else:
            is_own = victim in (origin, "database")
            trap = Trap(lambda: self._kill(step, victim), matches=matches(), after=after, passes=not is_own)
            self.wires[origin].trap(trap)
            trap.sprung.wait(ARMED_S)
        self._bring_back(victim)

    def _kill(self, step: str, victim: str) -> None:
        from tests.crash.test_log import kill_postgresql

        if victim in ("web", "worker"):
            process = self.web if victim == "web" else self.workers[0]
            process.kill()
            process.wait()
        elif victim == "gateway":
            self.gateway.kill()
        else:
            kill_postgresql(self.server)
        self.kills.append(Kill(step, victim, time.time()))

    def _bring_back(self, victim: str) -> None:
        if victim == "web" and not self.web.is_alive:
            self.web = self._fork("web", wired=True)
            self.browser.port = self.web.port
        elif victim == "worker" and not self.workers[0].is_alive:
            self.workers[0] = self._fork("worker", wired=True)
        elif victim == "gateway" and self.gateway.process.poll() is not None:
            self.gateway.start()
        elif victim == "database":
            self.server.start()

    # ------------------------------------------------------------------ what came of it

    def _rest(self) -> None:
        end = time.monotonic() + REST_S
        while time.monotonic() < end:
            with suppress(OSError):
                ((left,),) = self.ask(MOVES)
                if not left:
                    return
            time.sleep(0.25)

    def _look(self) -> Found:
        found = Found(self.kills, alarms=len(self.raised), answers=len(self.answered))
        known = {str(pk): state for pk, state in self.ask("SELECT id, state FROM alerts_alert")}
        found.alarms = len(known)
        found.lost += [f"raised, and gone: {one}" for one in self.raised - known.keys()]
        found.lost += [
            f"answered, and not: {one}" for one in self.answered if known.get(one) != "acknowledged"
        ]
        for name, sql in LOST.items():
            found.lost += [f"{name}: {row[0]}" for row in self.ask(sql)]
        seen = Counter(one["id"] for one in self.gateway.seen())
        ((found.messages, found.marked),) = self.ask(
            "SELECT count(*), count(*) FILTER (WHERE may_be_duplicate) FROM alerts_delivery WHERE tries > 0"
            " AND carried_by_id IS NULL"
        )
        ((found.tries,),) = self.ask("SELECT count(*) FROM alerts_attempt")
        found.came = len(seen)
        marked = {str(pk) for (pk,) in self.ask("SELECT id FROM alerts_delivery WHERE may_be_duplicate")}
        found.doubled = sum(count > 1 for count in seen.values())
        found.doubled_unmarked = [one for one, count in seen.items() if count > 1 and one not in marked]
        sent = self.ask("SELECT id FROM alerts_delivery WHERE state = 'sent' AND carried_by_id IS NULL")
        found.lost += [f"said to be sent, and never came: {pk}" for (pk,) in sent if str(pk) not in seen]
        for (began,) in self.ask("SELECT began_at FROM alerts_attempt WHERE outcome = 'unknown'"):
            found.marked_at[self._cell_after(began)] += 1
        return found

    def _cell_after(self, began: datetime) -> tuple[str, str]:
        at = began.timestamp()
        kill = next((kill for kill in self.kills if kill.at >= at - 0.05), self.kills[-1])
        return kill.step, kill.victim

    def end(self) -> None:
        self._ending.set()
        for process in (self.web, *self.workers):
            process.kill()
        self.gateway.kill()
        for wire in self.wires.values():
            wire.close()


@contextmanager
def matrix(folder: Path, server: Any, forker: Any, seed: int) -> Iterator[Matrix]:
    made = Matrix(folder, server, forker, seed)
    try:
        yield made
    finally:
        made.end()


def main() -> int:
    """Run it on a server of its own; returns 1 where anything was lost or doubled without a mark."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash.kill_matrix", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="kills, at random (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=0, help="stop after so long, whatever the count")
    parser.add_argument("--json", help="write the sums to this file")
    args = parser.parse_args()
    dice = random.Random(args.seed)
    # Every cell in turn before any again, in an order of chance.
    cells: list[tuple[str, str]] = []
    while len(cells) < args.count:
        cells += dice.sample(CELLS, len(CELLS))
    until = time.time() + args.minutes * 60 if args.minutes else float("inf")
    began = time.time()
    with tempfile.TemporaryDirectory(prefix="answerable-kills-") as made:
        folder = Path(made)
        folder.chmod(0o711)
        with _installation(folder) as server:
            from tests.crash.town import Forker

            forker = Forker()
            try:
                with matrix(folder, server, forker, args.seed) as one:
                    one.is_loud = True
                    found = one.run(cells[: args.count], until)
            finally:
                forker.end()
    print(found.table())
    print(json.dumps(found.sums() | {"seconds": round(time.time() - began), "seed": args.seed}, indent=1))
    for line in (*found.lost[:20], *(f"unmarked: {one}" for one in found.doubled_unmarked[:20])):
        print(line)
    if args.json:
        Path(args.json).write_text(json.dumps(found.sums()))
    return int(bool(found.lost or found.doubled_unmarked))


@contextmanager
def _installation(folder: Path) -> Iterator[Any]:
    """A PostgreSQL with fsync on, keys, tables; Django set up on it in this process."""
    import secrets

    from answerable.ops import messages
    from answerable.ops.postgres import Server

    for name in [
        name for name in os.environ if name.startswith("ANSWERABLE_") and name != "ANSWERABLE_RUN_DIR"
    ]:
        del os.environ[name]
    server = Server(folder / "database")
    os.environ |= {
        "ANSWERABLE_DATABASE_URL": server.start(),
        "ANSWERABLE_DATA_DIR": str(folder),
        "ANSWERABLE_SECRET_KEY": secrets.token_urlsafe(40),
        "ANSWERABLE_BASE_URL": "http://127.0.0.1",
        "ANSWERABLE_KEY_FILE": str(folder / "key-file"),
        "DJANGO_SETTINGS_MODULE": "answerable.config.settings",
    }
    messages.compile_stale()
    import django

    django.setup()
    from answerable.ops import migrating
    from answerable.parties.keyfile import KeyRing

    try:
        migrating.migrate()
        KeyRing.create(folder / "key-file")
        yield server
    finally:
        from django.db import connection

        connection.close()
        server.stop()


if __name__ == "__main__":
    raise SystemExit(main())
