"""A clock that leaps is not believed at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from answerable.ops import steady, worker

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Watch:
    """Both clocks: the database's, and this process's own, which nobody sets."""

    def __init__(self) -> None:
        self.now, self.here = NOON, 5000.0
        self.steady = steady.Steady(lambda: self.here)

    def passes(self, seconds: float, leap: timedelta = timedelta()) -> bool:
        self.here += seconds
        self.now += timedelta(seconds=seconds) + leap
        return self.steady.is_steady(self.now)


@pytest.fixture
def watch() -> Watch:
    watch = Watch()
    watch.steady.begin(watch.now, watch.now - timedelta(minutes=5))
    return watch


def test_time_that_passes_is_believed_however_seldom_one_looks(watch):
    assert all(watch.passes(seconds) for seconds in (0.1, 5, 600, 7 * 86_400))


@pytest.mark.parametrize("leap", [HOUR, timedelta(days=40), timedelta(days=3650)])
def test_after_a_leap_nothing_is_done_until_it_has_stood(watch, leap):
    assert not watch.passes(5, leap)
    assert not watch.passes(steady.HOLD_S - 10)
    assert watch.passes(11)


def test_put_right_meanwhile_it_goes_on_at_once(watch):
    assert not watch.passes(5, timedelta(days=365))
    assert watch.passes(60, -timedelta(days=365))
    assert watch.passes(1)


def test_a_clock_put_right_by_minutes_holds_up_nothing(watch):
    assert watch.passes(5, timedelta(minutes=9))
    assert watch.passes(5, -timedelta(minutes=9))


@pytest.mark.parametrize(("silent", "holds"), [(timedelta(hours=20), False), (timedelta(days=400), True)])
def test_a_machine_that_starts_with_a_wrong_clock(silent, holds):
    watch = Watch()
    watch.steady.begin(watch.now, watch.now - silent)
    assert watch.passes(1) is not holds
    assert watch.passes(steady.HOLD_S)


def test_what_cannot_be_taken_back_waits_for_the_clock():
    waits = {loop.name for loop in worker.LOOPS if loop.needs_clock}
    assert waits >= {loop.name for loop in worker.LOOPS if loop.is_destroying} | {"lift", "remind", "periods"}
    assert not waits & {"alarms", "send", "dispatch", "sequence", "heartbeat", "roll calls"}
