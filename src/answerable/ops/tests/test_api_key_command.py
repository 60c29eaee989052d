"""`answerable api-key`: issued once, kept as a digest, taken back; each an act."""

from __future__ import annotations

import argparse

import pytest
from django.test import Client

from answerable.api.clients import client_of
from answerable.api.models import ApiClient
from answerable.ops.commands import api_key
from answerable.ops.environment import CannotStart
from answerable.record.models import Act
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def keys(*words: str) -> int:
    parser = argparse.ArgumentParser()
    api_key.register(parser.add_subparsers())
    args = parser.parse_args(["api-key", *words])
    return int(args.run(args))


def test_a_key_is_shown_once_works_and_is_taken_back(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert keys("issue", "Hotline", "--office", "town") == 0
    key = capsys.readouterr().out.strip()
    client = client_of(key)
    assert client is not None
    assert (client.name, client.authority) == ("Hotline", cast.town)
    asked = Client().post(
        "/api/v1/cases",
        {"claim": "The lamp is out.", "subject": "lamps"},
        content_type="application/json",
        headers={"authorization": f"Bearer {key}", "idempotency-key": "a-fresh-one"},
    )
    assert asked.status_code == 201

    keys("list")
    listed = capsys.readouterr().out
    assert "Hotline (town), since" in listed
    assert key not in listed
    assert keys("revoke", "Hotline") == 0
    assert client_of(key) is None
    keys("list")
    assert "taken back" in capsys.readouterr().out
    kinds = Act.objects.filter(matter_id=client.pk).order_by("seq").values_list("kind", "actor_kind")
    assert list(kinds) == [("api.key_issued", "system"), ("api.key_revoked", "system")]
    keys("issue", "Hotline", "--office", "town")  # a new key under the old name


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["issue", "Hotline"], "Say for which office.*county, town"),
        (["issue", "Hotline", "--office", "nowhere"], "Say for which office"),
        (["issue", " ", "--office", "town"], "Name the system"),
        (["issue", "x" * 121, "--office", "town"], "at most 120"),
        (["issue", "x", "--office", "town", "--scope", "all"], "no scope “all”"),
        (["issue", "x", "--office", "town", "--scope", "duty:read"], "Choose the post"),
        (["issue", "x", "--office", "town", "--unit", "moon"], "no “moon”"),
        (["issue", "x", "--office", "town", "--days", "-1"], "must end later"),
        (["revoke", "Hotline"], "names 0 keys"),
        (["rotate", "Hotline"], "names 0 keys"),
    ],
)
def test_refused_with_a_sentence(cast: Cast, words: list[str], sentence: str) -> None:
    with pytest.raises(CannotStart, match=sentence):
        keys(*words)
    assert not ApiClient.objects.exists()


def test_one_name_one_key(cast: Cast) -> None:
    keys("issue", "Hotline", "--office", "town")
    with pytest.raises(CannotStart, match="has a key already"):
        keys("issue", "Hotline", "--office", "town")
    keys("issue", "Hotline", "--office", "county")
    with pytest.raises(CannotStart, match="names 2 keys"):
        keys("revoke", "Hotline")
    assert keys("revoke", "Hotline", "--office", "county") == 0


def test_a_key_that_reads_is_answered_for_and_exchanged(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--scope", "duty:read", "--post", "town/mayor", "--unit", "town", "--days", "365"]
    keys("issue", "Screen", "--office", "town", *words)
    first = capsys.readouterr().out.strip()
    row = ApiClient.objects.get()
    assert (row.scopes, row.unit, row.post) == (["duty:read"], cast.town_root, cast.post(cast.mayor))
    assert row.expires_at is not None
    keys("rotate", "Screen", "--overlap", "1")
    second = capsys.readouterr().out.strip()
    assert client_of(first) == client_of(second) == row
    keys("rotate", "Screen", "--overlap", "0")
    assert client_of(second) is None
