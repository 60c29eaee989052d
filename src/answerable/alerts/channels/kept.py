"""POSTs to the gateways that the administrator set, over connections that are kept: one a thread and gateway.

No redirect is followed: it would carry the token or the signed body elsewhere. A try is bounded from end to end, also
where an answer drips. A connection that the gateway closed meanwhile is noticed before anything is sent on it, so that
this is no try of unknown outcome. Where a proxy is set in the environment, each try opens its own (`direct`).
"""

from __future__ import annotations

import http.client
import io
import os
import select
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

from answerable.alerts.channels.direct import open_direct
from answerable.alerts.outcomes import NotSent, Unknown

TIMEOUT_S = 10.0
ANSWER_LIMIT = 10_000
#: Gateways close what was idle for some seconds; sooner than they do, we open another one.
KEPT_FOR_S = 4.0

#: Variables that send a request through a proxy or past it.
_PROXY_WORDS = tuple(
    word
    for name in ("http_proxy", "https_proxy", "no_proxy", "request_method")
    for word in (name, name.upper())
)

_kept = threading.local()


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, who: str = "the gateway", timeout: float = TIMEOUT_S
) -> Answer:
    """Send it once; any whole answer is returned, also 3xx to 5xx.

    Raises NotSent where nothing was handed over, Unknown where the line broke or time ran out after that.
    """
    parts = urlsplit(url)
    if _is_behind_proxy(parts):
        return _through_proxy(url, body, headers, who, timeout)
    until = time.monotonic() + timeout
    line = _line_to(parts)
    try:
        line.open(until)
    except OSError as error:
        line.close()
        raise NotSent(f"{who} was not reached") from error
    try:
        return line.ask(parts, body, headers, until)
    except TimeoutError as error:
        line.close()
        raise Unknown(f"{who} did not answer in time") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        line.close()
        raise Unknown(f"the line to {who} broke") from error


class _Line:
    """One connection to one gateway, opened when it is needed."""

    def __init__(self, parts: SplitResult) -> None:
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._http = kind(parts.hostname or "", parts.port)
        self._http.response_class = self._response  # type: ignore[assignment]
        self._used, self._until = 0.0, 0.0

    def open(self, until: float) -> None:
        if self._http.sock is not None and (time.monotonic() - self._used > KEPT_FOR_S or self._is_closed()):
            self.close()
        if self._http.sock is None:
            self._http.timeout = time_left(until)
            self._http.connect()

    def ask(self, parts: SplitResult, body: bytes, headers: Mapping[str, str], until: float) -> Answer:
        self._until = until
        self._http.sock.settimeout(time_left(until))
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._http.request("POST", target, body=body, headers=dict(headers))
        answer = self._http.getresponse()
        said = answer.read(ANSWER_LIMIT)
        if answer.isclosed():
            self._used = time.monotonic()
        else:
            self.close()  # more than anybody reads
        return Answer(answer.status, said)

    def close(self) -> None:
        self._http.close()

    def _is_closed(self) -> bool:
        """Between two messages a gateway has nothing to say but that it hangs up."""
        readable, _writable, _odd = select.select([self._http.sock], [], [], 0)
        return bool(readable)

    def _response(self, sock: socket.socket, *args: Any, **more: Any) -> http.client.HTTPResponse:
        return http.client.HTTPResponse(Bounded(sock, self._until), *args, **more)  # type: ignore[arg-type]


class Bounded(io.RawIOBase):
    """What http.client reads an answer from: each byte within the time that is left, also where they drip.

    It holds the socket open until it is read: http.client lets go of it as soon as the head says that it will close.
    """

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock, self._until = sock, until
        self._held = sock.makefile("rb", buffering=0)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int | None:
        self._sock.settimeout(time_left(self._until))
        return self._held.readinto(into)

    def close(self) -> None:
        self._held.close()
        super().close()


def _line_to(parts: SplitResult) -> _Line:
    lines: dict[tuple[str, str], _Line] = _kept.__dict__.setdefault("lines", {})
    where = (parts.scheme, parts.netloc)
    if where not in lines:
        lines[where] = _Line(parts)
    return lines[where]


def time_left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _is_behind_proxy(parts: SplitResult) -> bool:
    return _goes_through(parts.scheme, parts.hostname or "", tuple(map(os.environ.get, _PROXY_WORDS)))


@lru_cache(maxsize=64)
def _goes_through(scheme: str, host: str, _said: tuple[str | None, ...]) -> bool:
    """Found once for what the environment says: to look through all of it costs as much as the message itself."""
    return scheme in urllib.request.getproxies() and not urllib.request.proxy_bypass(host)


def _through_proxy(url: str, body: bytes, headers: Mapping[str, str], who: str, timeout: float) -> Answer:
    request = urllib.request.Request(url, data=body, headers=dict(headers))  # noqa: S310 - the administrator's own
    try:
        with open_direct(request, timeout=timeout) as answer:
            return Answer(answer.status, bytes(answer.read(ANSWER_LIMIT)))
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, b"")
    except TimeoutError as error:
        raise Unknown(f"{who} did not answer in time") from error
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise Unknown(f"{who} did not answer in time") from error
        raise NotSent(f"{who} was not reached") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unknown(f"the line to {who} broke") from error
