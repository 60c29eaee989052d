"""Contracts over every room's templates and styles: the policy, the tokens, the weight."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

import answerable

PACKAGE = Path(answerable.__file__).parent
TEMPLATES = sorted(path for path in PACKAGE.glob("*/**/templates/**/*.html"))
STYLES = sorted((PACKAGE / "ui/static/ui").glob("*.css"))

INLINE = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "style element": re.compile(r"<style\b", re.I),
    "inline script": re.compile(r"<script\b(?![^>]*\ssrc=)", re.I),
    "event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']", re.I),
    "javascript address": re.compile(r"javascript:", re.I),
    "third party": re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.I),
    "hx-on": re.compile(r"\bhx-on", re.I),
}


def name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def without_tags(text: str) -> str:
    return re.sub(r"{%.*?%}|{#.*?#}", "", text, flags=re.S)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_nothing_inline_and_nothing_from_elsewhere(path):
    text = without_tags(path.read_text(encoding="utf-8"))
    found = [what for what, pattern in INLINE.items() if pattern.search(text)]
    assert not found, f"{name(path)}: {', '.join(found)}"


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_template_compiles(path):
    get_template(str(path).split("/templates/")[-1])


def test_the_scan_would_notice():
    assert INLINE["style attribute"].search('<p class="a" style="x">')
    assert INLINE["inline script"].search("<script>x</script>")
    assert not INLINE["inline script"].search('<script type="module" src="x"></script>')
    assert INLINE["event attribute"].search('<a onclick="x()">')
    assert not INLINE["event attribute"].search('<input data-season="x">')


@pytest.mark.parametrize(
    "path", [p for p in STYLES if p.name not in ("tokens.css", "print.css")], ids=lambda p: p.name
)
def test_colours_and_type_sizes_stand_in_tokens_alone(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;\s])", text)
    sizes = re.findall(r"font-size:\s*([^;]+);", text)
    assert [s for s in sizes if not s.startswith("var(") and not s.endswith("em")] == []
    assert [s for s in sizes if s.endswith("rem")] == []


def test_every_token_used_is_defined():
    tokens = (PACKAGE / "ui/static/ui/tokens.css").read_text(encoding="utf-8")
    defined = set(re.findall(r"^\s*(--[\w-]+):", tokens, flags=re.M))
    used = {
        token for path in STYLES for token in re.findall(r"var\((--[\w-]+)", path.read_text(encoding="utf-8"))
    }
    assert used <= defined, used - defined


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance and contrast ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


PAIRS = [
    *[(ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in ("page", "surface", "sunk")],
    *[("accent", ground) for ground in ("page", "surface", "accent-soft")],
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    *[(tone, f"{tone}-soft") for tone in ("ok", "soon", "late", "info")],
    *[(tone, "surface") for tone in ("ok", "soon", "late", "info")],
]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_is_readable_on_every_ground(theme):
    tokens = (PACKAGE / "ui/static/ui/tokens.css").read_text(encoding="utf-8")
    half = tokens.split("prefers-color-scheme: dark")[0 if theme == "light" else 1].split(
        '[data-theme="dark"]'
    )[0]
    colour = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", half))
    weak = {pair: round(contrast(colour[pair[0]], colour[pair[1]]), 2) for pair in PAIRS}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}
    assert contrast(colour["line-2"], colour["surface"]) >= 3  # borders of controls (1.4.11)


def test_both_ways_into_the_dark_are_the_same_colours():
    tokens = (PACKAGE / "ui/static/ui/tokens.css").read_text(encoding="utf-8")
    by_device, chosen = tokens.split("prefers-color-scheme: dark")[1].split('[data-theme="dark"]')
    pairs = r"--([\w-]+):\s*(#[0-9a-f]{6});"
    assert dict(re.findall(pairs, by_device)) == dict(re.findall(pairs, chosen))


def test_what_is_heavy_is_heavy_enough_to_be_made_so():
    """Many telephones have Chinese in one weight. Browsers thicken it for what asks for more than 600, and leave a
    heading of 600 like the text below it."""
    for path in PACKAGE.glob("**/static/**/*.css"):
        asked = map(int, re.findall(r"font-weight:\s*(\d+)", path.read_text(encoding="utf-8")))
        assert 600 not in asked, name(path)
