"""Throw away in time what was only needed for a while, and close what the rule lets end."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from answerable.cases.apart import each
from answerable.cases.models import Accused, Case, Deadline, IntakeDraft, SteppedAside, Submission
from answerable.cases.rules import CannotAct
from answerable.cases.services import erasure, reserving
from answerable.cases.services.accusing import keep_away, leave_again
from answerable.cases.services.deciding import close_case
from answerable.core import limits
from answerable.core.keeping import gone
from answerable.orgs.standing import is_in_force, standing
from answerable.record.actors import Actor

SUBMISSIONS_KEPT = timedelta(days=3)
#: A clock that jumped a day ahead and is put right must not have cost anybody their words: what is over opens to
#: nobody from that instant, and is destroyed this much later.
CLOCK_DOUBT = timedelta(hours=25)
#: Of a row about a case: that a level watches over it. Few cases have such rows, and are where the look begins.
_WATCHED = {
    "case__deadlines__is_supervising": True,
    "case__deadlines__met_seq": None,
    "case__deadlines__voided_seq": None,
}


def tidy(now: datetime) -> int:
    """Drop expired drafts and old submission marks; close decided cases whose window has run out; erase what its
    person asked to have erased, and what was kept long enough. One case that fails holds up no other work."""
    try:
        keep_away_again(now)
    finally:
        done = _tidy(now)
    return done


def _tidy(now: datetime) -> int:
    gone("cases.draft", IntakeDraft.objects.filter(expires_at__lte=now - CLOCK_DOUBT).delete()[0])
    limits.sweep(now)
    gone("cases.reserved_code", reserving.tidy(now))
    gone("cases.submission", Submission.objects.filter(at__lt=now - SUBMISSIONS_KEPT).delete()[0])
    try:
        closed = each(
            "close", lambda failed: over_windows(now, but=failed), lambda case_id: _close(case_id, now)
        )
    finally:
        erased = erasure.sweep(now)
    return closed + erased


def held_by_accused(now: datetime) -> list[UUID]:
    """Open accusations that lie with, or are worked on or watched over under, a post that somebody accused acts for by
    now; or that lie with, or are watched over by, a unit that stands below an accused one by now."""
    posts = ("case__leader_post", "case__handler_post", "case__charge_post")
    accused = Accused.objects.filter(case__is_conduct=True, staff__isnull=False).order_by("case")
    rows = list(accused.filter(case__ended_at=None).values_list("case", "staff", *posts))
    rows += accused.filter(**_WATCHED).values_list("case", "staff", "case__deadlines__post")
    return list(dict.fromkeys([*_held(rows, now), *_below_accused()]))


def _below_accused() -> list[UUID]:
    accused = Accused.objects.filter(case__is_conduct=True, unit__isnull=False).order_by("case")
    rows = list(accused.filter(case__ended_at=None).values_list("case", "unit", "case__unit"))
    rows += accused.filter(**_WATCHED).values_list("case", "unit", "case__deadlines__unit")
    units = standing().units
    return [case for case, about, unit in rows if unit in units and about in (units[unit].path or [unit])]


def left_by_all(now: datetime) -> list[UUID]:
    """Cases that lie with, or are worked on or watched over under, a post for which somebody acts by now who has stepped
    aside from them."""
    aside = SteppedAside.objects.filter(case__erased_at=None).order_by("case")
    posts = ("case__leader_post", "case__handler_post", "case__charge_post")
    rows = list(aside.filter(case__ended_at=None).values_list("case", "staff", *posts))
    rows += aside.filter(**_WATCHED).values_list("case", "staff", "case__deadlines__post")
    return _held(rows, now)


def _held(rows: Iterable[tuple[Any, ...]], now: datetime) -> list[UUID]:
    """Of rows (case, staff, posts …) the cases of which that member of staff acts for one of those posts now."""
    holds = standing().by_staff
    found = {
        case: None
        for case, staff, *posts in rows
        if any(one.post_id in posts and is_in_force(one, now) for one in holds.get(staff, ()))
    }
    return list(found)


def keep_away_again(now: datetime) -> None:
    """An appointment made for a later day begins without an act, and a matter taken up again lies where it lay: those it
    is about may have come to its posts meanwhile (rights, rule 5). Where nobody is left, `check` says so. Whoever
    stepped aside may have come there just so."""
    try:
        each("keep away", lambda failed: [] if failed else held_by_accused(now), partial(_keep_away, now=now))
    finally:
        each("leave", lambda failed: [] if failed else left_by_all(now), partial(_leave_again, now=now))


def _keep_away(case_id: UUID, now: datetime) -> int:
    with contextlib.suppress(CannotAct):
        keep_away(case_id=case_id, now=now)
    return 1


def _leave_again(case_id: UUID, now: datetime) -> int:
    return int(leave_again(case_id=case_id, now=now))


def over_windows(now: datetime, limit: int = 100, *, but: Collection[UUID] = ()) -> list[UUID]:
    """Decided cases with a delivered decision whose windows for the person have all run out.

    One that the person used belongs to the decision below, and says nothing of the one that stands now."""
    rows = Case.objects.filter(
        state="decided",
        deadlines__is_office=False,
        deadlines__late_from__lte=now,
        deadlines__voided_seq=None,
        deadlines__met_seq=None,
    ).exclude(deadlines__in=_running(now))
    rows = rows.exclude(pk__in=but) if but else rows
    return list(rows.distinct().values_list("pk", flat=True)[:limit])


def _running(now: datetime) -> QuerySet[Deadline]:
    return Deadline.objects.filter(is_office=False, voided_seq=None, met_seq=None, late_from__gt=now)


def _close(case_id: UUID, now: datetime) -> int:
    close_case(case_id=case_id, by=Actor.system(), seen_version=None, now=now, why="")
    return 1
