"""`answerable open311-key`: issued once, kept as a digest, taken back; each an act."""

from __future__ import annotations

import argparse

import pytest

from answerable.open311.keys import key_behind
from answerable.ops.commands import open311_key
from answerable.ops.environment import CannotStart
from answerable.record.models import Act
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def keys(*words: str) -> int:
    parser = argparse.ArgumentParser()
    open311_key.register(parser.add_subparsers())
    args = parser.parse_args(["open311-key", *words])
    return int(args.run(args))


def test_a_key_is_shown_once_works_and_is_taken_back(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert keys("issue", "Streets", "--office", "town") == 0
    key = capsys.readouterr().out.strip()
    row = key_behind(key)
    assert row is not None
    assert (row.name, row.authority) == ("Streets", cast.town)
    with pytest.raises(CannotStart):
        keys("issue", "Streets", "--office", "town")
    keys("list")
    listed = capsys.readouterr().out
    assert "Streets (town), since" in listed
    assert key not in listed
    assert keys("revoke", "Streets") == 0
    assert key_behind(key) is None
    kinds = Act.objects.filter(matter_id=row.pk).order_by("seq").values_list("kind", "actor_kind")
    assert list(kinds) == [("open311.key_issued", "system"), ("open311.key_revoked", "system")]


@pytest.mark.parametrize("words", [["issue", "X"], ["issue", "X", "--office", "none"], ["revoke", "X"]])
def test_what_cannot_be_done_is_said(cast: Cast, words: list[str]) -> None:
    with pytest.raises(CannotStart) as refused:
        keys(*words)
    assert str(refused.value)
