"""Every kind of act that the code can write has its words, in both languages and without places to fill in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from importlib import import_module
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import translation

import answerable
from answerable.api.clients import issue_key
from answerable.core import clock
from answerable.figures.published.services import change_settings
from answerable.record.words import all_words, words_of

ROOT = Path(answerable.__file__).parent
KIND = re.compile(r"[a-z][a-z0-9_]*\.[a-z0-9_]+")


def every_kind() -> Iterator[str]:
    """Enums of acts, and kinds that are written out where they are appended."""
    for path in ROOT.rglob("*.py"):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        text = path.read_text()
        if "Act(StrEnum)" in text or path.name == "act_kinds.py":
            name = ".".join(("answerable", *path.relative_to(ROOT).with_suffix("").parts))
            for one in vars(import_module(name)).values():
                if isinstance(one, type) and issubclass(one, StrEnum) and one.__module__ == name:
                    yield from (str(kind) for kind in one if KIND.fullmatch(kind))
        if "append(" in text and "matter=" in text:
            yield from _written_out(ast.parse(text))


def _written_out(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", getattr(node.func, "attr", "")) == "append"
        ):
            first = node.args[0] if node.args else None
            has_matter = any(one.arg == "matter" for one in node.keywords)
            if has_matter and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


KINDS = sorted(set(every_kind()))


def test_every_kind_of_act_has_words():
    assert len(KINDS) > 200
    assert [kind for kind in KINDS if kind not in all_words()] == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_words_are_said_in_the_language(language):
    with translation.override(language):
        for kind in KINDS:
            words = words_of(kind)
            assert words, kind
            assert "%(" not in words, f"{kind}: {words}"
            assert bool(re.search("[\u4e00-\u9fff]", words)) == (language == "zh-hans"), f"{kind}: {words}"


@pytest.mark.django_db
def test_an_auditor_checks_published_figures_and_keys_of_other_systems_too(cast, client, settings):
    settings.DEMO = True
    now = clock.now()
    change_settings(
        body=cast.town,
        counted_on=5,
        released_after_days=3,
        licence="CC BY 4.0",
        licence_url="",
        by=cast.actor(cast.mayor),
        seen_version=1,
        now=now,
    )
    issue_key(authority=cast.town, name="Weather station", by=cast.actor(cast.administrator), now=now)
    client.force_login(cast.auditor)
    page = client.get(reverse("desk:oversight"), headers={"accept-language": "en"}).content.decode()
    assert ">When and under which licence figures are published was changed</th>" in page
    assert ">Another system got a key</th>" in page
    assert "Weather station" not in page
