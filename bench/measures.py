"""The four measures. Each returns plain numbers; nothing is asserted here."""

from __future__ import annotations

import os
import re
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench import load, meter, words
from bench.fill import Model
from bench.town import Town, database_pid

CLIENTS = 8
WARM_UP_SECONDS = 5.0
LATE_AT_ONCE = 300
LATE_ROUNDS = 3
# How far down a list its deep page lies.
DEEP = 0.9
HERE = Path(__file__).resolve().parent

Numbers = dict[str, Any]


class Bench:
    """A town that runs, and how long to load it."""

    def __init__(self, folder: Path, town: Town, model: Model, seconds: float) -> None:
        self.folder, self.town, self.model, self.seconds = folder, town, model, seconds

    def cpu(self) -> dict[str, float]:
        """Seconds of processor time spent so far by the database, the web server and the worker."""
        return {
            "database": meter.cpu_seconds(database_pid(self.folder)),
            **{name: meter.cpu_seconds(pid) for name, pid in self.town.pids.items()},
        }

    def job(self, name: str, seconds: float, **more: Any) -> dict[str, Any]:
        town = asdict(self.town) | {"log": ""}
        return {"job": name, "clients": CLIENTS, "seconds": seconds, "town": town} | more

    def loaded(self, name: str, **more: Any) -> Numbers:
        """Warm up, then load for the time given: rate, times at client and server, processor time, backlog."""
        load.start(self.job(name, min(WARM_UP_SECONDS, self.seconds), dice=1, **more))
        offset, before, backlog = self.town.log.stat().st_size, self.cpu(), _backlog()
        with Backlog() as waiting:
            seen = load.start(self.job(name, self.seconds, dice=2, **more))
        after, left = self.cpu(), _backlog()
        spent = {key: after[key] - before[key] for key in after}
        server = meter.server_ms(self.town.log, offset)
        units = max(1, seen["units"])
        return {
            "seconds": round(seen["seconds"], 2),
            "units": seen["units"],
            "per_second": round(seen["units"] / seen["seconds"], 2),
            "cpu_ms_per_unit": round(1000 * sum(spent.values()) / units, 2),
            "cpu_ms_by_process": {key: round(1000 * value / units, 2) for key, value in spent.items()},
            "requests": {
                key: {
                    "count": len(values),
                    "client_p95_ms": round(meter.percentile(values, 0.95), 1),
                    "server_p50_ms": round(meter.percentile(server[key], 0.5), 1),
                    "server_p95_ms": round(meter.percentile(server[key], 0.95), 1),
                }
                for key, values in sorted(seen["ms"].items())
            },
            "client_p95_ms": round(meter.percentile([v for vs in seen["ms"].values() for v in vs], 0.95), 1),
            "server_p95_ms": round(meter.percentile([v for vs in server.values() for v in vs], 0.95), 1),
            "backlog": {"before": backlog, "after": left} | waiting.numbers(),
            "faults": seen["faults"],
            "first_faults": seen["first_faults"],
        }


def _backlog() -> int:
    """Acts that wait for the worker."""
    from answerable.record import reactions

    return reactions.backlog()


class Backlog:
    """Reads the backlog each second: it goes up and down by a turn's acts, so two readings say little of its course."""

    EVERY_S = 1.0

    def __init__(self) -> None:
        self._seen: list[int] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Backlog:
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._stop.set()
        self._thread.join()

    def _read(self) -> None:
        from django.db import connection

        while not self._stop.wait(self.EVERY_S):
            self._seen.append(_backlog())
        connection.close()

    def numbers(self) -> Numbers:
        """The mean of the first and of the last third of the time, and the most that waited; nothing if too short."""
        third = len(self._seen) // 3
        if not third:
            return {}
        first, last = self._seen[:third], self._seen[-third:]
        return {
            "first_third": round(sum(first) / third),
            "last_third": round(sum(last) / third),
            "most": max(self._seen),
        }


def lifecycle(bench: Bench) -> Numbers:
    """Create with a sealed identity, search it, assign it, decide it: whole cycles, eight clients."""
    return bench.loaded("lifecycle", decision=_decision())


def _decision() -> dict[str, str]:
    from answerable.cases.packs import load_pack

    pack = load_pack("generic")
    parts = {f"part_{part.code}": "经核查，情况属实，已安排处理。" * 5 for part in pack.decision_parts}
    return {"outcome": pack.outcomes[0].code} | parts


def intake(bench: Bench) -> Numbers:
    """Intakes a second over the API, and transactions a second of pgbench writing the same rows."""
    ours = bench.loaded("intake")
    theirs = _pgbench(bench)
    ratio = round(ours["per_second"] / theirs["per_second"], 3) if theirs["per_second"] else None
    return {"ours": ours, "pgbench": theirs, "ratio": ratio}


def pgbench_program() -> Path | None:
    """The one beside a PostgreSQL that is here."""
    from answerable.ops import postgres_binaries

    paths = (Path(binaries.program("pgbench")) for binaries in postgres_binaries.available())
    return next((path for path in paths if path.exists()), None)


def _pgbench(bench: Bench) -> Numbers:
    from answerable.cases.models import Case, Deadline

    program = pgbench_program()
    if program is None:
        return {"per_second": 0.0, "said": "no pgbench beside any PostgreSQL here"}
    case = Case.objects.get(pk=bench.model.open)
    given = {
        "authority": case.authority_id,
        "unit": case.unit_id,
        "leader": case.leader_post_id,
        "subject": case.subject_id,
        "place": case.place_id,
        "deadlines": Deadline.objects.filter(case=case).count(),
    }
    defined = [part for name, value in given.items() for part in ("-D", f"{name}={value}")]
    command = [
        str(program),
        "-n",
        "-M",
        "prepared",
        "-c",
        str(CLIENTS),
        "-j",
        "2",
        "-T",
        str(max(1, int(bench.seconds))),
    ]
    before = meter.cpu_seconds(database_pid(bench.folder))
    done = subprocess.run(
        [*command, *defined, "-f", str(HERE / "intake.sql"), os.environ["ANSWERABLE_DATABASE_URL"]],
        capture_output=True,
        text=True,
        check=False,
    )
    spent = meter.cpu_seconds(database_pid(bench.folder)) - before
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    count = re.search(r"actually processed: (\d+)", done.stdout)
    if done.returncode or found is None or count is None:
        raise SystemExit(f"pgbench failed:\n{done.stderr[-2000:]}")
    return {
        "per_second": round(float(found[1]), 2),
        "database_cpu_ms_per_unit": round(1000 * spent / max(1, int(count[1])), 2),
        "deadlines": given["deadlines"],
    }


def lists(bench: Bench) -> Numbers:
    """Work lists and searches of a clerk (one unit) and of the head above (all units), one page at a time."""
    return bench.loaded("pages", pages=_pages(bench.town), clients=1)


def _pages(town: Town) -> list[dict[str, str]]:
    """The fixed query set: first and deep pages of fifty."""
    pages = []

    def add(name: str, path: str, session: str, **said: str) -> None:
        pages.append({"name": name, "path": load.page_path(path, **said), "session": session})

    for office in town.offices[:4]:
        for name in ("unit", "unassigned", "soon", "late", "waiting", "decided", "ended"):
            add(f"list.{name}", "/desk/", office.clerk, list=name)
        add(
            "list.unit.deep",
            "/desk/",
            office.clerk,
            list="unit",
            **{"from": "51"},
            after=_deep(office.unit, "unit"),
        )
        add(
            "list.ended.deep",
            "/desk/",
            office.clerk,
            list="ended",
            **{"from": "51"},
            after=_deep(office.unit, "ended"),
        )
        for name, said in words.QUERIES.items():
            key = name.replace(" ", "-")
            add(f"search.{key}", "/desk/search", office.clerk, q=said)
            after = _deep(office.unit, "all", said)
            if after:
                deep = {"q": said, "list": "all", "from": "51", "after": after}
                add(f"search.{key}.deep", "/desk/search", office.clerk, **deep)
    for name in ("unit", "ended"):
        add(f"above.list.{name}", "/desk/", town.mayor, list=name)
    for name in ("rare", "common", "two-character"):
        add(f"above.search.{name}", "/desk/search", town.mayor, q=words.QUERIES[name])
    return pages


def _deep(unit: int, name: str, said: str = "") -> str:
    """The cursor nine tenths down a list of a unit, found with OFFSET: that is what the pages themselves never do."""
    from django.db import connection

    from answerable.cases.queries import Cursor
    from answerable.core import search

    at = "due_at" if name == "unit" else "received_at"
    order = "c.due_at ASC NULLS LAST, c.id" if name == "unit" else "c.received_at DESC, c.id DESC"
    where = {"unit": "c.ended_at IS NULL", "ended": "c.ended_at IS NOT NULL", "all": "TRUE"}[name]
    values: list[Any] = [unit]
    if said:
        where += " AND t.tsv @@ %s::tsquery"
        values.append(search.tsquery(said))
    source = f"FROM cases_case c JOIN cases_text t ON t.case_id = c.id WHERE c.unit_id = %s AND {where}"
    with connection.cursor() as db:
        db.execute(f"SELECT count(*) {source}", values)
        count = db.fetchone()[0]
        if count < 60:
            return ""
        db.execute(
            f"SELECT c.{at}, c.id {source} ORDER BY {order} OFFSET %s LIMIT 1", [*values, int(count * DEEP)]
        )
        return str(Cursor(*db.fetchone()))


def late(bench: Bench) -> Numbers:
    """Lift the same number of newly late deadlines among however many are open. The worker process is off."""
    from answerable.cases.models import Deadline
    from answerable.core import clock
    from answerable.record import reactions

    walls, cpus, total = [], [], 0
    for _round in range(LATE_ROUNDS):
        _make_late(bench)
        before, own, began = bench.cpu()["database"], time.process_time(), time.perf_counter()
        lifted = _sweep()
        total += lifted
        walls.append((time.perf_counter() - began) * 1000 / max(1, lifted))
        cpus.append((time.process_time() - own + bench.cpu()["database"] - before) * 1000 / max(1, lifted))
    while reactions.dispatch(clock.now(), limit=1000):
        pass
    idle = _timed(lambda: _sweep())
    return {
        "open_deadlines": Deadline.objects.filter(met_seq=None, voided_seq=None).count(),
        "lifted": total,
        "wall_ms_per_late": round(sorted(walls)[len(walls) // 2], 3),
        "cpu_ms_per_late": round(sorted(cpus)[len(cpus) // 2], 3),
        "idle_sweep_ms": round(idle, 3),
    }


def _make_late(bench: Bench) -> None:
    from django.db import connection

    from answerable.core import clock

    late = clock.now() - timedelta(minutes=1)
    with connection.cursor() as db:
        db.execute(
            """UPDATE cases_deadline SET late_from = %s WHERE id IN (SELECT d.id FROM cases_deadline d
            JOIN cases_case c ON c.id = d.case_id WHERE d.is_office AND d.met_seq IS NULL AND d.voided_seq IS NULL
            AND d.lifted_at IS NULL AND d.paused_at IS NULL AND d.late_from > %s AND d.started_at < %s AND NOT c.is_lifted
            AND c.state = 'registered' AND NOT d.is_supervising
            ORDER BY d.id LIMIT %s)""",
            [late, late, late, LATE_AT_ONCE],
        )


def _sweep() -> int:
    """What the worker's loop does until nothing is late any more."""
    from answerable.cases.services import supervision
    from answerable.core import clock

    lifted = 0
    while found := supervision.newly_late(clock.now()):
        lifted += sum(supervision.lift_deadline(deadline_id=pk, now=clock.now()) for pk in found)
    return lifted


def _timed(work: Callable[[], object], rounds: int = 50) -> float:
    """Milliseconds a round."""
    began = time.perf_counter()
    for _round in range(rounds):
        work()
    return (time.perf_counter() - began) * 1000 / rounds
