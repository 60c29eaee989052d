"""The witness behind HTTP: one path, small bodies, little patience. No Django."""

from __future__ import annotations

import logging
import socket
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from answerable.record.watch.witness import MAX_BODY, PATH, Reply, StateDamaged, Witness

SECONDS = 10.0
AT_ONCE = 32

log = logging.getLogger(__name__)


class WitnessServer(ThreadingHTTPServer):
    """Listens when it was made; `serve_forever` answers."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, host: str, port: int, witness: Witness) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Asking)
        self.witness = witness
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def process_request(self, request: object, client_address: object) -> None:
        """A thread for each, but not for any number of them: who comes then is let go at once."""
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)  # type: ignore[arg-type]
            return
        super().process_request(request, client_address)  # type: ignore[arg-type]

    def process_request_thread(self, request: object, client_address: object) -> None:
        try:
            super().process_request_thread(request, client_address)  # type: ignore[arg-type]
        finally:
            self._places.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """A broken line is nobody's fault, and an address is never written down."""


class _Asking(BaseHTTPRequestHandler):
    server: WitnessServer
    server_version = "answerable-witness"
    sys_version = ""

    def setup(self) -> None:
        super().setup()
        # From the first byte to the last one, however slowly they come
        self._cut = threading.Timer(SECONDS, self._hang_up)
        self._cut.daemon = True
        self._cut.start()

    def finish(self) -> None:
        self._cut.cancel()
        super().finish()

    def _hang_up(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def do_POST(self) -> None:
        self._say(self._reply())

    def do_GET(self) -> None:
        self._say(Reply(405 if self._is_ours() else 404))

    def _is_ours(self) -> bool:
        return self.path.rpartition("/")[2] == PATH

    def _reply(self) -> Reply:
        if not self._is_ours():
            return Reply(404)
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or self.headers.get("Transfer-Encoding"):
            return Reply(400)
        if len(length) > 9 or int(length) > MAX_BODY:
            return Reply(413)
        body = self.rfile.read(int(length))
        if len(body) != int(length):
            return Reply(400)
        try:
            return self.server.witness.add_checkpoint(body, time=int(time.time()))
        except StateDamaged as damaged:
            log.error("what was cosigned last cannot be read, so nothing is cosigned: %s", damaged)
        except OSError as error:
            log.error("what is to be cosigned could not be remembered, so it was not: %s", error)
        return Reply(500)

    def _say(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(reply.body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(reply.body)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Who asked is not written down."""
