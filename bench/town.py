"""The installation under test: its own PostgreSQL with fsync on, web server and worker as `serve` and `worker` start them.

The organisation is one town of twelve units; every unit has a head, a clerk and a handler, and a subject of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from answerable.ops import environment, processes

UNITS = 12
PLACES = 20
API_KEYS = 400  # one key takes 6,000 cases an hour
HOST = "127.0.0.1"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class Office:
    """One unit with the cookies of its clerk and its head."""

    unit: int
    subject: str
    handler_post: int
    clerk: str
    head: str


@dataclass
class Town:
    """What the load generator must know; all of it is plain data."""

    address: str
    places: list[str]
    keys: list[str]
    offices: list[Office]
    mayor: str
    log: Path
    pids: dict[str, int] = field(default_factory=dict)


def database_pid(folder: Path) -> int:
    return int(next((folder / "database").glob("*/postmaster.pid")).read_text().split()[0])


@contextmanager
def database(folder: Path) -> Iterator[None]:
    """The embedded server on `folder`, tables and keys in it, Django set up in this process."""
    port = next(p for p in range(8600, 8700) if processes.is_free(HOST, p))
    for name in [
        name for name in os.environ if name.startswith("ANSWERABLE_") and name != "ANSWERABLE_RUN_DIR"
    ]:
        del os.environ[name]
    os.environ |= {
        "ANSWERABLE_DATA_DIR": str(folder),
        "ANSWERABLE_BASE_URL": f"http://{HOST}:{port}",
        "ANSWERABLE_LOG_FORMAT": "json",
    }
    environment.take_from(folder)
    server = environment.start_database(folder)
    try:
        environment.check_settings()
        environment.set_up_django()
        from answerable.ops import migrating
        from answerable.parties.keyfile import KeyRing
        from answerable.parties.keys import check_and_remember

        migrating.migrate()
        key_file = Path(os.environ["ANSWERABLE_KEY_FILE"])
        if not key_file.exists():
            KeyRing.create(key_file)
        check_and_remember()
        yield
    finally:
        from django.db import connections

        connections.close_all()
        server.stop()


@contextmanager
def running(folder: Path, town: Town, *, worker: bool = True) -> Iterator[None]:
    """Web server and worker as processes of their own; `town.pids` names them while they run."""
    town.log = folder / "web.log"
    town.log.write_bytes(b"")
    listen = town.address.removeprefix("http://")
    children = [processes.Child("web", ["serve", "--listen", listen], town.log)]
    if worker:
        children.append(processes.Child("worker", ["worker"], folder / "worker.log"))
    try:
        for child in children:
            child.start()
            assert child.process is not None
            town.pids[child.name] = child.process.pid
        # Without a worker nothing is ever ready for everything.
        _wait(f"{town.address}/{'readyz' if worker else 'healthz'}", town.log)
        yield
    finally:
        processes.stop_all(children)
        town.pids.clear()


def _wait(address: str, log: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _try in range(600):  # what was just filled in is still being written
        try:
            if opener.open(address, timeout=5).status == 200:
                return
        except OSError:
            time.sleep(0.5)
    said = log.read_text(errors="replace")[-2000:]
    raise SystemExit(f"The web server has not become ready. The last that it said:\n{said}")


def settle(folder: Path, keys: int = API_KEYS) -> Town:
    """The town's organisation, its API keys, and a signed-in session for each clerk and head."""
    from answerable.api.clients import issue_key
    from answerable.core import clock
    from answerable.orgs.models import Authority, Place, Post, Responsibility, Role, Subject
    from answerable.record.actors import Actor

    town = Authority.objects.create(code="town", name_zh="某镇", name_en="Town", pack="generic")
    root = _unit(town, "town", None)
    mayor = _staffed(root, "mayor", Role.LEADER, head=True)
    offices = []
    for number in range(UNITS):
        unit = _unit(town, f"u{number}", root)
        head = _staffed(unit, "head", Role.LEADER, head=True)
        clerk = _staffed(unit, "clerk", Role.CLERK)
        _staffed(unit, "handler", Role.HANDLER)
        subject = _rooted(
            Subject(authority=town, code=f"s{number}", name_zh=f"事项{number}", name_en=f"Subject {number}")
        )
        posts = {post.code: post for post in Post.objects.filter(unit=unit)}
        Responsibility.objects.create(authority=town, subject=subject, unit=unit, leader_post=posts["head"])
        offices.append(Office(unit.pk, subject.code, posts["handler"].pk, _session(clerk), _session(head)))
    Responsibility.objects.create(
        authority=town, unit=root, leader_post=Post.objects.get(unit=root, code="mayor")
    )
    places = [
        _rooted(Place(authority=town, code=f"p{n}", name_zh=f"{n}村", name_en=f"Village {n}")).code
        for n in range(PLACES)
    ]
    now = clock.now()
    issued = [
        issue_key(authority=town, name=f"bench {n}", by=Actor.system(), now=now)[1] for n in range(keys)
    ]
    return Town(
        os.environ["ANSWERABLE_BASE_URL"], places, issued, offices, _session(mayor), folder / "web.log"
    )


def _unit(authority: object, code: str, parent: object) -> object:
    from answerable.orgs.models import Unit

    return _rooted(
        Unit(authority=authority, code=code, name_zh=f"办公室{code}", name_en=f"Office {code}", parent=parent)
    )


def _rooted(row: object) -> object:
    row.save()
    parent = getattr(row, "parent", None)
    row.path = [*(parent.path if parent else []), row.pk]
    row.save(update_fields=["path"])
    return row


def _staffed(unit: object, code: str, role: str, *, head: bool = False) -> object:
    """A member of staff with a second factor, holding a new post of the unit."""
    from allauth.mfa.models import Authenticator

    from answerable.orgs.models import Appointment, Post, Staff

    post = Post.objects.create(
        unit=unit, code=code, role=role, name_zh=f"{code}岗", name_en=code, is_head=head
    )
    staff = Staff.objects.create_user(f"{unit.code}-{code}", name_zh=code, name_en=code)
    Appointment.objects.create(post=post, staff=staff, from_at=LONG_AGO)
    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data={"secret": "none"})
    return staff


def _session(staff: object) -> str:
    """The cookie of a member of staff who has signed in with both factors."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(staff.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = staff.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def commit() -> str:
    """The source that was measured; empty where nothing here can tell."""
    if shutil.which("git") is None:
        return ""
    found = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return found.stdout.strip()
