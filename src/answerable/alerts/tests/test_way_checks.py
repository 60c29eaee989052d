"""`answerable check` on the ways out and back; and the mailbox, against a server on this machine."""

from __future__ import annotations

import socket
import threading

import pytest

from answerable.alerts import checks
from answerable.alerts.addresses import seal_address
from answerable.alerts.answering import mailbox
from answerable.alerts.models import ContactPoint, Reply
from answerable.alerts.tests.climbers import reached_by
from answerable.core import clock
from answerable.parties.keyfile import KeyRing
from tests.cast import LONG_AGO

pytestmark = pytest.mark.django_db(transaction=True)
LETTER = b"From: h@office.example\r\nMessage-ID: <m@office.example>\r\nSubject: Re: x\r\n\r\n1\r\n"


def codes(check) -> list[str]:
    return [fault.code for fault in check()]


def test_nobody_s_way_needs_nothing(cast):
    assert codes(checks.check_ways) == []


def test_a_way_without_its_gateway_is_named(cast, settings):
    reached_by(cast.handler, way="sms")
    assert codes(checks.check_ways) == ["way_unset"]
    settings.SMS_URL = "http://127.0.0.1:9/"
    assert codes(checks.check_ways) == ["way_without_return"]
    settings.SMS_INBOUND_KEY = "k" * 40
    assert codes(checks.check_ways) == []


def test_another_key_file_opens_no_address(cast, settings, tmp_path):
    row = ContactPoint.objects.create(staff=cast.handler, way="apprise", made_at=LONG_AGO)
    seal_address(row, "dingtalk://abcdefgh12345678")
    row.save()
    assert codes(checks.check_ways) == []
    KeyRing.create(tmp_path / "another")
    settings.ANSWERABLE_KEY_FILE = str(tmp_path / "another")
    assert codes(checks.check_ways) == ["contacts_closed"]


def test_a_push_key_that_others_may_read(cast, settings, tmp_path):
    settings.BASE_URL = "https://town.example"
    settings.ANSWERABLE_PUSH_KEY_FILE = tmp_path / "push-key"
    reached_by(cast.handler, way="push")
    assert codes(checks.check_ways) == []
    (tmp_path / "push-key").chmod(0o644)
    assert codes(checks.check_ways) == ["push_key"]


class Imap:
    """As much of a mail server as one poll needs (RFC 3501); `letters` are unread until they are stored as seen."""

    def __init__(self, *letters: bytes, password: str = "p@ss") -> None:
        self.letters, self.seen, self.password = list(letters), set(), password
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _peer = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line: socket.socket) -> None:
        with line, line.makefile("rwb") as file:

            def say(text: bytes) -> None:
                file.write(text + b"\r\n")
                file.flush()

            say(b"* OK ready")
            for raw in file:
                tag, _space, rest = raw.strip().partition(b" ")
                words = rest.split(b" ")
                verb = words[0].upper()
                if verb == b"LOGIN":
                    if self.password.encode() not in rest:
                        say(tag + b" NO wrong")
                        continue
                elif verb == b"CAPABILITY":
                    say(b"* CAPABILITY IMAP4rev1")
                elif verb == b"SELECT":
                    say(b"* 1 EXISTS")
                elif rest.upper().startswith(b"UID SEARCH"):
                    unread = [b"%d" % n for n in range(1, len(self.letters) + 1) if n not in self.seen]
                    say(b"* SEARCH " + b" ".join(unread))
                elif rest.upper().startswith(b"UID FETCH"):
                    letter = self.letters[int(words[2]) - 1]
                    file.write(b"* %s FETCH (UID %s BODY[]<0> {%d}\r\n" % (words[2], words[2], len(letter)))
                    file.write(letter + b")\r\n")
                elif rest.upper().startswith(b"UID STORE"):
                    self.seen.add(int(words[2]))
                say(tag + b" OK done")
                if verb == b"LOGOUT":
                    return

    def end(self) -> None:
        self.listener.close()


@pytest.fixture
def imap(settings):
    server = Imap(LETTER, b"\xff\xfe broken")
    settings.ALERT_IMAP_URL = f"imap://duty:p%40ss@127.0.0.1:{server.port}/INBOX"
    yield server
    server.end()


def test_a_mailbox_is_read_once(imap):
    assert mailbox.poll(clock.now) == 2
    assert mailbox.poll(clock.now) == 0
    assert Reply.objects.count() == 2
    imap.seen.clear()  # as if the worker had died before it marked them
    assert mailbox.poll(clock.now) == 2
    assert Reply.objects.count() == 2


def test_a_mailbox_that_is_away_or_closed_to_us_is_said(imap, settings):
    assert codes(checks.check_mailbox) == []
    imap.password = "another"
    assert codes(checks.check_mailbox) == ["mailbox_refused"]
    assert mailbox.poll(clock.now) == 0
    settings.ALERT_IMAP_URL = "imap://duty:x@127.0.0.1:1/INBOX"
    assert codes(checks.check_mailbox) == ["mailbox_refused"]
    assert mailbox.poll(clock.now) == 0


def test_a_mailbox_that_hangs_is_left(settings, monkeypatch):
    monkeypatch.setattr(mailbox, "TIMEOUT_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.ALERT_IMAP_URL = f"imap://duty:x@127.0.0.1:{silent.getsockname()[1]}/INBOX"
        assert mailbox.poll(clock.now) == 0


def test_without_a_mailbox_nothing_is_asked(settings):
    settings.ALERT_IMAP_URL = ""
    assert mailbox.poll(clock.now) == 0
    assert codes(checks.check_mailbox) == []
