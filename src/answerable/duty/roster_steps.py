"""Writes around rosters that compose; inside the caller's transaction, which they never open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from answerable.core.refusals import Changed, NotYours, Refusal
from answerable.duty.access import may_lead
from answerable.duty.models import Line, Roster
from answerable.duty.roster_acts import RosterAct
from answerable.duty.steps import lock_line, lock_person
from answerable.orgs.models import Post, Role
from answerable.orgs.standing import standing
from answerable.record.actors import Actor, ActorKind
from answerable.record.append import Appended, append


class CannotRoster(Refusal):
    """Why a roster, a swap or a place in the pool stays as it is; `roster_wording` has the sentences."""


def lock_people(staff_ids: Iterable[int]) -> None:
    """Lock people one after the other by id: an absence and a duty of one person are not written side by side."""
    for staff_id in sorted(set(staff_ids)):
        lock_person(staff_id)


def may_draft(post: Post, line: Line) -> bool:
    """Whether the post makes drafts for the line: who leads it, and clerks and handlers of its own unit."""
    return may_lead(post, line) or (
        post.unit_id == line.unit_id and post.role in (Role.CLERK, Role.HANDLER) and post.closed_on is None
    )


def require_drafter(by: Actor, line: Line) -> None:
    """Raises NotYours unless the actor's post makes drafts for this line. The system may."""
    if by.kind is ActorKind.SYSTEM:
        return
    post = standing(fresh=True).posts.get(by.post)
    if post is None or not may_draft(post, line):
        raise NotYours("drafts_not")


def lock_draft(roster_id: int, *, by: Actor, seen_version: int | None = None) -> tuple[Line, Roster]:
    """A draft and its line, locked, line first. Raises CannotRoster, or Changed where it moved on since it was shown."""
    line = lock_line(Roster.objects.values_list("line_id", flat=True).get(pk=roster_id))
    require_drafter(by, line)
    roster = Roster.objects.select_for_update().get(pk=roster_id)
    if roster.dropped_at is not None:
        raise CannotRoster("dropped")
    if roster.published_at is not None:
        raise CannotRoster("published")
    if seen_version is not None and roster.version != seen_version:
        raise Changed(version=roster.version)
    return line, roster


def record(
    kind: RosterAct, line: Line, *, by: Actor, now: datetime, body: Mapping[str, Any], why: str = ""
) -> Appended:
    """An act on the line's own matter. People stand in it by id alone."""
    return append(kind, matter=line.matter, by=by, at=now, body=body, why=why)
