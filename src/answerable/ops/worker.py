"""The worker: small loops, each in a thread of its own, any number of processes side by side.

Two workers share the work and a killed one leaves nothing half done (`loops`). A loop that fails waits, and goes on; it
never ends.
"""

from __future__ import annotations

import logging
import threading

from django.db import Error, connection

from answerable.core import clock
from answerable.ops.loops import LOOPS, Loop, end_with
from answerable.ops.models import Heartbeat
from answerable.ops.steady import Steady
from answerable.ui.errors import is_database_away

log = logging.getLogger(__name__)
LONGEST_PAUSE_S = 30.0
# While the database is away there is nothing to spare it: whoever waits goes on soon after it is back.
AWAY_PAUSE_S = 5.0
# Whoever rests for so long lets the connection go: fifty loops would hold half of what a server has by default, and two
# workers all of it.
LETS_GO_S = 10.0
# Between the first turns of those, so that they do not all want a connection at the same moment.
APART_S = 0.03

_CLOCK = Steady()


def run(stop: threading.Event | None = None) -> None:
    """Run every loop until `stop` is set. Blocks."""
    stop = stop or threading.Event()
    end_with(stop)
    _begin()
    slow = [loop for loop in LOOPS if not callable(loop.every_s) and loop.every_s >= LETS_GO_S]
    waits = {loop.name: APART_S * n for n, loop in enumerate(slow)}
    threads = [
        threading.Thread(target=_turn, args=(loop, stop, waits.get(loop.name, 0.0)), name=loop.name)
        for loop in LOOPS
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _begin() -> None:
    """Before any thread beats anew. Where the database is away, the clock is taken as it is found later."""
    try:
        last = Heartbeat.objects.filter(name="worker").values_list("beat_at", flat=True).first()
        _CLOCK.begin(clock.now(), last)
    except Error:
        log.warning("the database is away: nobody knows how long the worker was")
    finally:
        _let_go()


def _turn(loop: Loop, stop: threading.Event, wait: float) -> None:
    pause = 0.5
    stop.wait(wait)
    while not stop.is_set():
        try:
            may_go = not loop.needs_clock or _CLOCK.is_steady(clock.now())
            done = loop.work() if may_go else 0
            pause = loop.pause_s if done < loop.full else 0.0
        except Exception as error:
            log.exception("worker loop failed", extra={"loop": loop.name})
            longest = AWAY_PAUSE_S if is_database_away(error) else LONGEST_PAUSE_S
            pause = min(max(pause, 0.5) * 2, longest)
            _let_go()
        if pause >= LETS_GO_S:
            _let_go()
        if pause:
            stop.wait(pause)
    connection.close()


def _let_go() -> None:
    """Drop the connection, however broken it is; the next turn opens another one."""
    try:
        connection.close()
    except Error:
        connection.connection = None


def destroy_due() -> int:
    """One turn of every loop that destroys data, in this thread, and again while there was a full batch."""
    done = 0
    for loop in LOOPS:
        while loop.is_destroying and (some := loop.work()):
            done += some
    return done


def run_once() -> int:
    """One turn of every loop, in this thread; for tests and for an office that works by cron.

    A loop that fails takes no turn from the others; the first failure is raised at the end.
    """
    done, failures = 0, []
    for loop in LOOPS:
        try:
            done += loop.work()
        except Exception as error:
            log.exception("worker loop failed", extra={"loop": loop.name})
            failures.append(error)
    if failures:
        raise failures[0]
    return done
