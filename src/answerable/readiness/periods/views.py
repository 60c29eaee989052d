"""The pages of readiness periods that are looked at: the list, one period with what it demands, its sheet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from answerable.incidents.access import Reader, incident_view
from answerable.readiness.periods import access, looking, queries, rules, timeline, wording
from answerable.readiness.periods.looking import How, Looked
from answerable.readiness.periods.models import Demand, Period
from answerable.ui.htmx import page_or_part
from answerable.ui.paging import page_number, page_of

#: The look (ui.states) of how a demand stands.
LOOKS = {How.MET: "ok", How.AHEAD: "draft", How.MISSING: "fault", How.OVER: "closed"}


@require_safe
@incident_view
def listed(request: HttpRequest, reader: Reader) -> HttpResponse:
    """What runs, what is ahead, what was."""
    rows = [_row(one, reader.now) for one in access.periods_for(reader).order_by("from_at", "pk")]
    past = sorted(
        (one for one in rows if one["state"] not in rules.OPEN),
        key=lambda one: one["period"].from_at,
        reverse=True,
    )
    page = page_of(past, page_number(request.GET.get("page")))
    context = {
        "running": [one for one in rows if one["state"] == rules.BEGUN],
        "ahead": [one for one in rows if one["state"] in (rules.PLANNED, rules.ANNOUNCED)],
        "past": page.rows,
        "page": page,
        "plans": bool(access.led_units(reader)),
    }
    return page_or_part(request, "periods/list.html", "main", context)


def _row(period: Period, now: datetime) -> dict[str, Any]:
    state = rules.state_at(period.state, period.from_at, period.until_at, now)
    return {
        "period": period,
        "until": wording.end_text(period.until_at, period.authority.zone),
        "name": str(period),
        "kind": wording.kind_text(period.kind),
        "where": wording.where_text(period),
        "state": state,
        "look": wording.LOOKS[state],
        "word": wording.state_text(state),
    }


@require_safe
@incident_view
def show(request: HttpRequest, reader: Reader, period_id: UUID) -> HttpResponse:
    """The leader's page: what it demands, what is missing, and where each is mended."""
    period = access.period_for(reader, period_id)
    return page_or_part(request, "periods/period.html", "main", shown(period, reader))


def shown(period: Period, reader: Reader) -> dict[str, Any]:
    """What the page of a period and its sheet say."""
    looked = looking.look_at(period, now=reader.now)
    state = rules.state_at(period.state, period.from_at, period.until_at, reader.now)
    leads = access.leads(reader, period) and state in rules.OPEN
    return _row(period, reader.now) | {
        "stands": wording.stands_text(period, reader.now),
        "leads": leads,
        "is_planned": state == rules.PLANNED,
        "is_announced": state == rules.ANNOUNCED,
        "is_running": state == rules.BEGUN,
        "is_open": state in rules.OPEN,
        "rows": [_demand(one) for one in looked],
        "counts": counts(looked),
        "kinds": list(Demand.Kind.choices) if leads else [],
        "about": _about(period),
        "timeline": timeline.timeline_of(period),
        "now": reader.now,
    }


def _about(period: Period) -> list[tuple[str, str]]:
    """What it is, as terms and texts."""
    units = wording.joined(str(unit) for unit in queries.units_concerned(period))
    others = wording.joined(str(one) for one in queries.overlapping(period))
    found = [
        (_("Danger"), wording.kind_text(period.kind)),
        (_("Where"), wording.where_text(period)),
        (_("Why"), period.grounds),
        (_("Who answers for it"), str(period.unit)),
        (_("Units concerned"), units),
    ]
    if others:
        strict = _("%(periods)s. Of what they ask for together, the stricter counts.") % {"periods": others}
        found.append((_("At the same time"), strict))
    return found


def counts(looked: Sequence[Looked]) -> dict[str, int]:
    return {how.value: sum(one.how is how for one in looked) for how in How} | {"all": len(looked)}


def _demand(one: Looked) -> dict[str, Any]:
    calls = [
        {
            "at": call.at,
            "said": wording.passed_text(call.passed_over) if call.passed_over else "",
            "asked": call.asked,
            "in_time": call.in_time,
        }
        for call in one.calls
    ]
    return {"looked": one, "look": LOOKS[one.how], "how": one.how.value, "calls": calls}


@require_safe
@incident_view
def sheet(request: HttpRequest, reader: Reader, period_id: UUID) -> HttpResponse:
    """The same on paper, for the wall of the duty room."""
    period = access.period_for(reader, period_id)
    return render(request, "periods/sheet.html", shown(period, reader))
