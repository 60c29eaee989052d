"""`answerable keys …` as an administrator types it."""

from __future__ import annotations

import argparse
import os
import stat
from pathlib import Path
from uuid import uuid4

import pytest
from pytest_django import Settings

from answerable.core.key_copies import is_copied
from answerable.ops.commands import keys as command
from answerable.parties import first_start, steps, wrapped
from answerable.parties.keyfile import KeyRing

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    path = tmp_path / "keys" / "key-file"
    settings.ANSWERABLE_KEY_FILE = str(path)
    first_start.open_key_file(path)
    steps.seal_parties(uuid4(), [steps.Identity(name="王秀英")], confidential=True, wish=None)
    return path


def keys(*words: str) -> int:
    parser = argparse.ArgumentParser()
    command.register(parser.add_subparsers())
    args = parser.parse_args(["keys", *words])
    return int(args.run(args))


def test_status_names_every_key_and_what_it_wraps(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    KeyRing.rotate(path)
    assert keys("status") == 0
    said = capsys.readouterr().out
    assert KeyRing.load(path).fingerprint in said
    assert "Key 1: unwraps only; 1 entries" in said
    assert "Key 2: wraps from now on; 0 entries" in said


def test_rotate_wraps_anew_and_asks_for_a_new_copy(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert keys("rotate") == 0
    said = capsys.readouterr().out
    assert "1 entries were wrapped anew" in said
    assert "Copy the key file again" in said
    assert wrapped.counts() == {2: 1}


def test_forget_waits_and_then_takes_out_only_what_is_unused(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys("rotate")
    assert keys("forget") == 1
    assert "Wait until 10 have passed" in capsys.readouterr().err
    os.utime(path, (0, 0))
    assert keys("forget") == 0
    assert sorted(KeyRing.load(path).keys) == [2]
    assert first_start.open_key_file(path) is False
    os.utime(path, (1, 1))
    assert keys("forget") == 0
    assert "Nothing was taken out" in capsys.readouterr().out


def test_a_copy_is_read_back_and_a_second_one_overwrites_nothing(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy"
    assert not is_copied(path)
    assert keys("backup", str(copy)) == 0
    assert is_copied(path)
    assert "same disk" in capsys.readouterr().err
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert KeyRing.load(copy).keys == KeyRing.load(path).keys
    assert keys("backup", str(copy)) == 1
    assert "never overwritten" in capsys.readouterr().err
    assert keys("backup", "-") == 0
    assert capsys.readouterr().out == path.read_text()
    later = path.stat().st_mtime + 1
    os.utime(path, (later, later))
    assert not is_copied(path), "the older copy lacks what was changed since"


def test_what_a_loss_means_is_said_and_the_way_on_works(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path.rename(tmp_path / "gone")
    assert keys("status") == 1
    said = capsys.readouterr().err
    assert "1 sealed entries wait" in said
    assert "nobody can open them again" in said
    assert "begin-again" in said
    for words in (("rotate",), ("backup", str(tmp_path / "x")), ("forget",)):
        assert keys(*words) == 1
        assert "is not there" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        keys("begin-again")
    assert keys("begin-again", "--every-copy-is-lost") == 0
    assert "1 sealed entries stay closed" in capsys.readouterr().err
    assert keys("status") == 0
    assert "not in the file; 1 entries stay closed" in capsys.readouterr().out
    assert keys("take-back", str(tmp_path / "gone")) == 0
    assert "1 entries open again" in capsys.readouterr().out
    assert wrapped.counts() == {2: 1}
