"""Another system's server for tests: takes webhooks, and answers what it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Partner(ThreadingHTTPServer):
    """`came`: headers (lower case) and bytes of each request. `answers`: statuses in turn, then 204."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.came: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int | tuple[int, dict[str, str]]] = []
        self.hangs = threading.Event()
        self.let_go = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook?a=1"

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _headers, body in self.came]

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _body in self.came]


class _Handler(BaseHTTPRequestHandler):
    server: Partner  # type: ignore[assignment]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
        if self.server.hangs.is_set():
            self.server.let_go.wait(20)
        said = self.server.answers.pop(0) if self.server.answers else 204
        status, headers = said if isinstance(said, tuple) else (said, {})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def partner() -> Iterator[Partner]:
    server = Partner()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
