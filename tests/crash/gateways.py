"""A mail server and a text-message gateway on this machine that do what a test says at the worst moment."""

from __future__ import annotations

import json
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Mailbox(socketserver.ThreadingTCPServer):
    """SMTP (RFC 5321) as far as Django's client speaks it. `at[step]` runs before that step is answered."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _SMTP)
        self.at: dict[str, Callable[[], None]] = {}
        self.letters: list[Any] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def settings(self) -> dict[str, Any]:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": self.port,
            "EMAIL_USE_TLS": False,
        }

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed has nothing to be told."""


class _SMTP(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self._say("220 test")
        for line in self.rfile:
            verb = line.split()[0].upper().decode() if line.split() else ""
            if verb == "DATA":
                self._reached("DATA")
                self._say("354 go on")
                text = b""
                while (one := self.rfile.readline()) not in (b".\r\n", b""):
                    text += one
                if not one:
                    return  # the client died before its last dot: no letter
                self.server.letters.append(message_from_bytes(text, policy=policy.default))
                self._reached("END")
                self._say("250 taken")
            else:
                self._reached(verb)
                self._say("221 bye" if verb == "QUIT" else "250 fine")
            if verb == "QUIT":
                return

    def _reached(self, step: str) -> None:
        act = self.server.at.pop(step, None)
        if act is not None:
            act()

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


class Gateway(ThreadingHTTPServer):
    """Takes text messages. `after_taking` runs before the answer; `status` and `answer` are what it says."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _SMS)
        self.texts: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.after_taking: Callable[[], None] | None = None
        self.status, self.answer = 200, b'{"ok": true}'

    @property
    def settings(self) -> dict[str, Any]:
        return {"SMS_URL": f"http://127.0.0.1:{self.server_address[1]}/send", "SMS_TOKEN": "t"}

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed has nothing to be told."""


class _SMS(BaseHTTPRequestHandler):
    server: Gateway  # type: ignore[assignment]

    def do_POST(self) -> None:
        server = self.server
        server.texts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        server.keys.append(self.headers["Idempotency-Key"])
        act, server.after_taking = server.after_taking, None
        if act is not None:
            act()
        if server.status == 0:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(server.status)
        self.send_header("Content-Length", str(len(server.answer)))
        self.end_headers()
        self.wfile.write(server.answer)

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def running(server: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
