"""Some thousands of changed inputs; `python -m answerable.record.tests.fuzz` makes as many as one likes."""

from __future__ import annotations

from collections import Counter

import pytest

from answerable.record.tests import fuzz


@pytest.mark.parametrize("target", fuzz.TARGETS, ids=lambda target: target.name)
def test_what_is_not_changed_is_accepted(target):
    said = {target.run(seed) for seed in target.seeds}
    accepted = {"accepted", "proved"} | ({"opening_mismatch"} if target.name == "opening" else set())
    assert said <= accepted
    assert said & {"accepted", "proved"}


def test_nothing_but_declared_refusals_and_nothing_false_accepted():
    seen = Counter(fuzz.run_one(6962, number) for number in range(8000))
    # It is no test of the parsers alone: many inputs had to be told by hash and signature.
    assert seen["receipt: not_in_tree"] > 10
    assert seen["receipt: signature_wrong"] > 10
    assert seen["note: signature_wrong"] > 10
    assert len(seen) > 60
