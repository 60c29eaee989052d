"""Refusals that carry their sentence: one place for the words, translated where they are said."""

from __future__ import annotations

import pickle

import pytest
from django.utils import translation

from answerable.core import sentences
from answerable.core.sentences import sentence
from answerable.core.text import CannotKeep


def test_a_refusal_says_itself_in_the_readers_language(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = CannotKeep("line_too_long", found=400, limit=300)
    assert str(refusal) == "This has 400 characters; 300 fit here. Please put the rest in the description."
    with translation.override("en"):
        assert sentence(refusal) == str(refusal)
    assert sentences.translate is translation.gettext
    monkeypatch.setattr(
        sentences, "translate", {refusal.template: "写了 %(found)s 字，限 %(limit)s 字"}.__getitem__
    )
    assert sentence(refusal) == "写了 400 字，限 300 字"


def test_a_refusal_survives_a_trip_between_processes() -> None:
    refusal = CannotKeep("too_long", found=1, limit=0)
    again = pickle.loads(pickle.dumps(refusal))
    assert (type(again), again.code, again.facts, str(again)) == (
        CannotKeep,
        "too_long",
        refusal.facts,
        str(refusal),
    )
