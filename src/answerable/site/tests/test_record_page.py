"""The public log's page: how it stands, how to check it by oneself, what a paper's small code leads to; no script."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from answerable.record import files, notes, publishing, starting, storage, witnesses
from answerable.record.cosignatures import cosign, cosigner
from answerable.record.models import Act, Entry
from answerable.record.tests.conftest import own_log  # noqa: F401  (a fixture)
from answerable.record.verify.page import verify_page
from tests.cast import registered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own(own_log):  # noqa: F811
    """A log that publishes whenever it is asked to."""


def page(client, query: str = "", language: str = "en") -> str:
    response = client.get(f"/record/{query}", headers={"accept-language": language})
    assert response.status_code == 200
    return response.content.decode()


def test_it_stands_before_the_log_has_begun(client):
    assert "The log has not begun yet" in page(client)
    assert "日志还没有开始" in page(client, language="zh-hans")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_it_says_size_time_key_and_three_commands(client, cast, language):
    registered(cast)
    publishing.publish_due()
    shown = page(client, language=language)
    newest, vkey = storage.newest(1, published=True), files.read("vkey")
    assert newest is not None
    assert vkey is not None
    assert f"<dd>{newest.size}</dd>" in shown
    assert (
        vkey.content.decode().strip().replace("+", "&#x2B;") in shown
        or vkey.content.decode().strip() in shown
    )
    for command in ("record/checkpoint", "record/policy", "answerable verify --policy policy"):
        assert command in shown
    assert 'href="/record/verify.html"' in shown
    assert 'href="/record/promise-vkey"' in shown
    assert shown.count("<dt>") == 6, (
        "entries, publication, how often, digest, witnesses, time-stamp: also where there are none"
    )


def test_it_says_when_the_log_stands_still_without_telling_where_things_lie(client, cast, settings):
    registered(cast)
    publishing.publish_due()
    settings.ANSWERABLE_RECORD_KEY_FILE.unlink()
    registered(cast)
    publishing.publish_due()
    shown = page(client)
    assert "The log stands still" in shown
    assert "key_missing" in shown
    assert str(settings.ANSWERABLE_RECORD_KEY_FILE) not in shown


def test_it_names_witnesses_and_the_last_time_stamp(client, cast, settings, tmp_path):
    witness = cosigner("one.example", bytes([5]) * 32)
    settings.ANSWERABLE_RECORD_WITNESSES = tmp_path / "witnesses"
    settings.ANSWERABLE_RECORD_WITNESSES.write_text(
        f"witness w1 {witness.key} http://one.example\nquorum none\n"
    )
    registered(cast)
    publishing.publish_due()
    shown = page(client)
    assert "w1: has not signed the newest head yet" in shown
    assert "RFC 3161" not in shown
    newest = storage.newest(1, published=True)
    assert newest is not None
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO record_anchor (epoch, size, stamped_at, made_at, token)"
            " VALUES (1, %s, '2026-03-02 02:00Z', now(), '')",
            [newest.size],
        )
    line = cosign(notes.parse(newest.note).text, witness, time=1_772_416_800)
    witnesses.remember_line(1, newest.size, str(witness.key), str(line).encode())
    shown = page(client)
    assert "RFC 3161" in shown
    assert "w1: <time datetime=" in shown


def test_a_papers_small_code_is_held_against_the_log(client, cast):
    act = Act.objects.get(matter_id=registered(cast).case.pk, seq=1)
    leaf = bytes(act.leaf).hex()
    starting.ensure_started()
    assert "is not published" in page(client, f"?entry=3&leaf={leaf}")
    publishing.publish_due()
    place = Entry.objects.get(act=act).index
    assert f"Entry {place + 1} is the one on your paper" in page(client, f"?entry={place}&leaf={leaf}")
    assert "is another one than on your paper" in page(client, f"?entry={place}&leaf={'0' * 64}")
    for wrong in ("?entry=x", f"?entry=-1&leaf={leaf}", f"?entry={place}", f"?entry={'9' * 40}&leaf={leaf}"):
        assert "This is no place of the log" in page(client, wrong)


def test_the_verifier_comes_whole_and_under_its_own_policy(client):
    response = client.get("/record/verify.html")
    assert response.status_code == 200
    assert response.content == verify_page()
    assert not response.cookies
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert re.search(r"script-src 'sha256-[^']+';", policy)
    assert "connect-src" not in policy
    assert client.post("/record/verify.html").status_code == 405
