"""A mailbox on its server. Messages are read without being marked, and put away only when they are taken for good."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import (
    ImapToolsError,
    MailboxFolderSelectError,
    MailboxLoginError,
    MailboxStarttlsError,
)

from answerable.cases.mailbox.models import Mailbox, Security
from answerable.parties import keys, vault

#: For each line of the server.
TIMEOUT_S = 15
#: Messages named in one line to the server.
A_LINE = 500
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_ARRIVED = re.compile(rb'INTERNALDATE "([^"]{20,40})"')
Away = (OSError, imaplib.IMAP4.error, ImapToolsError)


class CannotOpen(Exception):
    """A mailbox that does not open; `state` is a Mailbox.State."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


def sealed_password(mailbox: Mailbox, password: str) -> bytes:
    """The password under a key of the key file, bound to the server: it opens nothing elsewhere."""
    return vault.seal(_key(), password.encode(), _bound(mailbox))


def _key() -> bytes:
    return keys.derived("passwords of mailboxes")


def _bound(mailbox: Mailbox) -> bytes:
    return f"mailbox_mailbox.sealed {mailbox.host} {mailbox.port} {mailbox.username}".encode()


@dataclass(frozen=True)
class Head:
    size: int
    arrived_at: datetime


class Box:
    """An open folder."""

    def __init__(self, client: BaseMailBox, row: Mailbox) -> None:
        self._client, self._row = client, row
        self.uid_validity = client.folder.status(row.folder, ["UIDVALIDITY"]).get("UIDVALIDITY", 0)
        self.can_move = bool({"MOVE", "UIDPLUS"} & set(client.client.capabilities))
        self.can_expunge = "UIDPLUS" in client.client.capabilities

    def waiting(self, since: date) -> list[int]:
        """The messages that nobody took yet, in the order in which they came."""
        found = [int(uid) for uid in self._client.uids(f"UNDELETED SINCE {_day(since)}")]
        if self._row.uid_validity == self.uid_validity:
            found = [uid for uid in found if uid > self._row.last_uid]
        return sorted(found)

    def marked(self, since: date) -> set[int]:
        """Those that have our mark: where messages cannot be moved, most of these were taken before."""
        return {int(uid) for uid in self._client.uids(f"UNDELETED ANSWERED SINCE {_day(since)}")}

    def head(self, uid: int) -> Head | None:
        """How large it is and when the server received it; None where it is gone."""
        said = self._fetch(uid, "(RFC822.SIZE INTERNALDATE)")
        size, arrived = _SIZE.search(said), _ARRIVED.search(said)
        if size is None or arrived is None:
            return None
        try:
            at = datetime.strptime(arrived[1].decode().strip(), "%d-%b-%Y %H:%M:%S %z")
        except ValueError:
            return None
        return Head(int(size[1]), at.astimezone(UTC))

    def content(self, uid: int, most: int) -> bytes:
        """The first `most` bytes of a message."""
        _state, found = self._client.client.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{most}>)")
        return next((part[1] for part in found or () if isinstance(part, tuple)), b"")

    def put_away(self, uid: int) -> bool:
        """Mark a message as taken and move it; False where the server cannot, or somebody was there before."""
        try:
            # Not every server keeps a mark of our own; this one each has (RFC 3501, 2.3.2).
            self._client.client.uid("STORE", str(uid), "+FLAGS", r"(\Answered)")
            if not self.can_move:
                return False
            if not self._client.folder.exists(self._row.done_folder):
                self._client.folder.create(self._row.done_folder)
            if "MOVE" in self._client.client.capabilities:
                self._client.move(str(uid), self._row.done_folder)
            else:
                # Expunging without naming it would take away what somebody else marked.
                self._client.copy(str(uid), self._row.done_folder)
                self._client.client.uid("STORE", str(uid), "+FLAGS", r"(\Deleted)")
                self._client.client.uid("EXPUNGE", str(uid))
        except ImapToolsError:
            return False
        return True

    def make_ours(self) -> bool:
        """Whether the folder for what was taken is ours alone: made now, or found empty. Asked once for each name."""
        name = self._row.done_folder
        if not self._client.folder.exists(name):
            self._client.folder.create(name)
            return True
        return self._client.folder.status(name, ["MESSAGES"]).get("MESSAGES", 1) == 0

    def clear(self, before: date) -> int:
        """Delete what lies in the folder for messages that were taken, has our mark, and was received before a day."""
        if not self.can_expunge or not self._client.folder.exists(self._row.done_folder):
            return 0
        self._client.folder.set(self._row.done_folder)
        old = self._client.uids(f"ANSWERED BEFORE {_day(before)}")
        for start in range(0, len(old), A_LINE):
            some = old[start : start + A_LINE]
            # Servers refuse longer lines (RFC 7162 advises 8192 bytes): one such day, and nothing would be deleted again.
            self._client.client.uid("STORE", ",".join(some), "+FLAGS", r"(\Deleted)")
            self._client.client.uid("EXPUNGE", ",".join(some))
        return len(old)

    def _fetch(self, uid: int, what: str) -> bytes:
        _state, found = self._client.client.uid("FETCH", str(uid), what)
        return b" ".join(
            part if isinstance(part, bytes) else b" ".join(part) for part in found or () if part is not None
        )


# As IMAP writes them, whatever the language of this process.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _day(on: date) -> str:
    return f"{on.day}-{_MONTHS[on.month - 1]}-{on.year}"


@contextmanager
def opened(row: Mailbox) -> Iterator[Box]:
    """Sign in and open the folder. Raises CannotOpen; within, what `Away` names where the line breaks."""
    client = _client(row)
    try:
        yield Box(client, row)
    finally:
        with suppress(*Away):
            client.client.logout()


def _client(row: Mailbox) -> BaseMailBox:
    password = vault.open_(_key(), bytes(row.sealed), _bound(row)).decode()
    try:
        client = _connected(row)
    except MailboxStarttlsError as error:
        raise CannotOpen(Mailbox.State.AWAY) from error
    except Away as error:
        raise CannotOpen(Mailbox.State.AWAY) from error
    try:
        client.login_utf8(row.username, password, initial_folder=None) if not (
            row.username + password
        ).isascii() else client.login(row.username, password, initial_folder=None)
        # What a server can do it says in full only after the sign-in.
        _state, able = client.client.capability()
        client.client.capabilities = tuple(able[-1].decode("ascii", "replace").upper().split())
        client.folder.set(row.folder)
    except MailboxLoginError as error:
        _leave(client)
        raise CannotOpen(Mailbox.State.REFUSED) from error
    except MailboxFolderSelectError as error:
        _leave(client)
        raise CannotOpen(Mailbox.State.NO_FOLDER) from error
    except imaplib.IMAP4.abort as error:
        raise CannotOpen(Mailbox.State.AWAY) from error
    except imaplib.IMAP4.error as error:
        _leave(client)
        raise CannotOpen(Mailbox.State.REFUSED) from error
    except (OSError, ImapToolsError) as error:
        _leave(client)
        raise CannotOpen(Mailbox.State.AWAY) from error
    return client


def _connected(row: Mailbox) -> BaseMailBox:
    if row.security == Security.TLS:
        return MailBox(row.host, row.port, timeout=TIMEOUT_S, ssl_context=ssl.create_default_context())
    if row.security == Security.STARTTLS:
        return MailBoxStartTls(
            row.host, row.port, timeout=TIMEOUT_S, ssl_context=ssl.create_default_context()
        )
    return MailBoxUnencrypted(row.host, row.port, timeout=TIMEOUT_S)


def _leave(client: BaseMailBox) -> None:
    with suppress(*Away):
        client.client.logout()
