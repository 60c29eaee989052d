"""The command's own help: each subcommand says what it does, in the language of the terminal, and where more stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from answerable.ops import cli, messages, terminal

ROOM = Path(cli.__file__).parent


@pytest.fixture
def in_chinese(monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    terminal._catalogues.cache_clear()
    yield
    monkeypatch.undo()
    terminal._catalogues.cache_clear()


def said_by(capsys, *argv: str) -> str:
    with pytest.raises(SystemExit):
        cli.main(argv)
    out = capsys.readouterr()
    return out.out + out.err


@pytest.mark.parametrize("name", cli.names())
def test_each_page_says_what_the_command_does_and_names_the_data_folder(capsys, name):
    line = next(one for one in said_by(capsys, "--help").split("\n    ") if one.split()[:1] == [name])
    page = said_by(capsys, name, "--help")
    assert " ".join(line.split()[1:])[:30] in " ".join(page.split())
    assert "--data DIR" in page


def test_the_page_in_chinese(capsys, in_chinese):
    page = said_by(capsys, "backup", "--help")
    assert "备份数据库" in page
    assert not re.search("usage|options|arguments|show this", page)


def test_a_mistake_is_told_where_help_is(capsys):
    assert "More: answerable demo --help" in said_by(capsys, "demo", "--port", "x")
    assert cli.main(["forget"]) == 2
    assert "“forget”" in capsys.readouterr().err


def test_what_the_terminal_says_stands_in_its_own_catalogue():
    """It reads no other room's: what stood elsewhere came out in English, and no check noticed."""
    known = {key for key, _message, _place in messages._entries(messages.catalogue_path(ROOM))}
    # What Django says in a page stands in the rooms, and may stand anywhere.
    said = {
        key
        for key, one in messages.wanted(ROOM).items()
        if any(_speaks_to_a_terminal(place.rpartition(":")[0]) for place in one.places)
    }
    assert said - known == set()


def _speaks_to_a_terminal(path: str) -> bool:
    code = (messages.PACKAGE.parent.parent / path).read_text(encoding="utf-8")
    return bool(re.search(r"ops\.terminal import .*\bgettext\b", code))
