"""How an alarm climbs, as tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from answerable.alerts import rules
from answerable.alerts.rules import HAVE_IT, PASSED, Climb, Found, Ladder, Mode, Place, Said

T0 = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
ANNA, BEN, CARO, DAN = 1, 2, 3, 4


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def ladder(*after_s: int, mode: Mode = Mode.ONE, repeat: int = 600, rounds: int = 0) -> Ladder:
    return Ladder(after_s, ((),) * len(after_s), mode, repeat, rounds)


def means(
    *groups: tuple[int, ...], told: dict[int, tuple[int, ...]] | None = None, lost: set[int] = frozenset()
):
    """Step n means the n-th group; those in `lost` have no way to be reached."""
    return lambda step: Found(groups[step], (told or {}).get(step, ()), frozenset(lost) & set(groups[step]))


def asked(climb: Climb) -> list[tuple[int, int, tuple[int, ...]]]:
    return [(one.round, one.step, one.asked) for one in climb.taken]


THREE = ladder(0, 300, 300)
EACH_ONE = means((ANNA,), (BEN,), (CARO,))


def test_the_first_step_is_taken_at_once_and_the_next_is_due_after_its_delay():
    climb = rules.climb(THREE, rules.first_place(THREE, T0), [], EACH_ONE, T0)
    assert asked(climb) == [(0, 0, (ANNA,))]
    assert climb.place.next_at == at(300)


def test_nothing_happens_before_its_time():
    place = rules.climb(THREE, rules.first_place(THREE, T0), [], EACH_ONE, T0).place
    assert rules.climb(THREE, place, [], EACH_ONE, at(299.999)) == Climb((), place)


def test_a_slow_engine_moves_no_later_step():
    place = rules.climb(THREE, rules.first_place(THREE, T0), [], EACH_ONE, T0).place
    place = rules.climb(THREE, place, [], EACH_ONE, at(311)).place
    assert place.next_at == at(600)


def test_after_downtime_late_steps_are_taken_at_once_once_each_in_order():
    place = rules.climb(THREE, rules.first_place(THREE, T0), [], EACH_ONE, T0).place
    night = rules.climb(THREE, place, [], EACH_ONE, at(8 * 3600))
    assert asked(night) == [(0, 1, (BEN,)), (0, 2, (CARO,))]
    assert night.place.next_at == at(8 * 3600 + 600), "a night of repeats is not made up for"


@pytest.mark.parametrize(
    ("groups", "lost", "taken"),
    [
        (((), (BEN,), (CARO,)), set(), [(0, 0, ()), (0, 1, (BEN,))]),
        (((ANNA,), (BEN,), (CARO,)), {ANNA}, [(0, 0, (ANNA,)), (0, 1, (BEN,))]),
        (((ANNA, DAN), (BEN,), (CARO,)), {ANNA}, [(0, 0, (ANNA, DAN))]),
        (((), (), (CARO,)), set(), [(0, 0, ()), (0, 1, ()), (0, 2, (CARO,))]),
        (((), (), ()), set(), [(0, 0, ()), (0, 1, ()), (0, 2, ())]),
    ],
    ids=["empty", "cannot be reached", "one of two can", "two empty ones", "all empty"],
)
def test_an_empty_step_or_one_that_cannot_be_reached_moves_on_at_once(groups, lost, taken):
    climb = rules.climb(THREE, rules.first_place(THREE, T0), [], means(*groups, lost=lost), T0)
    assert asked(climb) == taken
    assert all(one.moves_on for one in climb.taken[:-1])
    assert climb.place.next_at > T0, "an alarm that nobody can hear does not spin"


def test_who_is_only_told_is_told_with_the_step_and_not_waited_for():
    find = means((ANNA,), (BEN,), (CARO,), told={0: (DAN,), 1: (DAN, ANNA)})
    climb = rules.climb(THREE, rules.first_place(THREE, T0), [], find, at(300))
    assert [(one.asked, one.told) for one in climb.taken] == [((ANNA,), (DAN,)), ((BEN,), ())]
    only_told = rules.climb(
        THREE, rules.first_place(THREE, T0), [], means((), (), (BEN,), told={0: (DAN,)}), T0
    )
    assert [one.told for one in only_told.taken] == [(DAN,), (), ()], "nobody is waited for"


def test_it_begins_again_until_somebody_has_it():
    place = Place(step=2, round=4, next_at=at(0), taken_at=at(-600))
    assert asked(rules.climb(THREE, place, [], EACH_ONE, T0)) == [(5, 0, (ANNA,))]


def test_after_the_last_round_it_is_given_up_once_the_last_ones_had_their_time():
    twice = ladder(0, 60, repeat=120, rounds=2)
    find = means((ANNA,), (BEN,))
    last = rules.climb(twice, Place(0, 1, at(0), at(-60)), [], find, T0)
    assert asked(last) == [(1, 1, (BEN,))]
    assert last.place.next_at == at(120)
    over = rules.climb(twice, last.place, [], find, at(120))
    assert over.is_given_up
    assert over.place.next_at is None


def test_who_passed_is_not_asked_again_in_the_same_round():
    said = [Said(ANNA, 0, 0, PASSED)]
    find = means((ANNA,), (ANNA,), (ANNA, BEN))
    climb = rules.climb(THREE, Place(0, 0, T0, at(-300)), said, find, T0)
    assert asked(climb) == [(0, 1, ()), (0, 2, (BEN,))]
    again = rules.climb(THREE, Place(2, 0, T0, at(-600)), said, find, T0)
    assert asked(again) == [(1, 0, (ANNA,))]


def test_who_has_it_is_not_asked_again_while_the_group_is_waited_for():
    both = ladder(0, 60, mode=Mode.ALL)
    said = [Said(ANNA, 0, 0, HAVE_IT), Said(BEN, 0, 0)]
    climb = rules.climb(both, Place(0, 0, T0, at(-60)), said, means((ANNA, BEN), (ANNA, BEN)), T0)
    assert asked(climb) == [(0, 1, (BEN,))]


@pytest.mark.parametrize(
    ("said", "at_once"),
    [
        ([Said(ANNA, 0, 0, PASSED)], True),
        ([Said(ANNA, 0, 0, PASSED), Said(BEN, 0, 0)], False),
        ([Said(ANNA, 0, 0, PASSED), Said(BEN, 0, 0, is_unreachable=True)], True),
        ([Said(ANNA, 0, 0, PASSED), Said(DAN, 0, 0, is_told_only=True)], True),
        ([Said(DAN, 0, 0, PASSED, is_told_only=True)], False),
        ([], False),
    ],
)
def test_declined_by_everyone_asked_goes_on_to_the_next_at_once(said, at_once):
    place = Place(0, 0, at(300), T0)
    assert (rules.hurried(THREE, place, said, at(10)).next_at == at(10)) == at_once


def test_declined_behind_the_last_step_waits_for_the_next_round():
    place = Place(2, 0, at(600), T0)
    assert rules.hurried(THREE, place, [Said(CARO, 2, 0, PASSED)], at(10)) == place


@pytest.mark.parametrize(
    ("mode", "said", "stops"),
    [
        (Mode.ONE, [Said(ANNA, 0, 0), Said(BEN, 0, 0, HAVE_IT)], True),
        (Mode.ONE, [Said(DAN, 0, 0, HAVE_IT, is_told_only=True)], True),
        (Mode.ONE, [Said(ANNA, 0, 0, PASSED)], False),
        (Mode.ALL, [Said(ANNA, 0, 0), Said(BEN, 0, 0, HAVE_IT)], False),
        (Mode.ALL, [Said(ANNA, 0, 0, HAVE_IT), Said(BEN, 0, 0, HAVE_IT)], True),
        (Mode.ALL, [Said(ANNA, 0, 0, PASSED), Said(BEN, 0, 0, HAVE_IT)], False),
        (Mode.ALL, [Said(ANNA, 0, 0), Said(BEN, 1, 0, HAVE_IT)], True),
        (Mode.ALL, [Said(ANNA, 0, 0), Said(DAN, 0, 0, HAVE_IT, is_told_only=True)], False),
        (Mode.ALL, [], False),
    ],
)
def test_one_or_all_of_a_group_must_have_it(mode, said, stops):
    assert rules.is_answered(ladder(0, mode=mode), said) is stops


def test_a_clock_that_is_put_back_neither_repeats_nor_freezes():
    place = Place(0, 0, next_at=at(300), taken_at=T0)
    back = at(-3600)
    right = rules.put_right(place, back)
    assert right.next_at == back + timedelta(seconds=300)
    assert rules.climb(THREE, right, [], EACH_ONE, back) == Climb((), right)
    assert rules.put_right(place, at(-1)) == place, "a second is no jump"
    assert rules.put_right(place, at(10)) == place


def test_a_clock_that_jumps_ahead_takes_each_step_once():
    place = rules.climb(THREE, rules.first_place(THREE, T0), [], EACH_ONE, T0).place
    ahead = rules.climb(THREE, place, [], EACH_ONE, at(10**8))
    assert [one.step for one in ahead.taken] == [1, 2]


def test_a_ladder_without_steps_is_given_up_and_does_not_spin():
    empty = ladder()
    assert rules.climb(empty, rules.first_place(empty, T0), [], means(), T0).is_given_up


def test_a_ladder_is_read_back_as_it_was_kept():
    kept = {
        "mode": "all",
        "repeat_after_s": 1,
        "rounds": 3,
        "steps": [{"after_s": 0, "targets": [{"post": 7}]}, {"after_s": -5}],
    }
    assert Ladder.from_record(kept) == Ladder((0, 0), (({"post": 7},), ()), Mode.ALL, 10, 3)
