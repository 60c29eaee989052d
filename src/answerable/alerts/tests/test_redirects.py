"""What goes out to an address that was set goes nowhere else."""

from __future__ import annotations

import http.server
import threading

import pytest

from answerable.alerts.channels import call, sms
from answerable.alerts.outcomes import Message, NotSent

MESSAGE = Message(to="county", subject="", body="There is news", idempotency="1")


@pytest.fixture
def gateway():
    """A gateway that points elsewhere, and what came there."""
    came: list[str] = []

    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(302)
            self.send_header("Location", f"{server_address}elsewhere")
            self.end_headers()

        def do_GET(self) -> None:
            came.append(str(self.headers.get("Authorization")))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Elsewhere)
    server_address = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server_address, came
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("channel", ["sms", "call"])
def test_a_redirect_is_not_followed_and_nothing_counts_as_sent(gateway, settings, channel):
    address, came = gateway
    settings.SMS_URL, settings.SMS_TOKEN, settings.SMS_BODY = address, "s3cret", ""
    settings.OUTSIDE_CALLS = {"county": {"url": address, "key": "k"}}
    with pytest.raises(NotSent):
        (sms if channel == "sms" else call).send(MESSAGE)
    assert came == []
