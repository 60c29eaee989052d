"""A roster from its draft to the wall: begun, filled by hand or by the solver, checked, published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from answerable.core import days
from answerable.duty import publishing
from answerable.duty.access import require_leader
from answerable.duty.asking import Asked, ask, present_proposal
from answerable.duty.models import Line, Roster, SolveRun
from answerable.duty.roster_acts import RosterAct
from answerable.duty.roster_steps import CannotRoster, lock_draft, lock_people, record, require_drafter
from answerable.duty.solver import fairness, hard
from answerable.duty.steps import ONE_LINE_AT_A_TIME, lock_line
from answerable.record.actors import Actor

LONGEST = timedelta(days=370)
UNDO_STEPS = 50
#: What no word of a leader makes good: nobody there, or somebody who cannot be.
NEVER = frozenset({"gap", "too_many", "may_not", "away", "elsewhere", "overlap", "twice"})


@transaction.atomic(durable=True)
def begin_roster(*, line_id: int, from_on: date, until_on: date, by: Actor, now: datetime) -> Roster:
    """Begin a draft for the days from `from_on` until before `until_on`; it starts from what is published there."""
    line = lock_line(line_id)
    require_drafter(by, line)
    if not (days.is_kept(from_on) and days.is_kept(until_on)) or until_on <= from_on:
        raise CannotRoster("ends_first")
    if until_on - from_on > LONGEST:
        raise CannotRoster("too_long", days=LONGEST.days)
    drafts = Roster.objects.filter(line=line, published_at=None, dropped_at=None)
    other = drafts.filter(from_on__lt=until_on, until_on__gt=from_on).first()
    if other is not None:
        raise CannotRoster("draft_there", roster=other.pk)
    asked = ask(line, from_on, until_on, now=now)
    if all(span.from_at <= now for span in asked.spans):
        raise CannotRoster("no_shifts")
    roster = Roster.objects.create(
        line=line, from_on=from_on, until_on=until_on, proposal=present_proposal(asked), made_at=now
    )
    _act(RosterAct.BEGUN, line, roster, by=by, now=now, until=until_on.isoformat(), since=from_on.isoformat())
    return roster


def _act(kind: RosterAct, line: Line, roster: Roster, *, by: Actor, now: datetime, **body: Any) -> None:
    record(kind, line, by=by, now=now, body={"roster": roster.pk, "version": roster.version, **body})


@transaction.atomic(durable=True)
def change_cells(
    *,
    roster_id: int,
    cells: Mapping[str, Sequence[int]],
    by: Actor,
    seen_version: int,
    now: datetime,
    kind: RosterAct = RosterAct.CHANGED,
) -> Roster:
    """Put people into cells of a draft (all of a cell at once). Rules may be broken meanwhile; the page names them."""
    line, roster = lock_draft(roster_id, by=by, seen_version=seen_version)
    _put(ask(line, roster.from_on, roster.until_on, now=now), roster, cells)
    _act(kind, line, roster, by=by, now=now, cells=sorted(cells))
    return roster


def _put(asked: Asked, roster: Roster, cells: Mapping[str, Sequence[int]]) -> None:
    before = {}
    for key, ids in cells.items():
        if key not in asked.keys:
            raise CannotRoster("unknown_cell")
        if asked.keys[key][0] in asked.problem.settled:
            raise CannotRoster("begun")
        if not set(ids) <= set(asked.pool.people) | set(roster.proposal.get(key, ())):
            raise CannotRoster("unknown_person")
        before[key] = list(roster.proposal.get(key, ()))
    _keep(roster, roster.proposal | {key: sorted(set(ids)) for key, ids in cells.items()}, before)


def _keep(roster: Roster, proposal: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    roster.proposal = {key: ids for key, ids in proposal.items() if ids}
    roster.undo = [*roster.undo, before][-UNDO_STEPS:]
    roster.version += 1
    roster.save(update_fields=["proposal", "undo", "version"])


@transaction.atomic(durable=True)
def undo_change(*, roster_id: int, by: Actor, seen_version: int, now: datetime) -> Roster:
    """Take the last change to the draft back; again for the one before."""
    line, roster = lock_draft(roster_id, by=by, seen_version=seen_version)
    if not roster.undo:
        raise CannotRoster("nothing_to_undo")
    *rest, before = roster.undo
    roster.proposal = {key: ids for key, ids in (roster.proposal | before).items() if ids}
    roster.undo = rest
    roster.version += 1
    roster.save(update_fields=["proposal", "undo", "version"])
    _act(RosterAct.UNDONE, line, roster, by=by, now=now, cells=sorted(before))
    return roster


@transaction.atomic(durable=True)
def take_found(*, run_id: Any, by: Actor, now: datetime, seen_version: int | None = None) -> Roster:
    """Fill the draft with what a run of the solver has found. Without `seen_version`: if nothing moved since it began."""
    run = SolveRun.objects.get(pk=run_id)
    wanted = run.roster_version if seen_version is None else seen_version
    line, roster = lock_draft(run.roster_id, by=by, seen_version=wanted)
    if not run.found:
        raise CannotRoster("nothing_found")
    asked = ask(line, roster.from_on, roster.until_on, now=now)
    cells = {
        key: list(run.found.get(key, ()))
        for key, (index, _role) in asked.keys.items()
        if index not in asked.problem.settled
    }
    cells = {key: ids for key, ids in cells.items() if ids != list(roster.proposal.get(key, ()))}
    known = set(asked.pool.people)
    cells = {key: [one for one in ids if one in known] for key, ids in cells.items()}
    _keep(roster, roster.proposal | cells, {key: list(roster.proposal.get(key, ())) for key in cells})
    _act(RosterAct.FILLED, line, roster, by=by, now=now, run=str(run.pk), cells=len(cells))
    return roster


@transaction.atomic(durable=True)
def drop_roster(*, roster_id: int, by: Actor, seen_version: int, now: datetime) -> Roster:
    """Throw a draft away. What is published stays as it is."""
    line, roster = lock_draft(roster_id, by=by, seen_version=seen_version)
    roster.dropped_at = now
    roster.proposal, roster.undo = {}, []
    roster.version += 1
    roster.save(update_fields=["dropped_at", "proposal", "undo", "version"])
    _act(RosterAct.DROPPED, line, roster, by=by, now=now)
    return roster


def publish_roster(
    *, roster_id: int, by: Actor, seen_version: int, now: datetime, despite: str = ""
) -> Roster:
    """From now on the draft binds. A gap is never published; other broken rules only with the leader's reason.

    Shifts that have begun stay as they are. Of the others in the period, what was published before is replaced:
    who stays where they were keeps their assignment.
    """
    try:
        return _publish(roster_id=roster_id, by=by, seen_version=seen_version, now=now, despite=despite)
    except IntegrityError as error:
        if ONE_LINE_AT_A_TIME not in str(error):
            raise
        # Another line published at the same moment, and somebody would have stood on both.
        raise CannotRoster("on_two_lines") from error


@transaction.atomic(durable=True)
def _publish(*, roster_id: int, by: Actor, seen_version: int, now: datetime, despite: str) -> Roster:
    line, roster = lock_draft(roster_id, by=by, seen_version=seen_version)
    require_leader(by, line)
    lock_people(one for ids in roster.proposal.values() for one in ids)
    asked = ask(line, roster.from_on, roster.until_on, now=now)
    filling = asked.filling(roster.proposal)
    broken = hard.check(asked.problem, filling)
    if any(one.code in NEVER for one in broken):
        never = [one for one in broken if one.code in NEVER]
        raise CannotRoster("has_gaps" if never[0].code == "gap" else "cannot_stand", count=len(never))
    if broken and not despite.strip():
        raise CannotRoster("breaks_rules", count=len(broken))
    done = publishing.write(line, roster, asked, filling, now=now)
    roster.proposal = asked.proposal(filling)
    roster.proof = fairness.proof(asked.problem, filling)
    roster.undo = []
    roster.published_at, roster.published_by = now, by.post_id
    roster.version += 1
    roster.save(update_fields=["proposal", "proof", "undo", "published_at", "published_by", "version"])
    record(
        RosterAct.PUBLISHED,
        line,
        by=by,
        now=now,
        why=despite.strip(),
        body={
            "roster": roster.pk,
            "since": roster.from_on.isoformat(),
            "until": roster.until_on.isoformat(),
            "cells": roster.proposal,
            "groups": roster.proof["groups"],
            "despite": sorted({one.code for one in broken}),
            "voided": done.voided,
            "made": done.made,
        },
    )
    return roster
