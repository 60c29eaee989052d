"""`./run bench record`: what the public log bears and what it costs. Plain numbers; nothing is asserted here."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import random
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo

from bench import meter, words
from bench.town import Town, database_pid

Numbers = dict[str, Any]
CADENCE = 0.2
MATTERS = 50
FORK = multiprocessing.get_context("fork")
WRITERS = (1, 2, 4)
PACE = 50  # acts a second while the way to the checkpoint is timed
DELAY_US = 2000


class Sizes:
    """How much of everything: for real, or to show that it runs."""

    def __init__(self, seconds: float, *, quick: bool) -> None:
        self.seconds = min(seconds, 0.4) if quick else seconds
        self.outbox = 4_000 if quick else 200_000
        self.leaves = 20_000 if quick else 10_000_000
        self.proofs = 50 if quick else 2_000


def record(folder: Path, town: Town, sizes: Sizes) -> Numbers:
    """Every measure of the record, in an order in which the earlier ones do not burden the later."""
    found: Numbers = {}
    for name, work in {
        "append": lambda: _appends(folder, sizes),
        "append_2ms": lambda: _with_commit_delay(folder, lambda: _appends(folder, sizes)),
        "to_checkpoint": lambda: _to_checkpoint(folder, sizes),
        "to_checkpoint_2ms": lambda: _with_commit_delay(folder, lambda: _to_checkpoint(folder, sizes)),
        "intake": lambda: _intake(folder, town, sizes),
        "sequencer": lambda: _sequencer_alone(folder, sizes),
        "sequencer_2ms": lambda: _with_commit_delay(folder, lambda: _sequencer_alone(folder, sizes)),
        "bytes": _bytes,
        "proofs": lambda: _proofs(sizes),
    }.items():
        print(f"  record: {name} …", flush=True)
        found[name] = work()
    return found


# ---------------------------------------------------------------- processes


class Process:
    """A fork of this one, which has everything imported; its connection is its own."""

    def __init__(self, work: Callable[..., object], *args: Any) -> None:
        from django.db import connection

        connection.close()
        here, there = FORK.Pipe()
        self.pipe = here
        self._process = FORK.Process(target=_be, args=(there, work, *args), daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def end(self) -> None:
        self._process.terminate()
        self._process.join(5)
        self._process.kill()


def _be(pipe: Any, work: Callable[..., object], *args: Any) -> None:
    pipe.send(work(pipe, *args))


def _work(pipe: Any, *loops: str) -> None:
    """What `answerable worker` does, publishing every 200 ms; only these of its loops, if any are named."""
    from django.conf import settings

    from answerable.ops import worker

    settings.ANSWERABLE_RECORD_CADENCE = CADENCE
    if loops:
        worker.LOOPS = tuple(loop for loop in worker.LOOPS if loop.name in loops)
    worker.run()


@contextlib.contextmanager
def _worker(*loops: str) -> Iterator[Process]:
    process = Process(_work, *loops)
    try:
        _until(
            lambda: (
                _one("SELECT count(*) FROM record_checkpoint WHERE made_at > now() - interval '1 second'") > 0
            )
        )
        yield process
    finally:
        process.end()


def _write(pipe: Any, seconds: float, rate: float) -> dict[str, Any]:
    """Acts through `record.append`, each in a durable transaction of its own; `rate` a second, 0: as many as go."""
    from uuid import uuid4

    from django.db import transaction

    from answerable.core import clock
    from answerable.record.actors import Actor
    from answerable.record.append import append

    matters, by, seen = [uuid4() for _ in range(MATTERS)], Actor.system(), []
    now = clock.now()
    pipe.send("ready")
    pipe.recv()
    own, began = time.process_time(), time.monotonic()
    while (passed := time.monotonic() - began) < seconds:
        with transaction.atomic(durable=True):
            done = append(
                "bench.act", matter=matters[len(seen) % MATTERS], by=by, at=now, body={"n": len(seen)}
            )
        # The commit is known here; the clock is the machine's, as the database's is.
        seen.append((done.id, time.time()))
        if rate:
            time.sleep(max(0.0, len(seen) / rate - passed))
    return {"acts": len(seen), "seconds": passed, "cpu": time.process_time() - own, "seen": seen}


def _writers(
    count: int, seconds: float, rate: float = 0.0, begin: Callable[[], None] = lambda: None
) -> list[Numbers]:
    processes = [Process(_write, seconds, rate) for _ in range(count)]
    for process in processes:
        process.pipe.recv()
    begin()
    for process in processes:
        process.pipe.send("go")
    found = [process.pipe.recv() for process in processes]
    for process in processes:
        process.end()
    return found


def _until(true: Callable[[], bool], seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise SystemExit("The log does not come to rest; look into worker.log in the data folder.")
        time.sleep(0.05)


def _one(sql: str) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def _with_commit_delay(folder: Path, work: Callable[[], Numbers]) -> Numbers:
    """Each commit waits two milliseconds before its flush, as on a slower disk: for everybody, also alone."""
    from django.db import connection

    facts = conninfo.conninfo_to_dict(os.environ["ANSWERABLE_DATABASE_URL"])
    owner = {
        "user": "postgres",
        "password": json.loads((folder / "database/passwords.json").read_text())["postgres"],
    }
    name = facts["dbname"]
    with psycopg.connect(**{**facts, **owner}, autocommit=True) as db:  # type: ignore[arg-type]
        db.execute(f'ALTER DATABASE "{name}" SET commit_delay = {DELAY_US}')
        db.execute(f'ALTER DATABASE "{name}" SET commit_siblings = 0')
        connection.close()
        try:
            return work()
        finally:
            db.execute(f'ALTER DATABASE "{name}" RESET commit_delay')
            db.execute(f'ALTER DATABASE "{name}" RESET commit_siblings')
            connection.close()


# ---------------------------------------------------------------- measures


def _appends(folder: Path, sizes: Sizes) -> Numbers:
    """Acts a second through the public function, each in its own durable transaction, the worker at work beside."""
    found: Numbers = {}
    with _worker() as worker:
        for count in WRITERS:
            before: dict[str, float] = {}
            seen = _writers(
                count,
                sizes.seconds,
                begin=lambda to=before: to.update(_cpu(folder, worker.pid)),  # type: ignore[misc]
            )
            after = _cpu(folder, worker.pid)
            waiting = _one("SELECT count(*) FROM record_pending")
            began = time.monotonic()
            _until(lambda: _one("SELECT count(*) FROM record_pending") == 0)
            acts = sum(one["acts"] for one in seen)
            spent = {name: after[name] - before[name] for name in after} | {
                "writers": sum(one["cpu"] for one in seen)
            }
            found[str(count)] = {
                "acts_per_second": round(acts / max(one["seconds"] for one in seen), 1),
                "cpu_ms_per_act": round(1000 * sum(spent.values()) / acts, 3),
                "cpu_ms_by_process": {name: round(1000 * value / acts, 3) for name, value in spent.items()},
                "waiting_at_the_end": waiting,
                "drained_in_s": round(time.monotonic() - began, 2),
            }
    return found


def _cpu(folder: Path, worker: int) -> dict[str, float]:
    return {"database": meter.cpu_seconds(database_pid(folder)), "worker": meter.cpu_seconds(worker)}


def _to_checkpoint(folder: Path, sizes: Sizes) -> Numbers:
    """Milliseconds from an act's commit to the published checkpoint that covers it, at a cadence of 200 ms."""
    with _worker():
        (seen,) = _writers(1, sizes.seconds, PACE)
        acts = dict(seen["seen"])
        _until(lambda: _covered() >= max(acts))
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.act_id, extract(epoch FROM (SELECT c.published_at FROM record_checkpoint c WHERE c.epoch = e.epoch"
            " AND c.size > e.idx ORDER BY c.size LIMIT 1)) FROM record_entry e WHERE e.act_id = ANY(%s)",
            [list(acts)],
        )
        ms = [1000 * (float(at) - acts[act]) for act, at in cursor.fetchall()]
    return {"acts": len(ms), **_percentiles(ms)}


def _covered() -> int:
    return int(
        _one(
            "SELECT coalesce(max(act_id), 0) FROM record_entry WHERE idx <"
            " (SELECT max(size) FROM record_checkpoint WHERE published_at IS NOT NULL)"
        )
    )


def _percentiles(ms: list[float]) -> Numbers:
    return {f"p{share}_ms": round(meter.percentile(ms, share / 100), 2) for share in (50, 95, 99)}


_FILL = """
WITH one AS (SELECT n, '\\x01'::bytea || sha256(n::text::bytea) AS entry FROM generate_series(1, {count}) AS n),
act AS (
    INSERT INTO record_act (matter_id, seq, kind, recorded_at, actor_kind, leaf)
    SELECT '{matter}', n, 'bench.act', now(), 'system', sha256('\\x00'::bytea || entry) FROM one RETURNING id, seq
)
INSERT INTO record_pending (act_id, entry) SELECT act.id, one.entry FROM act JOIN one ON one.n = act.seq
"""


def _sequencer_alone(folder: Path, sizes: Sizes) -> Numbers:
    """Acts a second that one sequencer takes in when many wait; nothing else runs."""
    from uuid import uuid4

    from django.db import connection

    from answerable.record import publishing, sequencer, starting

    publishing.publish(starting.ensure_started())
    matter = uuid4()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO record_matter (id, seq) VALUES (%s, 0)", [matter])
        cursor.execute(_FILL.format(count=sizes.outbox, matter=matter))
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE record_pending")
    database, own = meter.cpu_seconds(database_pid(folder)), time.process_time()
    began = time.perf_counter()
    done = sequencer.sequence()
    took = time.perf_counter() - began
    spent = time.process_time() - own
    database = meter.cpu_seconds(database_pid(folder)) - database
    began = time.perf_counter()
    signed = publishing.publish(starting.ensure_started())
    return {
        "acts": done,
        "acts_per_second": round(done / took),
        "cpu_us_per_act": {
            "sequencer": round(1e6 * spent / done, 1),
            "database": round(1e6 * database / done, 1),
        },
        "signed_in_s": round(time.perf_counter() - began, 2),
        "published": signed,
    }


def _bytes() -> Numbers:
    """Bytes of each table, indexes included, by row; the log's only."""
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        entries = _one("SELECT count(*) FROM record_entry")
        for table in ("record_entry", "record_tile", "record_checkpoint"):
            cursor.execute(f"VACUUM ANALYZE {table}")
            cursor.execute("SELECT pg_total_relation_size(%s)", [table])
            (size,) = cursor.fetchone()
            rows = _one(f"SELECT count(*) FROM {table}")
            by = rows if table == "record_checkpoint" else entries
            found[table] = round(size / max(1, by), 1)
    return {"entries": entries, "by_entry_or_checkpoint": found}


def _proofs(sizes: Sizes) -> Numbers:
    """Milliseconds for a proof out of the database, at random places of a large log."""
    from answerable.record import receipts, sequencer, storage
    from answerable.record.merkle import consistency_path
    from answerable.record.tiles import reader_of

    began = time.monotonic()
    while (log := storage.head()) and log.size < sizes.leaves:
        with storage.fenced() as head:
            assert head is not None
            count = min(65_536, sizes.leaves - head.size)
            noise = secrets.token_bytes(32 * count)
            sequencer.extend(head, [(b"\x01" + noise[32 * n : 32 * n + 32], None) for n in range(count)])
    filled, dice = time.monotonic() - began, random.Random(1)
    assert log is not None
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE record_tile")
    inclusion, consistency = [], []
    for _ in range(sizes.proofs):
        index, old = dice.randrange(log.size), dice.randrange(1, log.size)
        began = time.perf_counter()
        receipts.path_of(log.epoch, index, log.size)
        inclusion.append(1000 * (time.perf_counter() - began))
        began = time.perf_counter()
        consistency_path(old, log.size, reader_of(storage.fetch_of(log.epoch), log.size))
        consistency.append(1000 * (time.perf_counter() - began))
    return {
        "leaves": log.size,
        "filled_in_s": round(filled, 1),
        "inclusion": _percentiles(inclusion),
        "consistency": _percentiles(consistency),
    }


# ---------------------------------------------------------------- what the record costs intake


def _intake(folder: Path, town: Town, sizes: Sizes) -> Numbers:
    """`register_case` with a sealed name and a channel, in one process, in turns of half a second: as it is; without
    the log (no act waits for it); and without acts. Processor time of everything that runs, the log's part of the
    worker included; what reacts to acts is not the record's cost and does not run."""
    ways: dict[str, Callable[[], contextlib.AbstractContextManager[None]]] = {
        "whole": contextlib.nullcontext,
        "without_log": _without_log,
        "without_acts": _without_acts,
    }
    press = _press(town)
    seen = {name: {"units": 0, "wall": 0.0, "cpu": 0.0} for name in ways}
    with _worker("sequence", "publish") as worker:
        for _ in range(5):
            press()
        end = time.monotonic() + 3 * sizes.seconds
        while time.monotonic() < end:
            for name, way in ways.items():
                _slice(seen[name], way, press, lambda: sum(_cpu(folder, worker.pid).values()))
    found: Numbers = {
        name: {
            "per_second": round(one["units"] / one["wall"], 2),
            "wall_ms": round(1000 * one["wall"] / one["units"], 3),
            "cpu_ms": round(1000 * one["cpu"] / one["units"], 3),
        }
        for name, one in seen.items()
    }
    for name in ("without_log", "without_acts"):
        found[f"cost_against_{name}"] = {
            key: f"{100 * (found['whole'][key] / found[name][key] - 1):+.1f} %"
            for key in ("wall_ms", "cpu_ms")
        }
    return found


def _slice(
    seen: dict[str, float],
    way: Callable[[], contextlib.AbstractContextManager[None]],
    press: Callable[[], None],
    others: Callable[[], float],
) -> None:
    before, own, began = others(), time.process_time(), time.monotonic()
    with way():
        while time.monotonic() - began < 0.5:
            press()
            seen["units"] += 1
    seen["wall"] += time.monotonic() - began
    spent = time.process_time() - own
    time.sleep(0.3)  # what the worker still does for these acts is theirs
    seen["cpu"] += spent + others() - before


def _press(town: Town) -> Callable[[], None]:
    from answerable.cases.packs import load_pack
    from answerable.cases.services.intake import Told, register_case
    from answerable.core import clock
    from answerable.orgs.models import Authority, Place, Subject
    from answerable.parties.steps import ChannelWish, Identity
    from answerable.record.actors import Actor

    authority, place = Authority.objects.get(code="town"), Place.objects.order_by("pk")[0]
    subject = Subject.objects.get(code=town.offices[0].subject)
    kind = next(kind.code for kind in load_pack(authority.pack).kinds if not kind.about_conduct)
    claim, by = words.claim(random.Random(3)), Actor.person()

    def press() -> None:
        told = Told(
            authority=authority,
            subject=subject,
            place=place,
            claim=claim,
            kind=kind,
            language="zh-hans",
            privacy="confidential",
            identities=(Identity("张三", "东街一号"),),
            channel=ChannelWish("email", "person@example.org"),
            submission=secrets.token_bytes(16),
        )
        register_case(told, by=by, now=clock.now())

    return press


@contextlib.contextmanager
def _without_log() -> Iterator[None]:
    """The same statement without the row that waits for the log."""
    from answerable.record import append

    whole = append._INSERT
    cut = whole.index("), waiting AS (")
    append._INSERT = whole[:cut] + whole[whole.index(")\nSELECT", cut) :]
    try:
        yield
    finally:
        append._INSERT = whole


@contextlib.contextmanager
def _without_acts() -> Iterator[None]:
    """No act is written at all: what intake would cost if nothing were recorded."""
    from answerable.record import append

    whole, numbers = append.append_all, iter(range(10**9, 2 * 10**9))

    def nothing(drafts: Any, *, matter: Any, by: Any, at: Any, new_matter: bool = False) -> list[Any]:
        return [
            append.Appended(next(numbers), seq, draft.kind, at, bytes(32))
            for seq, draft in enumerate(drafts, 1)
        ]

    append.append_all = nothing  # type: ignore[assignment]
    try:
        yield
    finally:
        append.append_all = whole
