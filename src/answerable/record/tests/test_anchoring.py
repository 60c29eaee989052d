"""Time-stamps of the log: asked for with a nonce, checked against the pinned certificate, kept, served, used by verify."""

from __future__ import annotations

import hashlib
import random
import re
import subprocess
import time

import pytest
from django.db import connection
from django.test import Client

from answerable.core.sentences import sentence
from answerable.ops.cli import main
from answerable.ops.commands import verify as command
from answerable.record import (
    anchoring,
    checks,
    exporting,
    keys,
    policy,
    publishing,
    receipts,
    storage,
    timestamps,
)
from answerable.record.models import Entry
from answerable.record.notes import parse
from answerable.record.tests.authority import Authority, needs_openssl
from answerable.record.tests.servers import files_of, say, serving
from answerable.record.tests.test_sequencer import acts
from answerable.record.verifying import Outcome, verify
from answerable.record.watch import looking
from answerable.record.watch.asking import Line

pytestmark = [pytest.mark.django_db, needs_openssl]
HOST = "testserver/record"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tsa"))


@pytest.fixture(autouse=True)
def _own(own_log, settings, authority, monkeypatch):
    monkeypatch.setattr(anchoring, "_tried", anchoring._Tried())
    settings.ANSWERABLE_RECORD_TSA_CERTIFICATE = authority.ca


@pytest.fixture
def published():
    done = acts(3)
    publishing.publish_due()
    return done


@pytest.fixture
def stamped(published, authority, settings):
    with serving(authority.answering()) as url:
        settings.ANSWERABLE_RECORD_TSA_URL = f"{url}/tsa"
        yield anchoring.anchor()


def test_a_stamp_is_kept_served_exported_and_entered_in_the_log(stamped, tmp_path):
    assert abs(stamped.stamped_at.timestamp() - time.time()) < 100
    assert Client().get("/record/anchors/index").content == (
        f"{stamped.size} {stamped.stamped_at:%Y-%m-%dT%H:%M:%SZ}\n".encode()
    )
    token = Client().get(f"/record/anchors/{stamped.size}.tsr")
    assert (token.content, "immutable" in token["Cache-Control"]) == (stamped.token, True)
    assert Client().get(f"/record/anchors/{stamped.size}.checkpoint").content == stamped.note
    assert Client().get(f"/record/anchors/{stamped.size + 1}.tsr").status_code == 404
    newest = Entry.objects.order_by("-index").first()
    assert newest is not None
    text = bytes(newest.entry)
    assert text.startswith(f"\x02answerable/anchor/v1\norigin {HOST}\nsize {stamped.size}\nroot ".encode())
    assert text.endswith(f"sha256 {hashlib.sha256(stamped.token).hexdigest()}\n".encode())
    publishing.publish_due()
    exporting.export(tmp_path / "mirror")
    assert (tmp_path / "mirror" / "anchors" / f"{stamped.size}.tsr").read_bytes() == stamped.token


@pytest.mark.django_db(transaction=True)
def test_a_monitor_reads_on_over_it(stamped, tmp_path):
    publishing.publish_due()
    exporting.export(tmp_path / "mirror")
    believed = policy.of_key(keys.verifier_keys(1, HOST)[0])
    with serving(files_of(tmp_path / "mirror")) as url:
        report = looking.look(Line(url), tmp_path / "seen", believed, now=1)
    assert [notice.code for notice in report.notices] == ["first"]


def test_openssl_itself_accepts_it(stamped, authority, tmp_path):
    (tmp_path / "stamp").write_bytes(stamped.token)
    (tmp_path / "text").write_text(parse(stamped.note).text)
    arguments = ["openssl", "ts", "-verify", "-in", "stamp", "-data", "text", "-CAfile", str(authority.ca)]
    arguments += ["-untrusted", str(authority.folder / "tsa.pem")]
    done = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True)
    assert "Verification: OK" in done.stdout + done.stderr


def wrong_nonce(authority):
    return authority.answering(lambda query: timestamps.query(b"\x00").data)


def wrong_hash(authority):
    text = parse(storage.newest(1, published=True).note).text.encode()  # type: ignore[union-attr]
    mine, other = hashlib.sha256(text).digest(), hashlib.sha256(b"another").digest()
    return authority.answering(lambda query: query.replace(mine, other))


@pytest.mark.parametrize(
    ("answering", "code"),
    [
        (wrong_nonce, "tsa_false"),
        (wrong_hash, "tsa_false"),
        (lambda authority: Authority(authority.folder / "other").answering(), "tsa_false"),
        (
            lambda authority: authority.answering(after=lambda reply: reply[:-1] + bytes([reply[-1] ^ 1])),
            "tsa_false",
        ),
        (lambda authority: authority.answering(after=lambda reply: reply[:200]), "tsa_answer"),
        (lambda _authority: lambda handler: say(handler, b"<html>"), "tsa_answer"),
        (lambda _authority: lambda handler: say(handler, b""), "tsa_answer"),
        (lambda _authority: lambda handler: say(handler, b"", 503), "tsa_refused"),
        (lambda _authority: lambda handler: say(handler, bytes(1 << 20)), "tsa_away"),
        (lambda _authority: lambda handler: time.sleep(1), "tsa_away"),
    ],
)
def test_what_is_no_stamp_of_ours_is_not_taken(published, settings, authority, answering, code, monkeypatch):
    if code == "tsa_away":
        monkeypatch.setattr(anchoring, "SECONDS", 0.5)
    with serving(answering(authority)) as url:
        settings.ANSWERABLE_RECORD_TSA_URL = f"{url}/"
        with pytest.raises(anchoring.NotAnchored) as refused:
            anchoring.anchor()
    assert refused.value.code == code
    assert sentence(refused.value)
    assert anchoring.newest(1) is None
    acts(1)
    assert publishing.publish_due() == 1, "nothing waits for it"


def test_an_authority_that_is_away_or_has_no_certificate(published, settings, tmp_path):
    settings.ANSWERABLE_RECORD_TSA_URL = "http://127.0.0.1:1/tsa"
    with pytest.raises(anchoring.NotAnchored, match="could not be asked"):
        anchoring.anchor()
    (tmp_path / "not.pem").write_text("nonsense")
    for path, words in (
        (tmp_path / "not.pem", "PEM"),
        (tmp_path / "none", "cannot be used"),
        (None, "No time-stamping"),
    ):
        settings.ANSWERABLE_RECORD_TSA_CERTIFICATE = path
        with pytest.raises(anchoring.NotAnchored, match=words):
            anchoring.anchor()


def test_once_a_day_and_said_when_three_days_old(published, settings, authority):
    def aged(hours: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE record_anchor SET made_at = clock_timestamp() - interval '{hours} hours'")
        anchoring._tried.at = -anchoring.AGAIN_S

    assert anchoring.anchor_due() == 0, "not set"
    with serving(authority.answering()) as url:
        settings.ANSWERABLE_RECORD_TSA_URL = f"{url}/tsa"
        assert [anchoring.anchor_due(), anchoring.anchor_due()] == [1, 0]
        aged(23)
        publishing.publish_due()
        assert anchoring.anchor_due() == 0
        aged(25)
        assert (anchoring.anchor_due(), len(anchoring.anchors(1))) == (1, 2)
    aged(71)
    assert list(checks.check_anchors()) == []
    aged(73)
    assert [fault.code for fault in checks.check_anchors()] == ["anchor_late"]
    assert [anchoring.anchor_due(), anchoring.anchor_due()] == [0, 0], "away, and not asked again at once"
    settings.ANSWERABLE_RECORD_TSA_URL = ""
    assert [fault.code for fault in checks.check_anchors()] == ["tsa_unset"]
    settings.ANSWERABLE_RECORD_TSA_CERTIFICATE = None
    assert list(checks.check_anchors()) == []


def test_whatever_bytes_come_as_a_stamp_they_are_refused_or_the_same_stamp(authority):
    asked = timestamps.query(b"text")
    good, believed = authority.reply(asked.data), timestamps.certificates(authority.ca.read_bytes())
    stamp = timestamps.accept(good, asked, believed)
    dice = random.Random(7)
    for _ in range(400):
        data = bytearray(good)
        for _ in range(dice.randint(1, 3)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        cut = bytes(data[: dice.randrange(len(data))] if dice.random() < 0.2 else data)
        try:
            found = timestamps.accept(cut, asked, believed)
        except timestamps.StampInvalid:
            continue
        assert (found.digest, found.time) == (stamp.digest, stamp.time)


def test_a_certificate_of_no_known_version_is_refused(authority):
    asked = timestamps.query(b"text")
    good, believed = authority.reply(asked.data), timestamps.certificates(authority.ca.read_bytes())
    version = bytes.fromhex("a003020102")  # [0] { INTEGER 2 }
    places = [found.end() for found in re.finditer(re.escape(version), good)]
    assert len(places) == 2, "its own and the one that vouches for it; no signature covers the second"
    for place in places:
        with pytest.raises(timestamps.StampInvalid):
            timestamps.accept(good[: place - 1] + b"V" + good[place:], asked, believed)


# ---------------------------------------------------------------- with a receipt


def test_a_receipt_and_its_stamp_prove_that_it_existed_before(
    published, stamped, authority, tmp_path, capsys, monkeypatch
):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    acts(300)
    publishing.publish_due()
    found = anchoring.of_act(published[1].id)
    assert found is not None
    receipt, anchor = found
    believed = policy.of_key(keys.verifier_keys(1, HOST)[0])
    stamp = timestamps.read(anchor.token, timestamps.certificates(authority.ca.read_bytes()))
    verdict = verify(receipt, policy=believed, stamp=stamp)
    assert verdict.outcome == Outcome.PROVED
    assert verdict.stamp == stamp
    assert "time_unconfirmed" not in verdict.gaps
    other = verify(receipts.receipt_of(published[1].id) or b"", policy=believed, stamp=stamp)
    assert (other.code, other.outcome) == ("stamp_mismatch", Outcome.NOT_PROVED)
    opening = receipts.opening_of(published[1].id)
    late = verify(receipt, policy=believed, opening=opening, stamp=stamp)
    assert late.code == "proved"
    past = stamp.__class__(stamp.algorithm, stamp.digest, 1, stamp.authority)
    assert verify(receipt, policy=believed, opening=opening, stamp=past).code == "stamp_contradicted"


def test_verify_looks_for_the_stamp_beside_the_receipt(
    published, stamped, authority, tmp_path, capsys, monkeypatch
):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    receipt, anchor = anchoring.of_act(published[0].id) or (b"", stamped)
    (tmp_path / "one.tlog-proof").write_bytes(receipt)
    (tmp_path / f"one{command.STAMP_SUFFIX}").write_bytes(anchor.token)
    arguments = ["verify", str(tmp_path / "one.tlog-proof"), "--key", str(keys.verifier_keys(1, HOST)[0])]

    def said(*more: object) -> tuple[int, str]:
        code = main([*arguments, *map(str, more)])
        return code, capsys.readouterr().out

    assert said()[0] == 0
    assert "name the authority's certificate: --authority" in said()[1]
    code, out = said("--authority", authority.ca)
    assert (code, "It existed before" in out, "Time Office" in out) == (0, True, True)
    foreign = Authority(tmp_path / "other").ca
    code, out = said("--authority", foreign)
    assert (code, "[stamp_foreign]" in out) == (1, True)
    (tmp_path / "one.tsr").write_bytes(anchor.token[:100])
    code, out = said("--authority", authority.ca)
    assert (code, "[stamp_malformed]" in out) == (2, True)
    code, out = said("--authority", tmp_path / "one.tlog-proof")
    assert (code, "[certificate_malformed]" in out) == (2, True)
