"""Whose the days are: what a transfer, a reopening, a review and a withdrawal do to figures, and what they never do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from answerable.cases.act_kinds import ActKind as A
from answerable.figures.formulas import Clock, Happened, History, Moved, Sent, facts_of, turns_of
from answerable.figures.tallies import LENGTHS, Cut, Measure, bucket_of, cells_of, within_days

DAY = timedelta(days=1)
BEGAN = datetime(2026, 3, 2, 2, tzinfo=UTC)
ROADS, WATER, COUNTY = 1, 2, 3


def at(day: float) -> datetime:
    return BEGAN + day * DAY


def history(*acts: tuple[A, float], unit: int = ROADS, **more: object) -> History:
    """A case registered on day 0 with a date of 60 days; acts follow in their order."""
    happened = [Happened(1, A.REGISTERED, at(0))]
    happened += [Happened(n, kind, at(day)) for n, (kind, day) in enumerate(acts, start=2)]
    base = History(UUID(int=7), 1, unit, unit * 10, 5, 6, False, at(0), tuple(happened))
    base = replace(base, clocks=(Clock(1, None, None, at(0), at(60)),))
    return replace(base, **more)  # type: ignore[arg-type]


def moved(seq: int, day: float, source: int, to: int) -> Moved:
    return Moved(seq, at(day), source, source * 10, to, to * 10)


def day_of(instant: datetime) -> date:
    return instant.date()


def test_an_answer_before_the_date_is_in_time_and_stays_so_after_a_reopening():
    met = (Clock(1, 2, None, at(0), at(60), at(50)),)
    (turn,) = turns_of(history((A.DECIDED, 50), clocks=met))
    assert (turn.is_in_time, turn.is_date_kept, turn.elapsed) == (True, True, 50 * DAY)
    again = (*met, Clock(3, None, None, at(200), at(260)))
    first, second = turns_of(history((A.DECIDED, 50), (A.REOPENED, 200), clocks=again))
    assert first.is_in_time
    assert second.ending == ""
    assert second.due_at == at(260)
    # The person waits again: nothing final was said, so no final time is told.
    assert first.elapsed is None


def test_after_a_reopening_the_persons_own_time_runs_from_first_receipt():
    clocks = (Clock(1, 2, None, at(0), at(60), at(50)), Clock(3, 4, None, at(200), at(260), at(210)))
    made = history((A.DECIDED, 50), (A.REOPENED, 200), (A.DECIDED, 210), clocks=clocks)
    first, second = turns_of(made)
    assert first.elapsed is None
    assert second.elapsed == 210 * DAY
    assert second.is_in_time
    facts = facts_of(made, turns_of(made))
    assert (facts.first_decided_at, facts.is_date_kept, facts.reopened) == (at(50), True, 1)
    assert facts.elapsed == 210 * DAY


def test_who_hands_over_in_time_is_never_late_whatever_comes_after():
    clocks = (Clock(1, 3, None, at(0), at(60), at(300)),)
    made = history((A.TRANSFERRED, 5), (A.DECIDED, 300), unit=WATER, clocks=clocks)
    made = replace(made, acts=tuple(a for a in made.acts if a.kind != A.TRANSFERRED))
    made = replace(made, moves=(moved(2, 5, ROADS, WATER),))
    roads, water = turns_of(made)
    assert (roads.unit, roads.ending, roads.is_in_time) == (ROADS, "handed_over", True)
    assert (water.unit, water.is_in_time, water.late) == (WATER, False, 240 * DAY)


def test_who_is_handed_a_used_up_date_has_half_of_its_length():
    def answered(day: float) -> tuple[bool | None, bool | None]:
        clocks = (Clock(1, 3, None, at(0), at(60), at(day)),)
        made = history(unit=WATER, clocks=clocks, moves=(moved(2, 58, ROADS, WATER),))
        made = replace(made, acts=(*made.acts, Happened(3, A.DECIDED, at(day))))
        _, water = turns_of(made)
        return water.is_in_time, water.is_date_kept

    assert answered(59) == (True, True)
    assert answered(87.9) == (True, False)
    assert answered(88) == (False, False)


def test_handing_to_and_fro_gains_nobody_a_day():
    moves = (moved(2, 50, ROADS, WATER), moved(3, 55, WATER, ROADS), moved(4, 70, ROADS, WATER))
    turns = turns_of(history(unit=WATER, moves=moves))
    assert [turn.own_due_at for turn in turns] == [at(60), at(80), at(60), at(60)]


def test_a_review_belongs_to_the_answer_that_it_is_about():
    clocks = (Clock(1, 2, None, at(0), at(60), at(20)), Clock(3, 4, None, at(30), at(60), at(40)))
    made = history(
        (A.DECIDED, 20),
        (A.REVIEW_ASKED, 30),
        (A.REVIEW_DECIDED, 40),
        unit=COUNTY,
        clocks=clocks,
        moves=(moved(3, 30, ROADS, COUNTY),),
        sent=(Sent(2, "supported", True), Sent(4, "changed", None)),
    )
    below, above = turns_of(made)
    assert (below.unit, below.review, below.reviewed_at) == (ROADS, "changed", at(40))
    assert below.is_in_time
    assert (above.unit, above.stage, above.review, above.elapsed) == (COUNTY, "review", "", 40 * DAY)


def test_the_persons_word_belongs_to_the_newest_answer():
    made = history(
        (A.DECIDED, 20), (A.UNSOLVED_SAID, 21), (A.REOPENED, 22), (A.DECIDED, 30), (A.SOLVED_SAID, 31),
        sent=(Sent(2, "supported", True), Sent(5, "supported", False)),
    )  # fmt: skip
    first, second = turns_of(made)
    assert (first.office_solved, first.person_solved) == (True, False)
    assert (second.office_solved, second.person_solved) == (False, True)


def test_a_withdrawal_that_is_undone_never_was():
    undone = turns_of(history((A.WITHDRAWN, 10), (A.WITHDRAWAL_UNDONE, 11)))
    assert undone == turns_of(history())
    (left,) = turns_of(history((A.WITHDRAWN, 10)))
    assert (left.ending, left.is_in_time) == ("withdrawn", True)


def test_what_moved_while_it_was_withdrawn_goes_on_with_the_unit_that_has_it():
    made = history((A.WITHDRAWN, 10), unit=WATER, moves=(moved(3, 11, ROADS, WATER),))
    assert [turn.unit for turn in turns_of(made)] == [ROADS]
    made = replace(made, acts=(*made.acts, Happened(4, A.WITHDRAWAL_UNDONE, at(12))))
    roads, water = turns_of(made)
    assert (roads.unit, roads.ending, roads.ended_at) == (ROADS, "handed_over", at(12))
    assert (water.unit, water.ending, water.own_due_at) == (WATER, "", at(60))


def test_what_was_passed_on_and_came_back_keeps_its_date():
    made = history((A.PASSED_ON, 10), (A.REOPENED, 90))
    sent_away, back = turns_of(made)
    assert sent_away.ending == "passed_on"
    assert back.due_at == at(60)


def test_a_pause_keeps_no_date_but_the_persons_time_runs_on():
    paused = (Clock(1, None, None, at(0), at(60), is_paused=True),)
    (open_,) = turns_of(history(clocks=paused))
    assert open_.own_due_at is None
    met = (Clock(1, 2, None, at(0), at(160), at(150)),)
    (turn,) = turns_of(history((A.DECIDED, 150), clocks=met))
    assert (turn.is_in_time, turn.elapsed) == (True, 150 * DAY)


def test_an_accusation_counts_in_no_sum_of_a_unit():
    made = history((A.DECIDED, 20), is_conduct=True, unit=COUNTY, moves=(moved(2, 5, ROADS, COUNTY),))
    turns = turns_of(made)
    assert {turn.unit for turn in turns} == {COUNTY}
    assert not cells_of(made, turns, day_of)


def test_every_turn_comes_in_once_and_goes_out_at_most_once():
    made = history(unit=WATER, moves=(moved(2, 5, ROADS, WATER),))
    made = replace(made, acts=(*made.acts, Happened(3, A.DECIDED, at(9))))
    cells = cells_of(made, turns_of(made), day_of)
    said = {(cell.unit, cell.measure): n for cell, n in cells.items() if cell.cut == Cut.POST}
    assert said[ROADS, Measure.RECEIVED] == said[ROADS, Measure.HANDED_ON] == 1
    assert said[WATER, Measure.HANDED_IN] == said[WATER, Measure.ANSWERED] == 1
    assert (ROADS, Measure.OPEN) not in said


@given(st.lists(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=2000)), min_size=1))
def test_half_of_all_lengths_are_within_the_days_told(lengths: list[timedelta]):
    histogram: dict[int, int] = {}
    for length in lengths:
        histogram[bucket_of(length)] = histogram.get(bucket_of(length), 0) + 1
    told = within_days(histogram, 0.5)
    end = (told or 10_000) * DAY
    assert 2 * sum(length < end for length in lengths) >= len(lengths)
    assert all(bucket_of(n * DAY) == LENGTHS.index(n) + 1 for n in LENGTHS)
