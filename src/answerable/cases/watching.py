"""By which date a level watches over a case: one date a level, which goes on to another one as it is (docs/adr/0091)."""

from __future__ import annotations

from datetime import datetime

from answerable.cases import routing, steps
from answerable.cases.models import Case, Deadline, Involvement


def watching(case: Case) -> list[Deadline]:
    """The dates by which somebody watches over the case, in the order in which they began."""
    rows = Deadline.objects.filter(case=case, is_supervising=True, met_seq=None, voided_seq=None)
    return list(rows.select_related("unit__authority", "post", "lifted_from").order_by("pk"))


def watch_from(case: Case, row: Deadline, to: routing.Route, now: datetime) -> Deadline:
    """Let a level watch by this row, or by the one that it has already (one supervising date a level); gives that one.

    The level keeps its own date, which begins when it was asked; it watches from now on over what both watched over. The
    row that it stands for is ended by the caller with the act (`end_watches`).
    """
    steps.involve(case, to.unit, Involvement.Capacity.SUPERVISES, at=now)
    there = next((one for one in watching(case) if one.unit_id == to.unit.pk and one.pk != row.pk), None)
    if there is None:
        row.unit, row.post = to.unit, to.leader_post
        row.save(update_fields=["unit", "post"])
        return row
    row.refresh_from_db(fields=["lifted_from"])  # it may have taken over another one just now
    there.lifted_from = _watched_by_both(there, row)
    there.save(update_fields=["lifted_from"])
    Deadline.objects.filter(case=case, lifted_from=row).exclude(pk=there.pk).update(lifted_from=there)
    return there


def _watched_by_both(there: Deadline, row: Deadline) -> Deadline | None:
    """What one date watches over in place of two: of the deadlines, the one that lies further ahead. None: what the
    person raised, which the level itself answers, whatever becomes of a deadline."""
    one, other = row.lifted_from, there.lifted_from
    if other is None or one is None:
        return None
    return one if other.pk == row.pk or one.late_from > other.late_from else other


def end_watches(rows: list[int], seq: int) -> None:
    """Their level's own date stands for them: what ended is named by the act with which it did."""
    Deadline.objects.filter(pk__in=rows).update(voided_seq=seq)
