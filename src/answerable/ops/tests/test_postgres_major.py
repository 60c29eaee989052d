"""`answerable upgrade` between two real major versions of PostgreSQL: moved whole, or left as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from answerable.ops import postgres_major
from answerable.ops.postgres import PostgresError, Server
from answerable.ops.postgres_binaries import Binaries, anywhere

SOURCE = Path(__file__).resolve().parents[3]
HERE = sorted(anywhere(), key=lambda one: one.major)
OLD, NEW = HERE[0], HERE[-1]

pytestmark = [
    pytest.mark.crash,
    pytest.mark.timeout(400),
    pytest.mark.skipif(NEW.major == OLD.major, reason="only one major version of PostgreSQL is installed"),
]


def command(folder: Path, *words: str, pg: Binaries | None = None) -> tuple[list[str], dict[str, str]]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSWERABLE_")}
    kept |= {"PYTHONPATH": str(SOURCE), "LC_ALL": "C.UTF-8", "ANSWERABLE_BASE_URL": "http://localhost"}
    if pg is not None:
        kept["ANSWERABLE_PG_BIN"] = str(pg.folder)
    return [sys.executable, "-m", "answerable", *words, "--data", str(folder)], kept


def run(folder: Path, *words: str, pg: Binaries | None = None) -> subprocess.CompletedProcess[str]:
    line, env = command(folder, *words, pg=pg)
    return subprocess.run(line, env=env, input="", capture_output=True, text=True, timeout=300)


def fact(folder: Path) -> tuple[int, int, str]:
    """Major version, how many migrations, and a row that a backup leaves out."""
    with Server(folder / "database") as server, psycopg.connect(server.url) as db:
        row = db.execute(
            "SELECT current_setting('server_version_num')::int / 10000, (SELECT count(*) FROM django_migrations),"
            " (SELECT session_key FROM django_session)"
        ).fetchone()
    assert row is not None
    return row[0], row[1], row[2]


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real data folder of the old version, with tables and a sign-in's session."""
    folder = tmp_path_factory.mktemp("made") / "office"
    made = run(folder, "migrate", pg=OLD)
    assert made.returncode == 0, made.stderr
    with Server(folder / "database") as server, psycopg.connect(server.url) as db:
        db.execute("INSERT INTO django_session VALUES ('kept', '', now() + interval '1 day')")
    return folder


@pytest.fixture
def office(made_once: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of it, owners and all."""
    folder = tmp_path / "office"
    subprocess.run(["cp", "-a", made_once, folder], check=True)
    (folder / "database" / "socket-dir").unlink(missing_ok=True)
    yield folder
    with Server(folder / "database"):
        pass  # nothing that a killed run has started stays


def test_the_data_are_moved_with_everything_in_them(office: Path, tmp_path: Path) -> None:
    before = fact(office)
    assert before[0] == OLD.major
    done = run(office, "upgrade", str(tmp_path / "backups"), pg=OLD)
    assert done.returncode == 0, done.stderr
    assert f"The data are in PostgreSQL {NEW.version} now." in done.stdout
    assert "Take ANSWERABLE_PG_BIN out" in done.stderr
    assert fact(office) == (NEW.major, *before[1:])
    assert len(list((tmp_path / "backups").glob("answerable-*.tar.gz"))) == 1
    left = {path.name for path in (office / "database").iterdir()}
    assert not left & {"moving", "cluster.was"}
    again = run(office, "upgrade", str(tmp_path / "backups"))
    assert "Nothing was done" in again.stdout


def test_while_it_is_in_use_nothing_is_moved(office: Path, tmp_path: Path) -> None:
    with Server(office / "database"):
        refused = run(office, "upgrade", str(tmp_path / "backups"))
    assert refused.returncode == 2
    assert "Stop the services" in refused.stderr
    assert fact(office)[0] == OLD.major


def test_a_full_or_wrong_place_for_the_backup_leaves_the_old_data(office: Path, tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("in the way")
    before = fact(office)
    refused = run(office, "upgrade", str(tmp_path / "backups"))
    assert refused.returncode == 2
    assert "could not be written" in refused.stderr
    assert fact(office) == before


def test_killed_again_and_again_the_data_are_whole(office: Path, tmp_path: Path) -> None:
    """At each place that it comes to, and each time it is begun anew; the last time nobody kills it."""
    before = fact(office)
    line, env = command(office, "upgrade", str(tmp_path / "backups"))
    for seen in ("moving/to/cluster", "moving/keys", "cluster.was"):
        process = subprocess.Popen(line, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 200
        while not (office / "database" / seen).exists() and process.poll() is None:
            assert time.monotonic() < until
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
        process.wait()
        after = fact(office)
        assert after[1:] == before[1:]
        if seen != "cluster.was":  # at the swap itself either version is whole
            assert after[0] == OLD.major, seen
    assert run(office, "upgrade", str(tmp_path / "backups")).returncode == 0
    assert fact(office) == (NEW.major, *before[1:])


def test_a_kill_between_the_two_renames_is_put_right_by_the_next_start(office: Path) -> None:
    before = fact(office)
    (office / "database" / "cluster").rename(office / "database" / "cluster.was")
    assert fact(office) == before


def test_a_new_cluster_that_does_not_start_is_taken_out_again(office: Path, tmp_path: Path) -> None:
    before = fact(office)
    step = postgres_major.due(office / "database")
    assert step is not None
    with postgres_major.Move(office / "database", step) as move:
        (move.new.cluster / "PG_VERSION").write_text("3\n")
        with pytest.raises(PostgresError):
            move.swap()
    assert fact(office) == before
