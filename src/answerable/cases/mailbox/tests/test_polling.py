"""A real mail server on this machine: messages are taken, put away, and what goes wrong with it is said."""

from __future__ import annotations

import asyncio
import imaplib
import socket
import threading
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPService

from answerable.cases.mailbox import imap, polling
from answerable.cases.mailbox.models import Mail, Mailbox
from answerable.cases.mailbox.services import change_mailbox, open_mailbox
from answerable.cases.mailbox.wording import state
from answerable.cases.models import Case
from answerable.core import clock
from tests.cast import Cast
from tests.ports import quiet_port

from .mails import raw
from .test_taking import wished

pytestmark = pytest.mark.django_db(transaction=True)


class Server:
    """`pymap` with one account, in a thread of its own."""

    def __init__(self) -> None:
        self.port = quiet_port()
        self._ready, self._loop = threading.Event(), asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_until_complete, args=(self._serve(),), daemon=True
        )
        self._thread.start()
        assert self._ready.wait(10)

    async def _serve(self) -> None:
        args = Namespace(
            host=["127.0.0.1"], port=self.port, cert=None, key=None, tls=False, debug=False, proxy_protocol=None,
            inherited_sockets=None, passlib_cfg=None, demo_data=False, demo_user="town", demo_password="right",
        )  # fmt: skip
        self._end = asyncio.Event()
        backend, config = await DictBackend.init(args)
        config.apply_context()
        async with AsyncExitStack() as stack:
            await backend.start(stack)
            await IMAPService(backend, config).start(stack)
            self._ready.set()
            await self._end.wait()

    def put(self, data: bytes, folder: str = "INBOX") -> None:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=10) as client:
            client.login("town", "right")
            client.create(folder)
            state, said = client.append(folder, "", imaplib.Time2Internaldate(time.time() - 3600), data)
            assert state == "OK", said

    def count(self, folder: str) -> int:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=10) as client:
            client.login("town", "right")
            _state, said = client.select(f'"{folder}"', readonly=True)
            return int(said[0] or 0)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture
def box(cast: Cast, server: Server) -> Mailbox:
    return open_mailbox(
        authority=cast.town,
        wished=wished(cast, port=server.port),
        password="right",
        by=cast.actor(cast.administrator),
        now=clock.now(),
    )


def test_messages_are_taken_and_put_away(box, server):
    for number in range(3):
        server.put(raw(f"第{number}件", message_id=f"<{number}@x>"))
    assert polling.poll(clock.now) == 3
    assert polling.poll(clock.now) == 0
    assert (server.count("INBOX"), server.count("Answerable"), Case.objects.count()) == (0, 3, 3)
    case = Case.objects.first()
    assert timedelta(minutes=50) < case.registered_at - case.received_at < timedelta(minutes=70)
    box.refresh_from_db()
    assert box.state == "fine"
    assert box.worked_at


def test_a_folder_with_other_mail_is_refused_and_nothing_is_put_among_it(cast, box, server):
    server.put(raw(message_id="<kept@x>"), folder="Archive")
    server.put(raw())
    change = {"by": cast.actor(cast.administrator), "password": "", "mailbox_id": box.pk}
    theirs = wished(cast, port=server.port, done_folder="Archive")
    change_mailbox(wished=theirs, seen_version=1, now=clock.now(), **change)
    assert polling.poll(clock.now) == 0
    box.refresh_from_db()
    assert (box.state, server.count("INBOX"), Case.objects.count()) == ("used", 1, 0)
    assert state(box)[0] == "late"
    change_mailbox(wished=wished(cast, port=server.port), seen_version=2, now=clock.now(), **change)
    assert polling.poll(clock.now) == 1
    assert (server.count("Archive"), server.count("Answerable")) == (1, 1)
    server.put(raw(message_id="<later@x>"))
    change_mailbox(wished=wished(cast, port=server.port), seen_version=3, now=clock.now(), **change)
    assert polling.poll(clock.now) == 1, "what lies there now is what we put there"


def test_a_worker_that_died_before_putting_away_takes_nothing_twice(box, server, monkeypatch):
    server.put(raw())
    with monkeypatch.context() as dying:
        dying.setattr(imap.Box, "put_away", lambda self, uid: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            polling.poll(clock.now)
    assert (server.count("INBOX"), Case.objects.count()) == (1, 1)
    assert polling.poll(clock.now) == 0
    assert (server.count("INBOX"), Case.objects.count(), Mail.objects.count()) == (0, 1, 1)


def test_where_messages_cannot_be_moved_each_is_still_taken_once(box, server, monkeypatch):
    monkeypatch.setattr(imap.Box, "put_away", lambda self, uid: False)
    server.put(raw("一", message_id="<1@x>"))
    polling.poll(clock.now)
    server.put(raw("二", message_id="<2@x>"))
    assert polling.poll(clock.now) == 1
    box.refresh_from_db()
    assert box.last_uid > 0
    assert (server.count("INBOX"), Case.objects.count()) == (2, 2)


def test_a_very_long_message_is_registered_by_its_beginning(box, server, monkeypatch):
    monkeypatch.setattr(polling, "MOST_BYTES", 20_000)
    monkeypatch.setattr(polling, "BEGINNING", 4_000)
    server.put(raw("路灯坏了。" + "\n很长" * 20_000))
    assert polling.poll(clock.now) == 1
    words = Case.objects.get().text.claim
    assert words.startswith("路灯不亮\n\n路灯坏了。")
    assert "开头" in words


def test_one_message_that_fails_keeps_no_other_back_and_stays(box, server, monkeypatch):
    server.put(raw("坏", message_id="<bad@x>"))
    server.put(raw("好", message_id="<good@x>"))
    take = polling.take
    monkeypatch.setattr(
        polling, "take", lambda row, data, **more: 1 / 0 if b"bad@x" in data else take(row, data, **more)
    )
    assert polling.poll(clock.now) == 1
    assert server.count("INBOX") == 1
    monkeypatch.setattr(polling, "take", take)
    assert polling.poll(clock.now) == 1
    assert Case.objects.count() == 2


def test_what_is_wrong_with_a_mailbox_is_said(cast, box, server):
    def change(**more):
        box.refresh_from_db()
        password = more.pop("password", "right")
        row = change_mailbox(
            mailbox_id=box.pk,
            wished=wished(cast, **({"port": server.port} | more)),
            password=password,
            by=cast.actor(cast.administrator),
            seen_version=box.version,
            now=clock.now(),
        )
        polling.poll(clock.now)
        row.refresh_from_db()
        return row.state

    assert change(password="wrong") == "refused"
    assert change(folder="No such folder") == "no_folder"
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        assert change(port=silent.getsockname()[1]) == "away"
    assert change() == "fine"


def test_a_server_that_hangs_holds_up_only_its_own_mailbox(cast, box, server, monkeypatch):
    monkeypatch.setattr(imap, "TIMEOUT_S", 2)
    with socket.socket() as hanging:
        hanging.bind(("127.0.0.1", 0))
        hanging.listen()
        other = open_mailbox(
            authority=cast.town,
            wished=wished(cast, address="other@town.example", port=hanging.getsockname()[1]),
            password="p",
            by=cast.actor(cast.administrator),
            now=clock.now(),
        )
        server.put(raw())
        assert polling.poll(clock.now) == 1
    other.refresh_from_db()
    assert other.state == "away"


def test_what_was_taken_is_deleted_at_the_server_in_time_and_nothing_else_is(box, server, monkeypatch):
    monkeypatch.setattr(imap, "A_LINE", 1)
    server.put(raw())
    server.put(raw(message_id="<second@x>"))
    polling.poll(clock.now)
    server.put(raw("不是我们的", message_id="<theirs@x>"), "Answerable")
    Mailbox.objects.update(cleared_on=None)
    polling.poll(clock.now)
    assert server.count("Answerable") == 3
    Mailbox.objects.update(cleared_on=None)
    polling.poll(lambda: clock.now() + timedelta(days=32))
    assert server.count("Answerable") == 1


def test_a_mailbox_whose_password_opens_no_more_holds_up_no_other(cast, box, server):
    second = open_mailbox(
        authority=cast.town,
        wished=wished(cast, port=server.port, address="other@town.example", done_folder="Other"),
        password="right",
        by=cast.actor(cast.administrator),
        now=clock.now(),
    )
    Mailbox.objects.filter(pk=box.pk).update(sealed=b"\x01" * 60)
    server.put(raw())
    assert polling.poll(clock.now) == 1
    box.refresh_from_db()
    second.refresh_from_db()
    assert (box.state, second.state) == ("away", "fine")


@pytest.mark.parametrize("moves", [True, False])
def test_messages_that_fail_again_and_again_hide_none_that_come_later(box, server, monkeypatch, moves):
    take = polling.take
    monkeypatch.setattr(
        polling, "take", lambda row, data, **more: 1 / 0 if b"bad@x" in data else take(row, data, **more)
    )
    monkeypatch.setattr(polling, "MOST", 2)
    if not moves:
        monkeypatch.setattr(
            imap.Box, "can_move", property(lambda self: False, lambda self, value: None), raising=False
        )
    for number in range(2):
        server.put(raw("坏", message_id=f"<{number}.bad@x>"))
    for number in range(4):
        server.put(raw(f"第{number}件", message_id=f"<{number}@x>"))
    for _turn in range(5):
        polling.poll(clock.now)
    assert Case.objects.count() == 4
    box.refresh_from_db()
    assert box.last_uid == 0, "what failed is not passed over"
    monkeypatch.setattr(polling, "take", take)
    for _turn in range(4):
        polling.poll(clock.now)
    assert Case.objects.count() == 6
