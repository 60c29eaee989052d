"""Numbers of papers: in order, by body, year and kind, without gaps, where the pack wants them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from answerable.cases.models import Case, PaperCount
from answerable.cases.packs import load_pack
from answerable.orgs.models import Authority


def next_number(authority: Authority, year: int, kind: str) -> int:
    """The next number of a body's papers of one kind in one year; expects the caller's transaction.

    The count's row stays locked until that ends, so a number is given once, and one that was rolled back is given
    again. Take it after every case's lock, and nothing but papers waits here.
    """
    count, _made = PaperCount.objects.get_or_create(authority=authority, year=year, kind=kind)
    count = PaperCount.objects.select_for_update().get(pk=count.pk)
    count.last += 1
    count.save(update_fields=["last"])
    return count.last


def number_decision(case: Case, at: datetime) -> str:
    """The number of the decision that a locked case's present stage ends with at `at`, or "".

    The year is the office's own; the body is the one that decides.
    """
    template = load_pack(case.pack).numbers.get(case.stage, "")
    if not template:
        return ""
    body = case.unit.authority
    year = at.astimezone(ZoneInfo(body.zone)).year
    number = next_number(body, year, case.stage)
    return template.replace("{year}", str(year)).replace("{number}", str(number))
