"""What may follow which warning; both languages or nothing; plain words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from answerable.incidents.warnings import rules
from answerable.incidents.warnings.rules import CannotWarn, Draft, Kind, Last, Words

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
ZH = Words("洪涝警报：东村", "东河水位上涨。", "马上往高处走。", "东村")
EN = Words("Flood: East village", "The river is rising.", "Go to high ground at once.", "East village")
DRAFT = Draft(ZH, EN)


def last(kind: Kind, hours: float = 1) -> Last:
    return Last(kind, NOW + timedelta(hours=hours))


NOTHING = None
TABLE = {
    # what was last: what may come next
    "nothing": (NOTHING, {Kind.ALERT}),
    "in force": (last(Kind.ALERT), {Kind.UPDATE, Kind.CANCEL, Kind.ALL_CLEAR}),
    "renewed": (last(Kind.UPDATE), {Kind.UPDATE, Kind.CANCEL, Kind.ALL_CLEAR}),
    "run out": (last(Kind.ALERT, -1), {Kind.ALERT, Kind.ALL_CLEAR}),
    "runs out now": (last(Kind.ALERT, 0), {Kind.ALERT, Kind.ALL_CLEAR}),
    "taken back": (last(Kind.CANCEL), {Kind.ALERT}),
    "all clear": (last(Kind.ALL_CLEAR), {Kind.ALERT}),
}


@pytest.mark.parametrize("name", TABLE)
def test_what_may_follow(name):
    before, may = TABLE[name]
    fits = set()
    for kind in Kind:
        try:
            rules.require_fits(kind, before, NOW)
            fits.add(kind)
        except CannotWarn:
            pass
    assert fits == may


def test_all_clear_updates_what_holds_and_stands_alone_after_it_ran_out():
    assert rules.msg_type(Kind.ALL_CLEAR, last(Kind.ALERT), NOW) == "Update"
    assert rules.msg_type(Kind.ALL_CLEAR, last(Kind.ALERT, -1), NOW) == "Alert"
    assert rules.responses(Kind.ALL_CLEAR, ["Evacuate"]) == ("AllClear",)
    assert rules.responses(Kind.CANCEL, ["Evacuate"]) == ("None",)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("part", ["headline", "description", "instruction", "area"])
def test_both_languages_or_nothing(language, part):
    words = replace(DRAFT.words(language), **{part: "  "})
    with pytest.raises(CannotWarn) as refused:
        rules.require_sayable(replace(DRAFT, **{language: words}), Kind.ALERT)
    assert (refused.value.code, refused.value.facts["field"]) == ("missing", part)


def test_an_end_needs_no_instruction():
    quiet = replace(DRAFT, zh=replace(ZH, instruction=""), en=replace(EN, instruction=""))
    rules.require_sayable(quiet, Kind.ALL_CLEAR)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("请勿参与聚众上访", "gathering"),
        ("A crowd of petitioners blocks the road", "gathering"),
        ("重点人员已稳控", "people"),
        ("请拍摄参与人员并举报", "watching"),
        ("Photograph the participants", "watching"),
        ("x" * 1201, "too_long"),
    ],
)
def test_a_warning_is_about_a_hazard(text, code):
    with pytest.raises(CannotWarn) as refused:
        rules.require_sayable(replace(DRAFT, en=replace(EN, description=text)), Kind.ALERT)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("", 0),
        ("30.1,114.2 30.2,114.2 30.2,114.3 30.1,114.2", 4),
        ("30.1，114.2；30.2,114.2\n30.2,114.3\n30.1,114.2", 4),
        ("-30.1, -114.2 -30.2,-114.2 -30.2,-114.3 -30.1,-114.2", 4),
    ],
)
def test_an_area_as_it_is_typed(text, points):
    assert len(rules.polygon_of(text)) == points


@pytest.mark.parametrize(
    "text",
    ["30.1,114.2", "1,2 1,3 2,3 2,2", "91,0 1,1 1,2 91,0", "here", "1,2 1,3 2,3 1,2 and more", "1;2 3;4"],
)
def test_an_area_that_is_none_is_refused(text):
    with pytest.raises(CannotWarn) as refused:
        rules.polygon_of(text)
    assert refused.value.code == "polygon"


def test_plain_words_are_hinted_at_and_not_enforced():
    assert rules.remarks(DRAFT) == []
    long_en = replace(EN, description=" ".join(["water"] * 21) + ".")
    long_zh = replace(ZH, instruction="请" * 37)
    shouting = replace(EN, headline="LEAVE YOUR HOUSES NOW AND GO")
    found = {one.code for one in rules.remarks(Draft(long_zh, long_en))}
    assert found == {"long_sentence", "long_sentence_zh"}
    assert {one.code for one in rules.remarks(Draft(ZH, shouting))} == {"shouting"}
    whole = replace(EN, description=". ".join(["Water rises here"] * 40))
    assert {one.code for one in rules.remarks(Draft(ZH, whole))} == {"long_text"}
