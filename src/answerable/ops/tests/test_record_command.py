"""`answerable record`: each command does what it says, and says in one sentence what stands in its way."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from pytest_django import Settings

from answerable.ops.commands import record
from answerable.orgs.models import Subject
from answerable.record import guard, keys, publishing, starting, storage
from answerable.record.models import Log
from answerable.ui.print.tests.samples import bare, read
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_log(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    settings.ANSWERABLE_RECORD_CADENCE = 0
    settings.ANSWERABLE_RECORD_KEY_FILE = tmp_path / "record-key"
    settings.ANSWERABLE_PROMISE_KEY_FILE = tmp_path / "promise-key"
    settings.ANSWERABLE_RECORD_GUARD = tmp_path / "record-guard"


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    record.register(parser.add_subparsers())
    args = parser.parse_args(["record", *words])
    return int(args.run(args))


def test_status_before_during_and_while_it_stands_still(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("status") == 0
    assert "has not begun" in capsys.readouterr().out
    publishing.publish_due()
    assert run("status") == 0
    assert "Log: testserver/record" in capsys.readouterr().out
    keys.checkpoint_path().chmod(0o644)
    publishing.publish_due()
    assert run("status") == 1
    assert "chmod 600" in capsys.readouterr().err


def test_export_and_an_unwritable_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publishing.publish_due()
    assert run("export", str(tmp_path / "out")) == 0
    assert (tmp_path / "out" / "checkpoint").is_file()
    (tmp_path / "file").write_text("")
    assert run("export", str(tmp_path / "file" / "out")) == 1
    assert "could not be written" in capsys.readouterr().err


def test_both_keys_are_changed(capsys: pytest.CaptureFixture[str]) -> None:
    publishing.publish_due()
    starting.ensure_promise_key()
    before = keys.checkpoint_path().read_bytes(), keys.promise_path().read_bytes()
    assert run("rotate-key") == run("rotate-key", "--promises") == 0
    assert "signs with testserver/record+" in capsys.readouterr().out
    after = keys.checkpoint_path().read_bytes(), keys.promise_path().read_bytes()
    assert before[0] != after[0]
    assert before[1] != after[1]
    assert not starting.ensure_promise_key(), "it is the right one"
    keys.promise_path().unlink()
    assert run("rotate-key", "--promises") == 0, "also after it was lost"
    assert not starting.ensure_promise_key()


def test_the_sheet_bears_the_name_of_the_body_that_people_come_to(cast: Cast, tmp_path: Path) -> None:
    publishing.publish_due()
    Subject.objects.exclude(authority=cast.town).delete()
    assert cast.county.pk < cast.town.pk
    assert run("sheet", str(tmp_path / "board.pdf")) == 0
    text = bare(read((tmp_path / "board.pdf").read_bytes()).pages[0].extract_text())
    assert bare(cast.town.name_en) in text
    assert not text.startswith(bare(cast.county.name_en))


def test_a_lost_key_ends_the_log_and_begins_another(capsys: pytest.CaptureFixture[str]) -> None:
    publishing.publish_due()
    keys.checkpoint_path().unlink()
    assert run("rotate-key") == 1
    assert "new-epoch" in capsys.readouterr().err
    assert run("new-epoch", "--why", "the key was lost\nin a fire") == 0
    assert "testserver/record/2" in capsys.readouterr().out
    assert publishing.publish_due() == 1
    log = storage.head()
    assert log is not None
    assert log.origin == "testserver/record/2"
    told = guard.last(starting.guard_path())
    assert told is not None
    assert told.epoch == 2
    assert Log.objects.filter(ended_at=None).count() == 1


def test_a_lost_file_outside_is_begun_again_by_hand_alone(capsys: pytest.CaptureFixture[str]) -> None:
    publishing.publish_due()
    assert run("new-guard") == 1
    starting.guard_path().unlink()
    publishing.publish_due()
    assert run("status") == 1
    assert "answerable record new-guard" in capsys.readouterr().err
    assert run("new-guard") == 0
    assert "entries of testserver/record were signed" in capsys.readouterr().out
    publishing.publish_due()
    assert run("status") == 0


def test_repair_of_a_sound_log_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    publishing.publish_due()
    assert run("repair") == 0
    assert "0 entries and 0 tiles" in capsys.readouterr().out
