"""Clocks as sentences, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import translation

from answerable.cases import deadlines as d
from answerable.cases.deadline_wording import cannot_extend, cannot_pause, due_words, why_this_date
from answerable.cases.packs import load_pack
from answerable.orgs.calendars import WorkCalendar

BEIJING = WorkCalendar("Asia/Shanghai", "CN")
GENERIC = load_pack("generic")
XINFANG = load_pack("cn-xinfang-2022")
PROJECT = load_pack("wb-project-example")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text + "+08:00").astimezone(UTC)


def made(pack, step, start, trigger="case.registered"):
    return d.derive(pack.step(step), pack, at(start), BEIJING, trigger=trigger)


ANSWER = made(GENERIC, "answer", "2026-11-05T10:00")  # due Thursday 3 December
WINDOW = made(XINFANG, "ask_review", "2026-11-05T10:00", "case.decision_delivered")
HOURS = made(PROJECT, "log", "2026-11-05T10:00")


@pytest.mark.parametrize(
    ("derivation", "now", "words"),
    [
        (ANSWER, "2026-11-27T10:00", "Due Thursday 3 December 2026 (4 working days left)."),
        (ANSWER, "2026-12-02T10:00", "Due Thursday 3 December 2026 (1 working day left)."),
        (ANSWER, "2026-12-03T10:00", "Due today, Thursday 3 December 2026."),
        (ANSWER, "2026-12-04T10:00", "Was due Thursday 3 December 2026, 1 day ago."),
        (ANSWER, "2026-12-10T10:00", "Was due Thursday 3 December 2026, 7 days ago."),
        (WINDOW, "2026-12-01T10:00", "Open until Saturday 5 December 2026 (4 days left)."),
        (WINDOW, "2026-12-05T10:00", "Open until the end of today."),
        (WINDOW, "2026-12-06T10:00", "This was open until Saturday 5 December 2026."),
        (HOURS, "2026-11-05T12:00", "Due Thursday 5 November 2026, 22:00."),
        (HOURS, "2026-11-05T23:00", "Late since Thursday 5 November 2026, 22:00."),
    ],
)
def test_the_clock_is_one_sentence(derivation, now, words):
    with translation.override("en"):
        assert due_words(derivation, at(now), BEIJING) == words


def test_a_date_explains_itself():
    derivation = d.extended(
        made(GENERIC, "answer", "2026-09-15T10:00"),
        number=2,
        calendar=BEIJING,
        act_seq=7,
        at=at("2026-09-20T10:00"),
    )
    with translation.override("en"):
        assert why_this_date(derivation) == [
            "The office first received this on Tuesday 15 September 2026. That day is day zero.",
            "The limit is 20 working days.",
            "It was extended by 2 working days (entry 7 of the file).",
            "Not counted: 7 weekend days.",
            "Not counted, as holidays: 25 September (Mid-Autumn Festival), 1 October (National Day), "
            "2 October (National Day), 3 October (National Day), 5 October (National Day (observed)), "
            "6 October (Day off (substituted from 09/20/2026)), 7 October (Day off (substituted from 10/10/2026)).",
            "Counted, as moved working days: 20 September, 10 October.",
            "The last day in time is Wednesday 21 October 2026; it is late from the day after.",
            "Rule: General procedure.",
            "The rule itself gives no number here; this one is set by the software.",
        ]


def test_the_article_the_source_and_the_reservations_are_said():
    with translation.override("en"):
        assert "Rule: Regulations on Petition Work (China, 2022), article 35." in why_this_date(WINDOW)
        assert any("secondary source" in words for words in why_this_date(HOURS))
        known = BEIJING.known_until()
        assert known is not None
        beyond = why_this_date(made(GENERIC, "answer", f"{known.year}-12-20T10:00"))
        assert any("never earlier" in words for words in beyond)


def test_a_pause_is_said():
    derivation = made(XINFANG, "rereview", "2026-06-01T10:00", "case.rereview_asked")
    open_one = d.paused(derivation, code="hearing", at=at("2026-06-10T09:00"))
    ended = d.resumed(open_one, code="hearing", at=at("2026-06-11T09:00"), calendar=BEIJING)
    with translation.override("en"):
        assert "The clock has been paused since Wednesday 10 June 2026." in why_this_date(open_one)
        assert any(
            "Wednesday 10 June 2026 to Thursday 11 June 2026" in words for words in why_this_date(ended)
        )


def test_every_opener_of_every_shipped_step_has_a_sentence_of_its_own():
    from answerable.cases.deadline_wording import OPENED_BY
    from answerable.cases.packs import all_packs

    openers = {act for pack in all_packs().values() for step in pack.steps for act in step.opened_by}
    assert openers <= set(OPENED_BY)


def test_a_pack_that_is_gone_is_named_by_its_code():
    from dataclasses import replace

    with translation.override("en"):
        assert "Rule: our-own-rule." in why_this_date(replace(ANSWER, pack="our-own-rule"))


def test_refusals_say_what_is_left():
    with translation.override("en"):
        with pytest.raises(d.CannotExtend) as refused:
            d.extended(ANSWER, number=11, calendar=BEIJING, act_seq=1, at=at("2026-11-10T10:00"))
        assert cannot_extend(refused.value) == (
            "The rule allows 10 working days in all; what is left of it: 10 working days."
        )
        assert cannot_pause(d.CannotPause("not_paused")) == "The clock is not paused."


def test_in_chinese_it_reads_as_chinese():
    with translation.override("zh-hans"):
        assert (
            due_words(ANSWER, at("2026-11-27T10:00"), BEIJING)
            == "2026年12月3日（星期四）到期，还有4个工作日。"
        )
        said = "".join(why_this_date(WINDOW))
        assert "自送达" not in said
        assert "期限为30日。" in said
        assert "依据：信访工作条例第 35 条。" in said
        assert not any("%(" in words for words in why_this_date(ANSWER))
