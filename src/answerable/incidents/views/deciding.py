"""Activate, raise, lower and lift: the decisions that are published with their grounds."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from answerable.core.names import in_language
from answerable.incidents import forms, planned, queries, wording
from answerable.incidents.access import (
    Reader,
    incident_for,
    incident_to_command,
    incident_to_direct,
    incident_view,
)
from answerable.incidents.hazards import HAZARDS
from answerable.incidents.models import Incident, PlanVersion
from answerable.incidents.plans.schema import PlanFile
from answerable.incidents.services import levels
from answerable.incidents.services.activation import Decision, activate
from answerable.incidents.services.standing_down import stand_down
from answerable.incidents.views.common import attempt, form_page
from answerable.ui import flash
from answerable.ui.htmx import go

#: How long a response is expected to last where nobody has said.
EXPECTED = timedelta(hours=12)
#: Actions whose names make the first draft of the measures.
MEASURES = 4


@require_http_methods(["GET", "HEAD", "POST"])
@incident_view
def begin(request: HttpRequest, reader: Reader, incident_id: UUID) -> HttpResponse:
    """Activate the response: level, grounds, measures, how long; the plan's own words stand beside the form."""
    incident = incident_to_direct(reader, incident_id)
    wished = request.POST.get("hazard") or request.GET.get("hazard") or incident.hazard
    hazard = wished if wished in HAZARDS else incident.hazard
    versions = planned.versions_in_use(incident.authority_id, hazard)
    plan = planned.file_of(versions[0]) if versions else None
    form = forms.DecisionForm(
        request.POST or None,
        initial=_draft(incident, hazard, versions, plan, reader),
        plans=[(one.pk, _version_text(one)) for one in versions],
    )
    back = reverse("incidents:incident", args=[incident.pk])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        decision = Decision(
            hazard=hazard,
            level=data["level"],
            grounds=data["grounds"],
            measures=data["measures"],
            expected_until=form.at(),
            plan_version_id=data["plan"],
            event_grade=data["event_grade"],
            warning_level=data["warning_level"],
        )
        by = reader.actor(incident)
        seen = data["seen_version"]
        if attempt(
            form,
            lambda: activate(
                incident_id=incident.pk, decision=decision, by=by, now=reader.now, seen_version=seen
            ),
        ):
            flash.done(request, _("The response has begun. Everybody who has a role in it is being asked."))
            return go(request, back)
    return form_page(
        request,
        form,
        incident=incident,
        title=_("Begin the response"),
        back=back,
        button=_("Begin the response"),
        template="incidents/activate.html",
        hazard=wording.hazard_text(hazard),
        hazard_code=hazard,
        hazards=[(code, _(name)) for code, name in HAZARDS.items()],
        steps=_criteria(plan),
        measures=json.dumps(_measures(plan), ensure_ascii=False),
        stands=wording.stands_text(incident, reader.now),
        told=incident.what,
    )


def _version_text(version: PlanVersion) -> str:
    return _("%(plan)s, version %(number)s") % {"plan": version.plan.name, "number": version.number}


def _draft(
    incident: Incident, hazard: str, versions: list[PlanVersion], plan: PlanFile | None, reader: Reader
) -> dict[str, Any]:
    """What the form begins with: the plan, its mildest level, what was called in, and its first measures."""
    until = timezone.localtime(reader.now + EXPECTED)
    found: dict[str, Any] = {
        "seen_version": incident.version,
        "hazard": hazard,
        "plan": versions[0].pk if versions else None,
        "level": max(one.level for one in plan.scales.response) if plan else 4,
        # Published: never the caller's own words, which may name somebody. They stand beside the form.
        "grounds": "",
        "on": until.date(),
        "clock": until.time().replace(second=0, microsecond=0),
    }
    if plan is not None:
        found["measures"] = _measures(plan)[found["level"]]
    return found


def _measures(plan: PlanFile | None) -> dict[int, str]:
    """For each level of the plan, what is done first there: the draft of what is published."""
    steps = plan.scales.response if plan is not None else ()
    return {
        one.level: wording.joined(
            in_language(action.names.zh, action.names.en)
            for action in (plan.actions_at(one.level)[:MEASURES] if plan else ())
        )
        for one in steps
    }


def _criteria(plan: PlanFile | None) -> list[tuple[str, str]]:
    """The levels of the plan in use and when each is meant, in the plan's words."""
    if plan is None:
        return []
    return [
        (
            f"{wording.level_text(one.level)} · {in_language(one.names.zh, one.names.en)}",
            in_language(one.criteria.zh, one.criteria.en),
        )
        for one in plan.scales.response
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@incident_view
def change_level(request: HttpRequest, reader: Reader, incident_id: UUID) -> HttpResponse:
    """Raise or lower the level; what the plan says about when stands beside the form."""
    incident = incident_to_command(reader, incident_id, or_lead=True)
    until = timezone.localtime(max(incident.expected_until or reader.now, reader.now + timedelta(hours=6)))
    form = forms.LevelForm(
        request.POST or None,
        now_at=incident.response_level,
        initial={"seen_version": incident.version, "on": until.date(), "clock": until.time()},
    )
    back = reverse("incidents:incident", args=[incident.pk])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        # 1 is the gravest.
        is_raised = data["level"] < (incident.response_level or 5)
        change = levels.raise_level if is_raised else levels.lower_level
        if attempt(
            form,
            lambda: change(
                incident_id=incident.pk,
                level=data["level"],
                grounds=data["grounds"],
                measures=data["measures"],
                expected_until=form.at(),
                by=reader.actor(incident),
                now=reader.now,
                seen_version=data["seen_version"],
            ),
        ):
            flash.done(request, _("The level is changed, and the leader and the level above are told."))
            return go(request, back)
    plan = planned.file_of(incident.plan_version) if incident.plan_version else None
    return form_page(
        request,
        form,
        incident=incident,
        title=_("Change the level"),
        back=back,
        button=_("Change the level"),
        template="incidents/activate.html",
        steps=_criteria(plan),
        stands=wording.stands_text(incident, reader.now),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@incident_view
def end(request: HttpRequest, reader: Reader, incident_id: UUID) -> HttpResponse:
    """What is open, by kind; where that is nothing, the commander signs."""
    incident = incident_for(reader, incident_id)
    ends = queries.open_ends(incident, now=reader.now) if incident.state == Incident.State.ACTIVE else []
    form = forms.EndForm(request.POST or None, initial={"seen_version": incident.version})
    back = reverse("incidents:incident", args=[incident.pk])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if attempt(
            form,
            lambda: stand_down(
                incident_id=incident.pk,
                grounds=data["grounds"],
                measures=data["measures"],
                by=reader.actor(incident),
                now=reader.now,
                seen_version=data["seen_version"],
            ),
        ):
            flash.done(request, _("The response is lifted. The review comes next."))
            return go(request, back)
        ends = queries.open_ends(incident, now=reader.now)
    grouped = [(words(), [one for one in ends if one.kind == kind]) for kind, words in wording.KINDS.items()]
    return form_page(
        request,
        form,
        incident=incident,
        title=_("Lift the response"),
        back=back,
        button=_("Sign and lift the response"),
        template="incidents/stand_down.html",
        groups=[(title, rows) for title, rows in grouped if rows],
        is_commander=incident.commander_id == reader.staff.pk and incident.state == Incident.State.ACTIVE,
        commander=incident.commander,
        now=reader.now,
    )
