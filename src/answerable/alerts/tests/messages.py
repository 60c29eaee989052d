"""Alarms, contacts and messages made by hand, and a gateway that answers as it is told: for the sender's tests."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from answerable.alerts import tokens
from answerable.alerts.models import Alert, Asked, Attempt, ContactPoint, Delivery
from answerable.orgs.models import Authority, Staff
from tests.cast import MONDAY

_numbers = itertools.count(1)


def contact(staff: Staff, way: str, address: str = "13800000000", **more: Any) -> ContactPoint:
    return ContactPoint.objects.create(staff=staff, way=way, address=address, made_at=MONDAY, **more)


def asked(authority: Authority, staff: Staff, **more: Any) -> Asked:
    """An alarm that asks this person."""
    number = next(_numbers)
    alert = Alert.objects.create(
        authority=authority,
        code="danger",
        facts={"case": f"C-{number}"},
        key=f"k{number}",
        opened_at=MONDAY,
        **more,
    )
    row = Asked.objects.create(alert=alert, staff=staff, step=0, at=MONDAY, digest=str(number).encode())
    row.digest, row.reply_code = tokens.digest_of(tokens.answer_token(row.pk)), tokens.reply_code(row.pk)
    row.save()
    return row


def waiting(
    row: Asked, to: ContactPoint, *, at: datetime = MONDAY, is_urgent: bool = True, **more: Any
) -> Delivery:
    """A message of this alarm by this way, due at `at`."""
    values = {"purpose": "alarm", "key": f"alarm:{row.pk}:{to.pk}", "language": "en"} | more
    return Delivery.objects.create(
        asked=row, contact=to, kind=to.way, is_urgent=is_urgent, queued_at=MONDAY, next_try_at=at, **values
    )


def ledger(row: Delivery) -> list[tuple[str, str]]:
    tries = Attempt.objects.filter(delivery=row).order_by("number")
    return [(one.outcome, one.detail) for one in tries]


def state(row: Delivery) -> str:
    row.refresh_from_db()
    return str(row.state)


def after(seconds: float) -> datetime:
    return MONDAY + timedelta(seconds=seconds)


class Gateway(ThreadingHTTPServer):
    """Text messages over kept connections. `took` holds them; `status`, `answer` and `delay_s` are what it does."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.took: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.connections = 0
        self.status, self.answer, self.delay_s = 200, b"{}", 0.0
        self.hangs = threading.Event()
        self.let_go = threading.Event()
        self.is_taken = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/send"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away has nothing to be told."""


class _Handler(BaseHTTPRequestHandler):
    server: Gateway  # type: ignore[assignment]
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_POST(self) -> None:
        server = self.server
        server.took.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        server.keys.append(self.headers["Idempotency-Key"])
        server.is_taken.set()
        if server.hangs.is_set():
            server.let_go.wait(20)
        time.sleep(server.delay_s)
        self.send_response(server.status)
        self.send_header("Content-Length", str(len(server.answer)))
        self.end_headers()
        self.wfile.write(server.answer)

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def running() -> Iterator[Gateway]:
    server = Gateway()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
