"""`answerable verify`: plain words, three exit codes, and nobody believed but whom the reader names."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from answerable.ops.cli import main
from answerable.record import compact
from answerable.record.tests.test_verifying import (
    ACT,
    LOG,
    PROMISE,
    PROMISING,
    SECOND,
    TEXT,
    WITNESSES,
    witnessed,
)

KEY = str(LOG.key)
SOURCES = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def _in_english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture
def receipt(tmp_path):
    path = tmp_path / "one.tlog-proof"
    path.write_bytes(TEXT)
    return path


def run(capsys, *arguments: object) -> tuple[int, str, str]:
    code = main(["verify", *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_good_receipt_is_proved_with_what_it_does_not_prove(capsys, receipt):
    code, out, _err = run(capsys, receipt, "--key", KEY)
    assert code == 0
    assert out.startswith(f"{receipt}: Proved [proved]\n")
    assert "entry 6 of 11 in the log town.example/record" in out
    assert "Not proved:\n  – what the act says." in out


def test_between_the_offices_time_and_the_witnesses(capsys, receipt, tmp_path):
    receipt.write_bytes(witnessed(TEXT, SECOND + 60, SECOND + 90))
    (tmp_path / "one.opening").write_bytes(ACT.to_bytes())
    names = zip("ABC", WITNESSES, strict=True)
    lines = [f"log {KEY}", *(f"witness {n} {w.key}" for n, w in names), "group two 2 A B C", "quorum two", ""]
    (tmp_path / "policy").write_text("\n".join(lines))
    code, out, _err = run(capsys, receipt, "--policy", tmp_path / "policy")
    assert code == 0
    assert "recorded between 2026-03-02" in out
    assert "(seen by A, B)" in out
    assert "case.registered, act 1 of the matter" in out


def test_the_worst_of_several_receipts_decides(capsys, receipt, tmp_path):
    edited, cut = tmp_path / "edited.tlog-proof", tmp_path / "cut.tlog-proof"
    edited.write_bytes(TEXT.replace(b"index 5", b"index 4"))
    cut.write_bytes(TEXT[:-1])
    code, out, _err = run(capsys, receipt, edited, "--key", KEY)
    assert code == 1
    assert "edited.tlog-proof: Not proved [not_in_tree]" in out
    code, out, _err = run(capsys, receipt, edited, cut, "--key", KEY)
    assert code == 2
    assert "cut.tlog-proof: Cannot be read [truncated]" in out


def test_a_qr_codes_text_comes_through_standard_input(capsys, monkeypatch):
    class Standard:
        buffer = io.BytesIO(compact.to_text(TEXT).encode() + b"\n")

    monkeypatch.setattr(sys, "stdin", Standard())
    assert run(capsys, "-", "--key", KEY)[0] == 0


def test_a_promise_is_told_from_a_proof_by_its_exit_code(capsys, receipt, tmp_path):
    promise = tmp_path / "act-1.promise"
    promise.write_bytes(PROMISE)
    promise.with_suffix(".opening").write_bytes(ACT.to_bytes())
    code, out, _err = run(capsys, promise, "--key", PROMISING.key)
    assert code == 1
    assert out.startswith(f"{promise}: Promised, not yet proved [promised]\n")
    assert "case.registered" in out
    code, out, _err = run(capsys, promise, receipt, "--key", KEY)
    assert code == 1
    assert "under promise-vkey" in out
    promise.write_bytes(PROMISE[:200])
    assert run(capsys, promise, "--key", PROMISING.key)[0] == 2


def test_a_file_may_have_any_name(capsys, receipt):
    odd = receipt.rename(receipt.with_name(os.fsdecode(b"\xff\x1b[2K.tlog-proof")))
    code, out, _err = run(capsys, odd, "--key", KEY)
    assert code == 0
    assert "\x1b" not in out


def test_a_key_may_come_from_a_file(capsys, receipt, tmp_path):
    (tmp_path / "vkey").write_text(KEY + "\n")
    assert run(capsys, receipt, "--key", tmp_path / "vkey")[0] == 0
    assert run(capsys, receipt, "--key", WITNESSES[0].key)[0] == 2
    assert run(capsys, receipt, "--key", "nonsense")[0] == 2


def test_without_someone_to_believe_nothing_is_verified(capsys, receipt):
    with pytest.raises(SystemExit) as end:
        main(["verify", str(receipt)])
    assert end.value.code == 2


@pytest.mark.parametrize("name", ["missing.tlog-proof", "."])
def test_what_cannot_be_read_says_so_in_a_sentence(capsys, tmp_path, name):
    code, out, err = run(capsys, tmp_path / name, "--key", KEY)
    assert (code, out) == (2, "")
    assert "cannot be read" in err


def test_a_policy_that_cannot_be_followed_stops_everything(capsys, receipt, tmp_path):
    (tmp_path / "policy").write_text(f"log {KEY}\n")
    code, out, err = run(capsys, receipt, "--policy", tmp_path / "policy")
    assert (code, out) == (2, "")
    assert "nobody is believed" in err
    assert run(capsys, receipt, "--policy", tmp_path / "none")[0] == 2


def test_an_opening_belongs_to_one_receipt(capsys, receipt, tmp_path):
    opening = tmp_path / "another.name"
    opening.write_bytes(ACT.to_bytes())
    assert run(capsys, receipt, "--key", KEY, "--opening", opening)[0] == 0
    assert run(capsys, receipt, receipt, "--key", KEY, "--opening", opening)[0] == 2
    assert run(capsys, receipt, "--key", KEY, "--opening", tmp_path / "none")[0] == 2


def test_it_needs_no_settings_and_speaks_chinese(receipt):
    """In a process of its own, with nothing set, as on the computer of someone who holds a receipt."""
    receipt.with_suffix(".opening").write_bytes(ACT.to_bytes())
    bare = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SOURCES),
        "LC_ALL": "zh_CN.UTF-8",
        "PYTHONUTF8": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "answerable", "verify", str(receipt), "--key", KEY],
        env=bare | {"TZ": "Asia/Shanghai"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "已证实" in done.stdout
    assert "未证实的是：" in done.stdout
    assert "2026-03-02 10:00:00 (UTC+08:00)" in done.stdout
