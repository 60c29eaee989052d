"""What a board shows, read once for everybody who looks at it: a handful of statements, however long the log is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Prefetch, Q

from answerable.core.statements import prepared
from answerable.incidents.models import Entry, Incident, IncidentRole, Photo, Report, Sent, Strand, Task

#: Entries of one page of the log, and ended tasks that the board still shows.
PAGE = 50
ENDED_SHOWN = 50

_MARKS = "SELECT id, seq FROM record_matter WHERE id = ANY(%s)"


def is_number(text: str) -> bool:
    """Whether an address names an act's number: "²" is a digit, too."""
    return text.isascii() and text.isdigit() and len(text) < 10


@dataclass(frozen=True)
class Loaded:
    """An incident as it stands. `seq`: the number of its last act, read first, so nothing newer is ever missed."""

    incident: Incident
    seq: int
    roles: list[IncidentRole]
    strands: list[Strand]
    #: Every open task, and the newest of those that ended.
    tasks: list[Task]
    ended: Mapping[int, int]
    sent: list[Sent]
    reports: list[Report]
    entries: list[Entry]


def marks(incident_ids: Iterable[UUID]) -> dict[UUID, int]:
    """The number of the last act of each of these incidents: one statement for all boards."""
    with prepared() as cursor:
        cursor.execute(_MARKS, [list(incident_ids)])
        return dict(cursor.fetchall())


def load(incident: Incident, *, with_log: bool = True) -> Loaded:
    """Everything that the board of an incident shows, with the newest page of its log."""
    seq = marks([incident.pk]).get(incident.pk, 0)
    return Loaded(
        incident=incident,
        seq=seq,
        roles=list(
            IncidentRole.objects.filter(incident=incident, until_at=None)
            .select_related("staff", "post")
            .order_by("position", "pk")
        ),
        strands=list(Strand.objects.filter(incident=incident).order_by("position", "pk")),
        tasks=_tasks(incident),
        ended=_ended(incident.pk),
        sent=list(Sent.objects.filter(incident=incident).order_by("back_at", "-at", "pk")[:ENDED_SHOWN]),
        reports=list(
            Report.objects.filter(incident=incident, state=Report.State.DUE)
            .exclude(due_at=None)
            .order_by("due_at", "pk")[:3]
        ),
        entries=entries_of(incident.pk) if with_log else [],
    )


def fresh(incident_id: UUID) -> Incident | None:
    """The incident itself, with what its board says of it."""
    rows = Incident.objects.select_related(
        "authority", "unit", "place", "commander", "commander_post", "plan_version__plan"
    )
    return rows.filter(pk=incident_id).first()


def _tasks(incident: Incident) -> list[Task]:
    rows = Task.objects.filter(incident=incident)
    open_ = rows.filter(state__in=[Task.State.OPEN, Task.State.BEGUN])
    over = rows.exclude(state__in=[Task.State.OPEN, Task.State.BEGUN]).order_by("-ended_at", "pk")
    return [*open_, *over[:ENDED_SHOWN]]


def _ended(incident_id: UUID) -> dict[int, int]:
    """How many tasks of each track have ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT strand_id, count(*) FROM incidents_task WHERE incident_id = %s AND state IN ('done', 'left_out')"
            " GROUP BY strand_id",
            [incident_id],
        )
        return dict(cursor.fetchall())


def entries_of(incident_id: UUID, *, before: int | None = None, count: int = PAGE) -> list[Entry]:
    """The newest lines of the log, or those before a number: by the index, so the ten thousandth costs as the first."""
    rows = Entry.objects.filter(incident=incident_id)
    if before is not None:
        rows = rows.filter(seq__lt=before)
    return _with_what_they_show(rows.order_by("-seq")[:count])


def entries_since(incident_id: UUID, seq: int, ids: Iterable[UUID] = ()) -> list[Entry]:
    """Lines written after a number, and others by their id."""
    rows = Entry.objects.filter(Q(incident=incident_id), Q(seq__gt=seq) | Q(pk__in=list(ids)))
    return _with_what_they_show(rows.order_by("-seq")[: 4 * PAGE])


def _with_what_they_show(rows: Iterable[Entry]) -> list[Entry]:
    return list(
        rows.select_related("strand", "task", "by", "post", "struck_by", "strikes").prefetch_related(  # type: ignore[attr-defined]
            Prefetch("photos", Photo.objects.filter(state=Photo.State.CLEARED).only("pk", "entry_id"))
        )
    )


def struck_since(incident_id: UUID, seq: int) -> list[UUID]:
    """Lines that were struck out by one written after a number."""
    rows = Entry.objects.filter(incident=incident_id, seq__gt=seq).exclude(strikes=None)
    return [pk for pk in rows.values_list("strikes_id", flat=True) if pk is not None]


def shown_since(incident_id: UUID, at: datetime) -> list[UUID]:
    """Lines whose pictures were cleared after an instant, or a moment before: it was read before its commit."""
    since = at - timedelta(minutes=1)
    rows = Photo.objects.filter(incident=incident_id, state=Photo.State.CLEARED, checked_at__gte=since)
    return [pk for pk in rows.values_list("entry_id", flat=True) if pk is not None]
