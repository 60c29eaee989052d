"""What somebody needs in the field: the incidents in which they write, and the open tasks of their roles."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from answerable.core.names import in_language
from answerable.incidents.access import Reader, incidents_for
from answerable.incidents.models import Incident, IncidentRole, Task
from answerable.incidents.queries import title_of

#: Beyond these a telephone's page would be no help.
INCIDENTS = 12
TASKS = 60


def incidents_of(reader: Reader) -> list[Incident]:
    """Responses under way in which they write; those where they have a role come first."""
    mine = set(
        IncidentRole.objects.filter(staff=reader.staff, until_at=None).values_list("incident", flat=True)
    )
    rows = incidents_for(reader).filter(state=Incident.State.ACTIVE).order_by("-activated_at", "-pk")
    found = [one for one in rows[: 4 * INCIDENTS] if one.pk in mine or reader.writes(one)]
    return sorted(found, key=lambda one: one.pk not in mine)[:INCIDENTS]


def tasks_of(reader: Reader) -> list[Task]:
    """The open tasks of the roles that they have now, by when they are due; what nobody has is the commander's."""
    roles = IncidentRole.objects.filter(staff=reader.staff, until_at=None).values_list("incident", "code")
    wanted = Q(incident__commander=reader.staff, role_code="")
    for incident, code in roles:
        wanted |= Q(incident=incident, role_code=code)
    rows = Task.objects.filter(
        wanted, incident__state=Incident.State.ACTIVE, state__in=[Task.State.OPEN, Task.State.BEGUN]
    )
    return list(rows.select_related("incident__place", "strand").order_by("due_at", "position", "pk")[:TASKS])


def as_data(reader: Reader) -> dict[str, Any]:
    """The same as the page's script takes it, in the active language: hazards and tasks, and nobody's name."""
    return {
        "incidents": [
            {
                "id": str(one.pk),
                "name": f"{one.called} · {one.code}" + (f" · {gettext('DRILL')}" if one.is_drill else ""),
            }
            for one in incidents_of(reader)
        ],
        "tasks": [
            {
                "id": str(task.pk),
                "incident": str(task.incident_id),
                "title": title_of(task),
                "check": in_language(task.check_zh, task.check_en),
                "track": task.strand.name,
                "where": task.incident.called,
                "begun": task.state == Task.State.BEGUN,
                "due_at": task.due_at.isoformat() if task.due_at else "",
            }
            for task in tasks_of(reader)
        ],
    }
