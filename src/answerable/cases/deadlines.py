"""Deadlines of a case: what each act opens, meets, moves or voids. Pure: no Django, no clock, no I/O.

`apply` is the whole model: given a pack, the open deadlines and an act, it says what changes. Services write
exactly that. Nothing else moves a date: edits, reassignments, questions and transfers never restart one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from answerable.cases.act_kinds import ActKind
from answerable.cases.deadline_ends import how_ended
from answerable.cases.deadline_model import (
    ActFacts,
    Change,
    Met,
    Moved,
    OpenDeadline,
    Opened,
    Turned,
    Voided,
)
from answerable.cases.deadline_moves import (
    CannotExtend,
    CannotPause,
    TimeLeft,
    as_of,
    extended,
    paused,
    reminder_instants,
    resumed,
    time_left,
)
from answerable.cases.derivations import (
    WITHDRAWN,
    Derivation,
    ExtensionApplied,
    Pause,
    Skipped,
    derive,
    late_from,
    recount,
)
from answerable.cases.pack_types import PAUSES, Condition, Pack, Step
from answerable.orgs.calendars import WorkCalendar

__all__ = [
    "ActFacts",
    "CannotExtend",
    "CannotPause",
    "Change",
    "Derivation",
    "ExtensionApplied",
    "Met",
    "Moved",
    "OpenDeadline",
    "Opened",
    "Pause",
    "Skipped",
    "TimeLeft",
    "Turned",
    "Voided",
    "apply",
    "as_of",
    "derive",
    "extended",
    "late_from",
    "paused",
    "recount",
    "reminder_instants",
    "resumed",
    "run_on",
    "supervising",
    "time_left",
]

# Desk work that may be done again at any time. It opens a step once, and never again after the step was met.
DESK_WORK = frozenset(
    {
        ActKind.ACKNOWLEDGED,
        ActKind.ACCEPTED,
        ActKind.ASSIGNED,
        ActKind.CHARGE_TAKEN,
        ActKind.ASKED,
        ActKind.ANSWERED,
        ActKind.ADDED_TO,
        ActKind.NOTED,
        ActKind.TOLD,
    }
)


def run_on(derivation: Derivation, act: str, at: datetime, calendar: WorkCalendar) -> Derivation | None:
    """A clock that a withdrawal holds, after an act that ends its pause: undone, it must not rest for ever. None: it
    does not rest, or the act ends no pause of it."""
    pause = derivation.open_pause
    if pause is None or PAUSES[pause.code][1] != act:
        return None
    return resumed(derivation, code=pause.code, at=at, calendar=calendar)


def supervising(pack: Pack, at: datetime, calendar: WorkCalendar, *, trigger: str) -> Derivation:
    """The clock of the level above, from the moment a case was lifted or raised; the number is the pack's."""
    return derive(pack.supervision, pack, at, calendar, trigger=trigger)


@lru_cache(maxsize=512)
def _condition(text: str | None) -> Condition:
    return Condition.parse(text)


def _holds(step: Step, pack: Pack, act: ActKind, facts: ActFacts) -> bool:
    if step.condition is None:
        return True
    transferred = facts.channel == "transferred" or act is ActKind.TRANSFERRED
    known = {
        "transferred": transferred,
        "brought": not transferred,
        "petition_office": facts.petition_office,
        "reachable": facts.reachable,
        "urgent": facts.urgent,
        "kind": facts.kind,
        "rung": facts.rung or pack.ladder[0].code,
    }
    return _condition(step.condition).holds(known)


def _start(step: Step, act: ActKind, at: datetime, facts: ActFacts) -> datetime | None:
    """Where the count begins; never later than the act itself. None: the clock does not open (no proof yet)."""
    if step.on_delivery:
        return min(facts.delivered_at, at) if facts.delivered_at else None
    if act in (ActKind.REGISTERED, ActKind.WITHDRAWAL_UNDONE):
        return min(facts.received_at or at, at)
    if step.whose == "office" and facts.happened_at:
        return min(facts.happened_at, at)
    return at


def apply(
    pack: Pack,
    open_deadlines: Sequence[OpenDeadline],
    act: str,
    at: datetime,
    *,
    calendar: WorkCalendar,
    facts: ActFacts,
) -> list[Change]:
    """What `act`, recorded at `at`, changes about the deadlines of a case.

    Order of the answer: met and voided, moved, opened. A step of the pack has at most one open deadline (a
    supervising one: one for each deadline it watches); while it is open, an office's clock is never restarted
    and a person's window only ever ends later. A deadline whose step the pack no longer has stays open, so that
    it is lifted and not lost. Raises CannotExtend for an extension beyond the rule, ValueError for an unknown act.
    """
    kind = ActKind(act)
    ended = how_ended(pack, open_deadlines, kind, facts)
    turned = {change.deadline_id: change.of for change in ended if isinstance(change, Turned)}
    gone = {change.deadline_id for change in ended} - turned.keys()
    still = [
        replace(deadline, of=turned[deadline.id]) if deadline.id in turned else deadline
        for deadline in open_deadlines
        if deadline.id not in gone
    ]
    moved = _moved(still, kind, at, calendar, facts)
    opened = _lifted(pack, still, kind, at, calendar, facts) or _restored(
        pack, still, kind, at, calendar, facts
    )
    opened += _opened(pack, [*still, *opened], kind, at, calendar, facts)
    later = [change for change in opened if isinstance(change, Moved)]
    return [*ended, *moved, *later, *(change for change in opened if isinstance(change, Opened))]


def _moved(
    still: Sequence[OpenDeadline], kind: ActKind, at: datetime, calendar: WorkCalendar, facts: ActFacts
) -> list[Moved]:
    if kind is ActKind.EXTENDED:
        return _extensions(still, at, calendar, facts)
    moved = []
    for code, (begins, ends) in PAUSES.items():
        for deadline in still:
            now = deadline.derivation
            if kind is begins and code in now.pausable and not now.open_pause and at < now.late_from:
                moved.append(Moved(deadline.id, paused(now, code=code, at=at), facts.act_seq))
            elif kind is ends and now.open_pause and now.open_pause.code == code:
                again = resumed(now, code=code, at=at, calendar=calendar)
                moved.append(Moved(deadline.id, again, facts.act_seq))
    return moved


def _extensions(
    still: Sequence[OpenDeadline], at: datetime, calendar: WorkCalendar, facts: ActFacts
) -> list[Moved]:
    if facts.extension is None:
        raise CannotExtend("not_positive", number=0)
    chosen = [
        deadline
        for deadline in still
        if deadline.derivation.extension_rule and facts.step in (None, deadline.step_code)
    ]
    if not chosen:
        raise CannotExtend("nothing_to_extend", step=facts.step)
    # One that already ran late stays late; it is refused only where nothing is left to extend.
    in_time = [deadline for deadline in chosen if at < deadline.derivation.late_from] or chosen
    return [
        Moved(
            deadline.id,
            extended(
                deadline.derivation, number=facts.extension, calendar=calendar, act_seq=facts.act_seq, at=at
            ),
            facts.act_seq,
        )
        for deadline in in_time
    ]


def _lifted(
    pack: Pack,
    still: Sequence[OpenDeadline],
    kind: ActKind,
    at: datetime,
    calendar: WorkCalendar,
    facts: ActFacts,
) -> list[Opened | Moved]:
    if kind not in (ActKind.LIFTED, ActKind.RAISED):
        return []
    of = facts.lifted if kind is ActKind.LIFTED else None
    is_watched = of in {deadline.of for deadline in still if deadline.supervising}
    if kind is ActKind.RAISED and facts.level_watches is not None:
        is_watched = facts.level_watches
    if is_watched or (of is not None and all(deadline.id != of for deadline in still)):
        return []  # lifted once a deadline, raised once a level; or met while the sweep was on its way
    step = pack.supervision
    return [Opened(step.code, supervising(pack, at, calendar, trigger=kind.value), supervising=True, of=of)]


def _restored(
    pack: Pack,
    still: Sequence[OpenDeadline],
    kind: ActKind,
    at: datetime,
    calendar: WorkCalendar,
    facts: ActFacts,
) -> list[Opened | Moved]:
    """The clocks of a case that was withdrawn or passed on run on where they stood.

    The days of a withdrawal are not counted, and say so: they were the person's. One that was undone on the same day,
    as a slip of the hand is, costs none. Those of a passing on are counted: the office had sent it away itself (rights,
    rule 7).
    """
    running = {deadline.id for deadline in still}
    back: list[Opened | Moved] = []
    for deadline in facts.restored:
        if deadline.id in running:
            continue
        derivation = deadline.derivation
        since = facts.withdrawn_at
        back_at = max(at, since) if since else at
        is_slip = since is not None and calendar.local_day(since) == calendar.local_day(back_at)
        if since and since < derivation.late_from and derivation.lifts and not is_slip:
            away = Pause(WITHDRAWN, since, back_at)
            derivation = recount(replace(derivation, pauses=(*derivation.pauses, away)), calendar, until=at)
        back.append(
            Opened(deadline.step_code, derivation, deadline.supervising, deadline.of, restores=deadline.id)
        )
    return back


def _opened(
    pack: Pack,
    still: Sequence[OpenDeadline | Opened | Moved],
    kind: ActKind,
    at: datetime,
    calendar: WorkCalendar,
    facts: ActFacts,
) -> list[Opened | Moved]:
    running = {item.step_code: item for item in still if not isinstance(item, Moved)}
    changes: list[Opened | Moved] = []
    for step in pack.steps:
        if step.supervises or kind not in step.opened_by or not _holds(step, pack, kind, facts):
            continue
        runs_on = kind is ActKind.WITHDRAWAL_UNDONE or bool(facts.restored)
        if step.code in facts.done and (kind in DESK_WORK or runs_on):
            continue
        start = _start(step, kind, at, facts)
        if start is None:
            continue
        number = facts.order_number if step.by_order and facts.step in (None, step.code) else None
        derivation = derive(step, pack, start, calendar, trigger=kind.value, number=number)
        before = running.get(step.code)
        if before is None:
            changes.append(Opened(step.code, derivation))
        elif isinstance(before, Opened) or step.whose == "office":
            continue
        elif derivation.late_from > before.derivation.late_from:
            changes.append(Moved(before.id, derivation, facts.act_seq))
    return changes
