"""The line between the application and PostgreSQL, as something a test can watch, cut, and stop at a statement.

A TCP proxy that reads the frontend/backend protocol (PostgreSQL, chapter 55) far enough to see each statement and
the end of its answer. Encryption is declined, so the bytes can be read.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_SSL, _GSS = 80877103, 80877104
_READY = b"Z\x00\x00\x00\x05"
_COPY_IN = b"G\x00\x00\x00"  # the server waits for the rows of a COPY


@dataclass
class Trap:
    """Springs at the `nth` statement that `matches`, before it reaches the server, or once it is answered there.

    The line that it was said on breaks, unless the trap `passes`: then whatever was killed was something else.
    """

    spring: Callable[[], None]
    nth: int = 1
    matches: Callable[[str], bool] = lambda _sql: True
    after: bool = False
    passes: bool = False
    seen: int = 0
    sprung: threading.Event = field(default_factory=threading.Event)
    at: str = ""


class Wire:
    """Listens on a port of its own; `statements` holds what passed since `listen()`."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._upstream_port = host, port
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._trap: Trap | None = None
        self.statements: list[str] = []
        self.connects: list[float] = []
        self.is_cut = False
        self.is_silent = False
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, name="wire", daemon=True).start()

    def listen(self) -> None:
        self.statements = []

    def trap(self, trap: Trap) -> Trap:
        with self._lock:
            self._trap = trap
        return trap

    def clear(self) -> None:
        """Whatever was laid and not reached is laid no more."""
        with self._lock:
            self._trap = None

    def cut(self) -> None:
        """The server is gone: what is open breaks, what comes is refused."""
        self.is_cut = True
        self._break_all()

    def mend(self) -> None:
        self.is_cut = False

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _break_all(self) -> None:
        for one in list(self._open):
            _break(one)

    # ------------------------------------------------------------------ one connection

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            self.connects.append(time.monotonic())
            if self.is_cut:
                _break(client)
            else:
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            upstream = self._dial()
        except OSError:
            _break(client)
            return
        self._open |= {client, upstream}
        held: list[Trap] = []
        back = threading.Thread(target=self._back, args=(upstream, client, held), daemon=True)
        back.start()
        try:
            self._forth(client, upstream, held)
        except OSError:
            pass
        finally:
            for one in (client, upstream):
                _break(one)
                self._open.discard(one)

    def _dial(self) -> socket.socket:
        if self._host.startswith("/"):
            upstream = socket.socket(socket.AF_UNIX)
            upstream.connect(str(Path(self._host) / f".s.PGSQL.{self._upstream_port}"))
            return upstream
        return socket.create_connection((self._host, self._upstream_port))

    def _forth(self, client: socket.socket, upstream: socket.socket, held: list[Trap]) -> None:
        while True:
            (length,) = struct.unpack("!i", _exactly(client, 4))
            rest = _exactly(client, length - 4)
            (code,) = struct.unpack("!i", rest[:4])
            if code not in (_SSL, _GSS):
                upstream.sendall(struct.pack("!i", length) + rest)
                break
            client.sendall(b"N")
        prepared: dict[bytes, str] = {}
        while True:
            head = _exactly(client, 5)
            (length,) = struct.unpack("!i", head[1:])
            body = _exactly(client, length - 4)
            sql = _statement(head[:1], body, prepared)
            if sql is not None and self._is_trapped(sql, held):
                return
            upstream.sendall(head + body)

    def _is_trapped(self, sql: str, held: list[Trap]) -> bool:
        with self._lock:
            self.statements.append(sql)
            trap = self._trap
            if trap is None or not trap.matches(sql):
                return False
            trap.seen += 1
            if trap.seen != trap.nth:
                return False
            self._trap, trap.at = None, sql
            if trap.after:
                held.append(trap)
                return False
        trap.spring()
        trap.sprung.set()
        return not trap.passes

    def _back(self, upstream: socket.socket, client: socket.socket, held: list[Trap]) -> None:
        swallowed = b""
        with suppress(OSError):
            while data := upstream.recv(65536):
                if held:
                    swallowed = (swallowed + data)[-64:]
                    if held[0].passes:
                        client.sendall(data)
                    if _READY in swallowed or _COPY_IN in swallowed:
                        trap = held.pop()
                        trap.spring()
                        trap.sprung.set()
                        if not trap.passes:
                            break
                        swallowed = b""
                elif not self.is_silent:
                    client.sendall(data)
        _break(client)


def _statement(kind: bytes, body: bytes, prepared: dict[bytes, str]) -> str | None:
    """The statement that a message has the server run: as text, or prepared before under a name and bound now."""
    if kind == b"Q":
        return _text(body.rstrip(b"\0"))
    if kind == b"P":
        name, sql = body.split(b"\0")[:2]
        prepared[name] = _text(sql)
        return None
    if kind == b"B":
        return prepared.get(body.split(b"\0")[1])
    return None


def _text(sql: bytes) -> str:
    return sql.decode("utf-8", "replace").strip()


def _exactly(source: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        more = source.recv(size - len(found))
        if not more:
            raise OSError("the other side hung up")
        found += more
    return found


def _break(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
