"""The demo town holds together: every code meets its thing, and every story has the words its life needs."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations, product

import pytest

from answerable.ops.demo.content import ROLES, Rule, Text, Town, load_town
from answerable.ops.demo.stories import (
    NEEDS,
    OPEN,
    Path,
    Story,
    load_cases,
    load_stories,
    load_variations,
)

HAN = re.compile(r"[\u4e00-\u9fff]")
NUMBER = re.compile(r"\d{3,4}[- ]?\d{4}[- ]?\d{3,4}")


@pytest.fixture(scope="module")
def town() -> Town:
    return load_town()


@pytest.fixture(scope="module")
def cases() -> tuple[Story, ...]:
    return load_cases()


def chain(code: str | None, parents: dict[str, str | None]) -> list[str]:
    """The code and everything above it. An endless chain fails the test that asks."""
    found: list[str] = []
    while code is not None:
        assert code not in found
        found.append(code)
        code = parents[code]
    return found


def fits(rule: Rule, subjects: list[str], places: list[str]) -> bool:
    return rule.subject in (None, *subjects) and rule.place in (None, *places)


def covers(wide: str | None, narrow: str | None, parents: dict[str, str | None]) -> bool:
    return wide is None or (narrow is not None and wide in chain(narrow, parents))


def words_of(story: Story) -> list[str]:
    """Everything a reader sees of a story."""
    words = [story.title, story.claim, story.summary, story.raised, story.reopened]
    words += [story.withdrawal, story.mediation]
    words += [turn.text for turn in story.turns]
    words += list(story.decision.parts().values()) if story.decision else []
    for rung in (story.review, story.rereview):
        words += [text for text in rung.parts().values() if text] if rung else []
    words += [story.extension.why] if story.extension else []
    words += [story.passed.why] if story.passed else []
    words += [story.word.comment] if story.word else []
    return [text for text in words if text]


# ---- the town ----


def test_the_town_has_the_size_it_was_asked_for(town: Town) -> None:
    units = [u for u in town.units if u.authority == "hedu"]
    villages = [u for u in units if u.code.startswith("v-")]
    offices = {u.code for u in units} - {u.code for u in villages} - {"town", "discipline"}
    assert len(villages) == 12
    assert offices == {"general", "petitions", "social", "planning", "farming"}
    assert 55 <= len(town.staff) <= 70
    assert {p.role for p in town.posts} == ROLES
    assert 30 <= len(town.subject_leaves()) <= 45


@pytest.mark.parametrize(
    "things", ["authorities", "outside", "units", "posts", "staff", "subjects", "places"]
)
def test_codes_are_slugs_and_given_once(town: Town, things: str) -> None:
    codes = [thing.code for thing in getattr(town, things)]
    assert [code for code, times in Counter(codes).items() if times > 1] == []
    assert [code for code in codes if not re.fullmatch(r"[a-z0-9-]{2,40}", code)] == []


def test_the_trees_are_trees(town: Town) -> None:
    for things in (town.units, town.subjects, town.places):
        parents = {thing.code: thing.parent for thing in things}
        assert all(chain(code, parents) for code in parents)
    above = {a.code: a.above for a in town.authorities}
    assert chain("hedu", above) == ["hedu", "qingxun", "linlan"]
    authorities = {u.code: u.authority for u in town.units}
    assert all(u.parent is None or authorities[u.parent] == u.authority for u in town.units)


def test_every_unit_has_at_most_one_head_and_every_deputy_exists(town: Town) -> None:
    heads = Counter(p.unit for p in town.posts if p.head)
    codes = {p.code for p in town.posts}
    assert {u.code for u in town.units} == set(heads)
    assert set(heads.values()) == {1}
    assert all(p.deputy in codes and p.deputy != p.code for p in town.posts)
    assert all(p.role == "leader" for p in town.posts if p.head)


def test_one_post_is_vacant_one_acting_and_one_on_leave(town: Town) -> None:
    held = [(a.post, a.acting) for s in town.staff for a in s.appointments]
    codes = {p.code for p in town.posts}
    assert {post for post, _ in held} <= codes
    assert [p.code for p in town.vacant_posts()] == ["planning-environment"]
    assert [post for post, acting in held if acting] == ["v-fengshuao-head"]
    assert [d.post for d in town.delegations] == ["deputy-farm"]
    assert all(d.since_days > 0 > d.until_days and {d.post, d.to} <= codes for d in town.delegations)
    assert [post for post, times in Counter(post for post, _ in held).items() if times > 1] == []


def test_there_is_a_sign_in_for_each_role(town: Town) -> None:
    roles = {p.code: p.role for p in town.posts}
    signing = [s for s in town.staff if s.sign_in]
    assert {roles[s.appointments[0].post] for s in signing} == ROLES
    assert len({s.sign_in for s in signing}) == len(signing)


def test_every_stage_of_the_ladder_has_a_sign_in(town: Town) -> None:
    """A visitor walks a matter to its end: the office, the county's review, the city's re-review."""
    bodies = {u.code: u.authority for u in town.units}
    units = {p.code: p.unit for p in town.posts}
    signing = {bodies[units[s.appointments[0].post]] for s in town.staff if s.sign_in}
    assert signing == {a.code for a in town.authorities}


def test_the_village_has_an_open_matter(town: Town, cases: tuple[Story, ...]) -> None:
    person = next(s for s in town.staff if s.sign_in == "village")
    place = person.appointments[0].post.removeprefix("v-").removesuffix("-head")
    own = [str(s.path) for s in cases if (s.subject, s.place) == ("village-neighbours", place)]
    assert set(own) & {"assigned", "accepted", "half", "nearly_late", "late_lifted"}


def test_accusations_have_an_outside_body_and_an_untouched_unit(town: Town) -> None:
    outside = {o.code for o in town.outside}
    named = {a.code: a.accusations_to for a in town.authorities}
    assert named["hedu"] == "county-discipline"
    assert {code for code in named.values() if code} <= outside
    assert {u.code for u in town.units if u.takes_conduct} == {"discipline", "county-petitions"}


def test_the_responsibility_map_covers_every_pair_without_doubt(town: Town) -> None:
    subjects = {s.code: s.parent for s in town.subjects}
    places = {p.code: p.parent for p in town.places}
    for subject, place in product(subjects, [None, *places]):
        at = chain(place, places)
        assert any(fits(rule, chain(subject, subjects), at) for rule in town.rules), (subject, place)
    for one, two in combinations(town.rules, 2):
        assert (one.subject, one.place) != (two.subject, two.place)
        meet = all(
            covers(a, b, parents) or covers(b, a, parents)
            for a, b, parents in [(one.subject, two.subject, subjects), (one.place, two.place, places)]
        )
        nested = any(
            covers(a.subject, b.subject, subjects) and covers(a.place, b.place, places)
            for a, b in [(one, two), (two, one)]
        )
        assert nested or not meet, (one, two)


def test_rules_name_units_and_leaders_of_the_town(town: Town) -> None:
    units = {u.code for u in town.units if u.authority == "hedu"}
    leaders = {p.code for p in town.posts if p.role == "leader" and p.unit in units}
    assert {rule.unit for rule in town.rules} <= units
    assert {rule.leader for rule in town.rules} <= leaders
    assert len([r for r in town.rules if r.subject and r.place]) >= 10


def test_no_subject_is_about_what_a_person_is(town: Town) -> None:
    said = " ".join(f"{s.code} {s.name.zh} {s.name.en}".lower() for s in town.subjects)
    for word in ("religio", "ethnic", "belief", "politic", "veteran", "宗教", "民族", "信仰", "退役", "上访"):
        assert word not in said


def test_telephone_numbers_reach_nobody(town: Town) -> None:
    phones = [thing.phone for thing in (*town.outside, *town.units, *town.posts)]
    assert all(phone.startswith("000-") for phone in phones)
    assert len(set(phones)) == len(phones)
    assert all(not o.email or o.email.endswith(".example") for o in town.outside)
    person = town.people.person(3, "zh-hans")
    assert person.mobile.startswith("100 ")
    assert person.email.endswith(".example")


def test_people_are_given_out_once(town: Town) -> None:
    for language, enough in (("zh-hans", 420), ("en", 100)):
        names = [town.people.person(n, language).name for n in range(enough)]
        assert len(set(names)) == enough


def test_every_text_is_there_in_both_languages(town: Town) -> None:
    texts: list[Text] = [*town.portal.values(), town.calendar.name]
    for thing in (*town.authorities, *town.units, *town.posts, *town.staff, *town.subjects, *town.places):
        texts.append(thing.name)
    for unit in town.units:
        texts += [unit.hours, unit.address]
    texts += [t for c in town.canned for t in (c.title, c.body)]
    texts += [t for s in town.tour for t in (s.title, s.text)]
    for text in texts:
        assert HAN.search(text.zh), text
        assert text.en, text
        assert not HAN.search(text.en), text


def test_the_tour_shows_both_sides_of_a_case_that_is_there(town: Town) -> None:
    assert 10 <= len(town.tour) <= 12
    assert {step.side for step in town.tour} == {"person", "desk"}
    assert town.tour_story in {s.id for s in load_stories()}
    assert len(town.canned) == 12


# ---- the matters ----


def test_there_are_enough_stories_and_both_languages(cases: tuple[Story, ...]) -> None:
    told = Counter(s.language for s in load_stories())
    assert told["zh"] >= 110
    assert told["en"] >= 40
    assert 380 <= len(cases) <= 420
    assert 0.70 <= sum(s.language == "zh" for s in cases) / len(cases) <= 0.80


def test_every_path_is_walked_and_a_few_are_late(cases: tuple[Story, ...]) -> None:
    paths = Counter(s.path for s in cases)
    assert set(paths) == set(Path)
    assert 0.05 <= paths[Path.LATE_LIFTED] / len(cases) <= 0.07
    assert 0.45 <= sum(paths[p] for p in OPEN) / len(cases) <= 0.70


def test_every_story_names_what_is_in_the_town(town: Town, cases: tuple[Story, ...]) -> None:
    leaves = {s.code: s for s in town.subject_leaves()}
    places = {p.code for p in town.places}
    accusable = {p.code for p in town.posts} | {u.code for u in town.units}
    for story in cases:
        assert story.subject in leaves, story.id
        assert story.place in places, story.id
        assert set(story.accused) <= accusable, story.id
        assert bool(story.accused) == (story.kind == "accusation"), story.id
        assert leaves[story.subject].accusation == (story.kind == "accusation"), story.id
        if story.passed:
            assert story.passed.to in {o.code for o in town.outside}, story.id


def test_codes_of_stories_are_known_words(cases: tuple[Story, ...]) -> None:
    known = {
        "language": {"zh", "en"},
        "kind": {"claim", "suggestion", "accusation"},
        "privacy": {"anonymous", "confidential", "open"},
        "channel": {"portal", "counter", "phone", "letter", "api"},
        "behalf": {"", "minor", "cannot_write"},
        "danger": {"", "life", "health", "property"},
    }
    for story in cases:
        for name, words in known.items():
            assert getattr(story, name) in words, (story.id, name)
        assert (story.letter_days > 0) == (story.channel == "letter"), story.id
        rungs = [d for d in (story.review, story.rereview) if d and d.outcome]
        assert {d.outcome for d in rungs} <= {"upheld", "changed", "revoked"}, story.id
        first = {story.decision.outcome} if story.decision else set()
        assert first <= {"supported", "explained", "not_supported"}, story.id
        assert {turn.by for turn in story.turns} <= {"office", "person"}, story.id
        assert story.word is None or 1 <= story.word.rating <= 5, story.id


def test_every_story_has_the_parts_and_the_age_its_path_needs(cases: tuple[Story, ...]) -> None:
    for story in cases:
        need = NEEDS[story.path]
        assert need.youngest <= story.age <= need.oldest, (story.id, story.age)
        assert [part for part in need.parts if not getattr(story, part)] == [], story.id
        assert story.letter_days <= story.age or story.path is Path.FRESH, story.id
    ends = {s.id: (s.path, s.turns[-1].by) for s in cases if s.turns}
    assert all(by == "person" for path, by in ends.values() if path is Path.ASKED)
    assert all(by == "office" for path, by in ends.values() if path is Path.WAITING)


def test_reviews_are_decided_exactly_where_the_path_says_so(cases: tuple[Story, ...]) -> None:
    decided = {Path.REVIEW_DECIDED: (True, None), Path.REVIEW: (False, None)}
    decided |= {Path.REREVIEW: (True, False), Path.LADDER_END: (True, True)}
    for story in cases:
        rungs = tuple(rung and rung.is_decided for rung in (story.review, story.rereview))
        assert rungs == decided.get(story.path, (None, None)), story.id


def test_decisions_are_whole_and_answer_in_the_language_of_the_case(cases: tuple[Story, ...]) -> None:
    for story in cases:
        for rung in (story.decision, story.review, story.rereview):
            if rung and rung.outcome:
                assert all(part.strip() for part in rung.parts().values()), story.id
        for text in words_of(story):
            assert bool(HAN.search(text)) == (story.language == "zh"), (story.id, text)


def test_joined_and_repeated_matters_follow_the_first(cases: tuple[Story, ...]) -> None:
    seen: dict[str, Story] = {}
    for story in cases:
        for other in (story.joined_to, story.duplicate_of):
            assert other is None or other in seen, story.id
        if story.joined_to:
            first = seen[story.joined_to]
            assert (story.subject, story.place) == (first.subject, first.place)
            assert story.age <= first.age
        seen[story.id] = story
    assert len(seen) == len(cases)
    assert sum(s.joined_to == "zh-bridge-broken-1" for s in cases) == 7
    assert seen["zh-bridge-broken-1"].shown


def test_nothing_is_told_twice(cases: tuple[Story, ...]) -> None:
    claims = Counter(re.sub(r"\W", "", s.claim) for s in cases)
    titles = Counter(s.title for s in cases)
    assert [claim for claim, times in claims.items() if times > 1] == []
    assert [title for title, times in titles.items() if times > 1] == []


def test_no_sentence_is_heard_too_often_in_what_people_say(cases: tuple[Story, ...]) -> None:
    sentences = Counter(
        sentence.strip()
        for s in cases
        for sentence in re.split(r"[。！？!?.\n]", s.claim)
        if len(sentence) > 12
    )
    assert [sentence for sentence, times in sentences.items() if times > 2] == []


def test_slots_are_filled_and_no_text_carries_a_number_to_call_a_person(cases: tuple[Story, ...]) -> None:
    for story in cases:
        for text in [*words_of(story), *story.notes]:
            assert "{" not in text, (story.id, text)
            assert all(number.startswith("000") for number in NUMBER.findall(text)), (story.id, text)
            assert "@" not in text, (story.id, text)
        assert len(story.title) <= 80, story.id


def test_only_matters_that_are_not_about_conduct_are_shown_to_others(cases: tuple[Story, ...]) -> None:
    for story in cases:
        if story.shown:
            assert story.summary, story.id
            assert story.kind != "accusation", story.id


def test_variations_are_the_same_at_every_call_and_use_every_way_in() -> None:
    first = load_variations()
    load_variations.cache_clear()
    assert load_variations() == first
    assert {s.channel for s in first} == {"portal", "counter", "phone", "letter", "api"}
    assert {s.privacy for s in first} == {"anonymous", "confidential", "open"}
    assert all(s.privacy != "anonymous" for s in first if s.path is Path.MEDIATED)
