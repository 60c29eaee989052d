"""The commands themselves, `answerable serve` and `answerable worker`, killed with everything that belongs to them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote

import pytest
from django.conf import settings

from answerable.cases.portal.tests.walk import answers, walk
from tests.crash.browser import Browser
from tests.crash.town import ROOT, Town, until
from tests.crash.whole import assert_whole
from tests.crash.wire import Trap
from tests.ports import quiet_port

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]


class Command:
    """`answerable ARGUMENTS` on the town's database, in a session of its own."""

    def __init__(self, town: Town, *arguments: str) -> None:
        there = town.database
        secret = f":{quote(there['PASSWORD'])}" if there["PASSWORD"] else ""
        with (town.folder / "commands.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "answerable", *arguments],
                env=os.environ
                | {
                    "PYTHONPATH": f"{ROOT / 'src'}",
                    "ANSWERABLE_DATABASE_URL": f"postgresql://{there['USER']}{secret}@127.0.0.1:{there['PORT']}/{there['NAME']}",
                    "ANSWERABLE_KEY_FILE": str(settings.ANSWERABLE_KEY_FILE),
                    "ANSWERABLE_DATA_DIR": str(town.folder),
                    "ANSWERABLE_BASE_URL": "http://127.0.0.1",
                    "ANSWERABLE_ALLOWED_HOSTS": "127.0.0.1",
                    "ANSWERABLE_WEB_WORKERS": "1",
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def port() -> int:
    return quiet_port()


@pytest.fixture
def commands(town: Town) -> Iterator[list[Command]]:
    started: list[Command] = []
    yield started
    for one in started:
        one.kill()


def test_serve_and_worker_killed_and_started_again(town: Town, port: int, commands: list[Command]) -> None:
    def answers_now() -> bool:
        with suppress(OSError):
            return Browser(port).get("/healthz").status_code == 200
        return False

    def serve() -> Command:
        commands.append(Command(town, "serve", "--listen", f"127.0.0.1:{port}"))
        until(answers_now, 90)
        return commands[-1]

    web = serve()
    person = Browser(port)
    walk(person, answers(town.cast))  # type: ignore[arg-type]
    seen = town.wire.trap(Trap(web.kill, matches=lambda sql: sql == "COMMIT", after=True))
    with pytest.raises(OSError):  # noqa: PT011 - however the line breaks
        person.post("/new/check", {})
    assert seen.sprung.wait(10)
    assert town.one("SELECT count(*) FROM cases_case") == 1
    assert_whole()

    serve()
    commands.append(Command(town, "worker"))
    trap = town.wire.trap(
        Trap(commands[-1].kill, matches=lambda sql: sql.startswith('DELETE FROM "record_outbox"'))
    )
    sent = person.post("/new/check", {})
    assert (sent.status_code, sent["Location"]) == (303, "/new/receipt"), sent.text
    assert town.one("SELECT code FROM cases_case") in person.get("/new/receipt").text
    assert trap.sprung.wait(60)
    assert town.one("SELECT count(*) FROM alerts_notice") == 0
    commands.append(Command(town, "worker"))
    until(lambda: town.one("SELECT count(*) FROM record_outbox") == 0, 60)
    assert town.one("SELECT count(*) = count(DISTINCT (code, post_id)) AND count(*) > 0 FROM alerts_notice")
    until(lambda: Browser(port).get("/readyz").status_code == 200, 30)
    assert_whole()
