"""Asking a machine that may be away, hang, send without end or point elsewhere. No Django.

Every answer is bounded in bytes and in time, from the first byte sent to the last one read; redirects are not followed.
"""

from __future__ import annotations

import http.client
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from answerable.core.sentences import N_, Said

SECONDS = 20.0
_STEP = 1 << 16


class CannotLook(Said):
    """Nothing can be said about the other side. `code` is one of the keys of `sentences`."""

    sentences = {
        "address": N_("%(url)s is no web address. It must begin with https:// or http://."),
        "away": N_("%(url)s cannot be reached (%(reason)s)."),
        "slow": N_("%(url)s did not answer in full within %(seconds)s seconds."),
        "endless": N_(
            "%(url)s sent more than the %(limit)s bytes that its answer may have; the rest was not read."
        ),
        "redirected": N_("%(url)s points elsewhere, and that was not followed. Name the address itself."),
        "missing": N_("%(url)s is not there (404)."),
        "refused": N_("%(url)s answered with an error (%(status)s)."),
        "not_a_checkpoint": N_("%(url)s is no signed head of a log; something else answers at this address."),
        "no_key": N_(
            "Say whom you believe at the first look: --key or --policy, from somewhere else than the log itself."
        ),
        "state_damaged": N_(
            "%(path)s, which keeps what was seen last, cannot be read. Put back a copy of it, or name another folder."
        ),
        "state_unwritable": N_("%(path)s cannot be written (%(reason)s), so nothing could be remembered."),
        "state_of_another": N_(
            "%(path)s keeps what was seen of %(origin)s, and the key that you name is another log's. Name a folder for each log."
        ),
    }


@dataclass(frozen=True)
class Answer:
    status: int
    kind: str
    body: bytes


class Line:
    """A connection to one machine, kept between questions. `url` is what paths are put behind."""

    def __init__(self, url: str, *, seconds: float = SECONDS) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise CannotLook("address", url=url[:200]) from None
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise CannotLook("address", url=url[:200])
        self.url = url.rstrip("/") + "/"
        self._path = parts.path.rstrip("/") + "/"
        self._seconds = seconds
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname, port, timeout=seconds)
        self._was_cut = threading.Event()

    def get(self, path: str, *, limit: int) -> bytes:
        """What is there. Raises CannotLook."""
        answer = self.ask("GET", path, limit=limit)
        if answer.status != 200:
            code = "missing" if answer.status == 404 else "refused"
            raise CannotLook(code, url=self.url + path, status=answer.status)
        return answer.body

    def ask(
        self, method: str, path: str, *, limit: int, body: bytes | None = None, kind: str = "text/plain"
    ) -> Answer:
        """The answer, whatever its status but a redirection. Raises CannotLook."""
        was_open = self._connection.sock is not None
        try:
            return self._ask(method, path, limit, body, kind)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            if was_open and not self._was_cut.is_set():
                return self._again(method, path, limit, body, kind)
            raise self._failed(path, error) from error
        except CannotLook:
            self.close()
            raise

    def close(self) -> None:
        self._connection.close()

    def _again(self, method: str, path: str, limit: int, body: bytes | None, kind: str) -> Answer:
        """Once more on a new connection: the other side may close an idle one at any time."""
        try:
            return self._ask(method, path, limit, body, kind)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise self._failed(path, error) from error

    def _ask(self, method: str, path: str, limit: int, body: bytes | None, kind: str) -> Answer:
        self._was_cut.clear()
        # A socket's own time-out begins anew with every byte; this one does not.
        cut = threading.Timer(self._seconds, self._cut)
        cut.daemon = True
        cut.start()
        try:
            headers = {"User-Agent": "answerable"} | ({"Content-Type": kind} if body is not None else {})
            self._connection.request(method, self._path + path, body, headers)
            with self._connection.getresponse() as answer:
                if 300 <= answer.status < 400:
                    raise CannotLook("redirected", url=self.url + path)
                content = bytearray()
                while part := answer.read1(_STEP):
                    content += part
                    if len(content) > limit:
                        raise CannotLook("endless", url=self.url + path, limit=limit)
                    if self._was_cut.is_set():
                        raise TimeoutError
                if self._was_cut.is_set():
                    raise TimeoutError
                if answer.length:
                    raise http.client.IncompleteRead(bytes(content[:0]), answer.length)
                return Answer(answer.status, answer.headers.get_content_type(), bytes(content))
        finally:
            cut.cancel()

    def _cut(self) -> None:
        self._was_cut.set()
        if sock := self._connection.sock:
            with suppress(OSError):
                # Not the TLS layer's, which belongs to the thread that reads
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def _failed(self, path: str, error: Exception) -> CannotLook:
        if self._was_cut.is_set() or isinstance(error, TimeoutError):
            return CannotLook("slow", url=self.url + path, seconds=f"{self._seconds:g}")
        reason = getattr(error, "strerror", None) or type(error).__name__
        return CannotLook("away", url=self.url + path, reason=reason)
