"""How a case is counted: its turns, its own time, its words. Pure; docs/reference/figures.md says the same in prose.

A case is cut into **turns**. A turn begins when a unit gets the case (registered, handed over, reopened, or asked to
review it) and ends when that unit answers it, hands it over or passes it on, or when the person withdraws it. Each
unit is counted by its own turns, so nothing that comes afterwards, no transfer, no reopening, no review, changes what
was counted for whoever acted in time.

Three times stand beside each other and are never mixed:

- **the case's date** (`due_at`): the earliest of the office's dates that ran when the turn ended, whoever had it;
- **the unit's own date** (`own_due_at`): the same, but a unit that is handed a case for the first time has at least
  half of that date's whole length from then on. It is not late for the days that others used up;
- **the person's own time** (`elapsed`): from first receipt to the final answer, in every unit, pauses included.

An accusation of someone's conduct is counted apart, and only where it lies now (rights, rule 5): as if it had lain
there from the first day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from answerable.cases.act_kinds import ActKind as A

#: Words of the office that answer the person: not the notice of receipt, not a word that the case was moved.
ANSWERS = frozenset({A.ASKED, A.REPLIED, A.DECIDED, A.REVIEW_DECIDED, A.REREVIEW_DECIDED, A.PASSED_ON})
DECIDED = frozenset({A.DECIDED, A.REVIEW_DECIDED, A.REREVIEW_DECIDED})
REVIEW_ASKED = {A.REVIEW_ASKED: "review", A.REREVIEW_ASKED: "rereview"}
WORDS = {A.SOLVED_SAID: True, A.UNSOLVED_SAID: False}
#: The acts that counting looks at; all others change no figure.
COUNTED = frozenset(
    {*ANSWERS, *REVIEW_ASKED, *WORDS, A.REGISTERED, A.REOPENED, A.WITHDRAWN, A.WITHDRAWAL_UNDONE, A.RAISED}
)
#: Of the outcomes of a review: the one that lets the decision below stand. Every other one changes it.
STANDS = "upheld"


class Beginning(StrEnum):
    """How a unit came to have the case."""

    REGISTERED = "registered"
    HANDED_OVER = "handed_over"
    REOPENED = "reopened"
    REVIEW = "review"


class Ending(StrEnum):
    """How a turn ended; "" while it lasts."""

    ANSWERED = "answered"
    HANDED_OVER = "handed_over"
    PASSED_ON = "passed_on"
    WITHDRAWN = "withdrawn"


class Review(StrEnum):
    """What became of an answer on the ladder above; "" where nobody asked."""

    ASKED = "asked"
    STOOD = "stood"
    CHANGED = "changed"


@dataclass(frozen=True)
class Happened:
    """The skeleton of an act: it outlives the case's erasure."""

    seq: int
    kind: str
    at: datetime


@dataclass(frozen=True)
class Moved:
    """The case changed hands with the act `seq`."""

    seq: int
    at: datetime
    from_unit: int
    from_post: int
    to_unit: int
    to_post: int


@dataclass(frozen=True)
class Clock:
    """One date that binds the office (never a window of the person's, never a supervising one)."""

    opened_seq: int
    met_seq: int | None
    voided_seq: int | None
    started_at: datetime
    late_from: datetime
    met_at: datetime | None = None
    is_paused: bool = False


@dataclass(frozen=True)
class Sent:
    """A decision that was sent with the act `seq`."""

    seq: int
    outcome: str
    office_solved: bool | None


@dataclass(frozen=True)
class History:
    """All that is counted of a case: no words, no names, nothing that erasure takes away."""

    case: UUID
    authority: int
    unit: int
    post: int
    subject: int
    place: int | None
    is_conduct: bool
    received_at: datetime
    acts: tuple[Happened, ...] = ()
    moves: tuple[Moved, ...] = ()
    clocks: tuple[Clock, ...] = ()
    sent: tuple[Sent, ...] = ()


@dataclass(frozen=True)
class Turn:
    """One unit's time with the case. Facts of units and leaders are sums over turns.

    `is_in_time`: whether the unit acted before its own date; None where no date ran, or while the turn lasts.
    `is_date_kept`: the same by the case's date. `late`: past the own date. `elapsed`: the person's own time, on the
    turn that gave the final answer alone. `office_solved` and `person_solved` are the two words about this very
    answer; None where nothing was said.
    """

    number: int
    stage: str
    unit: int
    post: int
    beginning: Beginning
    began_at: datetime
    ending: str = ""
    ended_at: datetime | None = None
    due_at: datetime | None = None
    own_due_at: datetime | None = None
    first_answer_at: datetime | None = None
    elapsed: timedelta | None = None
    review: str = ""
    review_asked_at: datetime | None = None
    reviewed_at: datetime | None = None
    office_solved: bool | None = None
    person_solved: bool | None = None
    round_seq: int = 1
    began_seq: int = 1
    ended_seq: int | None = None

    @property
    def is_in_time(self) -> bool | None:
        return _before(self.ended_at, self.own_due_at)

    @property
    def is_date_kept(self) -> bool | None:
        return _before(self.ended_at, self.due_at)

    @property
    def late(self) -> timedelta | None:
        """By how much the turn ended past the unit's own date; None where it did not."""
        if self.ended_at is None or self.own_due_at is None or self.ended_at < self.own_due_at:
            return None
        return self.ended_at - self.own_due_at


def _before(at: datetime | None, due: datetime | None) -> bool | None:
    return None if at is None or due is None else at < due


@dataclass(frozen=True)
class Facts:
    """What one case comes to, over all its turns: the row behind public tables.

    `first_unit` received it, `unit` has it now; of an accusation both are where it lies now. `answered_at` is the
    final answer so far, None again from a reopening to the next answer; `first_decided_at` and `is_date_kept` are
    about the first decision and never change any more. `state` is "open", or how the last turn ended.
    `dates_met` counts the office's dates that were met, `dates_kept` those of them in time.
    """

    first_unit: int
    state: str
    first_answer_at: datetime | None
    first_decided_at: datetime | None
    is_date_kept: bool | None
    date_missed_by: timedelta | None
    answered_at: datetime | None
    elapsed: timedelta | None
    turns: int
    handed_over: int
    reopened: int
    raised: int
    reviews_asked: int
    reviews_stood: int
    reviews_changed: int
    office_solved: bool | None
    person_solved: bool | None
    dates_met: int
    dates_kept: int


def turns_of(history: History) -> tuple[Turn, ...]:
    """The case's turns in their order; the last one may last still."""
    cutting = _Cutting(history)
    acts = {act.seq: act for act in history.acts}
    moves = {move.seq: move for move in history.moves}
    for seq in sorted(acts.keys() | moves.keys()):
        act, move = acts.get(seq), moves.get(seq)
        if move is not None and (act is None or act.kind not in REVIEW_ASKED):
            cutting.hand_over(move)
        if act is not None:
            cutting.take(act, move)
    return tuple(_dated(cutting.turns, history))


class _Cutting:
    """Cuts acts, one after the other, into turns."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.turns: list[Turn] = []
        first = min(history.moves, key=lambda move: move.seq, default=None)
        self.holder = (history.unit, history.post)
        if first is not None and not history.is_conduct:
            self.holder = (first.from_unit, first.from_post)
        self.stage = "handle"

    @property
    def last(self) -> Turn | None:
        return self.turns[-1] if self.turns else None

    @property
    def open(self) -> Turn | None:
        return self.last if self.last is not None and not self.last.ending else None

    def set(self, index: int, **changes: object) -> None:
        self.turns[index] = replace(self.turns[index], **changes)  # type: ignore[arg-type]

    def begin(self, beginning: Beginning, seq: int, at: datetime, round_seq: int) -> None:
        unit, post = self.holder
        self.turns.append(
            Turn(
                number=len(self.turns) + 1,
                stage=self.stage,
                unit=unit,
                post=post,
                beginning=beginning,
                began_at=at,
                began_seq=seq,
                round_seq=round_seq,
            )
        )

    def end(self, ending: Ending, seq: int, at: datetime) -> None:
        if self.open is not None:
            self.set(-1, ending=ending, ended_at=max(at, self.open.began_at), ended_seq=seq)

    def move(self, move: Moved | None) -> None:
        if move is not None and not self.history.is_conduct:
            self.holder = (move.to_unit, move.to_post)

    def hand_over(self, move: Moved) -> None:
        """To another unit in the middle of a turn. An accusation lies, in figures, where it lies now."""
        before = self.open
        self.move(move)
        if before is None or self.history.is_conduct:
            return
        self.end(Ending.HANDED_OVER, move.seq, move.at)
        self.begin(Beginning.HANDED_OVER, move.seq, max(move.at, before.began_at), before.round_seq)

    def take(self, act: Happened, move: Moved | None) -> None:
        if act.kind in ANSWERS and self.open is not None and self.open.first_answer_at is None:
            self.set(-1, first_answer_at=max(act.at, self.open.began_at))
        if act.kind == A.REGISTERED:
            self.begin(Beginning.REGISTERED, act.seq, self.history.received_at, act.seq)
        elif act.kind in DECIDED:
            self._decided(act)
        elif act.kind in REVIEW_ASKED:
            self._review_asked(act, move)
        elif act.kind == A.PASSED_ON:
            self.end(Ending.PASSED_ON, act.seq, act.at)
        elif act.kind == A.WITHDRAWN:
            self.end(Ending.WITHDRAWN, act.seq, act.at)
        elif act.kind == A.WITHDRAWAL_UNDONE:
            self._undone(act)
        elif act.kind == A.REOPENED:
            self._reopened(act, move)
        elif act.kind in WORDS:
            self._word(WORDS[A(act.kind)])

    def _decided(self, act: Happened) -> None:
        if self.open is None:
            return
        sent = next((one for one in self.history.sent if one.seq == act.seq), None)
        self.end(Ending.ANSWERED, act.seq, act.at)
        self.set(-1, office_solved=sent.office_solved if sent else None)
        below = self._answered(before=len(self.turns) - 1)
        if self.stage != "handle" and below is not None and self.turns[below].review == Review.ASKED:
            stood = sent is not None and sent.outcome == STANDS
            self.set(below, review=Review.STOOD if stood else Review.CHANGED, reviewed_at=act.at)

    def _answered(self, before: int) -> int | None:
        """The turn that gave the newest answer ahead of this one."""
        found = [n for n, turn in enumerate(self.turns[:before]) if turn.ending == Ending.ANSWERED]
        return found[-1] if found else None

    def _review_asked(self, act: Happened, move: Moved | None) -> None:
        below = self._answered(before=len(self.turns))
        if below is not None:
            self.set(below, review=Review.ASKED, review_asked_at=act.at)
        self.end(Ending.HANDED_OVER, act.seq, act.at)
        self.move(move)
        self.stage = REVIEW_ASKED[A(act.kind)]
        self.begin(Beginning.REVIEW, act.seq, act.at, act.seq)

    def _undone(self, act: Happened) -> None:
        """The turn goes on; where the case moved while it was withdrawn, the other unit has it from now on."""
        last = self.last
        if last is None or last.ending != Ending.WITHDRAWN:
            return
        self.set(-1, ending="", ended_at=None, ended_seq=None)
        if (last.unit, last.post) != self.holder:
            self.end(Ending.HANDED_OVER, act.seq, act.at)
            self.begin(Beginning.HANDED_OVER, act.seq, act.at, last.round_seq)

    def _reopened(self, act: Happened, move: Moved | None) -> None:
        """A new round with a date of its own, after a review at the unit that decided first; but one that was passed on
        was never answered, and its dates run on."""
        last, self.stage = self.last, "handle"
        self.move(move)
        if self.open is not None:
            return
        runs_on = last is not None and last.ending == Ending.PASSED_ON
        self.begin(
            Beginning.REOPENED, act.seq, act.at, last.round_seq if last is not None and runs_on else act.seq
        )

    def _word(self, solved: bool) -> None:
        """The person's newest word belongs to the newest answer."""
        newest = self._answered(before=len(self.turns))
        if newest is not None:
            self.set(newest, person_solved=solved)


def _dated(turns: Sequence[Turn], history: History) -> list[Turn]:
    """The turns with their dates, and the person's own time on the one that gave the final answer."""
    dated = []
    for turn in turns:
        clock = _binding(turn, history.clocks)
        if clock is not None:
            turn = replace(turn, due_at=clock.late_from, own_due_at=_own_due(turn, clock, turns))
        dated.append(turn)
    final = _final(dated)
    if final is not None and final.ended_at is not None:
        own = replace(final, elapsed=max(timedelta(0), final.ended_at - history.received_at))
        dated[final.number - 1] = own
    return dated


def _binding(turn: Turn, clocks: Sequence[Clock]) -> Clock | None:
    """The office's earliest date of this round that runs, or ran as the turn ended; a date that is paused does not."""
    end = turn.ended_seq
    running = [
        clock
        for clock in clocks
        if clock.opened_seq >= turn.round_seq
        and (end is None or clock.opened_seq < end)
        and _runs(clock, end)
        and not (end is None and clock.is_paused)
    ]
    return min(running, key=lambda clock: clock.late_from, default=None)


def _runs(clock: Clock, end: int | None) -> bool:
    if end is None:
        return clock.met_seq is None and clock.voided_seq is None
    return (clock.met_seq is None or clock.met_seq >= end) and (
        clock.voided_seq is None or clock.voided_seq >= end
    )


def _own_due(turn: Turn, clock: Clock, turns: Sequence[Turn]) -> datetime:
    """The case's date; for a unit that is handed the case for the first time in this round, at least half of the
    date's whole length from then on. Handing it to and fro gains nobody a day."""
    if turn.beginning is not Beginning.HANDED_OVER:
        return clock.late_from
    had_it = any(
        one.unit == turn.unit and one.round_seq == turn.round_seq for one in turns[: turn.number - 1]
    )
    half = turn.began_at + (clock.late_from - clock.started_at) / 2
    return clock.late_from if had_it else max(clock.late_from, half)


def _final(turns: Sequence[Turn]) -> Turn | None:
    """The turn with the final answer: the newest one, unless a unit has the case again and owes another."""
    if not turns or turns[-1].ending != Ending.ANSWERED:
        return None
    return turns[-1]


def facts_of(history: History, turns: Sequence[Turn]) -> Facts:
    """What the case comes to over all its turns."""
    answers = [turn for turn in turns if turn.ending == Ending.ANSWERED]
    first, final = (answers[0] if answers else None), _final(turns)
    handled = [turn for turn in answers if turn.stage == "handle"]
    met = [clock for clock in history.clocks if clock.met_at is not None and clock.met_seq is not None]
    reviews = [turn.review for turn in turns if turn.review]
    missed = first is not None and first.is_date_kept is False
    return Facts(
        first_unit=turns[0].unit if turns else history.unit,
        state=(turns[-1].ending or "open") if turns else "open",
        first_answer_at=min(
            (turn.first_answer_at for turn in turns if turn.first_answer_at is not None), default=None
        ),
        first_decided_at=first.ended_at if first else None,
        is_date_kept=first.is_date_kept if first else None,
        date_missed_by=first.ended_at - first.due_at
        if missed and first is not None and first.ended_at and first.due_at
        else None,
        answered_at=final.ended_at if final else None,
        elapsed=final.elapsed if final else None,
        turns=len(turns),
        handed_over=sum(turn.ending == Ending.HANDED_OVER for turn in turns),
        reopened=sum(turn.beginning is Beginning.REOPENED for turn in turns),
        raised=sum(act.kind == A.RAISED for act in history.acts),
        reviews_asked=len(reviews),
        reviews_stood=reviews.count(Review.STOOD),
        reviews_changed=reviews.count(Review.CHANGED),
        office_solved=handled[-1].office_solved if handled else None,
        person_solved=answers[-1].person_solved if answers else None,
        dates_met=len(met),
        dates_kept=sum(clock.met_at is not None and clock.met_at < clock.late_from for clock in met),
    )
