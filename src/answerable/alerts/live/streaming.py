"""The streaming process: tells open desks within a second that something asks them (server-sent events).

A small ASGI application of its own, because a stream holds a connection for hours, and a web worker's threads are few.
It says only *that* something changed; what it is, the page asks the web server. One statement a second serves every
stream, none while nobody listens. A stream ends after some minutes and is opened again by the browser, so that whoever
was signed out meanwhile hears nothing more. Without this process pages ask every few seconds: nothing is lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.db import Error, close_old_connections, connection

from answerable.alerts.live import queries
from answerable.core import clock
from answerable.orgs.models import Staff

log = logging.getLogger(__name__)
LOOK_S = 1.0
ALIVE_S = 15.0
ENDS_AFTER_S = 300.0
MOST_STREAMS = 2000
MOST_OF_ONE = 20

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Desks:
    """Who listens, and what last asked them."""

    def __init__(self) -> None:
        self._listening: dict[int, set[asyncio.Event]] = defaultdict(set)
        self._marks: dict[int, str] = {}
        self._looking: asyncio.Task[None] | None = None
        # One thread: Django keeps a connection a thread, and one serves all.
        self.database = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live")

    def mark(self, staff: int) -> str:
        return self._marks.get(staff, "")

    def has_room(self, staff: int) -> bool:
        total = sum(map(len, self._listening.values()))
        return total < MOST_STREAMS and len(self._listening.get(staff, ())) < MOST_OF_ONE

    @contextlib.contextmanager
    def listening(self, staff: int) -> Any:
        changed = asyncio.Event()
        self._listening[staff].add(changed)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            yield changed
        finally:
            self._listening[staff].discard(changed)
            if not self._listening[staff]:
                del self._listening[staff]
                self._marks.pop(staff, None)

    async def _look(self) -> None:
        """Once a second, as long as anybody listens. A database that is away is asked again."""
        while self._listening:
            try:
                found = await self.ask(lambda: queries.marks(list(self._listening), clock.now()))
            except Error as error:
                log.warning("alarms cannot be looked for", extra={"error": type(error).__name__})
            else:
                for staff, streams in self._listening.items():
                    if found.get(staff, "") != self._marks.get(staff, ""):
                        self._marks[staff] = found.get(staff, "")
                        for changed in streams:
                            changed.set()
            await asyncio.sleep(LOOK_S)

    async def ask(self, what: Callable[[], Any]) -> Any:
        def asked() -> Any:
            close_old_connections()
            try:
                return what()
            except Error:
                connection.close()
                raise

        return await asyncio.get_running_loop().run_in_executor(self.database, asked)


desks = Desks()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer GET …/stream for whoever is signed in; everything else is 404."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    if scope["type"] != "http" or not str(scope["path"]).endswith("/stream") or scope["method"] != "GET":
        await _short(send, 404)
        return
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    if headers.get("origin") not in (None, settings.BASE_URL):
        await _short(send, 403)
        return
    try:
        staff = await desks.ask(lambda: signed_in(headers.get("cookie", "")))
    except Error:
        await _short(send, 503)
        return
    if staff is None or not desks.has_room(staff):
        await _short(send, 401 if staff is None else 503)
        return
    await _stream(staff, receive, send)


def signed_in(cookie: str) -> int | None:
    """The member of staff whose session this cookie names, as every page of the desk would let them in."""
    try:
        found = SimpleCookie(cookie).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    if found is None:
        return None
    store = import_module(settings.SESSION_ENGINE).SessionStore(found.value)
    user: Any = get_user(SimpleNamespace(session=store))  # type: ignore[arg-type]
    if not isinstance(user, Staff) or not (settings.DEMO or user.had_factor):
        return None
    return int(user.pk)


async def _stream(staff: int, receive: Receive, send: Send) -> None:
    """Events until the browser goes, or some minutes are over. The first one says how it stands now."""
    gone = asyncio.create_task(_until_gone(receive))
    loop = asyncio.get_running_loop()
    until = loop.time() + ENDS_AFTER_S
    try:
        with desks.listening(staff) as changed:
            head = [
                (b"content-type", b"text/event-stream; charset=utf-8"),
                (b"cache-control", b"no-store"),
                (b"x-accel-buffering", b"no"),  # nginx would keep it until it is large
                *_across(),
            ]
            await send({"type": "http.response.start", "status": 200, "headers": head})
            await _event(send, "alive", "")
            while loop.time() < until and not gone.done():
                waits = asyncio.create_task(changed.wait())
                await asyncio.wait({waits, gone}, timeout=ALIVE_S, return_when=asyncio.FIRST_COMPLETED)
                waits.cancel()
                if gone.done():
                    return
                if changed.is_set():
                    changed.clear()
                    await _event(send, "changed", desks.mark(staff))
                else:
                    await _event(send, "alive", "")
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    except OSError:
        return  # the browser went while we spoke
    finally:
        gone.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


async def _event(send: Send, name: str, data: str) -> None:
    text = f"event: {name}\ndata: {data}\n\n"
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _short(send: Send, status: int) -> None:
    head = [(b"content-type", b"text/plain"), (b"content-length", b"0"), *_across()]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": b""})


def _across() -> list[tuple[bytes, bytes]]:
    """Where the stream has an address of its own (in the demo), our own pages may read it, with their cookie."""
    if not settings.LIVE_URL:
        return []
    return [
        (b"access-control-allow-origin", settings.BASE_URL.encode()),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Origin"),
    ]


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        asked = (await receive())["type"]
        await send({"type": f"{asked}.complete"})
        if asked == "lifespan.shutdown":
            desks.database.shutdown(wait=False, cancel_futures=True)
            return
