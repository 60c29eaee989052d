"""The list of incidents, one incident, and its briefing."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from answerable.incidents import briefing, forms, queries, timeline, wording
from answerable.incidents.access import Reader, incident_for, incident_view, incidents_for
from answerable.incidents.drills.queries import running
from answerable.incidents.models import (
    Incident,
    IncidentRole,
    LevelChange,
    Promise,
    Report,
    Requisition,
    Sent,
    Strand,
    Task,
)
from answerable.incidents.services.roles import successors
from answerable.ui.paging import page_number, page_of
from answerable.ui.print.briefing import BriefingData, Section
from answerable.ui.print.briefing import briefing as printed
from answerable.ui.print.data import Body
from answerable.ui.print.words import Lang

#: What has ended and is shown under each kind, the newest; the timeline holds all of it.
NEWEST = 20


@require_safe
@incident_view
def listed(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Calls that wait and responses under way first, then what is over; the newest first."""
    open_ = list(queries.open_incidents(reader.seen_body_ids))
    over = incidents_for(reader).exclude(state__in=queries.OPEN).order_by("-reported_at", "-pk")
    page = page_of(over, page_number(request.GET.get("page")))
    context = {
        "open": [(one, wording.stands_text(one, reader.now), queries.next_due(one)) for one in open_],
        "page": page,
        "over": [(one, wording.stands_text(one, reader.now)) for one in page.rows],
        "may_report": reader.may_report,
        "now": reader.now,
    }
    return render(request, "incidents/list.html", context)


@require_safe
@incident_view
def show(request: HttpRequest, reader: Reader, incident_id: UUID) -> HttpResponse:
    """One incident: where it stands, what one can do now, its tracks and tasks, and its log."""
    incident = incident_for(reader, incident_id)
    typed = request.GET.get("before", "")
    before = int(typed) if typed.isdecimal() and len(typed) < 9 else 0
    context: dict[str, Any] = {
        "incident": incident,
        "now": reader.now,
        "stands": wording.stands_text(incident, reader.now),
        "where": wording.where_text(incident),
        "hazard": wording.hazard_text(incident.hazard),
        "level": wording.level_text(incident.response_level),
        "timeline": timeline.page_of(incident, before=before),
        "is_newest": not before,
        "is_over": incident.activated_at is not None and incident.state in ("stood_down", "closed"),
        # Something real goes before every drill: one click ends it.
        "running_drills": running([incident.authority_id]) if _is_real_and_open(incident) else [],
        "changes": [
            (one, wording.level_text(one.after) if one.after else "")
            for one in LevelChange.objects.filter(incident=incident)
            .select_related("by", "post")
            .order_by("-pk")
        ],
        "next": _next(incident, reader),
        **_may(reader, incident),
        **_response(reader, incident),
    }
    if context["writes"]:
        context["entry_form"] = forms.EntryForm(initial={"key": uuid4()}, auto_id="entry-%s")
    if incident.state == Incident.State.REPORTED:
        context["similar"] = queries.similar(
            incident.authority_id,
            incident.hazard,
            queries.where_of(incident),
            now=reader.now,
            is_drill=incident.is_drill,
            except_id=incident.pk,
        )
    return render(request, "incidents/incident.html", context)


def _is_real_and_open(incident: Incident) -> bool:
    return not incident.is_drill and queries.is_open(incident)


def _next(incident: Incident, reader: Reader) -> str:
    """What is due first, as a sentence."""
    task = queries.next_due(incident) if incident.state == Incident.State.ACTIVE else None
    if task is None:
        return ""
    facts = {"task": queries.title_of(task), "due": wording.due_text(task.due_at, reader.now)}
    return _("Next due: %(task)s, %(due)s.") % facts


def _may(reader: Reader, incident: Incident) -> dict[str, bool]:
    leads, is_active = reader.leads(incident), incident.state == Incident.State.ACTIVE
    commands = incident.commander_id == reader.staff.pk and is_active
    return {
        "writes": reader.writes(incident) and incident.state not in ("closed", "dismissed", "same"),
        "commands": commands,
        "directs": incident.state == Incident.State.REPORTED and (leads or reader.is_on_duty_for(incident)),
        "raises": is_active and (commands or leads),
        "is_active": is_active,
        "may_take_command": is_active
        and not commands
        and (leads or reader.staff.pk in successors(incident, reader.now)),
        "reports": any(post.unit.authority_id == incident.authority_id for post in reader.working),
    }


def _response(reader: Reader, incident: Incident) -> dict[str, Any]:
    """Tracks with their tasks, roles, what is out, taken, promised and owed."""
    roles = list(queries.roles_in_force(incident))
    # When it is over nobody has a role any more; the tasks still say whose they were.
    names = {role.code: role.name for role in roles or IncidentRole.objects.filter(incident=incident)}
    tasks = list(Task.objects.filter(incident=incident).order_by("due_at", "position", "pk"))
    ended = {task.code: task.state in ("done", "left_out") for task in tasks if task.code}
    titles = {task.code: queries.title_of(task) for task in tasks if task.code}
    rows: dict[int, list[TaskRow]] = {}
    for task in tasks:
        waits = [titles[code] for code in task.needs if ended.get(code) is False]
        rows.setdefault(task.strand_id, []).append(
            TaskRow(task, names.get(task.role_code, task.role_code), waits, reader)
        )
    strands = [(strand, rows.get(strand.pk, [])) for strand in Strand.objects.filter(incident=incident)]
    mine = [role for role in roles if role.staff_id == reader.staff.pk and role.acknowledged_at is None]
    return {
        "roles": roles,
        "unacknowledged": mine,
        "strands": strands,
        "sent": Sent.objects.filter(incident=incident).order_by("-back_at", "-at")[:NEWEST],
        "taken": Requisition.objects.filter(incident=incident).order_by("-returned_at", "-at")[:NEWEST],
        "promises": Promise.objects.filter(incident=incident).order_by("-answered_at", "-at")[:NEWEST],
        "owed": Report.objects.filter(incident=incident, state=Report.State.DUE).order_by("due_at")[:NEWEST],
        "ended_roles": IncidentRole.objects.filter(incident=incident).exclude(until_at=None).exists(),
    }


class TaskRow:
    """A task as the page shows it."""

    def __init__(self, task: Task, role: str, waits_for: list[str], reader: Reader) -> None:
        self.task, self.role = task, role
        self.waits_for = wording.joined(waits_for)
        self.title = queries.title_of(task)
        self.check = queries.check_of(task)
        self.is_open = task.state in (Task.State.OPEN, Task.State.BEGUN)
        self.is_late = self.is_open and task.due_at is not None and task.due_at < reader.now
        self.due = wording.due_text(task.due_at, reader.now) if self.is_open else ""


@require_safe
@incident_view
def brief(request: HttpRequest, reader: Reader, incident_id: UUID) -> HttpResponse:
    """What an incoming commander reads first."""
    incident = incident_for(reader, incident_id)
    made = briefing.briefing_of(incident, reader.now)
    return render(request, "incidents/briefing.html", {"incident": incident, "made": made, "now": reader.now})


@require_safe
@incident_view
def brief_on_paper(request: HttpRequest, reader: Reader, incident_id: UUID) -> HttpResponse:
    incident = incident_for(reader, incident_id)
    made = briefing.briefing_of(incident, reader.now)
    language: Lang = "zh-hans" if (get_language() or "").startswith("zh") else "en"
    data = BriefingData(
        body=Body(name=incident.authority.name, unit=incident.unit.name),
        title=_("Briefing: %(title)s") % {"title": incident.called},
        code=incident.code,
        lead=made.lead,
        sections=tuple(
            Section(title=one.title, pairs=tuple(one.pairs), lines=tuple(one.lines), empty=one.empty)
            for one in made.parts
        ),
        made_at=timezone.localtime(reader.now),
        mark=_("Exercise, exercise, exercise") if incident.is_drill else "",
    )
    response = HttpResponse(printed(data, language), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="briefing-{incident.code}.pdf"'
    return response
