"""Ask a ClamAV daemon about a file (INSTREAM, clamd(8)). Without one, or in doubt, the answer is "not scanned".

Only a Unix socket or this machine itself is asked: a person's file does not travel to be scanned.
"""

from __future__ import annotations

import enum
import ipaddress
import socket
import struct
import time
from dataclasses import dataclass
from pathlib import Path

CHUNK = 1 << 16
CONNECT_S = 2.0
ANSWER_LIMIT = 4096


class ScanState(enum.StrEnum):
    CLEAN = "clean"
    FOUND = "found"
    NOT_SCANNED = "not_scanned"


@dataclass(frozen=True)
class Scan:
    """`detail` is the finding's name, or why nothing was scanned (for the log: no file name, no content)."""

    state: ScanState
    detail: str = ""


def scan(data: bytes, address: Path | str | None, timeout_s: float = 20.0) -> Scan:
    """Scan `data` with the daemon at `address`: a socket's path, or `127.0.0.1:3310`, or None for no scanner.

    Takes at most `timeout_s` seconds in all. Never raises for what the daemon does or does not do.
    Raises ValueError for an address on another machine.
    """
    if not address:
        return Scan(ScanState.NOT_SCANNED, "no scanner")
    family, place = _place(str(address))
    until = time.monotonic() + timeout_s
    try:
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            connection.settimeout(min(CONNECT_S, timeout_s))
            connection.connect(place)
            return _verdict(_ask(connection, data, until))
    except TimeoutError:
        return Scan(ScanState.NOT_SCANNED, "timeout")
    except OSError as error:
        return Scan(ScanState.NOT_SCANNED, f"unreachable: {error.strerror or type(error).__name__}")


def _place(address: str) -> tuple[int, str | tuple[str, int]]:
    if address.startswith("/"):
        return socket.AF_UNIX, address
    host, _, port = address.rpartition(":")
    ip = ipaddress.ip_address(host.strip("[]"))
    if not ip.is_loopback:
        raise ValueError(f"{host} is another machine; a scanner must run on this one")
    return (socket.AF_INET6 if ip.version == 6 else socket.AF_INET), (str(ip), int(port))


def _ask(connection: socket.socket, data: bytes, until: float) -> bytes:
    view = memoryview(data)
    try:
        _send(connection, b"zINSTREAM\0", until)
        for start in range(0, len(view), CHUNK):
            part = view[start : start + CHUNK]
            _send(connection, struct.pack("!I", len(part)) + part, until)
        _send(connection, struct.pack("!I", 0), until)
    except (BrokenPipeError, ConnectionResetError):
        pass  # past its StreamMaxLength the daemon answers and hangs up while we still send
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < ANSWER_LIMIT:
        connection.settimeout(_left(until))
        piece = connection.recv(1024)
        if not piece:
            break
        answer += piece
    return answer


def _send(connection: socket.socket, data: bytes, until: float) -> None:
    connection.settimeout(_left(until))
    connection.sendall(data)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _verdict(answer: bytes) -> Scan:
    text = answer.rstrip(b"\0\n").decode("utf-8", "replace")
    subject, _, rest = text.partition(": ")
    if subject == "stream" and rest == "OK":
        return Scan(ScanState.CLEAN)
    if subject == "stream" and rest.endswith(" FOUND"):
        return Scan(ScanState.FOUND, rest.removesuffix(" FOUND")[:200])
    return Scan(ScanState.NOT_SCANNED, f"answered: {text[:100]!r}")
