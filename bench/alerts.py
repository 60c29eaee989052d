"""`./run bench alerts`: from the alarm to the gateway, and ten thousand messages at once. Plain numbers, nothing asserted."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from bench import meter
from bench.record import Process, _work
from bench.town import LONG_AGO, Town, database_pid

Numbers = dict[str, Any]
HERE = Path(__file__).resolve().parent
PACE = 10  # alarms a second while the way to the gateway is timed
WARM_UP = 5  # alarms before any is timed


class Sizes:
    """How much of everything: for real, or to show that it runs."""

    def __init__(self, seconds: float, *, quick: bool) -> None:
        self.messages = 200 if quick else 10_000
        self.alarms = 10 if quick else max(50, int(seconds * PACE))
        self.open = 300 if quick else 100_000
        self.pgbench_s = 1 if quick else 10


def alerts(folder: Path, town: Town, sizes: Sizes) -> Numbers:
    """Each measure with nothing else open, and again beside many open alarms."""
    with _gateway() as gateway:
        people = _people(sizes.messages)
        found: Numbers = {"bare": _bare(gateway, sizes), "few_open": _both(folder, gateway, people, sizes)}
        _open_alarms(people, sizes.open)
        found["many_open"] = {"open": _count("SELECT count(*) FROM alerts_alert WHERE state = 'open'")}
        found["many_open"] |= _both(folder, gateway, people, sizes)
        found["pgbench"] = _pgbench(sizes)
    for name in ("few_open", "many_open"):
        rate = found[name]["messages"]["per_second"]
        found[name]["messages"]["of_bare"] = round(rate / found["bare"]["per_second"], 3)
        found[name]["messages"]["of_pgbench"] = round(rate / found["pgbench"]["per_second"], 3)
    return found


def _both(folder: Path, gateway: Gateway, people: list[int], sizes: Sizes) -> Numbers:
    found: Numbers = {}
    for name, work in {
        "to_gateway": lambda: _to_gateway(gateway, people, sizes),
        "messages": lambda: _messages(folder, gateway, sizes),
    }.items():
        print(f"  alerts: {name} …", flush=True)
        found[name] = work()
    return found


# ---------------------------------------------------------------- the gateway and the people


class Gateway:
    """The gateway's process, and what it saw."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.process = process
        self.url = f"http://127.0.0.1:{json.loads(process.stdout.readline())['port']}/send"

    def seen(self) -> dict[str, float]:
        """Unix seconds at which each message came since this was asked last."""
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(self.url) as answer:
            found: dict[str, float] = json.load(answer)
        return found


@contextlib.contextmanager
def _gateway() -> Iterator[Gateway]:
    from django.conf import settings

    process = subprocess.Popen(
        [sys.executable, "-m", "bench.gateway"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        gateway = Gateway(process)
        settings.SMS_URL, settings.SMS_TOKEN = gateway.url, "bench"  # forks inherit it
        yield gateway
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            pipe.close()


def _people(count: int) -> list[int]:
    """So many members of staff with one number each: a storm to one person would go out as one message."""
    from answerable.alerts.models import ContactPoint
    from answerable.orgs.models import Appointment, Post, Staff, Unit

    unit = Unit.objects.order_by("pk")[0]
    made = Staff.objects.bulk_create(
        [
            Staff(username=f"alarm{n}", name_zh=f"值班{n}", name_en=f"Duty {n}", password="!")
            for n in range(count)
        ]
    )
    posts = Post.objects.bulk_create(
        [
            Post(unit=unit, code=f"alarm{n}", role="handler", name_zh="值班", name_en="Duty")
            for n in range(count)
        ]
    )
    Appointment.objects.bulk_create(
        [Appointment(post=post, staff=one, from_at=LONG_AGO) for post, one in zip(posts, made, strict=True)]
    )
    ContactPoint.objects.bulk_create(
        [
            ContactPoint(
                staff=one, way="sms", address=f"+86138{n:08d}", made_at=LONG_AGO, verified_at=LONG_AGO
            )
            for n, one in enumerate(made)
        ]
    )
    return [one.pk for one in made]


def _open_alarms(people: list[int], count: int) -> None:
    """Alarms under way: each has asked somebody, one message went out and one waits, the next step is to come."""
    from django.db import connection

    ladder = json.dumps(_ladder(people[0]))
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"people": people, "count": count, "ladder": ladder})
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) alerts_alert, alerts_asked, alerts_delivery, alerts_attempt")


_OPEN = """
WITH one AS (SELECT n, (%(people)s::bigint[])[1 + n %% array_length(%(people)s::bigint[], 1)] AS staff
    FROM generate_series(1, %(count)s) AS n),
alarm AS (
    INSERT INTO alerts_alert (id, authority_id, code, facts, link, is_urgent, is_drill, key, ladder, context, opened_at,
        state, step, round, taken_at, next_at, version)
    SELECT uuidv7(), (SELECT min(id) FROM orgs_authority), 'manual', '{"text": "x"}', '', true, false, 'open' || n,
        %(ladder)s::jsonb, '{}', now(), 'open', 0, 0, now(), now() + interval '1 day' + n * interval '1 ms', 1 FROM one
    RETURNING id, key
), asked AS (
    INSERT INTO alerts_asked (alert_id, staff_id, step, round, is_told_only, is_unreachable, at, digest, reply_code,
        answer, way)
    SELECT alarm.id, one.staff, 0, 0, false, false, now(), sha256(alarm.key::bytea), '', '', ''
    FROM alarm JOIN one ON alarm.key = 'open' || one.n RETURNING id, staff_id
)
INSERT INTO alerts_delivery (id, asked_id, contact_id, is_urgent, provider_id, kind, purpose, language, facts, key, state,
    queued_at, next_try_at, claimed_at, ended_at, tries, outcome, may_be_duplicate, reported)
SELECT uuidv7(), asked.id, c.id, true, '', 'sms', 'alarm', 'zh-hans', '{}', 'open' || asked.id || ':' || s.state, s.state,
    now() - interval '1 hour', CASE WHEN s.state = 'queued' THEN now() + interval '1 day' END,
    CASE WHEN s.state = 'sent' THEN now() - interval '1 hour' END,
    CASE WHEN s.state = 'sent' THEN now() - interval '1 hour' END, CASE WHEN s.state = 'sent' THEN 1 ELSE 0 END, '', false, ''
FROM asked JOIN alerts_contact c ON c.staff_id = asked.staff_id CROSS JOIN (VALUES ('sent'), ('queued')) AS s (state)
"""


def _ladder(staff: int) -> dict[str, Any]:
    """One person at once, the same again later."""
    step = {"targets": [{"staff": staff}]}
    steps = [{"after_s": 0} | step, {"after_s": 86_400} | step]
    return {"mode": "one", "repeat_after_s": 86_400, "rounds": 0, "steps": steps}


# ---------------------------------------------------------------- measures


@contextlib.contextmanager
def _worker() -> Iterator[Process]:
    """All loops of `answerable worker`, in a process of its own."""
    process = Process(_work)
    try:
        _until(
            lambda: _count("SELECT count(*) FROM ops_heartbeat WHERE beat_at > now() - interval '6 seconds'")
        )
        time.sleep(1)
        yield process
    finally:
        process.end()


def _to_gateway(gateway: Gateway, people: list[int], sizes: Sizes) -> Numbers:
    """Milliseconds from the commit of an alarm to its first message at the gateway, one worker at work."""
    with _worker():
        warm = Process(_raise, people, WARM_UP)  # worker and raiser read the organisation once
        warm.pipe.recv()
        warm.end()
        _until(lambda: _count(_WAITING) == 0)
        gateway.seen()
        raiser = Process(_raise, people, sizes.alarms)
        raised: dict[str, float] = raiser.pipe.recv()
        raiser.end()
        _until(lambda: _count(_WAITING) == 0)
    came = gateway.seen()
    ms = [1000 * (came[one] - at) for one, at in raised.items() if one in came]
    return {
        "alarms": len(raised),
        "arrived": len(ms),
        **{f"p{share}_ms": round(meter.percentile(ms, share / 100), 1) for share in (50, 95, 99)},
        "worst_ms": round(max(ms, default=0.0), 1),
    }


def _raise(pipe: Any, people: list[int], count: int) -> dict[str, float]:
    """Raise alarms one after another, as a request does; by the message's id, when each was committed."""
    from django.db import connection, transaction

    from answerable.alerts.models import Delivery
    from answerable.alerts.steps import open_alert
    from answerable.core import clock
    from answerable.orgs.models import Authority
    from answerable.orgs.standing import standing
    from answerable.record.actors import Actor

    authority = Authority.objects.order_by("pk")[0]
    standing()
    committed, began = {}, time.monotonic()
    for number in range(count):
        with transaction.atomic(durable=True):
            alert = open_alert(
                "manual",
                authority_id=authority.pk,
                key=f"bench{time.time_ns()}",
                now=clock.now(),
                by=Actor.system(),
                facts={"text": "测试"},
                ladder=_ladder(people[number % len(people)]),
            )
        committed[alert.pk] = time.time()
        time.sleep(max(0.0, (number + 1) / PACE - (time.monotonic() - began)))
    rows = Delivery.objects.filter(asked__alert__in=list(committed)).values_list("pk", "asked__alert")
    found = {str(pk): committed[alert] for pk, alert in rows}
    connection.close()
    return found


#: Asked all the while, so from the two indexes alone.
_WAITING = """
SELECT (EXISTS (SELECT FROM alerts_delivery WHERE state = 'sending') OR EXISTS (
    SELECT FROM alerts_delivery WHERE kind = 'sms' AND is_urgent AND state = 'queued' AND carried_by_id IS NULL
    AND next_try_at <= now()))::int
"""
_QUEUE = """
WITH alarm AS (
    INSERT INTO alerts_alert (id, authority_id, code, facts, link, is_urgent, is_drill, key, ladder, context, opened_at,
        state, step, round, taken_at, version)
    VALUES (uuidv7(), (SELECT min(id) FROM orgs_authority), 'manual', '{"text": "x"}', '', true, false, %(key)s, '{}', '{}',
        now(), 'resolved', 0, 0, now(), 1) RETURNING id
), asked AS (
    INSERT INTO alerts_asked (alert_id, staff_id, step, round, is_told_only, is_unreachable, at, digest, reply_code,
        answer, way)
    SELECT alarm.id, c.staff_id, 0, 0, false, false, now(), sha256((%(key)s || c.id)::bytea), '', '', ''
    FROM alarm CROSS JOIN alerts_contact c RETURNING id, staff_id
)
INSERT INTO alerts_delivery (id, asked_id, contact_id, is_urgent, provider_id, kind, purpose, language, facts, key, state,
    queued_at, next_try_at, tries, outcome, may_be_duplicate, reported)
SELECT uuidv7(), asked.id, c.id, true, '', 'sms', 'alarm', 'zh-hans', '{}', %(key)s || asked.id, 'queued', now(),
    now() + interval '1 hour', 0, '', false, '' FROM asked JOIN alerts_contact c ON c.staff_id = asked.staff_id
"""


def _messages(folder: Path, gateway: Gateway, sizes: Sizes) -> Numbers:
    """Seconds until so many messages, due at one instant, are at the gateway; and until all is written down."""
    from django.db import connection

    key = f"bulk{time.time_ns()}"
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE, {"key": key})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE alerts_delivery")
    gateway.seen()
    # The raised ones and earlier rounds went to the same people a moment ago; how many may go is not measured here.
    with _worker_without_throttle() as worker:
        before = _cpu(folder, worker)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE alerts_delivery SET next_try_at = now() WHERE key LIKE %s", [key + "%"])
        began = time.time()
        _until(lambda: _count(_WAITING) == 0, every=0.1)
        settled = time.time() - began
        after = _cpu(folder, worker)
    came = gateway.seen()
    handed = max(came.values()) - began
    return {
        "messages": len(came),
        "handed_over_in_s": round(handed, 2),
        "settled_in_s": round(settled, 2),
        "per_second": round(len(came) / handed, 1),
        "cpu_ms_each": {name: round(1000 * (after[name] - before[name]) / len(came), 3) for name in after},
    }


@contextlib.contextmanager
def _worker_without_throttle() -> Iterator[Process]:
    from django.conf import settings

    kept, settings.THROTTLES = settings.THROTTLES, {}
    try:
        with _worker() as worker:
            yield worker
    finally:
        settings.THROTTLES = kept


def _cpu(folder: Path, worker: Process) -> dict[str, float]:
    return {"database": meter.cpu_seconds(database_pid(folder)), "worker": meter.cpu_seconds(worker.pid)}


def _bare(gateway: Gateway, sizes: Sizes) -> Numbers:
    """The same POSTs by as many threads in a bare loop: no database, no text to make."""
    from answerable.alerts.channels import sms
    from answerable.alerts.lanes import WIDTH
    from answerable.alerts.outcomes import Message

    todo: SimpleQueue[int] = SimpleQueue()
    for number in range(sizes.messages):
        todo.put(number)

    def run() -> None:
        with contextlib.suppress(Empty):
            while True:
                number = todo.get_nowait()
                sms.send(
                    Message(to="+8613800000000", subject="", body="测试" * 30, idempotency=f"bare{number}")
                )

    threads = [threading.Thread(target=run) for _number in range(WIDTH)]
    own, began = time.process_time(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    assert len(gateway.seen()) == sizes.messages
    return {
        "messages": sizes.messages,
        "seconds": round(took, 2),
        "per_second": round(sizes.messages / took, 1),
        "cpu_ms_each": round(1000 * (time.process_time() - own) / sizes.messages, 3),
    }


def _pgbench(sizes: Sizes) -> Numbers:
    """Messages a second of pgbench that writes what one message must write, eight clients."""
    from django.db import connection

    from bench.measures import pgbench_program

    program = pgbench_program()
    if program is None:
        return {"per_second": float("nan"), "said": "no pgbench beside any PostgreSQL here"}
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_messages AS SELECT row_number() OVER () AS number, id FROM alerts_delivery"
            " WHERE key LIKE 'bulk%'"
        )
        cursor.execute("CREATE UNIQUE INDEX ON bench_messages (number)")
        cursor.execute("SELECT count(*) FROM bench_messages")
        (last,) = cursor.fetchone()
    command = [str(program), "-n", "-M", "prepared", "-c", "8", "-j", "2", "-T", str(sizes.pgbench_s)]
    command += ["-D", "first=1", "-D", f"last={last}", "-f", str(HERE / "alerts.sql")]
    done = subprocess.run(
        [*command, os.environ["ANSWERABLE_DATABASE_URL"]], capture_output=True, text=True, check=False
    )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if found is None:
        raise SystemExit(f"pgbench failed:\n{done.stderr[-2000:]}")
    return {"per_second": round(float(found[1]), 1)}


def _count(sql: str) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def _until(true: Any, seconds: float = 300.0, every: float = 0.2) -> None:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise SystemExit("The messages do not come to rest; look into what the worker says.")
        time.sleep(every)
