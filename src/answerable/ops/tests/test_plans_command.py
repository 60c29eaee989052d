"""`answerable plans`: what it prints and how it exits."""

from __future__ import annotations

import json

import pytest

from answerable.incidents.plans.catalogue import CODES
from answerable.ops.cli import main


@pytest.fixture(autouse=True)
def _in_english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def run(capsys, *words: object) -> tuple[int, str, str]:
    code = main(["plans", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_list_names_every_shipped_plan(capsys):
    code, out, _err = run(capsys, "list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(CODES)


def test_show_prints_the_three_scales_the_roles_and_the_minutes(capsys):
    code, out, _err = run(capsys, "show", "flood")
    assert code == 0
    assert "grades of the event" in out
    assert "warning levels" in out
    assert "response levels" in out
    assert "commander  Commander (leading, –)" in out
    assert "15 min  [1,2,3,4] Call every watch point until it answers · duty_officer" in out


def test_a_plan_that_was_printed_as_a_file_can_be_checked_and_shown(capsys, tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text(run(capsys, "show", "fire", "--file")[1], encoding="utf-8-sig")
    assert run(capsys, "check", own) == (0, f"{own}: nothing to put right.\n", "")
    assert run(capsys, "show", own)[0] == 0


def test_check_names_the_line_and_the_field_and_fails(capsys, tmp_path):
    own = tmp_path / "own.yaml"
    text = run(capsys, "show", "fire", "--file")[1].replace("role: cordon", "role: nobody", 1)
    own.write_text(text, encoding="utf-8")
    code, out, err = run(capsys, "check", own)
    assert code == 1
    line = next(at for at, one in enumerate(text.splitlines(), 1) if "role: nobody" in one)
    assert out == f"Line {line}, actions[6] (free_lanes).role: This plan has no role “nobody”.\n"
    assert "1 to put right" in err


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"x" * 600_000, None])
def test_a_file_that_is_no_text_is_said_so(capsys, tmp_path, content):
    own = tmp_path / "own.yaml"
    if content is not None:
        own.write_bytes(content)
    code, _out, err = run(capsys, "check", own)
    assert code == 1
    assert str(own) in err


def test_an_unknown_plan_names_the_known_ones(capsys):
    code, out, err = run(capsys, "show", "nope")
    assert (code, out) == (1, "")
    assert "flood" in err


def test_schema_prints_json(capsys):
    assert json.loads(run(capsys, "schema")[1])["title"].startswith("Emergency plan")
