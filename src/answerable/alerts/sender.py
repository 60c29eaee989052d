"""The sender: mark what is about to go out, hand it over, write down what came of it. Any number of workers.

One coordinator does everything that touches the database; the lanes' threads only talk to gateways, so that no call
out holds a transaction. A crash leaves in `sending` what was in the air and nothing else: its try stays `unknown` for
good, and it is sent again, marked as a possible duplicate (`settling.recover_stalled`). Nothing is lost.
"""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue

from django.db import connection, transaction

from answerable.alerts import claiming, outcomes, settling
from answerable.alerts.channels.registry import CHANNELS
from answerable.alerts.claiming import Taken, take
from answerable.alerts.composing import Composer
from answerable.alerts.lanes import Came, Lane
from answerable.alerts.outcomes import NotSent, Outcome
from answerable.alerts.settling import Result, recover_stalled
from answerable.orgs.standing import held

__all__ = ["CHANNELS", "Sender", "recover_stalled", "send_due"]

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
#: While something is in the air the database is looked at this often for what else is due.
POLL_S = 0.1
#: What comes back on another's heels is written down with it: a group costs the database little more than one.
HEELS_S = 0.002
NO_ANSWER = Outcome("unknown", "no answer in time")


@dataclass(frozen=True)
class _Flight:
    """One message in the air."""

    taken: Taken
    lane: Lane
    since: float

    def result(self, outcome: Outcome) -> Result:
        return Result(self.taken.row.pk, self.taken.row.tries, outcome, bool(self.taken.carries))


class Sender:
    """What one worker has in the air. Outcomes that could not be written yet are kept, also over an error."""

    def __init__(self) -> None:
        self._came: SimpleQueue[Came] = SimpleQueue()
        self._lanes: dict[str, Lane] = {}
        self._tickets = itertools.count(1)
        self._air: dict[int, _Flight] = {}
        self._abandoned: dict[int, Lane] = {}
        self._known: list[Result] = []
        self._renewed = time.monotonic()

    def send_due(
        self, clock: Clock, limit: int | None = None, until: Callable[[], bool] = lambda: False
    ) -> int:
        """Send what is due, and what falls due meanwhile, until nothing is in the air; returns how many were tried.

        `until` ends it early: nothing new is begun, and what is in the air is waited for.
        """
        tried = 0
        while True:
            self._collect(wait=bool(self._air) and not self._known)
            now = clock()
            left = None if limit is None else limit - tried
            begun = self._settle_and_take({} if until() or left == 0 else self._rooms(left), now)
            self._renew(now)
            self._hand_out(begun)
            tried += len(begun)
            if not begun and not self._air and not self._known:
                return tried

    def _rooms(self, limit: int | None) -> dict[str, int]:
        rooms = {}
        for kind in CHANNELS:
            if kind not in self._lanes:
                self._lanes[kind] = Lane(kind, self._came)
            rooms[kind] = self._lanes[kind].room if limit is None else min(self._lanes[kind].room, limit)
        return rooms

    def _settle_and_take(self, rooms: dict[str, int], now: datetime) -> list[Taken]:
        """Write down what has come back and mark what goes next: in one transaction, each apart where that fails."""
        if self._known and rooms:
            try:
                with transaction.atomic():
                    settling.write(self._known, now)
                    begun = claiming.mark(rooms, now)
            except Exception:
                if connection.connection is None or connection.connection.closed:
                    raise
                log.exception(
                    "a group could not be written; what came back and what goes out are written apart"
                )
            else:
                self._known = []
                return begun
        if self._known:
            settling.settle(self._known, now)
            self._known = []
        return take(rooms, now)

    def _hand_out(self, begun: list[Taken]) -> None:
        if begun:
            composer = Composer()
            with held():  # whose names the messages say is read once a group
                for taken in begun:
                    self._hand_over(taken, composer)

    def _hand_over(self, taken: Taken, composer: Composer) -> None:
        row = taken.row
        flight = _Flight(taken, self._lanes[row.kind], time.monotonic())
        try:
            message = composer.compose(taken)
        except NotSent as error:
            self._known.append(flight.result(Outcome("failed", error.detail, error.for_good)))
            return
        except Exception as error:
            log.exception("a message could not be made", extra={"delivery": str(row.pk)})
            self._known.append(flight.result(Outcome("failed", type(error).__name__)))
            return
        ticket = next(self._tickets)
        self._air[ticket] = flight
        flight.lane.hand_over(ticket, CHANNELS[row.kind], message)

    def _collect(self, *, wait: bool) -> None:
        """Take in what has come back; with `wait`, give it a moment."""
        try:
            came = self._came.get(timeout=POLL_S) if wait else self._came.get_nowait()
            while True:
                self._is_back(came)
                came = self._came.get(timeout=HEELS_S) if self._air else self._came.get_nowait()
        except Empty:
            pass
        late = time.monotonic() - outcomes.PATIENCE_S
        for ticket in [ticket for ticket, flight in self._air.items() if flight.since < late]:
            flight = self._air.pop(ticket)
            self._abandoned[ticket] = flight.lane
            self._known.append(flight.result(NO_ANSWER))

    def _is_back(self, came: Came) -> None:
        flight = self._air.pop(came.ticket, None)
        if flight is None:
            self._abandoned.pop(came.ticket).is_back()
            return
        flight.lane.is_back()
        self._known.append(flight.result(came.outcome))

    def _renew(self, now: datetime) -> None:
        if self._air and time.monotonic() - self._renewed > outcomes.RENEW_EVERY_S:
            pairs = [(flight.taken.row.pk, flight.taken.row.tries) for flight in self._air.values()]
            settling.renew(pairs, now)
            self._renewed = time.monotonic()


def send_due(clock: Clock, limit: int | None = None) -> int:
    """Send what is due to its end, with lanes of its own; for tests, and for an office that works by cron."""
    return Sender().send_due(clock, limit)
