"""`answerable packs`: what it prints and how it exits."""

from __future__ import annotations

import pytest

from answerable.cases.packs import FOLDER
from answerable.ops.cli import main


@pytest.fixture(autouse=True)
def _in_english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def run(capsys, *words: object) -> tuple[int, str, str]:
    code = main(["packs", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_list_names_every_pack_and_where_its_numbers_come_from(capsys):
    code, out, _err = run(capsys, "list")
    assert code == 0
    assert out.splitlines()[0].split()[:2] == ["generic", "ours"]
    assert "cn-xinfang-2022" in out


def test_show_prints_numbers_and_articles(capsys):
    code, out, _err = run(capsys, "show", "cn-xinfang-2022")
    assert code == 0
    assert "60 days · the office's · article 34 · primary" in out
    assert "paused by: hearing" in out


def test_show_of_an_unknown_pack_names_the_known_ones(capsys):
    code, out, err = run(capsys, "show", "nope")
    assert (code, out) == (1, "")
    assert "generic" in err


def test_check_finds_nothing_in_a_shipped_pack(capsys, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text("\ufeff" + (FOLDER / "generic.toml").read_text(encoding="utf-8"), encoding="utf-8")
    code, out, _err = run(capsys, "check", own)
    assert code == 0
    assert "nothing to put right" in out
    assert run(capsys, "show", own)[0] == 0


def test_check_names_each_fault_and_fails(capsys, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text('code = "x"\nzz = 1\n', encoding="utf-8")
    code, out, err = run(capsys, "check", own)
    assert code == 1
    assert "zz: Nothing reads this" in out
    assert "to put right" in err


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"x" * 600_000, None])
def test_a_file_that_is_no_text_is_said_so(capsys, tmp_path, content):
    own = tmp_path / "own.toml"
    if content is not None:
        own.write_bytes(content)
    code, _out, err = run(capsys, "check", own)
    assert code == 1
    assert str(own) in err


def test_acts_lists_the_vocabulary(capsys):
    assert "case.registered" in run(capsys, "acts")[1].split()
