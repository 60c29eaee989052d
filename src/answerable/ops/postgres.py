"""Answerable's own PostgreSQL server: a data directory, a private Unix socket, a generated password.

    with Server(Path("data")) as server:
        connect(server.url)

Several processes may use one data directory: the first one starts the server, the others join it, and it
stops with the last, however that one ends (see `postgres_guard`). What lies in the data directory:

    cluster/         the server's files; owned by the account that it runs as
    passwords.json   of the two database roles, 0600
    postgres.log     the server's messages: no statements, no parameters, no values
    *.lock           who starts, uses and guards the server
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import psycopg
from psycopg import sql

from answerable.ops import postgres_cluster, postgres_orphans
from answerable.ops.postgres_binaries import Binaries, PostgresError, choose, reachable
from answerable.ops.postgres_guard import is_ready
from answerable.ops.terminal import gettext as _

__all__ = ["PostgresError", "Server"]

OWNER = "postgres"  # the superuser: makes the role below, nothing else
ROLE = "answerable"  # owns the database; no superuser, so that no statement can run programs or read files
DATABASE = "answerable"
PATIENCE_SECONDS = 120.0
#: What a server says that has been told to stop; its messages are in English, whatever the machine speaks.
SHUTTING_DOWN = "shutting down"

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Nothing that a person typed may reach the log. Django puts values into the text of a statement, and the
    # message, detail and context of an error may quote them: so errors are left to the client that got them.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
    "logging_collector": "off",
    "log_line_prefix": "%m [%p] ",
}
SMALLEST_BUFFERS_MB, LARGEST_BUFFERS_MB = 128, 2048


def memory_settings(memory_mb: int) -> dict[str, str]:
    """What the server may keep in memory: an eighth of the machine's, within bounds, as the rest is shared by all."""
    buffers = min(max(memory_mb // 8, SMALLEST_BUFFERS_MB), LARGEST_BUFFERS_MB)
    return {
        "shared_buffers": f"{buffers}MB",
        "effective_cache_size": f"{max(memory_mb // 2, 2 * SMALLEST_BUFFERS_MB)}MB",
    }


def machine_memory_mb() -> int:
    """The machine's memory, or what its container may use of it; 0 where neither can be told."""
    try:
        found = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return 0
    with contextlib.suppress(ValueError, OSError):  # "max", or no such file: not bounded
        found = min(found, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return found >> 20


THROWAWAY: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "autovacuum_naptime": "10min",
    "max_wal_size": "2GB",
}


class Server:
    """One data directory and its server.

    `throwaway` is for tests and measurements that may lose their data: nothing is flushed to disk, and the
    role may create databases and let triggers rest. `delete` removes the data directory once the server has stopped, however its
    users ended. `settings` are further server settings (`{"shared_buffers": "1GB"}`).
    `cluster` and `binaries` name other files and programs than one's own and the fitting (`postgres_major`).
    Keep the object as long as the server is wanted; `start` and `stop` may be called again.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        throwaway: bool = False,
        delete: bool = False,
        settings: Mapping[str, str] | None = None,
        cluster: Path | None = None,
        binaries: Binaries | None = None,
    ) -> None:
        self.data_dir = Path(os.path.abspath(data_dir))
        self.cluster = cluster or self.data_dir / "cluster"
        self.binaries = binaries
        self.throwaway = throwaway
        self.delete = delete
        own = THROWAWAY if throwaway else memory_settings(machine_memory_mb())
        self.settings = {**SETTINGS, **own, **(settings or {})}
        self._clients: int | None = None
        self._socket_dir = ""

    @classmethod
    def temporary(cls, settings: Mapping[str, str] | None = None) -> Server:
        """A throwaway server in a new folder (in memory where there is room) that goes with its last user."""
        base: str | None = None
        with contextlib.suppress(OSError):
            if shutil.disk_usage("/dev/shm").free > 2 << 30 and os.access("/dev/shm", os.W_OK):
                base = "/dev/shm"
        folder = Path(tempfile.mkdtemp(prefix="answerable-data-", dir=base))
        return cls(folder, throwaway=True, delete=True, settings=settings)

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Address of the database for the unprivileged role; only while started."""
        return self._url(ROLE, DATABASE)

    def start(self) -> str:
        """Start the server or join the running one; return the database's address.

        Makes the data directory where there is none, and picks up one whose server was killed.
        Raises PostgresError with a sentence.
        """
        if self._clients is not None:
            self.stop()
        self._make_data_dir()
        with self._locked("start.lock"):
            # From here on the guard sees a client, whatever becomes of us.
            clients = self._open_lock("clients.lock")
            try:
                self._wait_for(clients, fcntl.LOCK_SH)
                self._join_or_start()
            except BaseException:
                self._leave(clients)
                raise
            self._clients = clients
        return self.url

    def _join_or_start(self) -> None:
        """A server that is just stopping for want of clients looks ready until it refuses: then it is waited for."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            self._socket_dir = self._running() or self._bring_up()
            try:
                self._provide_role()
                return
            except PostgresError as error:
                is_stopping = SHUTTING_DOWN in str(error.__cause__)
                if not is_stopping or time.monotonic() > until:
                    raise
            time.sleep(0.1)

    def stop(self) -> None:
        """Leave the server; if nobody else uses it, return once it has stopped."""
        if self._clients is None:
            return
        clients, self._clients = self._clients, None
        self._leave(clients)

    def _leave(self, clients: int) -> None:
        try:
            fcntl.flock(clients, fcntl.LOCK_EX | fcntl.LOCK_NB)
            last = True
        except OSError:
            last = False
        os.close(clients)
        if last:
            until = time.monotonic() + PATIENCE_SECONDS
            while self._is_guarded() and time.monotonic() < until:
                time.sleep(0.01)

    def is_in_use(self) -> bool:
        """Whether any process has this server running (it may be us)."""
        return self._is_guarded()

    def is_running(self) -> bool:
        """Whether the server that we joined still accepts connections (not: whether it is well)."""
        return self._clients is not None and self._is_guarded() and is_ready(str(self.cluster))

    # ------------------------------------------------------------------ steps of start

    def _make_data_dir(self) -> None:
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(self._open_lock("start.lock"))
        except OSError as error:
            raise PostgresError(
                _("The data folder %(folder)s cannot be used (%(reason)s). Choose another one.")
                % {"folder": self.data_dir, "reason": error.strerror}
            ) from error
        if os.geteuid() != 0 and self.cluster.exists() and self.cluster.stat().st_uid != os.geteuid():
            raise PostgresError(
                _(
                    "The data in %(folder)s belongs to another account. Start Answerable as the one that made "
                    "it (root, perhaps), or choose another data folder."
                )
                % {"folder": self.data_dir}
            )

    def _bring_up(self) -> str:
        """Start guard and server; return the socket's directory."""
        postgres_orphans.put_back(self.data_dir)
        postgres_orphans.clear(self.data_dir, self.cluster)
        account = postgres_cluster.account_for(self.cluster)
        binaries = self.binaries or choose(postgres_cluster.major_of(self.cluster), self.data_dir)
        if os.geteuid() == 0:
            binaries = reachable(binaries, account.uid, account.gid)
        password = self._passwords()[OWNER]
        if not self.cluster.exists():
            postgres_cluster.make(
                self.cluster, binaries, account, owner=OWNER, password=password, sync=not self.throwaway
            )
        spec = {
            "postgres": binaries.program("postgres"),
            "dir": str(self.data_dir),
            "cluster": str(self.cluster),
            "uid": account.uid,
            "gid": account.gid,
            "by_descriptor": postgres_cluster.needs_descriptor(self.cluster, account),
            "settings": self.settings,
            "delete": self.delete,
        }
        guard = Path(__file__).with_name("postgres_guard.py")
        started = subprocess.Popen(
            [sys.executable, "-I", str(guard), json.dumps(spec)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            cwd="/",
            start_new_session=True,  # Ctrl-C is for us; the server goes last
            text=True,
        )
        assert started.stdout is not None
        with started.stdout as answers:
            answer = json.loads(answers.readline() or '{"error": "-"}')
        postgres_orphans.reap(started)
        if answer.get("ready"):
            postgres_orphans.clear_moved(self.data_dir)
            return str(answer["socket_dir"])
        raise PostgresError(
            _("PostgreSQL did not start in %(folder)s. The end of its log:\n%(log)s")
            % {"folder": self.data_dir, "log": answer.get("log") or answer["error"]}
        )

    def _provide_role(self) -> None:
        """Make the role and the database, once: whoever finds them missing, also after a crash halfway."""
        passwords = self._passwords()
        try:
            psycopg.connect(self.url, connect_timeout=30).close()
            return
        except psycopg.OperationalError:
            pass  # not there yet, or a real fault: the next connection tells
        try:
            with psycopg.connect(self._url(OWNER, "postgres"), autocommit=True, connect_timeout=30) as owner:
                rights = sql.SQL("LOGIN CREATEDB" if self.throwaway else "LOGIN")
                if not owner.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                    owner.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(ROLE)))
                owner.execute(
                    sql.SQL("ALTER ROLE {} WITH {} PASSWORD {}").format(
                        sql.Identifier(ROLE), rights, sql.Literal(passwords[ROLE])
                    )
                )
                if self.throwaway and owner.info.server_version >= 150000:
                    owner.execute(
                        sql.SQL("GRANT SET ON PARAMETER session_replication_role TO {}").format(
                            sql.Identifier(ROLE)
                        )
                    )
                if not owner.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                    owner.execute(
                        sql.SQL("CREATE DATABASE {} OWNER {}").format(
                            sql.Identifier(DATABASE), sql.Identifier(ROLE)
                        )
                    )
        except psycopg.OperationalError as error:
            raise PostgresError(
                _("The database in %(folder)s refuses our password or connection: %(reason)s")
                % {"folder": self.data_dir, "reason": str(error).strip()}
            ) from error

    # ------------------------------------------------------------------ small parts

    def _passwords(self) -> dict[str, str]:
        path = self.data_dir / "passwords.json"
        if not path.exists():
            if self.cluster.exists():
                raise PostgresError(
                    _("%(file)s is missing, so the database cannot be opened. Put it back from your backup.")
                    % {"file": path}
                )
            new = path.with_suffix(".new")
            new.unlink(missing_ok=True)
            new.touch(mode=0o600)
            new.write_text(json.dumps({OWNER: secrets.token_urlsafe(32), ROLE: secrets.token_urlsafe(32)}))
            new.rename(path)
        return dict(json.loads(path.read_text()))

    def _url(self, role: str, database: str) -> str:
        if not self._socket_dir:
            raise PostgresError(_("The database server has not been started."))
        password = quote(self._passwords()[role])
        where = quote(self._socket_dir, safe="")
        return f"postgresql://{role}:{password}@/{database}?host={where}&port=5432"

    def _running(self) -> str:
        """The socket's directory of a server that is guarded and ready; empty if there is no guard."""
        until = time.monotonic() + PATIENCE_SECONDS
        while self._is_guarded():
            with contextlib.suppress(OSError, ValueError):
                state = json.loads((self.data_dir / "guard.json").read_text())
                if is_ready(str(self.cluster)):
                    return str(state["socket_dir"])
            if time.monotonic() > until:
                raise PostgresError(
                    _(
                        "The database server in %(folder)s has not become ready. Its log is postgres.log there."
                    )
                    % {"folder": self.data_dir}
                )
            time.sleep(0.02)
        return ""

    def _open_lock(self, name: str) -> int:
        return os.open(self.data_dir / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _is_guarded(self) -> bool:
        try:
            guard = self._open_lock("guard.lock")
        except FileNotFoundError:
            return False  # the guard has removed the folder and is gone
        try:
            fcntl.flock(guard, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
        except OSError:
            return True
        finally:
            os.close(guard)

    @contextlib.contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        lock = self._open_lock(name)
        try:
            self._wait_for(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _wait_for(self, lock: int, kind: int) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return fcntl.flock(lock, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise PostgresError(
                        _("Another process is still starting or stopping the database in %(folder)s.")
                        % {"folder": self.data_dir}
                    ) from None
                time.sleep(0.02)
