"""Whether a plan was practised in time for a period, and how ready it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from answerable.incidents.drills.queries import last_drill
from answerable.incidents.models import Drill, Plan, PlanVersion
from answerable.incidents.planned import file_of
from answerable.incidents.plans import linting
from answerable.orgs.models import Authority
from answerable.ui.templatetags.ui import day_text


@dataclass(frozen=True)
class PlanLooked:
    """`is_met`: practised in time; None: a drill is planned for before the beginning."""

    is_met: bool | None
    said: str
    url: str
    url_text: str
    note: str


def look_at(plan: Plan, body: Authority, *, since: date, begins_on: date, now: datetime) -> PlanLooked:
    """Practised on `since` or later counts; how ready the plan is stands beside, as its own page says it."""
    page = reverse("incident_plans:plan", args=[plan.pk])
    version = PlanVersion.objects.filter(plan=plan, state=PlanVersion.State.IN_USE).first()
    if version is None or plan.retired_at is not None:
        return PlanLooked(False, _("No version of this plan is in use."), page, _("The plan"), "")
    drilled_on = last_drill(plan.pk)
    ready = linting.readiness_of(file_of(version), body, now, drilled_on=drilled_on)
    note = _("The plan is %(score)s of 100 ready.") % {"score": ready.score}
    if drilled_on is not None and drilled_on >= since:
        return PlanLooked(
            True, _("Drilled on %(on)s.") % {"on": day_text(drilled_on)}, page, _("The plan"), note
        )
    ahead = Drill.objects.filter(plan=plan, incident=None, stopped_at=None).order_by("planned_on").first()
    if ahead is not None:
        facts = {"on": day_text(ahead.planned_on)}
        url = reverse("drills:show", args=[ahead.pk])
        if ahead.planned_on <= begins_on:
            return PlanLooked(None, _("A drill is planned for %(on)s.") % facts, url, _("The drill"), note)
        said = _("A drill is planned for %(on)s, after the beginning.") % facts
        return PlanLooked(False, said, url, _("The drill"), note)
    last = (
        _("It was last drilled on %(on)s.") % {"on": day_text(drilled_on)}
        if drilled_on
        else _("It was never drilled.")
    )
    return PlanLooked(False, last, reverse("drills:new"), _("Plan a drill"), note)
