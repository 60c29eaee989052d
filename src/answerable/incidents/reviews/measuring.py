"""The figures of a response out of its own rows and the targets of the plan version that it ran on. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from answerable.incidents import planned
from answerable.incidents.drills.rules import at_pace
from answerable.incidents.models import Incident, IncidentRole, Inject, Report, Review, Task
from answerable.incidents.reviews.rules import Figures, Had, measured, minutes

HadBy = Mapping[UUID, Iterable[Had]]


def figures_of(review: Review, *, now: datetime) -> Figures:
    """As they stood when the review was signed, else as they stand now."""
    if review.signed_at is not None:
        return Figures.from_record(review.measured)
    return measure(review.incident, now=now)


def measure(incident: Incident, *, now: datetime) -> Figures:
    """What can be measured of a response, at `now`. Four reads, however long it was."""
    return measure_each([incident], now=now)[incident.pk]


def measure_each(incidents: Iterable[Incident], *, now: datetime) -> dict[UUID, Figures]:
    """The same of several, with as many reads."""
    found = list(incidents)
    tasks, roles = _tasks(found), _roles(found)
    reports, events = _reports(found, now), _events(found)
    return {
        one.pk: _measured(one, tasks[one.pk], roles[one.pk], reports[one.pk], events[one.pk], now)
        for one in found
    }


def _measured(
    incident: Incident,
    tasks: Iterable[Had],
    roles: Iterable[Had],
    reports: Iterable[Had],
    events: Iterable[Had],
    now: datetime,
) -> Figures:
    until = incident.stood_down_at or now
    pace = incident.pace
    began, ended = incident.activated_at, incident.stood_down_at
    return Figures(
        pace=pace,
        to_activation_min=minutes(incident.reported_at, began, pace) if began else None,
        lasted_min=minutes(began, ended, pace) if began and ended else None,
        tasks=measured(tasks, until=until, pace=pace),
        # A telephone rings at its own speed, in a table-top too.
        roles=measured(roles, until=until),
        reports=measured(reports, until=now, pace=pace),
        events=measured(events, until=until, pace=pace),
    )


def _tasks(incidents: list[Incident]) -> HadBy:
    found: dict[UUID, list[Had]] = defaultdict(list)
    rows = Task.objects.filter(incident__in=incidents).order_by("strand__position", "position", "pk")
    columns = (
        "incident",
        "code",
        "title_zh",
        "title_en",
        "set_at",
        "due_at",
        "state",
        "ended_at",
        "strand__code",
    )
    for incident, code, zh, en, set_at, due_at, state, ended_at, strand in rows.values_list(*columns):
        found[incident].append(
            Had(
                code=code,
                name_zh=zh,
                name_en=en,
                set_at=set_at,
                due_at=due_at,
                ended_at=ended_at if state == Task.State.DONE else None,
                group=strand,
                is_left_out=state == Task.State.LEFT_OUT,
            )
        )
    return found


def _roles(incidents: list[Incident]) -> HadBy:
    rows = IncidentRole.objects.filter(incident__in=incidents).select_related("post__unit")
    of_each: dict[UUID, list[IncidentRole]] = defaultdict(list)
    for role in rows.order_by("position", "from_at", "pk"):
        of_each[role.incident_id].append(role)
    found: dict[UUID, list[Had]] = defaultdict(list)
    for incident in incidents:
        found[incident.pk] = list(_taken_up(incident, of_each[incident.pk]))
    return found


def _taken_up(incident: Incident, rows: list[IncidentRole]) -> Iterator[Had]:
    """When a role was first taken up, whoever had it: its post stands here and nobody's name."""
    version = incident.plan_version if rows else None
    asks = {role.code: role.ask for role in planned.file_of(version).roles} if version else {}
    seen: dict[str, Had] = {}
    for role in rows:
        first = seen.get(role.code)
        if first is not None and (first.ended_at is not None or role.acknowledged_at is None):
            continue
        set_at = first.set_at if first is not None else role.from_at
        ask = asks.get(role.code)
        seen[role.code] = Had(
            code=role.code,
            name_zh=role.name_zh,
            name_en=role.name_en,
            set_at=set_at,
            due_at=at_pace(set_at, timedelta(minutes=ask), 1) if ask else None,
            ended_at=role.acknowledged_at,
            group=f"{role.post.unit.code}/{role.post.code}" if role.post else "",
        )
    yield from seen.values()


def _reports(incidents: list[Incident], now: datetime) -> HadBy:
    found: dict[UUID, list[Had]] = defaultdict(list)
    owed = Q(state=Report.State.DUE, due_at__lte=now) | ~Q(state=Report.State.DUE)
    rows = Report.objects.filter(owed, incident__in=incidents)
    for row in rows.order_by("opened_at", "number", "pk"):
        found[row.incident_id].append(
            Had(
                code=f"{row.duty}-{row.number}",
                name_zh=row.name_zh,
                name_en=row.name_en,
                set_at=row.opened_at,
                due_at=row.due_at,
                ended_at=row.sent_at,
                group=row.recipient,
                is_left_out=row.state == Report.State.WAIVED,
            )
        )
    return found


def _events(incidents: list[Incident]) -> HadBy:
    found: dict[UUID, list[Had]] = defaultdict(list)
    rows = Inject.objects.filter(incident__in=incidents).exclude(told_at=None)
    for row in rows.order_by("position"):
        assert row.told_at is not None
        found[row.incident_id].append(
            Had(
                code=str(row.position),
                name_zh=row.text_zh,
                name_en=row.text_en,
                set_at=row.told_at,
                due_at=None,
                ended_at=row.met_at,
            )
        )
    return found
