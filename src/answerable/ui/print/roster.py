"""A duty roster as it hangs on the wall: a month on one sheet across, big enough to be read standing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from answerable.ui.print.data import Body
from answerable.ui.print.render import render
from answerable.ui.print.words import WEEKDAYS_ZH, Lang, moment, said

#: So many shifts stand on one sheet in two columns; more go on in one column, over several sheets.
ONE_SHEET = 34


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    """One shift; `names` by role, in the order of the roles."""

    on: date
    hours: str = ""
    note: str = ""
    is_free: bool = False
    names: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterData:
    """`fairness`: sentences for the foot. `made_at` in the zone in which it shall be read."""

    body: Body
    line: str
    month: date
    roles: tuple[str, ...]
    rows: tuple[RosterRow, ...]
    made_at: datetime
    phone: str = ""
    fairness: tuple[str, ...] = ()


def roster(data: RosterData, lang: Lang) -> bytes:
    """PDF bytes. Raises ValueError if a row has another number of roles than there are."""
    if any(len(row.names) != len(data.roles) for row in data.rows):
        raise ValueError(f"Each row of a printed roster needs {len(data.roles)} lists of names.")
    zh = lang == "zh-hans"
    month = f"{data.month.year}年{data.month.month}月" if zh else f"{data.month:%B %Y}"
    hours = {row.hours for row in data.rows}
    same = next(iter(hours)) if len(hours) == 1 else ""
    rows = [
        {
            "day": _day(row.on, zh),
            "note": " ".join(part for part in (row.note, "" if same else row.hours) if part),
            "is_free": row.is_free,
            "names": [list(names) for names in row.names],
        }
        for row in data.rows
    ]
    content = {
        "title": said("roster_title", lang, line=data.line, month=month),
        "body": {"name": data.body.name, "unit": data.body.unit},
        "roles": list(data.roles),
        # A role that holds three people a shift gets more room than one that holds one.
        "shares": [1 + 0.75 * (_most(data.rows, place) - 1) for place in range(len(data.roles))],
        "rows": rows,
        "is_split": len(rows) <= ONE_SHEET,
        "hours": said("roster_hours", lang, hours=same) if same else "",
        "phone": said("roster_phone", lang, phone=data.phone) if data.phone else "",
        "fairness": list(data.fairness),
        "printed": said("printed", lang, when=moment(data.made_at, lang)),
    }
    return render("roster", content, lang=lang, made_at=data.made_at)


def _most(rows: tuple[RosterRow, ...], place: int) -> int:
    return max((len(row.names[place]) for row in rows), default=1) or 1


def _day(on: date, zh: bool) -> str:
    return f"{on.day}日 周{WEEKDAYS_ZH[on.weekday()]}" if zh else f"{on:%a} {on.day}"
