"""`./run bench incident`: a board with many watchers, a long log, and an activation of 200 posts. Plain numbers."""

from __future__ import annotations

import asyncio
import hashlib
import json
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench import alerts, meter
from bench.record import Process
from bench.town import HOST, Town

Numbers = dict[str, Any]
PACE_S = 0.5  # between two lines of the log while the board is watched
OF_ONE = 20  # streams of one member of staff


class Sizes:
    """How much of everything: for real, or to show that it runs."""

    def __init__(self, seconds: float, *, quick: bool) -> None:
        self.watchers = 40 if quick else 500
        self.lines = 4 if quick else max(40, int(seconds / PACE_S))
        self.log = (20, 200) if quick else (100, 10_000)
        self.opened = 5 if quick else 60
        self.posts = 12 if quick else 200
        self.tasks = 24 if quick else 400
        self.activations = 1 if quick else 10


def incident(folder: Path, town: Town, sizes: Sizes) -> Numbers:
    """Every measure of incidents."""
    found: Numbers = {}
    for name, work in {
        "timeline": lambda: _timeline(sizes),
        "board": lambda: _board(folder, sizes),
        "activation": lambda: _activation(sizes),
    }.items():
        print(f"  incident: {name} …", flush=True)
        found[name] = work()
    return found


# ---------------------------------------------------------------- incidents


def _actor() -> Any:
    from answerable.orgs.models import Post
    from answerable.record.actors import Actor, ActorKind

    post = Post.objects.get(code="mayor")
    holder = post.appointments.get()
    return Actor(ActorKind.STAFF, staff_id=holder.staff_id, post_id=post.pk, unit_id=post.unit_id)


def _respond(version: Any = None) -> tuple[Any, float]:
    """A flood called in and activated; the second number is when the activation was asked for (Unix seconds)."""
    from answerable.core import clock
    from answerable.incidents.services.activation import Decision, activate
    from answerable.incidents.services.calls import Told, report_incident
    from answerable.orgs.models import Authority

    now = clock.now()
    told = Told(
        authority=Authority.objects.order_by("pk")[0], hazard="flood", what="河水漫堤", place_text="东桥"
    )
    row = report_incident(told, by=_actor(), now=now).incident
    decision = Decision(
        hazard="flood",
        level=1,
        grounds="水位超过警戒线",
        measures="转移低洼处人员",
        expected_until=now + timedelta(hours=12),
        plan_version_id=version.pk if version is not None else None,
    )
    began = time.time()
    return activate(incident_id=row.pk, decision=decision, by=_actor(), now=clock.now()), began


def _names(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def _plan(posts: int, tasks: int) -> Any:
    """A plan in use with so many roles, each of a post of its own, and so many tasks among them."""
    from answerable.core import clock
    from answerable.incidents.models import Plan, PlanVersion
    from answerable.orgs.models import Authority, Post

    one = {"criteria": _names("water")}
    scale = [{"level": n, "names": _names(f"{n}"), **one} for n in range(1, 5)]
    step = {"raise_when": _names("rises"), "lower_when": _names("falls"), "lift_when": _names("gone")}
    roles = [{"code": "commander", "post": "town/mayor", "group": "leading", "is_commander": True}]
    roles += [{"code": f"r{n}", "post": f"town/alarm{n}", "group": "member"} for n in range(posts)]
    named = [{"names": _names(str(role["code"])), "task": _names("does it")} | role for role in roles]
    response = []
    for row in scale:
        keys = {"raise_when"} if row["level"] == 1 else {"lower_when"} if row["level"] == 4 else set()
        response.append(row | {key: text for key, text in step.items() if key not in keys})
    actions = [
        {
            "code": f"a{n}",
            "names": _names(f"action {n}"),
            "levels": [1, 2, 3, 4],
            "track": ("safety", "information", "coordination")[n % 3],
            "role": f"r{n % posts}",
            "target_min": 10 + n % 50,
            "check": None,
        }
        for n in range(tasks)
    ]
    colours = ("red", "orange", "yellow", "blue")
    data = {
        "format": "answerable-plan/1",
        "code": "bench",
        "names": _names("bench"),
        "hazard": "flood",
        "purpose": _names("people first"),
        "scales": {
            "event": scale,
            "warning": [row | {"colour": colours[n]} for n, row in enumerate(scale)],
            "response": response,
        },
        "roles": named,
        "tracks": [
            {"code": code, "names": _names(code)} for code in ("safety", "information", "coordination")
        ],
        "actions": actions,
        "reports": [
            {
                "code": "first",
                "names": _names("first"),
                "kind": "first_phone",
                "recipient": "authority:above",
                "within_min": 30,
                "contents": ["source", "time", "place", "casualties", "cause", "measures"],
                "source": "bench",
            }
        ],
        "announce": {n: _names("words") for n in ("activated", "updated", "lifted", "advice", "heard")},
        "recovery": [{"code": "count", "names": _names("count"), "role": None, "check": None}],
        "drill": {"every_months": 24, "kind": "table_top"},
        "retention_days": 30,
    }
    text, mayor, now = json.dumps(data), Post.objects.get(code="mayor").appointments.get().staff, clock.now()
    plan = Plan.objects.create(
        authority=Authority.objects.order_by("pk")[0], code="bench", hazard="flood", name_zh="x", name_en="x"
    )
    return PlanVersion.objects.create(
        plan=plan,
        number=1,
        state=PlanVersion.State.IN_USE,
        text=text,
        sha256=hashlib.sha256(text.encode()).digest(),
        made_at=now,
        made_by=mayor,
        approved_at=now,
        approved_by=mayor,
    )


# ---------------------------------------------------------------- the log


def _timeline(sizes: Sizes) -> Numbers:
    """Milliseconds to open a board, by the length of its log; both in turns, so that neither has the quiet moments."""
    from django.conf import settings
    from django.test import Client

    from answerable.orgs.models import Post
    from bench.town import _session

    short, long = sizes.log  # both longer than a page, but in a quick run
    rows = {count: _respond()[0] for count in (short, long)}
    for count, row in rows.items():
        _fill(row, count)
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = _session(
        Post.objects.get(code="mayor").appointments.get().staff
    )
    took: dict[int, list[float]] = {short: [], long: []}
    for turn in range(sizes.opened + 3):
        for count, row in rows.items():
            began = time.perf_counter()
            answer = client.get(f"/desk/incidents/{row.pk}/board", secure=settings.SESSION_COOKIE_SECURE)
            if answer.status_code != 200:
                raise SystemExit(f"The board answered {answer.status_code}.")
            if turn >= 3:
                took[count].append(1000 * (time.perf_counter() - began))
    found: Numbers = {
        f"{count}_lines": {
            "p50_ms": round(statistics.median(ms), 1),
            "p95_ms": round(meter.percentile(ms, 0.95), 1),
        }
        for count, ms in took.items()
    }
    found["ratio_p50"] = round(statistics.median(took[long]) / statistics.median(took[short]), 2)
    found["ratio_p95"] = round(meter.percentile(took[long], 0.95) / meter.percentile(took[short], 0.95), 2)
    return found


def _fill(row: Any, count: int) -> None:
    """So many lines, as rows alone: what they cost to write is not measured here."""
    from django.db import connection

    from answerable.core import clock
    from answerable.core.ids import uuid7
    from answerable.incidents.models import Entry

    now, by = clock.now(), _actor()
    Entry.objects.bulk_create(
        (
            Entry(
                id=uuid7(), incident=row, seq=1000 + n, text=f"第 {n} 条：水位上涨", at=now, by_id=by.staff_id
            )
            for n in range(count)
        ),
        batch_size=1000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE incidents_entry")


# ---------------------------------------------------------------- the board


def _board(folder: Path, sizes: Sizes) -> Numbers:
    """Milliseconds from the commit of a line to the last of all watchers, and what a watcher costs in memory."""
    from answerable.orgs.models import Staff
    from bench.town import _session

    row = _respond()[0]
    people = Staff.objects.filter(username__startswith="u").order_by("pk")[: 1 + sizes.watchers // OF_ONE]
    cookies = [_session(one) for one in people]
    with _streaming(folder) as (port, pid):
        asyncio.run(
            Watchers(port, cookies, str(row.pk), 1).run(lambda: None, 0)
        )  # it has loaded everything then
        idle = _memory(pid)
        watchers = Watchers(port, cookies, str(row.pk), sizes.watchers)
        writer = Process(_write, row.pk, sizes.lines)
        asyncio.run(watchers.run(lambda: writer.pipe.send("go"), sizes.lines))
        full = watchers.memory or idle
        committed: dict[str, float] = writer.pipe.recv()
        writer.end()
        cpu = watchers.cpu
    last, each = [], []
    for entry, at in committed.items():
        seen = watchers.seen.get(entry, [])
        each += [1000 * (when - at) for when in seen]
        if len(seen) == sizes.watchers:
            last.append(1000 * (max(seen) - at))
    return {
        "watchers": sizes.watchers,
        "lines": len(committed),
        "seen_by_all": len(last),
        **{
            f"last_watcher_p{share}_ms": round(meter.percentile(last, share / 100), 1)
            for share in (50, 95, 99)
        },
        "each_watcher_p99_ms": round(meter.percentile(each, 0.99), 1),
        "worst_ms": round(max(last, default=0.0), 1),
        "memory_idle_mb": round(idle / 2**20, 1),
        "memory_kb_each": round((full - idle) / 1024 / sizes.watchers, 1),
        "cpu_s": round(cpu, 2),
    }


@contextmanager
def _streaming(folder: Path) -> Iterator[tuple[int, int]]:
    """`answerable live` as a process of its own: the port and the process."""
    from answerable.ops import processes

    port = next(p for p in range(8700, 8800) if processes.is_free(HOST, p))
    child = processes.Child("live", ["live", "--listen", f"{HOST}:{port}"], folder / "live.log")
    child.start()
    assert child.process is not None
    try:
        for _try in range(200):
            if not processes.is_free(HOST, port):
                break
            time.sleep(0.1)
        yield port, child.process.pid
    finally:
        processes.stop_all([child])


def _memory(pid: int) -> int:
    """Bytes that the process and those it started do not share with others."""
    import psutil

    whole = psutil.Process(pid)
    return sum(one.memory_full_info().uss for one in (whole, *whole.children(recursive=True)))


def _cpu(pid: int) -> float:
    import psutil

    whole = psutil.Process(pid)
    return sum(sum(one.cpu_times()[:2]) for one in (whole, *whole.children(recursive=True)))


class Watchers:
    """So many browsers as plain connections in one loop; each notes when it saw which line."""

    def __init__(self, port: int, cookies: list[str], incident_id: str, count: int) -> None:
        self.port, self.cookies, self.incident_id, self.count = port, cookies, incident_id, count
        self.seen: dict[str, list[float]] = {}
        self.memory, self.cpu, self._ready = 0, 0.0, 0

    async def run(self, go: Any, lines: int) -> None:
        gate = asyncio.Semaphore(20)
        tasks = [asyncio.create_task(self._watch(n, gate)) for n in range(self.count)]
        until = time.monotonic() + 120
        while self._ready < self.count:
            if time.monotonic() > until:
                raise SystemExit(f"{self._ready} of {self.count} streams were opened; look into live.log.")
            await asyncio.sleep(0.1)
        await asyncio.sleep(2)
        pid = _pid_on(self.port)
        began = _cpu(pid)
        go()
        end = time.monotonic() + lines * PACE_S + 20
        while time.monotonic() < end and not self._all(lines):
            await asyncio.sleep(0.2)
        self.memory, self.cpu = _memory(pid), _cpu(pid) - began
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _all(self, lines: int) -> bool:
        return sum(len(one) == self.count for one in self.seen.values()) >= lines

    async def _watch(self, number: int, gate: asyncio.Semaphore) -> None:
        from django.conf import settings

        async with gate:
            reader, writer = await asyncio.open_connection(HOST, self.port)
            language = "en" if number % 2 else "zh-hans"
            writer.write(
                f"GET /desk/alerts/live/stream?of=board&id={self.incident_id}&in={language}&seen=0 HTTP/1.1\r\n"
                f"Host: {HOST}\r\nCookie: {settings.SESSION_COOKIE_NAME}={self.cookies[number // OF_ONE]}\r\n\r\n".encode()
            )
            await writer.drain()
            while b"event: stands" not in await reader.readline():
                if reader.at_eof():
                    return
            self._ready += 1
        try:
            while line := await reader.readline():
                if line.startswith(b"data: {") and b'"rows"' in line:
                    now = time.time()
                    for row in json.loads(line[6:])["rows"]:
                        if row[0].startswith("entry-"):
                            self.seen.setdefault(row[0].removeprefix("entry-"), []).append(now)
        finally:
            writer.close()


def _pid_on(port: int) -> int:
    """The process that was started to listen there."""
    import psutil

    for one in psutil.Process().children():
        if any(word.endswith(f":{port}") for word in one.cmdline()):
            return one.pid
    raise SystemExit("The streaming process is gone; look into live.log.")


def _write(pipe: Any, incident_id: Any, lines: int) -> dict[str, float]:
    """Lines of the log, one after another, as the desk's page writes them; by their id, when each was committed."""
    from django.db import connection

    from answerable.core import clock
    from answerable.incidents.services.entries import write_entry

    by = _actor()
    pipe.recv()
    committed, began = {}, time.monotonic()
    for number in range(lines):
        entry = write_entry(incident_id=incident_id, text=f"水位又涨了 {number} 厘米", by=by, now=clock.now())
        committed[str(entry.pk)] = time.time()
        time.sleep(max(0.0, (number + 1) * PACE_S - (time.monotonic() - began)))
    connection.close()
    return committed


# ---------------------------------------------------------------- activation


def _activation(sizes: Sizes) -> Numbers:
    """Milliseconds from the activation being asked for to the first message of each alarm at the gateway."""
    from django.db import connection

    with alerts._gateway() as gateway:
        alerts._people(sizes.posts)
        version = _plan(sizes.posts, sizes.tasks)
        ms, committed, counts = [], [], []
        with alerts._worker_without_throttle():
            _respond(version)  # worker and this process read plan and organisation once
            alerts._until(lambda: alerts._count(alerts._WAITING) == 0)
            gateway.seen()
            for _turn in range(sizes.activations):
                _row, began = _respond(version)
                committed.append(1000 * (time.time() - began))
                alerts._until(lambda: alerts._count(alerts._WAITING) == 0)
                came = gateway.seen()
                counts.append(len(came))
                ms += [1000 * (at - began) for at in came.values()]
                connection.close()
    return {
        "posts": sizes.posts,
        "tasks": sizes.tasks,
        "activations": sizes.activations,
        "messages_each": round(statistics.mean(counts), 1),
        "committed_p50_ms": round(statistics.median(committed), 1),
        **{f"handed_over_p{share}_ms": round(meter.percentile(ms, share / 100), 1) for share in (50, 95, 99)},
        "worst_ms": round(max(ms, default=0.0), 1),
    }
