"""Open data: what memory the making of an edition takes at each size, and the download of all of them in one file."""

from __future__ import annotations

import http.client
import os
import time
import tracemalloc
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from bench import figures, meter
from bench.measures import Bench, Numbers

#: Months that are made; the first shows what is loaded at first use, and is not counted.
MONTHS = 6
#: So many times their number are laid beside them, under earlier months, for the download.
COPIES = 40

_COPIED = (
    """INSERT INTO published_edition (id, authority_id, period, number, state, why, counted, content, sha256,
        prepared_at, releases_at, held_why, released_at, released_by_id, released_post_id)
    SELECT md5(e.id::text || n)::uuid, authority_id, (left(period, 4)::int - 2 * n)::text || substr(period, 5), number,
        state, why, counted, content, sha256, prepared_at, releases_at, held_why, released_at, NULL, NULL
    FROM published_edition e, generate_series(1, %(copies)s) n""",
    """INSERT INTO published_file (edition_id, name, media_type, content, sha256)
    SELECT md5(f.edition_id::text || n)::uuid, name, media_type, content, sha256
    FROM published_file f, generate_series(1, %(copies)s) n""",
)


def open_data(bench: Bench) -> Numbers:
    """Editions as the worker makes them, each counted, suppressed, attacked and written as CSV, Parquet and JSON."""
    from django.db import connection

    figures.count()
    with connection.cursor() as db:
        db.execute("TRUNCATE published_edition, published_file, published_publishing CASCADE")
    made = _made()
    few = _taken(bench, made["editions"] + 1)
    with connection.cursor() as db:
        for sql in _COPIED:
            db.execute(sql, {"copies": COPIES})
    return {"made": made, "few": few, "many": _taken(bench, (made["editions"] + 1) * (COPIES + 1))}


def _made() -> Numbers:
    """The newest months: the largest memory that one takes, by what Python holds and by the whole process."""
    from answerable.core import clock
    from answerable.figures.published import rules, services
    from answerable.figures.published.models import EditionFile
    from answerable.orgs.models import Authority
    from answerable.orgs.queries import local_today
    from answerable.record.actors import Actor

    body, now = Authority.objects.get(code="town"), clock.now()
    setting = services.publishing_of(body, now)
    months = rules.countable(setting.first_month, local_today(body, now), setting.counted_on)[-MONTHS:]

    def make(period: str) -> None:
        edition = services.prepare(body=body, period=period, by=Actor.system(), now=now)
        services.release(edition_id=edition.pk, by=Actor.system(), now=now + timedelta(days=365))

    make(months[0])
    seen = meter.Memory(os.getpid(), alone=True)
    before, began = seen.now(), time.perf_counter()
    with seen:
        for period in months[1:-1]:
            make(period)
    took = time.perf_counter() - began
    tracemalloc.start()
    make(months[-1])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    sizes = [len(bytes(one)) for one in EditionFile.objects.values_list("content", flat=True)]
    return {
        "editions": len(months) - 1,
        "seconds_each": round(took / max(1, len(months) - 2), 2),
        "python_peak_mb": round(peak / 2**20, 2),
        "largest_file_kb": round(max(sizes) / 1000, 1),
        **_said(before, seen.peak),
    }


def _taken(bench: Bench, files: int) -> Numbers:
    """Everything that is published in one download, and what the web server's processes hold of their own meanwhile."""
    seen = meter.Memory(bench.town.pids["web"])
    before, began = seen.now(), time.perf_counter()
    with seen:
        size = _streamed(bench.town.address, "/figures/town/all.csv")
    took = time.perf_counter() - began
    return {
        "files": files,
        "megabytes": round(size / 1e6, 2),
        "seconds": round(took, 2),
        **_said(before, seen.peak),
    }


def _said(before: int, peak: int) -> dict[str, Any]:
    return {
        "memory_before_mb": round(before / 2**20, 1),
        "memory_peak_mb": round(peak / 2**20, 1),
        "memory_grown_mb": round((peak - before) / 2**20, 1),
    }


def _streamed(address: str, path: str) -> int:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=3600)
    connection.request("GET", path)
    answer = connection.getresponse()
    if answer.status != 200:
        raise SystemExit(f"The download answered {answer.status}: {answer.read(300)!r}")
    size = 0
    while piece := answer.read(1 << 16):
        size += len(piece)
    return size
