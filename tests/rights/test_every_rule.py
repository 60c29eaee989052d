"""The table in docs/explanation/rights.md: each rule, what holds it, and tests that exist and go through pages or the API."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "explanation" / "rights.md"
ABUSE = ROOT / "docs" / "explanation" / "abuse-review.md"
DEFINED = re.compile(r"^ *def (test_\w+)\(", re.MULTILINE)
TEST = re.compile(r"`(test_[a-z0-9_]+)`")
#: What a test has in hand that goes in by an address.
BY_ADDRESS = re.compile(r"\b(client|at_desk|desk|browser|page|post|get)\b\(|\.client\b|at_desk|\.page\(")


def every_test() -> dict[str, str]:
    """Every test of this repository by its name, with its source."""
    found: dict[str, str] = {}
    for folder in ("tests", "src"):
        for path in (ROOT / folder).rglob("test_*.py"):
            pieces = DEFINED.split(path.read_text(encoding="utf-8"))
            found.update(zip(pieces[1::2], pieces[2::2], strict=True))
    return found


def rows() -> dict[int, str]:
    """The table's rows by the number of their rule."""
    text = TABLE.read_text(encoding="utf-8")
    return {int(match[1]): match[0] for match in re.finditer(r"^\| (\d+)[. ].*\|$", text, re.MULTILINE)}


@pytest.fixture(scope="module")
def tests() -> dict[str, str]:
    return every_test()


def test_all_twelve_rules_stand_in_the_table():
    assert sorted(rows()) == list(range(1, 13))


@pytest.mark.parametrize("rule", range(1, 13))
def test_each_rule_has_an_acceptance_test_by_an_address(tests, rule):
    named = [name for name in TEST.findall(rows()[rule]) if name.startswith(f"test_rule_{rule:02}_")]
    assert named, f"rule {rule} names no test of its own"
    assert any(BY_ADDRESS.search(tests.get(name, "")) for name in named), (
        f"rule {rule}: none goes by an address"
    )


@pytest.mark.parametrize("file", [TABLE, ABUSE], ids=lambda path: path.stem)
def test_every_test_that_the_papers_name_exists(tests, file):
    missing = sorted(set(TEST.findall(file.read_text(encoding="utf-8"))) - set(tests))
    assert missing == []
