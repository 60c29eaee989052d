"""The dead man's switch, and what monitors are told: alarms climb, or they do not."""

from __future__ import annotations

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from answerable.alerts.tests.climbers import alarm, reached_by, steps
from answerable.core import clock
from answerable.ops import loops, outside, worker
from answerable.ops.models import Heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture
def listener(settings):
    """Something outside that expects a request each minute."""
    heard = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            heard.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.HEARTBEAT_URL = f"http://127.0.0.1:{server.server_port}/ping"
    yield heard
    server.shutdown()
    server.server_close()


def beat(ago: float = 0) -> None:
    at = clock.now() - timedelta(seconds=ago)
    Heartbeat.objects.update_or_create(name=outside.ENGINE, defaults={"beat_at": at})


def test_it_is_given_only_while_the_engine_turns(listener):
    assert not outside.ping(clock.now())
    beat(ago=61)
    assert not outside.ping(clock.now())
    beat()
    assert outside.ping(clock.now())
    assert listener == ["/ping"]


def test_it_is_not_given_while_something_that_is_due_waits(listener, cast, client):
    reached_by(cast.leader)
    beat()
    alarm(cast, steps({"post": cast.post(cast.leader).pk}), now=clock.now() - timedelta(seconds=31))
    assert not outside.ping(clock.now())
    assert listener == []
    assert (client.get("/readyz/alarms").status_code, outside.state_of_engine(clock.now())) == (
        503,
        "stalled",
    )


def test_nobody_listens_and_nothing_breaks(settings):
    beat()
    settings.HEARTBEAT_URL = "http://127.0.0.1:9/ping"
    assert not outside.ping(clock.now())
    settings.HEARTBEAT_URL = ""
    assert not outside.ping(clock.now())


def test_monitors_are_told_whether_alarms_climb(client):
    answer = client.get("/readyz/alarms")
    assert (answer.status_code, answer.content) == (503, b"silent\n")
    beat()
    answer = client.get("/readyz/alarms")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_the_worker_says_so_after_a_turn_and_not_five_times_a_second():
    beats = loops._Beats()
    now = clock.now()
    beats.beat(now)
    beats.beat(now + timedelta(seconds=4))
    assert Heartbeat.objects.get(name=outside.ENGINE).beat_at == now
    beats.beat(now + timedelta(seconds=5))
    assert Heartbeat.objects.get(name=outside.ENGINE).beat_at == now + timedelta(seconds=5)


def test_the_worker_climbs_watches_and_calls(cast, monkeypatch):
    """The loops that belong to alarms, as the worker turns them."""
    monkeypatch.setattr(loops, "_BEATS", loops._Beats())
    reached_by(cast.leader, cast.mayor)
    ladder = steps({"post": cast.post(cast.leader).pk}, {"post": cast.post(cast.mayor).pk})
    late = alarm(cast, ladder, now=clock.now() - timedelta(seconds=301))
    for loop in worker.LOOPS:
        if loop.name in ("alarms", "drop answered", "watch duty", "roll calls", "alarm upkeep", "outside"):
            loop.work()
    late.refresh_from_db()
    assert late.step == 1
    assert Heartbeat.objects.filter(name=outside.ENGINE).exists()
