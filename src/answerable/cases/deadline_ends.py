"""Which clocks of a case an act ends, and which watches go on. Pure: no Django, no clock."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from answerable.cases.act_kinds import ActKind
from answerable.cases.deadline_model import ActFacts, Met, OpenDeadline, Turned, Voided
from answerable.cases.pack_types import Pack, Step

#: What only says something: it decides nothing.
WORDS_ALONE = frozenset({ActKind.TOLD, ActKind.REPLIED})


def how_ended(
    pack: Pack, open_deadlines: Sequence[OpenDeadline], kind: ActKind, facts: ActFacts
) -> list[Met | Voided | Turned]:
    """The clocks that `kind` ends, met or undone; and the watches that go on over another one instead."""
    steps = {step.code: step for step in pack.steps}
    ended: dict[Hashable, Met | Voided | Turned] = {}
    raised: list[OpenDeadline] = []
    for deadline in open_deadlines:
        step = steps.get(deadline.step_code)
        if step is None:
            continue
        # Watching over a deadline is done when that one is, not by any kind word in between; and what a person
        # raised is answered by the level that they raised it to, not by the office that they raised it about.
        if kind in step.met_by and deadline.of is None and not _is_own_word(step, deadline, kind, facts):
            ended[deadline.id] = Met(deadline.id)
            raised += [deadline] if step.supervises else []
        elif kind in step.voided_by:
            ended[deadline.id] = Voided(deadline.id, kind.value)
    for deadline in raised:
        _turn(deadline, open_deadlines, ended)
    while True:
        more: dict[Hashable, Met | Voided | Turned] = {}
        for deadline in open_deadlines:
            watched = ended.get(deadline.of) if deadline.of is not None else None
            if watched is None or isinstance(watched, Turned) or deadline.id in ended:
                continue
            met = isinstance(watched, Met)
            more[deadline.id] = Met(deadline.id) if met else Voided(deadline.id, "nothing_left_to_supervise")
        if not more:
            return list(ended.values())
        ended |= more
        for deadline in open_deadlines:
            if deadline.id in more:
                _turn(deadline, open_deadlines, ended)


def _turn(
    watch: OpenDeadline,
    open_deadlines: Sequence[OpenDeadline],
    ended: dict[Hashable, Met | Voided | Turned],
) -> None:
    """Let a watch that ends go on over another late clock of which that level was told while it watched already: it got
    no second date for it, and would have none."""
    over = {deadline.id: deadline for deadline in open_deadlines}
    watched = over.get(watch.of) if watch.of is not None else None
    is_watch = watched is not None and watched.supervising
    running = (d for d in open_deadlines if d.supervising and not isinstance(ended.get(d.id), Met | Voided))
    taken = {change.of if isinstance(change := ended.get(d.id), Turned) else d.of for d in running}
    for other in open_deadlines:
        if other.lifted and other.supervising == is_watch and not {other.id} & (ended.keys() | taken):
            ended[watch.id] = Turned(watch.id, other.id)
            return


def _is_own_word(step: Step, deadline: OpenDeadline, kind: ActKind, facts: ActFacts) -> bool:
    """Whether somebody would end with mere words the watch that is kept over them."""
    return step.supervises and deadline.id in facts.unheard and kind in WORDS_ALONE
