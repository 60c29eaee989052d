"""Threads that hand messages over: a lane of its own for each kind, so that a gateway that hangs holds back no other.

A lane knows no database; what came of each message goes back through one queue. Threads are daemons: a gateway that
drips its answer for ever does not keep a worker from ending.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue

from answerable.alerts.outcomes import Message, NotSent, Outcome, Unknown

log = logging.getLogger(__name__)
#: Messages of one kind in the air at once. A mail server refuses whoever opens many connections at once.
WIDTH = 32
NARROW = {"email": 8}


@dataclass(frozen=True)
class Came:
    """What came of the message that was handed over under `ticket`."""

    ticket: int
    outcome: Outcome


class Lane:
    """Some threads of one kind, made when they are needed."""

    def __init__(self, kind: str, came: SimpleQueue[Came]) -> None:
        self.kind, self._came, self._width = kind, came, NARROW.get(kind, WIDTH)
        self._todo: SimpleQueue[tuple[int, Callable[[Message], str | None], Message]] = SimpleQueue()
        self._threads = 0
        self.busy = 0

    @property
    def room(self) -> int:
        return self._width - self.busy

    def hand_over(self, ticket: int, channel: Callable[[Message], str | None], message: Message) -> None:
        """Hand one over; whoever takes its outcome out of the queue calls `is_back`."""
        self.busy += 1
        if self._threads < self.busy:
            self._threads += 1
            threading.Thread(target=self._run, name=f"lane {self.kind}", daemon=True).start()
        self._todo.put((ticket, channel, message))

    def is_back(self) -> None:
        self.busy -= 1

    def _run(self) -> None:
        while True:
            ticket, channel, message = self._todo.get()
            self._came.put(Came(ticket, tried(channel, message)))


def tried(channel: Callable[[Message], str | None], message: Message) -> Outcome:
    """Hand one message over; whatever happens is an outcome."""
    try:
        receipt = channel(message)
    except NotSent as error:
        return Outcome("failed", error.detail, error.for_good)
    except Unknown as error:
        return Outcome("unknown", error.detail)
    except Exception as error:
        # Nobody foresaw this one, so nobody knows how far the message had come.
        log.exception("delivery broke", extra={"delivery": message.idempotency})
        return Outcome("unknown", type(error).__name__)
    return Outcome("sent", receipt or "")
