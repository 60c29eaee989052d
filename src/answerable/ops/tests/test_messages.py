"""The translation check finds what it is there for, and compiled catalogues are what Django reads."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils.translation import trans_real

from answerable.ops import messages

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'

Room = Callable[[str, str], None]


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    """A package of one room: `room(code, catalogue)`."""
    package = tmp_path / "src" / "answerable"
    monkeypatch.setattr(messages, "PACKAGE", package)

    def lay(code: str, catalogue: str) -> None:
        place = package / "cases"
        (place / "templates").mkdir(parents=True, exist_ok=True)
        (place / "a.py").write_text(code)
        po = messages.catalogue_path(place)
        po.parent.mkdir(parents=True, exist_ok=True)
        po.write_text(HEAD + catalogue, encoding="utf-8")

    return lay


def said() -> list[str]:
    return [f"{gap.place}: {gap.what}" for gap in messages.check()]


def test_complete(room: Room) -> None:
    room('_("Hello %(name)s")', 'msgid "Hello %(name)s"\nmsgstr "%(name)s，您好"\n')
    assert said() == []
    assert messages.unused() == []


def test_missing_with_file_and_line(room: Room) -> None:
    room('\n\n_("Hello")', "")
    assert said() == ["src/answerable/cases/a.py:3: not translated"]


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('msgid "Hello %(name)s"\nmsgstr ""\n', "not translated"),
        ('#, fuzzy\nmsgid "Hello %(name)s"\nmsgstr "%(name)s，您好"\n', "fuzzy"),
        ('msgid "Hello %(name)s"\nmsgstr "您好"\n', "places differ (%names)"),
        ('msgid "Hello %(name)s"\nmsgstr "%(nome)s，您好"\n', "places differ (%names, %nomes)"),
    ],
)
def test_faulty_entries(room: Room, entry: str, fault: str) -> None:
    room('_("Hello %(name)s")', entry)
    assert [gap.what for gap in messages.check()] == [fault]


def test_templates_and_plurals_and_contexts(room: Room) -> None:
    room('ngettext("%(n)s day", "%(n)s days", n)\npgettext("verb", "Open")\nN_("Marked")\n', "")
    (messages.PACKAGE / "cases" / "templates" / "p.html").write_text(
        "{% load i18n %}\n{% translate 'One' %}\n{% blocktranslate with a=b %}Two {{ a }}{% endblocktranslate %}\n"
    )
    found = messages.wanted(messages.PACKAGE / "cases")
    assert set(found) == {("", "%(n)s day"), ("verb", "Open"), ("", "Marked"), ("", "One"), ("", "Two %(a)s")}
    assert found[("", "%(n)s day")].plural == "%(n)s days"
    assert found[("", "One")].places == ["src/answerable/cases/templates/p.html:2"]


def test_unused_entries_are_noted(room: Room) -> None:
    room("", 'msgid "Old"\nmsgstr "旧"\n')
    assert [gap.what for gap in messages.unused()] == ["not used any more"]


def test_stubs_are_a_catalogue_once_filled_in(room: Room) -> None:
    room('_("Say \\"%(a)s\\"\\nagain")\nngettext("%(n)s day", "%(n)s days", n)\n', "")
    stubs = messages.stubs(messages.PACKAGE / "cases")
    filled = stubs.replace('msgstr ""', 'msgstr "说 %(a)s"').replace('msgstr[0] ""', 'msgstr[0] "%(n)s 天"')
    room('_("Say \\"%(a)s\\"\\nagain")\nngettext("%(n)s day", "%(n)s days", n)\n', filled)
    assert said() == []


def test_compiled_only_when_stale_and_read_by_gettext(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    import gettext

    monkeypatch.delenv("ANSWERABLE_RUN_DIR", raising=False)
    room('_("Hello")', 'msgid "Hello"\nmsgstr "您好"\n')
    trans_real.translation("zh-hans")  # as Django does while it starts, before anything was compiled
    (written,) = messages.compile_stale()
    assert "zh-hans" not in trans_real._translations, "what is said from now on is read anew"
    assert messages.compile_stale() == []
    with written.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Hello") == "您好"


FIRST_START = """
import os
os.access = lambda *_a, **_k: False  # root may write everywhere
from answerable.ops import environment
with environment.prepare(environment.NOTHING):
    from django.conf import settings
    from django.utils import translation
    with translation.override("zh-hans"):
        print(translation.gettext("There is news"))
    print(*settings.LOCALE_PATHS)
"""


def test_a_checkout_that_cannot_be_written_to_speaks_chinese_from_its_first_start(tmp_path: Path) -> None:
    """A service under ProtectSystem=strict: web and worker spoke English until somebody started them again."""
    room = tmp_path / "locale" / "alerts"
    names = {"ANSWERABLE_RUN_DIR": str(tmp_path), "PYTHONPATH": str(messages.PACKAGE.parent)}
    done = subprocess.run(
        [sys.executable, "-c", FIRST_START], env=names, capture_output=True, encoding="utf-8", check=True
    )
    said, paths = done.stdout.splitlines()
    assert said != "There is news"
    assert str(room) in paths.split()
    assert (room / "zh_Hans" / "LC_MESSAGES" / "django.mo").stat().st_size


def test_whoever_may_only_read_here_still_gets_what_they_asked_for(tmp_path: Path) -> None:
    (tmp_path / "locale").write_text("a file where a folder should be")
    names = {"ANSWERABLE_RUN_DIR": str(tmp_path), "PYTHONPATH": str(messages.PACKAGE.parent)}
    done = subprocess.run(
        [sys.executable, "-c", FIRST_START], env=names, capture_output=True, encoding="utf-8", check=True
    )
    assert "cannot be written to" in done.stderr


def test_what_cannot_be_compiled_leaves_nothing_half(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANSWERABLE_RUN_DIR", raising=False)
    room('_("Hello")', 'msgid "Hello')
    with pytest.raises(Exception, match="missing msgstr"):
        messages.compile_stale()
    assert not list(messages.PACKAGE.rglob("*.mo*"))
