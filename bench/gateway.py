"""A gateway for text messages in a process of its own: takes, answers at once, and remembers when each one came.

python -m bench.gateway       prints {"port": N}; `GET /seen` gives {message id: Unix seconds} and forgets them
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time

_LENGTH = re.compile(rb"content-length: *(\d+)", re.I)
_KEY = re.compile(rb"idempotency-key: *([^\r]+)", re.I)
_TAKEN = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"ok":true}'

seen: dict[str, float] = {}


class Gateway(asyncio.Protocol):
    """HTTP/1.1 as far as our own client speaks it, connections kept."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.waiting = transport, b""

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while (end := self.waiting.find(b"\r\n\r\n")) >= 0:
            head = self.waiting[:end]
            length = _LENGTH.search(head)
            size = end + 4 + (int(length[1]) if length else 0)
            if len(self.waiting) < size:
                return
            self.waiting = self.waiting[size:]
            self.transport.write(self._answer(head))  # type: ignore[attr-defined]

    def _answer(self, head: bytes) -> bytes:
        if head.startswith(b"GET"):
            said = json.dumps(seen).encode()
            seen.clear()
            return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(said), said)
        key = _KEY.search(head)
        if key is not None:
            seen.setdefault(key[1].decode(), time.time())
        return _TAKEN


async def main() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Gateway, "127.0.0.1", 0, backlog=256)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)  # ends with whoever started it


if __name__ == "__main__":
    asyncio.run(main())
