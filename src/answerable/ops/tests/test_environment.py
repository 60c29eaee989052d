"""What a wrong environment gets: sentences, and no start."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from answerable.config import env

SOURCE = Path(__file__).resolve().parents[3]
GOOD = {
    "ANSWERABLE_DATABASE_URL": "postgresql://a:b@/c?host=/tmp",
    "ANSWERABLE_SECRET_KEY": "k" * 40,
    "ANSWERABLE_BASE_URL": "https://cases.example.org/",
    "ANSWERABLE_DATA_DIR": "/srv/answerable",
    "ANSWERABLE_KEY_FILE": "/srv/key",
}


def faults(**changed: str | None) -> str:
    environ = {**GOOD, **{f"ANSWERABLE_{name}": value for name, value in changed.items()}}
    with pytest.raises(env.EnvError) as caught:
        env.load({name: value for name, value in environ.items() if value is not None})
    return str(caught.value)


def test_the_five_that_are_needed_are_enough() -> None:
    read = env.load({**GOOD, "PATH": "/bin"})
    assert read.BASE_URL == "https://cases.example.org"
    assert read.LISTEN == ("127.0.0.1", 8000)
    assert read.DEMO is False


@pytest.mark.parametrize("name", sorted(GOOD))
def test_each_needed_one_is_asked_for(name: str) -> None:
    said = faults(**{name.removeprefix("ANSWERABLE_"): None})
    assert said.startswith(f"{name} is not set. It must be: ")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://x"),
        ("SECRET_KEY", "short"),
        ("BASE_URL", "cases.example.org"),
        ("BASE_URL", "https://cases.example.org/path"),
        ("DATA_DIR", "relative"),
        ("ALLOWED_HOSTS", "a b"),
        ("ALLOWED_HOSTS", "*"),
        ("DEMO", "maybe"),
        ("LISTEN", "8000"),
        ("LISTEN", "127.0.0.1:99999"),
        ("WEB_WORKERS", "0"),
        ("EMAIL_SECURITY", "ssl"),
        ("EMAIL_FROM", "nobody"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_malformed_values_are_said_without_repeating_them(name: str, value: str) -> None:
    said = faults(**{name: value})
    assert said.startswith(f"ANSWERABLE_{name} must be: ")
    assert "\n" not in said
    if name in ("DATABASE_URL", "SECRET_KEY"):
        assert value not in said


def test_unknown_names_are_named_with_a_guess() -> None:
    assert "ANSWERABLE_EMAIL_PROT is not a setting of Answerable (ANSWERABLE_EMAIL_PORT?)" in faults(
        EMAIL_PROT="25"
    )
    # only secrets may stand in files
    assert "ANSWERABLE_LOG_LEVEL_FILE is not a setting" in faults(LOG_LEVEL_FILE="/x")


def test_all_faults_come_at_once() -> None:
    assert len(faults(DEMO="x", LISTEN="x", BASE_URL=None, NONSENSE="1").splitlines()) == 4


def test_secrets_may_stand_in_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s" * 40 + "\n")
    environ = {**GOOD, "ANSWERABLE_SECRET_KEY_FILE": str(secret)}
    del environ["ANSWERABLE_SECRET_KEY"]
    assert env.load(environ).SECRET_KEY == "s" * 40
    assert "are both set" in faults(SECRET_KEY_FILE=str(secret))
    assert "cannot be read" in faults(SECRET_KEY=None, SECRET_KEY_FILE=str(tmp_path / "none"))


def command(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSWERABLE_")}
    return subprocess.run(
        [sys.executable, "-m", "answerable", *arguments],
        env={**kept, "PYTHONPATH": str(SOURCE), "LC_ALL": "C.UTF-8", **settings},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_wrong_setting_stops_the_command_before_anything_is_made(tmp_path: Path) -> None:
    run = command(
        "check", "--data", str(tmp_path / "office"), ANSWERABLE_BASE_URL="https://x", ANSWERABLE_NONE="1"
    )
    assert run.returncode == 2
    assert run.stderr == "ANSWERABLE_NONE is not a setting of Answerable. Remove it or correct its name.\n"
    assert not (tmp_path / "office" / "database").exists()


def test_no_data_folder_is_said_plainly() -> None:
    run = command("check")
    assert run.returncode == 2
    assert run.stderr.startswith("Name the data folder: --data DIR")
    assert len(run.stderr.splitlines()) == 1


def test_sentences_come_in_the_terminals_language() -> None:
    run = command("check", LC_ALL="zh_CN.UTF-8")
    assert run.returncode == 2
    assert "--data" in run.stderr
    assert "数据" in run.stderr


def test_outside_a_demo_the_address_is_asked_for(tmp_path: Path) -> None:
    run = command("check", "--data", str(tmp_path / "office"))
    assert run.returncode == 2
    assert "ANSWERABLE_BASE_URL is not set" in run.stderr


def test_translating_needs_no_installation() -> None:
    assert command("messages", "missing", "config").returncode == 0


def test_tests_reach_nothing_but_this_machine() -> None:
    with socket.socket() as outward, pytest.raises(pytest.fail.Exception, match="loopback"):
        outward.connect(("192.0.2.1", 9))
