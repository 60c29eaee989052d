"""Processor time, percentiles, and the server's own word on each request."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import psutil


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and its children, those that have ended and been waited for included."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    total = 0.0
    for member in family:
        try:
            spent = member.cpu_times()
        except psutil.NoSuchProcess:
            continue
        # The head of a family has waited for those that ended; counting them once a level is enough.
        total += spent.user + spent.system
        if member is process:
            total += spent.children_user + spent.children_system
    return total


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed; 0.0 where there are none."""
    if not values:
        return 0.0
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def server_ms(log: Path, offset: int = 0) -> dict[str, list[float]]:
    """Milliseconds inside the server (request and database together) by the name in the request's id."""
    found: dict[str, list[float]] = defaultdict(list)
    with log.open("rb") as lines:
        lines.seek(offset)
        for line in lines:
            if b'"bench-' not in line:
                continue
            said = json.loads(line)
            mark = next(value for value in said.values() if str(value).startswith("bench-"))
            if "ms" in said:
                found[mark.removeprefix("bench-").rpartition("-")[0]].append(float(said["ms"]))
    return found
