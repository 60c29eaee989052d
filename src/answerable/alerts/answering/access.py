"""Who may still answer an alarm that asked them: not who left, and not whom the matter is kept from by now (rule 5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from answerable.alerts.models import Asked
from answerable.alerts.targets import kept_from


def may_answer(rows: Iterable[Asked], now: datetime) -> list[Asked]:
    """Those of these rows whose person works here and may know of the matter at `now`; the alarm and the member of
    staff are loaded with them."""
    known = [row for row in rows if row.staff.is_active]
    pairs = {(row.alert.about, row.staff_id) for row in known if row.alert.about is not None}
    away = kept_from(pairs, now)
    return [row for row in known if (row.alert.about, row.staff_id) not in away]
