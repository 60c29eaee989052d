"""No word is missing in a language, none is left over, and QR codes are inert drawings."""

from __future__ import annotations

import re
import string
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from answerable.ui.print import data, engine, qr, words

SOURCES = "\n".join(
    path.read_text()
    for path in sorted([*engine.TEMPLATES.glob("*.typ"), *engine.TEMPLATES.parent.glob("*.py")])
    if path.name != "words.py"
)


def placeholders(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}


@pytest.mark.parametrize("key", words.WORDS)
def test_each_phrase_is_whole_in_both_languages(key):
    chinese, english = words.WORDS[key]
    assert chinese.strip()
    assert english.strip()
    assert placeholders(chinese) == placeholders(english)
    assert re.search(r"[\u4e00-\u9fff]", re.sub(r"{\w+}|SHA-256", "", chinese)) or key in (
        "labelled",
        "file_decision_of",
        "receipt_answers_unit",
    )
    assert not re.search(r"[\u4e00-\u9fff]", english)
    assert "你" not in chinese


def test_templates_use_known_words_only():
    used = set(re.findall(r"\bw\.([a-z_]+)", SOURCES)) - {"at"}
    used |= set(re.findall(r'(?:say|said)\(\s*"([a-z_]+)"', SOURCES))
    assert used <= set(words.WORDS)


def test_no_word_is_left_over():
    composed = {f"letter_{kind.value}" for kind in data.PlainKind}
    composed |= {f"state_{state.value}" for state in data.ClockState}
    composed |= {f"receipt_right_{right}" for right in ("write", "answer", "closed", "seen", "safe")}
    codes = ("small", "full", "promise")
    composed |= {f"in_log_{code}" for code in codes} | {f"record_{code}_alt" for code in codes}
    assert composed <= set(words.WORDS)
    unused = {key for key in set(words.WORDS) - composed if not re.search(rf'(\bw\.|"){key}\b', SOURCES)}
    assert unused == set()


def test_no_literal_words_in_templates():
    """What a reader reads stands in words.py: templates hold no Chinese and no English sentence."""
    for path in engine.TEMPLATES.glob("*.typ"):
        code = re.sub(r"//.*", "", path.read_text())
        assert not re.findall(r"[\u4e00-\u9fff]", code.replace("一二三四五六七八九十", "")), path.name
        assert not re.findall(r'"[A-Z][a-z]+ [a-z]+ ', code), path.name


def test_days_and_moments():
    thursday = date(2026, 12, 3)
    assert words.day(thursday, "zh-hans") == "2026年12月3日（星期四）"
    assert words.day(thursday, "en") == "Thursday 3 December 2026"
    at = datetime(2026, 12, 3, 9, 5, tzinfo=timezone(timedelta(hours=8)))
    assert words.moment(at, "zh-hans") == "2026年12月3日 09:05"
    assert words.moment(at, "en") == "3 December 2026, 09:05"
    assert words.moment(at.astimezone(UTC), "en") == "3 December 2026, 01:05"


@pytest.mark.parametrize(
    ("octets", "shown"), [(0, "0 B"), (999, "999 B"), (14_400, "14 kB"), (2_345_678, "2.3 MB")]
)
def test_sizes(octets, shown):
    assert words.size(octets) == shown


def test_qr_is_one_inert_scalable_drawing():
    drawing = qr.svg("https://wen.qinghe.example/follow", title="扫码")
    root = ET.fromstring(drawing)
    assert root.tag.endswith("svg")
    assert root.get("viewBox")
    assert root.get("width") is None
    assert root[0].text == "扫码"
    assert not re.search(r"style=|<script|href|on\w+=|url\(", drawing)


def test_qr_says_when_it_is_too_much():
    assert qr.svg(bytes(2953), robustness="l")
    with pytest.raises(qr.TooMuchForQr):
        qr.svg(bytes(2954), robustness="l")
