"""A gateway for text messages that can be killed: a process of its own that writes down each message before it answers.

    python -m tests.crash.gateway_process PORT FILE     a line "arm" on standard input: tell of the next one, and wait

It prints a line when it listens and, once armed, one when a message is taken; it answers that one after a line "go".
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

armed, go = threading.Event(), threading.Event()
lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    file: Any = None

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        line = (
            json.dumps({"id": said["id"], "to": said["to"], "text": said["text"], "at": time.time()}) + "\n"
        )
        with lock:
            os.write(self.file, line.encode())
            is_armed = armed.is_set()
            armed.clear()
        if is_armed:
            go.clear()
            print("taken", flush=True)
            go.wait(5)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_args: object) -> None:
        pass


class Gateway(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed has nothing to be told."""


def main() -> None:
    Handler.file = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    server = Gateway(("127.0.0.1", int(sys.argv[1])), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    for line in sys.stdin:
        (armed if line.strip() == "arm" else go).set()
    os._exit(0)


if __name__ == "__main__":
    main()
