"""For how long what came from another system is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from answerable.cases.imports import sealed
from answerable.cases.imports.models import Import
from answerable.core import keeping
from answerable.core.keeping import Kept

DAY = timedelta(days=1)
#: So long somebody may decide about what was read, and look at its faults.
UNDECIDED = timedelta(days=14)
#: So long the list is there of what each matter became.
RESULT = timedelta(days=30)


def _old(now: datetime, more: timedelta = timedelta(0)) -> QuerySet[Import]:
    full = Import.objects.exclude(content=None, said=None)
    open_ = [Import.State.READY, Import.State.FAULTY, Import.State.FAILED]
    undecided = Q(state__in=open_, begun_at__lt=now - UNDECIDED - more)
    ended = Q(state__in=[Import.State.DONE, Import.State.STOPPED], ended_at__lt=now - RESULT - more)
    return full.filter(undecided | ended)


def tidy(now: datetime) -> int:
    """Destroy what nobody decided about in time, and lists that have served; how many."""
    rows = list(_old(now).order_by("pk")[:50])
    for row in rows:
        if row.state == Import.State.READY:
            row.state, row.ended_at = Import.State.LEFT, now
        sealed.destroy(row)
        row.save(update_fields=["state", "ended_at", "content", "said"])
    return keeping.gone("imports.import", len(rows))


KEPT = (
    Kept(
        "imports.import",
        _("Files and rows of other systems, before they are taken over"),
        _(
            "14 days, or until they are taken over; then for 30 days only which matter there became which here."
        ),
        _("So that what would come in can be looked at first, and receipts can be matched afterwards."),
        ("imports.Import",),
        "import upkeep",
        lambda now: _old(now, DAY).count(),
    ),
)
