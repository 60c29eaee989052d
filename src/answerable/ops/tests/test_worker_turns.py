"""When a loop of the worker has its next turn."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest

from answerable.ops import worker
from answerable.ops.loops import Loop


class Stop(Event):
    """Set once the loop has had its turns; remembers how long it rested before each next one."""

    def __init__(self, turns: list[int]) -> None:
        super().__init__()
        self.turns, self.rests = turns, [0.0]

    def work(self) -> int:
        done = self.turns.pop(0)
        if not self.turns:
            self.set()
        self.rests.append(0.0)
        return done

    def wait(self, timeout: Any = None) -> bool:
        self.rests[-1] += timeout
        return self.is_set()


@pytest.mark.parametrize(("full", "rests"), [(1, [0.0, 0.0, 0.0, 0.25]), (100, [0.0, 0.25, 0.0, 0.25])])
def test_a_loop_goes_on_at_once_only_after_a_full_batch(full: int, rests: list[float]) -> None:
    stop = Stop([3, 100, 0])
    worker._turn(Loop("some", 0.25, stop.work, full=full), stop, 0.0)
    assert stop.rests == rests
