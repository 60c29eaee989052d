"""The disk under the database is full: said in a sentence, nothing acknowledged lost, on again when there is room.

A real, small file system (tmpfs) with a PostgreSQL server of its own on it, its commits flushed as in an office.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from psycopg.conninfo import conninfo_to_dict

from answerable.cases.portal.tests.walk import CLAIM, answers, walk
from answerable.ops import migrating
from answerable.ops.postgres import Server
from tests.cast import make_cast
from tests.crash.browser import Browser
from tests.crash.test_database_gone import hidden
from tests.crash.town import Forker, Town, until
from tests.crash.whole import assert_whole
from tests.crash.wire import Wire

pytestmark = [pytest.mark.crash, pytest.mark.django_db(transaction=True)]
SIZE = "160m"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0755", "none", str(disk)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("A file system can be mounted by root alone; as root this test runs.")
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(folder.stat().st_mode | 0o055)  # the server's own account has to get through
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.fixture
def town(transactional_db: None, forker: Forker, small_disk: Path, tmp_path: Path) -> Iterator[Town]:
    """Its database lies on the small disk; tables and cast are copied there from the test's own."""
    template = dict(connection.settings_dict)
    server = Server(small_disk / "database", settings={"wal_level": "minimal", "max_wal_senders": "0"})
    address = conninfo_to_dict(server.start())
    wire = Wire(str(address["host"]), int(address.get("port", 5432)))
    try:
        connection.close()
        connection.settings_dict |= {
            "NAME": address["dbname"],
            "USER": address["user"],
            "PASSWORD": address["password"],
            "HOST": address["host"],
            "PORT": str(address.get("port", 5432)),
        }
        migrating.migrate()
        one = Town(wire, forker, tmp_path, make_cast())
        yield one
        one.kill_all()
    finally:
        wire.close()
        connection.close()
        connection.settings_dict |= template
        server.stop()


def fill(disk: Path) -> Path:
    """Leave no free block."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        size = 1 << 20
        while size >= 4096:
            try:
                file.write(b"\0" * size)
            except OSError:
                size //= 2
    return ballast


def test_full_said_kept_and_on_again(town: Town, small_disk: Path) -> None:
    web = town.web()
    first = Browser(web.port, headers={"Accept-Language": "en"})
    walk(first, answers(town.cast))  # type: ignore[arg-type]
    assert first.post("/new/check", {}).status_code == 303
    code = town.one("SELECT code FROM cases_case")

    second = Browser(web.port, headers={"Accept-Language": "en"})
    walk(second, answers(town.cast), until="story")  # type: ignore[arg-type]
    ballast = fill(small_disk)
    said = None
    long = CLAIM + "字" * 60_000
    for number in range(40):
        said = second.post("/new/story", {"story": f"{number} {long}"})
        if said.status_code != 303:
            break
    assert said is not None
    assert said.status_code == 503, said.text[:500]
    assert "no room left" in said.text or "database is away" in said.text
    assert "Send it again" in said.text
    assert CLAIM in said.text

    ballast.unlink()
    kept = hidden(said)
    until(lambda: second.post("/new/story", kept).status_code == 303, 60)
    assert CLAIM in second.get("/new/story").text
    connection.close()
    assert town.one("SELECT code FROM cases_case") == code, "what was acknowledged is there"
    assert_whole()
