"""`answerable record monitor`: whatever a log does that it must not, one sentence, and the files that prove it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from answerable.ops.cli import main
from answerable.record.cosignatures import cosign, cosigner
from answerable.record.encoding import to_base64
from answerable.record.notes import Signer
from answerable.record.notes import parse as parse_note
from answerable.record.tests.logs import LOG, ORIGIN, MadeLog, entry, text
from answerable.record.tests.servers import files_of, say, serving
from answerable.record.watch import asking
from answerable.record.watch.seen import NAME

SOURCES = Path(__file__).resolve().parents[4]
SECOND = Signer(ORIGIN, bytes([2]) * 32)


@pytest.fixture(autouse=True)
def _in_english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture
def log(tmp_path):
    return MadeLog(tmp_path / "log")


@pytest.fixture
def served(log):
    with serving(files_of(log.folder)) as url:
        yield url


@pytest.fixture
def look(tmp_path, served, capsys):
    def looked(*arguments: object, url: str = served, key: object = LOG.key) -> tuple[int, str]:
        named = ["--key", str(key)] if key else []
        code = main(
            ["record", "monitor", url, "--state", str(tmp_path / "seen"), *named, *map(str, arguments)]
        )
        said = capsys.readouterr()
        return code, said.out + said.err

    return looked


def codes(said: str) -> list[str]:
    return re.findall(r"\[(\w+)\]$", said, re.MULTILINE)


def evidence(tmp_path) -> dict[str, bytes]:
    (place,) = (tmp_path / "seen" / "evidence").iterdir()
    return {file.name: file.read_bytes() for file in place.iterdir()}


@pytest.mark.parametrize("steps", [(0, 1, 2, 255), (256, 257, 511), (1, 4096, 4097, 5000), (300, 66_000)])
def test_a_log_that_only_grows_is_followed(log, look, steps):
    for at, size in enumerate(steps):
        log.grow_to(size)
        code, said = look()
        assert (code, codes(said)) == (0, [])
        if at:
            assert f"grown from {steps[at - 1]} to {size} entries; the old ones are unchanged" in said
    assert look()[1].endswith("unchanged since the last look.\n")
    code, said = look("--whole")
    assert code == 0
    assert "still is what was seen before" in said


def test_nobody_is_believed_who_was_not_named(log, look, tmp_path):
    log.grow_to(3)
    code, said = look(key=None)
    assert (code, codes(said)) == (2, ["no_key"])
    assert look()[0] == 0
    assert look(key=None)[0] == 0, "from then on it is remembered"
    code, said = look(
        key=Signer("other.example/record", bytes(32)).key.__class__("other.example", 1, bytes(32))
    )
    assert (code, codes(said)) == (2, ["state_of_another"])


def test_a_log_that_shrinks(log, look, tmp_path):
    log.grow_to(600)
    look()
    before = (log.folder / "checkpoint").read_bytes()
    del log.entries[500:]
    log.publish()
    code, said = look()
    assert (code, codes(said)) == (1, ["shrunk"])
    assert "it had 600 entries and now shows 500" in said
    kept = evidence(tmp_path)
    assert kept["checkpoint.before"] == before
    assert kept["checkpoint.now"] == log.note()
    look()
    assert len(list((tmp_path / "seen" / "evidence").iterdir())) == 1, "the same evidence is kept once"


@pytest.mark.parametrize(("size", "later"), [(600, 600), (600, 601), (512, 700), (700, 4200), (256, 512)])
def test_a_log_that_forks(log, look, tmp_path, size, later):
    log.grow_to(size)
    look()
    before = log.note()
    log.entries[100] = entry(100, 9)
    log.grow_to(later)
    code, said = look()
    assert (code, codes(said)) == (1, ["forked"])
    kept = evidence(tmp_path)
    assert (kept["checkpoint.before"], kept["checkpoint.now"]) == (before, log.note())
    code, said = look()
    assert code == 1, "and it is not forgotten"


@pytest.mark.parametrize(
    ("path", "at", "code"),
    [
        ("tile/0/000", 40, "tile_lies"),
        ("tile/0/002.p/88", 40, "tile_lies"),
        ("tile/1/000.p/2", 0, "tile_lies"),
        ("tile/entries/001", 1000, "entries_lie"),
        ("tile/entries/001", 0, "bundle_malformed"),
        ("tile/entries/001", 2, "entry_strange"),
    ],
)
def test_a_bit_that_flipped(log, look, tmp_path, path, at, code):
    log.grow_to(600)
    log.flip(path, at)
    exit_code, said = look()
    assert (exit_code, codes(said)) == (1, [code])
    assert not (tmp_path / "seen" / NAME).exists(), "what is wrong is never remembered as seen"
    log.publish()
    assert look()[0] == 0


def test_a_bit_that_flipped_where_it_was_looked_at_long_ago(log, look):
    log.grow_to(600)
    look()
    log.flip("tile/0/000", 40)
    assert look()[0] == 0
    code, said = look("--whole")
    assert (code, codes(said)) == (1, ["tile_lies"])
    assert "tile/0/000" in said


def test_a_week_after_the_last_time_it_goes_over_everything_by_itself(log, look, tmp_path):
    log.grow_to(600)
    look()
    seen = tmp_path / "seen" / NAME
    fields = json.loads(seen.read_text())
    fields["whole_at"] -= 6 * 86_400
    seen.write_text(json.dumps(fields))
    log.flip("tile/0/000", 40)
    assert look()[0] == 0
    fields["whole_at"] -= 86_400
    seen.write_text(json.dumps(fields))
    assert codes(look()[1]) == ["tile_lies"]
    log.flip("tile/0/000", 40)
    assert "still is what was seen before" in look()[1]
    assert "still is" not in look()[1]


def test_entries_and_tiles_that_do_not_fit_the_signed_head(log, look):
    log.grow_to(300)
    note = log.note()
    log.entries[7] = entry(7, 1)
    log.publish()
    log.write("checkpoint", note)
    assert codes(look()[1]) == ["unproved"]


def test_a_seen_entry_that_is_shown_otherwise(log, look):
    log.grow_to(300)
    look()
    log.grow_to(310)
    bundle = log.folder / "tile/entries/001.p/54"
    content = bytearray(bundle.read_bytes())
    content[20] ^= 1
    bundle.write_bytes(content)
    code, said = look()
    assert (code, codes(said)) == (1, ["entry_rewritten"])


@pytest.mark.parametrize("wrong", [b"\x01short", b"\x03" + bytes(32), b"\x02\xff", b"", b"\x02", bytes(33)])
def test_an_entry_that_no_such_log_holds(log, look, wrong):
    log.grow_to(20)
    log.add(wrong)
    code, said = look()
    assert (code, codes(said)) == (1, ["entry_strange"])
    assert "Entry 20 is none" in said


@pytest.mark.parametrize("path", ["tile/entries/000", "tile/0/001.p/44", "tile/1/000.p/1"])
def test_a_part_that_is_not_shown(log, look, path):
    log.grow_to(300)
    (log.folder / path).unlink()
    code, said = look()
    assert (code, codes(said)) == (1, ["missing"])


def test_a_partial_tile_that_has_become_full_meanwhile(log, look):
    log.grow_to(300)
    note = log.note()
    log.grow_to(600)
    log.write("checkpoint", note)
    assert look()[0] == 0


def test_another_key_another_log_a_false_signature_and_something_else(log, look):
    log.grow_to(5)
    log.write("checkpoint", log.note(SECOND))
    assert codes(look()[1]) == ["foreign_key"]
    log.write("checkpoint", log.note().replace(b"\n5\n", b"\n6\n"))
    assert codes(look()[1]) == ["signature_wrong"]
    other = MadeLog(log.folder, Signer("other.example/record", bytes(32))).grow_to(5)
    assert codes(look()[1]) == ["another_log"]
    other.write("checkpoint", b"<html>Welcome to the hotel</html>")
    code, said = look()
    assert (code, codes(said)) == (2, ["not_a_checkpoint"])


# ---------------------------------------------------------------- keys and epochs


def changed_key(log: MadeLog) -> None:
    """The log's key changes as ours does: an entry, a head that both have signed, then the new key alone."""
    index = len(log.entries)
    log.add(text(f"answerable/key/v1\nold {LOG.key}\nnew {SECOND.key}\n"))
    log.publish(LOG, SECOND)
    log.write(f"key-change/{index}", log.note(LOG, SECOND))
    log.signer = SECOND


def test_a_changed_key_is_followed_while_watching_and_after_a_pause(log, look):
    log.grow_to(700)
    look()
    changed_key(log)
    code, said = look()
    assert code == 0
    assert f"from now on it signs with {SECOND.key}" in said
    log.grow_to(900)
    assert look()[0] == 0
    log.write("checkpoint", log.note(LOG))
    assert codes(look()[1]) == ["foreign_key"], "the old key signs no more"


def test_a_changed_key_is_followed_by_who_comes_later(log, look):
    log.grow_to(700)
    changed_key(log)
    log.grow_to(5000)
    code, said = look()
    assert code == 0
    assert "has a new key" in said
    assert look()[0] == 0


def test_a_new_key_that_the_old_one_has_not_signed(log, look):
    log.grow_to(700)
    look()
    changed_key(log)
    log.write("key-change/700", log.note(SECOND))
    log.grow_to(800)
    assert codes(look()[1]) == ["foreign_key"]
    (log.folder / "key-change/700").unlink()
    assert codes(look()[1]) == ["foreign_key"]


def began_anew(log: MadeLog, kept: int, size: int, *, lost: str = "", seed: int = 0) -> MadeLog:
    """The log's database was put back to `kept` entries after a head of `size` was signed."""
    root = to_base64(log.root(size))
    del log.entries[kept:]
    log.publish()
    new = MadeLog(log.folder / "2", Signer(f"{ORIGIN}/2", bytes([seed]) * 32))
    words = f"answerable/epoch/v1\norigin {ORIGIN}/2\nafter {ORIGIN}\nsize {size}\nroot {root}\n"
    new.add(text(f"{words}lost {lost or f'{kept}-{size - 1}'}\nwhy the disk broke\n"))
    log.write("policy", f"log {new.signer.key} http://elsewhere.example/\nquorum none\n".encode())
    return new.grow_to(30)


def test_a_new_epoch_is_followed_and_said(log, look, tmp_path):
    log.grow_to(700)
    look()
    new = began_anew(log, 600, 700)
    code, said = look()
    assert code == 0
    assert f"began anew as {ORIGIN}/2 (the disk broke); the old one was {ORIGIN} and ended with 700" in said
    assert "Lost of it: 600-699" in said
    new.grow_to(40)
    code, said = look()
    assert (code, f"{ORIGIN}/2: grown from 30 to 40" in said) == (0, True)


def test_a_new_epoch_that_denies_what_was_seen(log, look):
    log.grow_to(700)
    look()
    began_anew(log, 600, 650)
    code, said = look()
    assert (code, codes(said)) == (1, ["epoch_denies"])
    assert "It showed 700" in said


def test_a_new_epoch_under_a_strangers_key_and_one_whose_office_does_not_know(log, look):
    log.grow_to(700)
    look()
    began_anew(log, 600, 700, seed=7)
    assert codes(look()[1]) == ["epoch_foreign_key"]
    log.grow_to(700)
    began_anew(log, 600, 650, lost="600- (what was signed after size 650 is not known)")
    code, said = look()
    assert code == 0
    assert f"You saw 700 entries of {ORIGIN}" in said


# ---------------------------------------------------------------- witnesses


def test_a_policy_that_asks_for_witnesses(log, look, served, tmp_path):
    witness = cosigner("watch.example", bytes([5]) * 32)
    policy = tmp_path / "policy"
    policy.write_text(f"log {LOG.key} {served}\nwitness w {witness.key}\nquorum w\n")
    log.grow_to(9)
    assert codes(look("--policy", policy, key=None)[1]) == ["quorum_not_met"]
    note = parse_note(log.note())
    log.write("checkpoint", log.note() + str(cosign(note.text, witness, time=1)).encode())
    code, said = look("--policy", policy, key=None)
    assert (code, "have signed it: w" in said) == (0, True)
    false = cosign(note.text.replace("\n9\n", "\n8\n"), witness, time=1)
    log.write("checkpoint", log.note() + str(false).encode())
    assert codes(look("--policy", policy, key=None)[1]) == ["cosignature_wrong"]


# ---------------------------------------------------------------- machines


def hanging(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then, so that no time-out of a socket ever comes."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    try:
        for _ in range(100):
            handler.wfile.write(b"x")
            time.sleep(0.05)
    except OSError:
        handler.close_connection = True


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.close_connection = True
    try:
        while True:
            handler.wfile.write(bytes(65536))
    except OSError:
        pass


@pytest.mark.parametrize(
    ("answering", "code"),
    [
        (hanging, "slow"),
        (endless, "endless"),
        (lambda handler: say(handler, b"", 302, Location="http://127.0.0.1:9/"), "redirected"),
        (lambda handler: say(handler, b"oh", 500), "refused"),
        (lambda handler: say(handler, b"", 404), "missing"),
    ],
)
def test_a_machine_that_does_not_answer_as_it_should(look, tmp_path, monkeypatch, answering, code):
    monkeypatch.setattr(asking.Line.__init__, "__kwdefaults__", {"seconds": 0.5 if code == "slow" else 10.0})
    with serving(answering) as url:
        exit_code, said = look(url=url)
    assert (exit_code, codes(said)) == (2, [code])
    assert not (tmp_path / "seen" / NAME).exists()


def test_a_machine_that_is_away_and_an_address_that_is_none(look):
    assert look(url="http://127.0.0.1:1")[0] == 2
    assert codes(look(url="ftp://town.example/")[1]) == ["address"] or look(url="ftp://town.example/")[0] == 2


@pytest.mark.parametrize("damage", ["", "{}", "[]", '{"v": 2}', "\x00", "cut"])
def test_a_damaged_state_is_said_and_not_taken_for_a_first_look(log, look, tmp_path, damage):
    log.grow_to(300)
    look()
    path = tmp_path / "seen" / NAME
    path.write_text(damage if damage != "cut" else path.read_text()[:-40])
    code, said = look()
    assert (code, codes(said)) == (2, ["state_damaged"])


def test_a_log_that_stands_still_is_said(log, look, tmp_path):
    log.grow_to(300)
    look()
    path = tmp_path / "seen" / NAME
    fields = json.loads(path.read_text())
    path.write_text(json.dumps(fields | {"grown_at": fields["grown_at"] - 7300}))
    code, said = look()
    assert (code, "has not grown for 2 hours" in said) == (0, True)


def test_in_chinese(log, look, monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    log.grow_to(300)
    assert "300" in look()[1]
    del log.entries[200:]
    log.publish()
    code, said = look()
    assert (code, "变短" in said) == (1, True)


@pytest.mark.crash
def test_what_was_seen_survives_being_killed(log, served, tmp_path, look):
    """Killed again and again while it looks: the state is always one that was seen, and a rollback is found."""
    log.grow_to(300)
    assert look()[0] == 0
    arguments = ["record", "monitor", served, "--state", str(tmp_path / "seen"), "--every", "1"]
    code = (
        "import sys; from answerable.record.watch import seen, looking; from answerable.ops import watching;"
    )
    code += "watching.LEAST_SECONDS = 0; from answerable.ops.cli import main; sys.exit(main(sys.argv[1:]))"
    arguments[-1] = "0.001"
    environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
    sizes = []
    for size in (5000,):
        child = subprocess.Popen(
            [sys.executable, "-c", code, *arguments], env=environment, stdout=subprocess.PIPE
        )
        assert child.stdout
        child.stdout.readline()
        log.grow_to(size)
        time.sleep(0.15)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        sizes.append(json.loads((tmp_path / "seen" / NAME).read_text())["size"])
    assert set(sizes) <= {300, 5000}
    code_, _said = look()
    assert code_ == 0
    del log.entries[4999:]
    log.publish()
    assert codes(look()[1]) == ["shrunk"]
