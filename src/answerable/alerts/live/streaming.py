"""The streaming process: tells open pages at once that something they show has changed (server-sent events).

A small ASGI application of its own, because a stream holds a connection for hours, and a web worker's threads are few.
Of alarms it says only *that* something changed; what it is, the page asks the web server. Other rooms register what
they stream (`sources`). One statement a look serves every stream, none while nobody listens. A stream ends after some
minutes and is opened again by the browser, so that whoever was signed out meanwhile hears nothing more. Without this
process pages ask every few seconds: nothing is lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Hashable, Iterable, Iterator, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qsl

from django.conf import settings
from django.contrib.auth import get_user
from django.db import Error, close_old_connections, connection

from answerable.alerts.live import queries, sources
from answerable.alerts.live.sources import Source, Watched, event
from answerable.core import clock
from answerable.orgs.models import Staff

log = logging.getLogger(__name__)
LOOK_S = 1.0
ALIVE_S = 15.0
ENDS_AFTER_S = 300.0
MOST_STREAMS = 2000
MOST_OF_ONE = 20
#: What waits for a browser that does not read; the oldest falls out, and a page that missed something asks for all.
MOST_WAITING = 50

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ALIVE = event("alive", "")


class Alarms:
    """The stream of alarms: a mark that differs whenever what asks a member of staff does."""

    @property
    def every_s(self) -> float:
        return LOOK_S

    def admit(self, staff: Staff, asked: Mapping[str, str]) -> Watched | None:
        return Watched(int(staff.pk))

    def look(self, keys: list[Hashable], now: datetime) -> Mapping[Hashable, str]:
        return cast(Mapping[Hashable, str], queries.marks([int(str(key)) for key in keys], now))

    def news(self, key: Hashable, mark: str, variants: Iterable[str]) -> Mapping[str, bytes]:
        return {variant: event("changed", mark) for variant in variants}

    def first(self, watched: Watched, mark: str) -> bytes:
        return b""

    def forget(self, key: Hashable) -> None:
        pass


sources.register("", Alarms())


class Listener:
    """One stream: whose it is, what it hears, and what waits to be sent."""

    __slots__ = ("changed", "staff", "waiting", "watched")

    def __init__(self, staff: int, watched: Watched) -> None:
        self.staff, self.watched = staff, watched
        self.changed = asyncio.Event()
        self.waiting: deque[bytes] = deque(maxlen=MOST_WAITING)

    def tell(self, said: bytes) -> None:
        self.waiting.append(said)
        self.changed.set()

    def take(self) -> list[bytes]:
        self.changed.clear()
        said = list(self.waiting)
        self.waiting.clear()
        return said


class Desks:
    """Who listens to what, and what was last said of it."""

    def __init__(self) -> None:
        self._listening: dict[tuple[str, Hashable], set[Listener]] = defaultdict(set)
        self._marks: dict[tuple[str, Hashable], str] = {}
        self._of_staff: Counter[int] = Counter()
        self._looking: dict[str, asyncio.Task[None]] = {}
        # One thread: Django keeps a connection a thread, and one serves all.
        self.database = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live")

    def has_room(self, staff: int) -> bool:
        return self._of_staff.total() < MOST_STREAMS and self._of_staff[staff] < MOST_OF_ONE

    @contextlib.contextmanager
    def listening(self, of: str, source: Source, listener: Listener) -> Iterator[None]:
        topic = (of, listener.watched.key)
        self._listening[topic].add(listener)
        self._of_staff[listener.staff] += 1
        if of not in self._looking or self._looking[of].done():
            self._looking[of] = asyncio.create_task(self._look(of, source))
        try:
            if topic in self._marks and (said := source.first(listener.watched, self._marks[topic])):
                listener.tell(said)
            yield
        finally:
            self._of_staff[listener.staff] -= 1
            if not self._of_staff[listener.staff]:
                del self._of_staff[listener.staff]
            self._listening[topic].discard(listener)
            if not self._listening[topic]:
                del self._listening[topic]
                self._marks.pop(topic, None)
                source.forget(listener.watched.key)

    def _keys(self, of: str) -> list[Hashable]:
        return [key for name, key in self._listening if name == of]

    async def _look(self, of: str, source: Source) -> None:
        """Every so often, as long as anybody listens. A database that is away is asked again."""
        while keys := self._keys(of):
            try:
                found = await self.ask(partial(_looked, source, keys))
                for key in keys:
                    await self._compare(of, source, key, found.get(key, ""))
            except Error as error:
                log.warning("nothing can be looked for", extra={"of": of, "error": type(error).__name__})
            except Exception:
                log.exception("a look failed; the next one is made all the same", extra={"of": of})
            await asyncio.sleep(source.every_s)

    async def _compare(self, of: str, source: Source, key: Hashable, mark: str) -> None:
        topic = (of, key)
        if mark == self._marks.get(topic, ""):
            return
        variants = {one.watched.variant for one in self._listening.get(topic, ())}
        news = await self.ask(lambda: source.news(key, mark, variants))
        if topic not in self._listening:
            source.forget(key)  # the last one went while we asked
            return
        self._marks[topic] = mark
        for one in self._listening[topic]:
            if said := news.get(one.watched.variant):
                one.tell(said)

    async def ask(self, what: Callable[[], Any]) -> Any:
        def asked() -> Any:
            close_old_connections()
            try:
                return what()
            except Error:
                connection.close()
                raise

        return await asyncio.get_running_loop().run_in_executor(self.database, asked)


def _looked(source: Source, keys: list[Hashable]) -> Mapping[Hashable, str]:
    return source.look(keys, clock.now())


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
    asked = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))
    if "last-event-id" in headers:
        asked["seen"] = headers["last-event-id"]
    of = asked.get("of", "")
    source = sources.source_of(of)
    if source is None:
        await _short(send, 404)
        return
    try:
        status, listener = await desks.ask(lambda: _admitted(headers.get("cookie", ""), source, asked))
    except Error:
        status, listener = 503, None
    if listener is None or not desks.has_room(listener.staff):
        await _short(send, 503 if listener is not None else status)
        return
    await _stream(of, source, listener, receive, send)


def _admitted(cookie: str, source: Source, asked: Mapping[str, str]) -> tuple[int, Listener | None]:
    staff = signed_in(cookie)
    if staff is None:
        return 401, None
    watched = source.admit(staff, asked)
    return (404, None) if watched is None else (200, Listener(int(staff.pk), watched))


def signed_in(cookie: str) -> Staff | None:
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
    return user


async def _stream(of: str, source: Source, listener: Listener, receive: Receive, send: Send) -> None:
    """Events until the browser goes, or some minutes are over. The first one says how it stands now."""
    gone = asyncio.create_task(_until_gone(receive))
    loop = asyncio.get_running_loop()
    # Not all at once: those who came together come back apart.
    until = loop.time() + ENDS_AFTER_S * random.uniform(0.8, 1.2)  # noqa: S311
    try:
        with desks.listening(of, source, listener):
            head = [
                (b"content-type", b"text/event-stream; charset=utf-8"),
                (b"cache-control", b"no-store"),
                (b"x-accel-buffering", b"no"),  # nginx would keep it until it is large
                *_across(),
            ]
            await send({"type": "http.response.start", "status": 200, "headers": head})
            await _say(send, ALIVE)
            while loop.time() < until and not gone.done():
                waits = asyncio.create_task(listener.changed.wait())
                await asyncio.wait({waits, gone}, timeout=ALIVE_S, return_when=asyncio.FIRST_COMPLETED)
                waits.cancel()
                if gone.done():
                    return
                await _say(send, b"".join(listener.take()) or ALIVE)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    except OSError:
        return  # the browser went while we spoke
    finally:
        gone.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


async def _say(send: Send, said: bytes) -> None:
    await send({"type": "http.response.body", "body": said, "more_body": True})


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
