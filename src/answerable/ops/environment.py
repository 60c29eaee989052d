"""From the shell's environment to a Django that is set up: settings, secrets, database.

What an office does not set is taken from its data folder (ANSWERABLE_DATA_DIR, `--data DIR`):

    secret-key    made at the first start
    key-file      what opens sealed identities; made at the first start, with a warning to keep a copy apart
    database/     the embedded PostgreSQL server
    demo.json     only in a demo's folder: its address; marks the folder as a demo's
"""

from __future__ import annotations

import json
import os
import secrets
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from answerable.config import env
from answerable.core import disk
from answerable.ops import messages
from answerable.ops.postgres import PostgresError, Server
from answerable.ops.terminal import complain
from answerable.ops.terminal import gettext as _

NOTHING = "nothing"
SCRATCH = "scratch"  # a database, any database: an empty throwaway one where none is named
DATABASE = "database"
ITSELF = "itself"

WATCH_SECONDS = 1.0


class CannotStart(Exception):
    """`str()` is what to tell the person who started the command."""


def data_dir() -> Path | None:
    named = os.environ.get("ANSWERABLE_DATA_DIR")
    return Path(named) if named and Path(named).is_absolute() else None


def names_a_database() -> bool:
    """Whether the settings name a server of one's own, so that none is embedded."""
    return any(os.environ.get(f"ANSWERABLE_DATABASE_URL{suffix}") for suffix in ("", "_FILE"))


def take_from(folder: Path) -> None:
    """Set what is missing in the environment from the data folder; make the folder and the secret key.

    Raises CannotStart.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not any(os.environ.get(f"ANSWERABLE_SECRET_KEY{suffix}") for suffix in ("", "_FILE")):
            key = folder / "secret-key"
            if not key.exists():
                with suppress(FileExistsError):  # another process made it in this moment
                    disk.write_new(key, secrets.token_urlsafe(48) + "\n")
            os.environ["ANSWERABLE_SECRET_KEY_FILE"] = str(key)
        marker = folder / "demo.json"
        if marker.exists():
            os.environ.setdefault("ANSWERABLE_DEMO", "1")
            os.environ.setdefault("ANSWERABLE_RECORD_CADENCE", "5")  # nobody waits a minute for a tour
            os.environ.setdefault("ANSWERABLE_BASE_URL", str(json.loads(marker.read_text())["base_url"]))
            os.environ.setdefault("ANSWERABLE_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
    except (OSError, ValueError, KeyError) as error:
        raise CannotStart(
            _("The data folder %(folder)s cannot be used (%(reason)s). Choose another one.")
            % {"folder": folder, "reason": getattr(error, "strerror", None) or error}
        ) from error
    os.environ.setdefault("ANSWERABLE_KEY_FILE", str(folder / "key-file"))


def _stand_ins(scratch: Path) -> None:
    """For commands that touch nobody's data: whatever is missing, for this process only."""
    for name, value in {
        "DATA_DIR": str(scratch),
        "KEY_FILE": str(scratch / "key-file"),
        "BASE_URL": "http://localhost",
    }.items():
        os.environ.setdefault(f"ANSWERABLE_{name}", value)
    if not os.environ.get("ANSWERABLE_SECRET_KEY_FILE"):
        os.environ.setdefault("ANSWERABLE_SECRET_KEY", secrets.token_urlsafe(48))
    if not names_a_database():
        os.environ["ANSWERABLE_DATABASE_URL"] = f"postgresql://nobody@/none?host={scratch}"


def _sentences(error: env.EnvError) -> str:
    said = []
    for template, facts in error.faults:
        if form := facts.get("form"):
            facts = facts | {"form": _(form)}
        said.append(_(template) % facts)
    return "\n".join(said)


def check_settings() -> None:
    """Raise CannotStart with a sentence for each setting that is unknown, malformed or missing."""
    try:
        env.load(os.environ)
    except env.EnvError as error:
        raise CannotStart(_sentences(error)) from error


def set_up_django() -> None:
    """The catalogues first: the settings name the folders that are there, and a service whose checkout cannot be written
    to has them elsewhere."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "answerable.config.settings")
    try:
        messages.compile_stale()
    except OSError as error:  # somebody who may only read here still gets what they asked for
        complain(
            _(
                "The Chinese sentences cannot be written to %(file)s (%(reason)s), so some may be missing. Set "
                "ANSWERABLE_RUN_DIR to a folder that can be written to."
            )
            % {"file": error.filename, "reason": error.strerror}
        )
    import django

    django.setup()


def start_database(folder: Path) -> Server:
    """Start or join the data folder's own server and name it in the environment. Raises CannotStart."""
    server = Server(folder / "database")
    try:
        os.environ["ANSWERABLE_DATABASE_URL"] = server.start()
    except PostgresError as error:
        raise CannotStart(str(error)) from error
    return server


def keep_up(server: Server, stop: threading.Event) -> threading.Thread:
    """Start the server again whenever it is gone, until `stop` is set. Its address stays the same."""

    def watch() -> None:
        while not stop.wait(WATCH_SECONDS):
            if server.is_running():
                continue
            try:
                server.start()
            except PostgresError as error:
                complain(str(error))
                time.sleep(WATCH_SECONDS * 5)

    thread = threading.Thread(target=watch, name="database-watch", daemon=True)
    thread.start()
    return thread


@contextmanager
def prepare(needs: str = DATABASE) -> Iterator[None]:
    """Set Django up for a command; what was started for it is stopped at the end. Raises CannotStart."""
    with ExitStack() as stack:
        if needs == NOTHING:
            _stand_ins(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="answerable-"))))
        elif needs == SCRATCH:
            _stand_ins_with_database(stack)
        else:
            _real_settings(stack)
        check_settings()
        set_up_django()
        yield


def _stand_ins_with_database(stack: ExitStack) -> None:
    if not names_a_database():
        server = Server.temporary()
        try:
            os.environ["ANSWERABLE_DATABASE_URL"] = stack.enter_context(server).url
        except PostgresError as error:
            raise CannotStart(str(error)) from error
    _stand_ins(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="answerable-"))))


def _real_settings(stack: ExitStack) -> None:
    folder = data_dir()
    if folder is None:
        check_settings_but_database(frozenset())
        raise CannotStart(_("Name the data folder: --data DIR, or ANSWERABLE_DATA_DIR (an absolute path)."))
    take_from(folder)
    if names_a_database():
        return
    check_settings_but_database()
    server = start_database(folder)
    stop = threading.Event()
    watch = keep_up(server, stop)

    def finish() -> None:
        stop.set()
        watch.join(WATCH_SECONDS * 3)
        server.stop()

    stack.callback(finish)


def check_settings_but_database(
    needs: frozenset[str] = frozenset({"SECRET_KEY", "BASE_URL", "KEY_FILE", "DATA_DIR"}),
) -> None:
    """As `check_settings`, before the embedded server is started: a typing error must not cost a start."""
    try:
        env.load(os.environ, needs=needs)
    except env.EnvError as error:
        raise CannotStart(_sentences(error)) from error
