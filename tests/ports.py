"""A port for a server that is started by its number, and again on the same one after it was killed."""

from __future__ import annotations

import random
import socket
from pathlib import Path

_GIVEN_OUT = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LEAST = 10_000


def quiet_port() -> int:
    """One below those that the system gives to whoever connects: of those, the next connection of another test may
    have it before the server does, or between its death and its next start.
    """
    try:
        first = int(_GIVEN_OUT.read_text().split()[0])
    except OSError:
        first = 32_768
    for port in random.sample(range(_LEAST, max(first, 2 * _LEAST)), 200):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("two hundred ports, and something listens on each of them")
