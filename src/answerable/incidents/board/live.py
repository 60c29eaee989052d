"""The board's stream: whoever looks is sent the rows that differ, made once a language for all who look.

What a board shows is read when the number of its last act changes, and compared with what was shown before; the rows
that differ are sent as JSON. A page that missed something asks the web server for all of it.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation

from answerable.alerts.live.sources import Watched, event
from answerable.core import clock
from answerable.incidents.access import incidents_for, reader_for
from answerable.incidents.board import reading, rows
from answerable.incidents.board.rows import Row
from answerable.orgs.models import Staff
from answerable.orgs.standing import held

#: So many changes are kept for those who come back after a moment without a network.
KEPT = 64


@dataclass
class Shown:
    """What the watchers of one board have been shown."""

    seq: int
    at: datetime
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    #: (before, after, by language) of the last changes.
    changes: deque[tuple[int, int, Mapping[str, bytes]]] = field(default_factory=lambda: deque(maxlen=KEPT))


class Boards:
    """The source of all boards' streams (alerts.live.sources). Every method runs in the one database thread."""

    every_s = 0.25

    def __init__(self) -> None:
        self._shown: dict[Hashable, Shown] = {}

    def admit(self, staff: Staff, asked: Mapping[str, str]) -> Watched | None:
        try:
            incident_id = UUID(asked.get("id", ""))
        except ValueError:
            return None
        language = asked.get("in", "")
        if language not in dict(settings.LANGUAGES):
            return None
        with held():
            reader = reader_for(staff, clock.now())
            if not reader.posts or not incidents_for(reader).filter(pk=incident_id).exists():
                return None
        return Watched(incident_id, language, asked.get("seen", ""))

    def look(self, keys: list[Hashable], now: datetime) -> Mapping[Hashable, str]:
        return {key: str(seq) for key, seq in reading.marks([UUID(str(key)) for key in keys]).items()}

    def news(self, key: Hashable, mark: str, variants: Iterable[str]) -> Mapping[str, bytes]:
        """The rows that differ from what was shown. The first time, and for a language that comes new, only where it
        stands: the page compares, and asks for all where it shows something older."""
        before = self._shown.get(key)
        incident = reading.fresh(UUID(str(key)))
        if incident is None:
            return {}
        loaded = reading.load(incident, with_log=False)
        shown = Shown(loaded.seq, clock.now())
        now = shown.at
        entries = []
        if before is not None:
            shown.changes = before.changes
            again = [
                *reading.struck_since(incident.pk, before.seq),
                *reading.shown_since(incident.pk, before.at),
            ]
            entries = reading.entries_since(incident.pk, before.seq, again)
        said: dict[str, bytes] = {}
        # Every language, not only those that somebody hears: who comes later compares with the same.
        for language, _name in settings.LANGUAGES:
            with translation.override(language), timezone.override(ZoneInfo(incident.authority.zone)):
                kept = {row.key: row for row in rows.all_rows(loaded, now)}
                shown.rows[language] = kept
                was = before.rows.get(language) if before is not None else None
                if was is None:
                    said[language] = stands(loaded.seq)
                    continue
                differ = [row for name, row in kept.items() if was.get(name) != row]
                differ += rows.log_rows(reversed(entries))
                gone = [name for name in was if name not in kept]
                said[language] = change(loaded.seq, differ, gone, now)
        if before is not None:
            shown.changes.append((before.seq, loaded.seq, said))
        self._shown[key] = shown
        return said

    def first(self, watched: Watched, mark: str) -> bytes:
        """What somebody missed who was away for a moment; else where it stands."""
        shown = self._shown.get(watched.key)
        if shown is None or not reading.is_number(watched.seen):
            return stands(int(mark or 0))
        seen = int(watched.seen)
        if seen >= shown.seq:
            return b""
        missed = [one for one in shown.changes if one[1] > seen]
        whole = bool(missed) and missed[0][0] <= seen and all(watched.variant in one[2] for one in missed)
        return b"".join(one[2][watched.variant] for one in missed) if whole else stands(shown.seq)

    def forget(self, key: Hashable) -> None:
        self._shown.pop(key, None)


def stands(seq: int) -> bytes:
    return event("stands", json.dumps({"seq": seq}))


def change(seq: int, differ: Iterable[Row], gone: Iterable[str], now: datetime) -> bytes:
    body: dict[str, Any] = {
        "seq": seq,
        "rows": [[row.key, row.list, row.order, row.html(now)] for row in differ],
        "gone": list(gone),
    }
    return event("rows", json.dumps(body, ensure_ascii=False), str(seq))
