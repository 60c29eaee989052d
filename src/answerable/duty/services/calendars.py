"""Private addresses of calendar feeds: made, shown once, renewed, ended. Only a digest of each is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from answerable.duty.models import Calendar
from answerable.duty.roster_acts import RosterAct
from answerable.orgs.models import Staff
from answerable.record.actors import Actor
from answerable.record.append import append
from answerable.record.matters import matter_of


def digest_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


@transaction.atomic(durable=True)
def make_calendar(
    *, by: Actor, now: datetime, line_id: int | None = None, is_team: bool = False
) -> tuple[Calendar, str]:
    """A new address for one's own duties, one's team's, or a line's; the one before it stops working at once.

    Returns the token as well: it is shown now, and never again.
    """
    Staff.objects.select_for_update(no_key=True).get(pk=by.staff)
    _ended(by.staff, line_id, is_team, now)
    token = secrets.token_urlsafe(32)
    row = Calendar.objects.create(
        staff_id=by.staff, line_id=line_id, is_team=is_team, digest=digest_of(token), made_at=now
    )
    _act(RosterAct.CALENDAR_MADE, row, by=by, now=now)
    return row, token


@transaction.atomic(durable=True)
def end_calendar(*, calendar_id: int, by: Actor, now: datetime) -> Calendar:
    """The address stops working at once."""
    row = Calendar.objects.select_for_update().get(pk=calendar_id, staff_id=by.staff)
    if row.ended_at is None:
        row.ended_at = now
        row.save(update_fields=["ended_at"])
        _act(RosterAct.CALENDAR_ENDED, row, by=by, now=now)
    return row


def _ended(staff_id: int, line_id: int | None, is_team: bool, now: datetime) -> None:
    rows = Calendar.objects.filter(staff_id=staff_id, is_team=is_team, ended_at=None)
    rows = rows.filter(line=None) if line_id is None else rows.filter(line_id=line_id)
    rows.update(ended_at=now)


def _act(kind: RosterAct, row: Calendar, *, by: Actor, now: datetime) -> None:
    body = {"calendar": row.pk, "line": row.line_id, "is_team": row.is_team}
    append(kind, matter=matter_of("calendar", by.staff), by=by, at=now, body=body)
