"""Figures: the dashboard at each size, counting from nothing, keeping them per act, and all rows taken out in a stream."""

from __future__ import annotations

import http.client
import secrets
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench import load, meter
from bench.measures import Bench, Numbers
from bench.town import database_pid

#: Acts for the cost of keeping figures; so many cases are replied to.
ACTS = 200
#: More are not counted a second time: that takes as long as the first.
RECOUNT_TO = 100_000
SECTIONS = ("", "flow/", "matters/")


def figures(bench: Bench) -> Numbers:
    """Everything at one size, with the web server running and no worker that counts beside it."""
    counted = count()
    print(f"    {counted['cases']} counted after {counted['seconds']:.0f} s", flush=True)
    return {
        "counted": counted,
        "pages": bench.loaded("pages", pages=_pages(bench), clients=1),
        "per_act": _per_act(bench),
        "export": _export(bench),
        "recount": _recount() if counted["all"] <= RECOUNT_TO else None,
    }


def count() -> Numbers:
    """Count what is not counted yet, as the worker does after an upgrade."""
    from django.db import connection

    from answerable.figures import counting
    from answerable.figures.models import Due, Fact, Tally

    before = Fact.objects.count()
    with connection.cursor() as db:
        db.execute(
            "INSERT INTO figures_due (case_id) SELECT id FROM cases_case EXCEPT SELECT case_id FROM figures_fact"
        )
    began = time.perf_counter()
    while counting.count_due(1000):
        pass
    took = time.perf_counter() - began
    with connection.cursor() as db:
        db.execute("VACUUM (ANALYZE) figures_fact, figures_turn, figures_tally, figures_due")
    new = Fact.objects.count() - before
    return {
        "all": before + new,
        "cases": new,
        "seconds": round(took, 1),
        "per_second": round(new / took, 1) if took else 0.0,
        "sums": Tally.objects.count(),
        "left": Due.objects.count(),
    }


def _recount() -> Numbers:
    """What is kept against a count of every case."""
    from answerable.figures.recount import recount

    began = time.perf_counter()
    found = recount()
    return {
        "cases": found.cases,
        "wrong": found.wrong,
        "sums_wrong": len(found.sums),
        "seconds": round(time.perf_counter() - began, 1),
    }


def _pages(bench: Bench) -> list[dict[str, str]]:
    """The dashboard of the head of the body and of a unit: a month, a quarter, a year; its sections; the first page of
    a list."""
    from answerable.core import clock

    today = clock.now().date()
    year = {"from": f"{today.year - 1}-01", "to": f"{today.year - 1}-12"}
    spans: list[tuple[str, dict[str, str]]] = [
        ("month", {}),
        ("quarter", {"from": f"{today.year - 1}-07", "to": f"{today.year - 1}-09"}),
        ("year", year),
    ]
    pages = []
    for who, session in (("mayor", bench.town.mayor), ("unit", bench.town.offices[0].head)):
        for name, span in spans:
            for section in SECTIONS:
                part = section.strip("/") or "cases"
                path = load.page_path(f"/desk/figures/{section}", **span)
                pages.append({"name": f"{who}.{part}.{name}", "path": path, "session": session})
        for measure in ("answered", "open"):
            path = load.page_path("/desk/figures/list/", list=measure, **year)
            pages.append({"name": f"{who}.list.{measure}", "path": path, "session": session})
    return pages


def _per_act(bench: Bench) -> Numbers:
    """Processor time of a reply to a person, and of what counting adds to it: reaction and count."""
    from django.db.models import Exists, OuterRef

    from answerable.cases.models import Case, Deadline
    from answerable.cases.services.handling import reply_to_person
    from answerable.core import clock
    from answerable.figures import counting
    from answerable.orgs.models import Post, Staff
    from answerable.record import reactions
    from answerable.record.actors import Actor, ActorKind

    post = Post.objects.get(unit=bench.town.offices[0].unit, code="head")
    staff = Staff.objects.get(appointments__post=post)
    by = Actor(ActorKind.STAFF, staff_id=staff.pk, post_id=post.pk, unit_id=post.unit_id)
    # What pgbench wrote for the measure of intake only looks like a case: its clocks explain nothing.
    unexplained = Deadline.objects.filter(case=OuterRef("pk")).extra(
        where=["jsonb_typeof(derivation) <> 'object'"]
    )
    own = Case.objects.filter(~Exists(unexplained), unit=post.unit_id)
    cases = list(own.filter(state="accepted").values_list("pk", flat=True)[:ACTS])
    cases += list(own.filter(state="registered").values_list("pk", flat=True)[: ACTS - len(cases)])
    while reactions.dispatch(clock.now()):
        pass
    while counting.count_due():
        pass

    def spent(work: Any) -> float:
        before, own = meter.cpu_seconds(database_pid(bench.folder)), time.process_time()
        work()
        return time.process_time() - own + meter.cpu_seconds(database_pid(bench.folder)) - before

    def reply() -> None:
        for pk in cases:
            reply_to_person(case_id=pk, text="在办。", by=by, seen_version=None, now=clock.now())

    def react() -> None:
        while reactions.dispatch(clock.now()):
            pass

    def count() -> None:
        while counting.count_due():
            pass

    acts = max(1, len(cases))
    act, reaction, counting_ = (1000 * spent(work) / acts for work in (reply, react, count))
    return {
        "acts": len(cases),
        "act_cpu_ms": round(act, 2),
        "reactions_cpu_ms": round(reaction, 2),
        "count_cpu_ms": round(counting_, 2),
        "ratio": round(counting_ / act, 3) if act else None,
    }


def _export(bench: Bench) -> Numbers:
    """All turns of all months as CSV, by the head of the body; the memory of the web server's processes meanwhile."""
    from answerable.core import clock

    today = clock.now().date()
    first = (today - timedelta(days=365 * 9)).replace(day=1)
    address = urlencode({"list": "received", "from": f"{first:%Y-%m}", "to": f"{today:%Y-%m}"})
    seen = meter.Memory(bench.town.pids["web"])
    before = seen.now()
    began = time.perf_counter()
    with seen:
        rows, size = _streamed(bench, address)
    took = time.perf_counter() - began
    return {
        "rows": rows,
        "megabytes": round(size / 1e6, 1),
        "seconds": round(took, 1),
        "rows_per_second": round(rows / took) if took else 0,
        "memory_before_mb": round(before / 2**20, 1),
        "memory_peak_mb": round(seen.peak / 2**20, 1),
        "memory_grown_mb": round((seen.peak - before) / 2**20, 1),
    }


def _streamed(bench: Bench, address: str) -> tuple[int, int]:
    """Lines under the head, and bytes."""
    token = secrets.token_hex(16)
    connection = http.client.HTTPConnection(urlsplit(bench.town.address).netloc, timeout=3600)
    connection.request(
        "POST",
        "/desk/figures/list/export",
        body=urlencode({"form": "csv", "address": address}),
        headers={
            "Cookie": f"sessionid={bench.town.mayor}; csrftoken={token}",
            "X-CSRFToken": token,
            "Origin": bench.town.address,
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Request-ID": f"bench-export-{token[:12]}",
        },
    )
    answer = connection.getresponse()
    if answer.status != 200:
        raise SystemExit(f"The export answered {answer.status}: {answer.read(300)!r}")
    lines = size = 0
    while piece := answer.read(1 << 16):
        lines += piece.count(b"\n")
        size += len(piece)
    return max(0, lines - 1), size
