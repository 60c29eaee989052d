"""Before anything is served: the key file of the first start, and a sentence where it is not the right one."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from answerable.cases.models import Case, Deadline
from answerable.ops import start_up
from answerable.ops.environment import CannotStart
from answerable.parties.keyfile import KeyRing
from answerable.parties.models import KnownKey
from tests.cast import MONDAY, Cast, registered

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    KnownKey.objects.all().delete()
    settings.ANSWERABLE_KEY_FILE = tmp_path / "key-file"
    return tmp_path / "key-file"


def test_the_first_start_says_once_to_keep_a_copy(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start_up.open_keys()
    said = capsys.readouterr().err
    assert f"A new key file was made at {path}" in said
    assert "answerable keys backup FILE" in said
    mark = KeyRing.load(path).fingerprint
    start_up.open_keys()
    assert capsys.readouterr().err == ""
    assert KeyRing.load(path).fingerprint == mark


def test_a_lost_file_stops_the_start_and_no_new_one_is_made(path: Path) -> None:
    start_up.open_keys()
    path.unlink()
    with pytest.raises(CannotStart, match="is not there. Put your copy back"):
        start_up.open_keys()
    assert not path.exists()


def test_the_file_of_another_office_stops_the_start(path: Path) -> None:
    start_up.open_keys()
    path.unlink()
    KeyRing.create(path)
    with pytest.raises(CannotStart, match="is not the one that this database was started with"):
        start_up.open_keys()


def test_the_sentence_is_in_the_terminals_language(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    start_up.open_keys()
    assert "密钥文件" in capsys.readouterr().err


def test_a_missing_procedure_stops_the_start(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    start_up.open_packs()
    registered(cast)
    Case.objects.update(pack="our-town")
    with pytest.raises(CannotStart, match="no procedure pack “our-town”"):
        start_up.open_packs()


def test_a_step_that_disappeared_from_a_pack_in_use_stops_the_start(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    case = registered(cast).case
    start_up.open_packs()
    Deadline.objects.filter(case=case, step="answer").update(step="answer-in-haste")
    with pytest.raises(CannotStart, match=r"“answer-in-haste”, which the pack generic no longer has\. Put"):
        start_up.open_packs()
    Deadline.objects.filter(case=case, step="answer-in-haste").update(met_seq=1, met_at=MONDAY)
    start_up.open_packs()
