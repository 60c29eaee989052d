"""Duties change hands: asked, agreed, and the leader consents. Every rule is checked again at each step, under lock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from answerable.duty import changing
from answerable.duty.access import require_leader
from answerable.duty.models import Assignment, Line, Swap
from answerable.duty.models.rosters import Origin
from answerable.duty.publishing import void
from answerable.duty.roster_acts import RosterAct
from answerable.duty.roster_steps import CannotRoster, lock_people, record
from answerable.duty.steps import ONE_LINE_AT_A_TIME, lock_line
from answerable.record.actors import Actor

State = Swap.State
OPEN = (State.ASKED, State.AGREED)


@transaction.atomic(durable=True)
def ask_swap(
    *,
    gives_id: int,
    by: Actor,
    now: datetime,
    asked_of_id: int | None = None,
    gets_id: int | None = None,
    note: str = "",
) -> Swap:
    """Ask to change a duty for another one, to give it to somebody, or (nobody named) to whoever takes it."""
    line = lock_line(Assignment.objects.values_list("shift__line_id", flat=True).get(pk=gives_id))
    gives = _to_come(gives_id, line, now)
    if gives.staff_id != by.staff:
        raise CannotRoster("not_yours")
    gets = _to_come(gets_id, line, now) if gets_id is not None else None
    other = gets.staff_id if gets is not None else asked_of_id
    if other == by.staff:
        raise CannotRoster("with_yourself")
    if Swap.objects.filter(gives=gives, state__in=OPEN).exists():
        raise CannotRoster("swap_there")
    lock_people({by.staff} | ({other} if other is not None else set()))
    if other is not None:
        changing.require_allowed(line, _moves(gives, gets, other), now=now)
    swap = Swap.objects.create(
        line=line,
        gives=gives,
        gets=gets,
        asked_by_id=by.staff,
        asked_of_id=other,
        note=note.strip()[:300],
        asked_at=now,
    )
    _act(RosterAct.SWAP_ASKED, swap, by=by, now=now)
    return swap


@transaction.atomic(durable=True)
def answer_swap(*, swap_id: int, agrees: bool, by: Actor, now: datetime) -> Swap:
    """Who is asked agrees or declines; a duty that was offered to all is taken by whoever comes first."""
    swap = _lock(swap_id, [State.ASKED], by.staff)
    if swap.asked_by_id == by.staff or swap.asked_of_id not in (None, by.staff):
        raise CannotRoster("not_asked")
    if not agrees:
        if swap.asked_of_id is None:
            raise CannotRoster("not_asked")
        _end(swap, State.REFUSED, now)
        _act(RosterAct.SWAP_DECLINED, swap, by=by, now=now)
        return swap
    _require_allowed(swap, by.staff, now)
    swap.asked_of_id = by.staff
    swap.state, swap.agreed_at = State.AGREED, now
    swap.version += 1
    swap.save(update_fields=["asked_of", "state", "agreed_at", "version"])
    _act(RosterAct.SWAP_AGREED, swap, by=by, now=now)
    return swap


@transaction.atomic(durable=True)
def take_back_swap(*, swap_id: int, by: Actor, now: datetime) -> Swap:
    """Who asked takes it back, as long as the leader has not decided."""
    swap = _lock(swap_id, OPEN, by.staff)
    if swap.asked_by_id != by.staff:
        raise CannotRoster("not_yours")
    _end(swap, State.TAKEN_BACK, now)
    _act(RosterAct.SWAP_TAKEN_BACK, swap, by=by, now=now)
    return swap


def decide_swap(
    *, swap_id: int, consents: bool, by: Actor, now: datetime, why: str = "", seen_version: int | None = None
) -> Swap:
    """The leader consents, and the duties change hands in that moment; or refuses, and says why."""
    try:
        return _decide(swap_id, consents, by, now, why, seen_version)
    except IntegrityError as error:
        if ONE_LINE_AT_A_TIME not in str(error):
            raise
        raise CannotRoster("on_two_lines") from error


@transaction.atomic(durable=True)
def _decide(
    swap_id: int, consents: bool, by: Actor, now: datetime, why: str, seen_version: int | None
) -> Swap:
    swap = _lock(swap_id, [State.AGREED])
    require_leader(by, swap.line)
    if seen_version is not None and swap.version != seen_version:
        raise CannotRoster("swap_over")
    swap.decided_by = by.post_id
    if not consents:
        _end(swap, State.REFUSED, now)
        _act(RosterAct.SWAP_REFUSED, swap, by=by, now=now, why=why)
        return swap
    assert swap.asked_of_id is not None  # agreed
    _require_allowed(swap, swap.asked_of_id, now)
    moves = _moves(swap.gives, swap.gets, swap.asked_of_id)
    _end(swap, State.DONE, now)
    void([one.pk for one, _to in moves], now)
    made = [
        _stand(one, to, Origin.SWAP if swap.gets_id is not None else Origin.GIVEN, now) for one, to in moves
    ]
    _act(RosterAct.SWAP_DONE, swap, by=by, now=now, why=why, made=[one.pk for one in made])
    return swap


@transaction.atomic(durable=True)
def lapse_swap(*, swap_id: int, now: datetime) -> bool:
    """A swap that nobody decided before one of its duties began is over."""
    swap = _lock(swap_id, OPEN)
    if not _begun(swap, now):
        return False
    _end(swap, State.LAPSED, now)
    _act(RosterAct.SWAP_LAPSED, swap, by=Actor.system(), now=now)
    return True


def swaps_to_lapse(now: datetime, limit: int = 200) -> list[int]:
    rows = Swap.objects.filter(state__in=OPEN)
    begun = rows.filter(gives__from_at__lte=now) | rows.filter(gets__from_at__lte=now)
    return list(begun.order_by("pk").values_list("pk", flat=True)[:limit])


# ---------------------------------------------------------------- parts


def _to_come(assignment_id: int, line: Line, now: datetime) -> Assignment:
    row = (
        Assignment.objects.select_related("shift")
        .filter(pk=assignment_id, voided_at=None, shift__line=line)
        .first()
    )
    if row is None:
        raise CannotRoster("gone")
    if row.from_at <= now:
        raise CannotRoster("begun")
    return row


def _lock(swap_id: int, states: Any, *staff_ids: int) -> Swap:
    """The swap with its line locked, then its people, then itself."""
    first = Swap.objects.values("line_id", "asked_by_id", "asked_of_id").get(pk=swap_id)
    line = lock_line(first["line_id"])
    lock_people({first["asked_by_id"], *staff_ids} | {one for one in [first["asked_of_id"]] if one})
    swap = (
        Swap.objects.select_for_update(of=("self",))
        .select_related("gives__shift", "gets__shift")
        .get(pk=swap_id)
    )
    swap.line = line
    if swap.state not in states:
        raise CannotRoster("swap_over")
    return swap


def _begun(swap: Swap, now: datetime) -> bool:
    return any(one is not None and one.from_at <= now for one in (swap.gives, swap.gets))


def _require_allowed(swap: Swap, other: int, now: datetime) -> None:
    if _begun(swap, now):
        raise CannotRoster("begun")
    if any(one is not None and one.voided_at is not None for one in (swap.gives, swap.gets)):
        raise CannotRoster("gone")
    changing.require_allowed(swap.line, _moves(swap.gives, swap.gets, other), now=now)


def _moves(gives: Assignment, gets: Assignment | None, other: int) -> list[tuple[Assignment, int]]:
    """Which duty goes to whom."""
    moves = [(gives, other)]
    if gets is not None:
        moves.append((gets, gives.staff_id))
    return moves


def _stand(one: Assignment, staff_id: int, origin: Origin, now: datetime) -> Assignment:
    return Assignment.objects.create(
        shift_id=one.shift_id,
        role_id=one.role_id,
        staff_id=staff_id,
        from_at=one.from_at,
        until_at=one.until_at,
        origin=origin,
        made_at=now,
    )


def _end(swap: Swap, state: State, now: datetime) -> None:
    swap.state, swap.decided_at = state, now
    swap.version += 1
    swap.save(update_fields=["state", "decided_at", "decided_by", "version"])


def _act(kind: RosterAct, swap: Swap, *, by: Actor, now: datetime, why: str = "", **more: Any) -> None:
    body = {
        "swap": swap.pk,
        "gives": swap.gives_id,
        "gets": swap.gets_id,
        "asked_by": swap.asked_by_id,
        "asked_of": swap.asked_of_id,
        **more,
    }
    record(kind, swap.line, by=by, now=now, why=why.strip(), body=body)
