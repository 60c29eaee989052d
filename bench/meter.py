"""Processor time, percentiles, and the server's own word on each request."""

from __future__ import annotations

import json
import threading
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


class Memory:
    """The largest memory that a process, or one of its children, holds of its own while this lasts."""

    def __init__(self, pid: int, *, alone: bool = False) -> None:
        self.alone, self.pid, self.peak, self._over = alone, pid, 0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def now(self) -> int:
        head = psutil.Process(self.pid)
        return max(
            (self._own(one) for one in [head, *([] if self.alone else head.children(recursive=True))]),
            default=0,
        )

    @staticmethod
    def _own(process: psutil.Process) -> int:
        try:
            return int(process.memory_full_info().uss)
        except psutil.Error:
            return 0

    def _look(self) -> None:
        while not self._over.wait(0.1):
            self.peak = max(self.peak, self.now())

    def __enter__(self) -> None:
        self.peak = self.now()
        self._thread.start()

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()
