"""A gateway on this machine that answers as it is told to: what every channel's tests talk to."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field


@dataclass
class Gateway:
    """`answer(raw bytes)`, or one of `hang`, `close`, `drip`; `came` holds the requests, whole."""

    listener: socket.socket
    port: int
    came: list[bytes] = field(default_factory=list)
    reply: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    behave: str = "answer"
    _stop: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/way"

    def answers(self, status: int = 200, body: str = "{}", **headers: str) -> None:
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body.encode())}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.reply = ("\r\n".join(lines) + "\r\n\r\n" + body).encode()
        self.behave = "answer"

    def serve(self) -> None:
        while not self._stop.is_set():
            try:
                line, _peer = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(line,), daemon=True).start()

    def _one(self, line: socket.socket) -> None:
        with line:
            self.came.append(self._read(line))
            if self.behave == "answer":
                line.sendall(self.reply)
            elif self.behave == "hang":
                self._stop.wait(20)
            elif self.behave == "drip":
                line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
                while not self._stop.wait(0.1):
                    try:
                        line.sendall(b" ")
                    except OSError:
                        return

    @staticmethod
    def _read(line: socket.socket) -> bytes:
        line.settimeout(5)
        got = b""
        while b"\r\n\r\n" not in got:
            part = line.recv(65536)
            if not part:
                return got
            got += part
        head, _gap, body = got.partition(b"\r\n\r\n")
        length = next(
            (
                int(row.split(b":")[1])
                for row in head.split(b"\r\n")
                if row.lower().startswith(b"content-length")
            ),
            0,
        )
        while len(body) < length:
            part = line.recv(65536)
            if not part:
                break
            body += part
        return head + b"\r\n\r\n" + body

    def body(self, number: int = -1) -> bytes:
        return self.came[number].partition(b"\r\n\r\n")[2]

    def head(self, number: int = -1) -> str:
        return self.came[number].partition(b"\r\n\r\n")[0].decode()

    def end(self) -> None:
        """Nobody listens there any more."""
        self._stop.set()
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)  # wakes whoever waits in accept()
        self.listener.close()


def start() -> Gateway:
    listener = socket.create_server(("127.0.0.1", 0))
    gateway = Gateway(listener, listener.getsockname()[1])
    threading.Thread(target=gateway.serve, daemon=True).start()
    return gateway
