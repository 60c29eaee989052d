"""The receipt of a case that was just handed in, and the dates of one that is under way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from answerable.api.schemas import DeadlineOut
from answerable.cases.models import Case
from answerable.cases.portal import receipts
from answerable.cases.portal.draft import Shown
from answerable.cases.services.intake import Registered


def receipt(done: Registered, now: datetime) -> dict[str, Any]:
    told = Shown(str(done.case.pk), done.code, done.secret)
    if done.is_repeat:
        shown = receipts.receipt_of(told, now)
    else:
        clocks = sorted((row for row in done.clocks if row.is_office), key=lambda row: row.late_from)
        shown = receipts.receipt_for(done.case, clocks, told, now)
    return {
        "code": done.code,
        "secret": done.secret,
        "is_repeat": done.is_repeat,
        "registered_at": shown.case.registered_at,
        "unit": shown.case.unit.name,
        "post": shown.case.leader_post.name,
        "follow_url": shown.follow_url,
        "deadlines": _dates(shown),
    }


def open_dates(case: Case, now: datetime) -> list[DeadlineOut]:
    """The office's dates that are neither met nor void, the next one first."""
    return _dates(receipts.receipt_of(Shown(str(case.pk), case.code, None), now))


def _dates(shown: receipts.Receipt) -> list[DeadlineOut]:
    return [
        DeadlineOut(
            step=clock.step,
            title=clock.title,
            last_day=clock.last_day,
            late_from=clock.late_from,
            sentence=clock.sentence,
            why=clock.why,
        )
        for clock in shown.clocks
    ]
