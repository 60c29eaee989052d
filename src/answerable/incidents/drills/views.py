"""The pages of drills: the list, one planned, one drill with its events, results beside earlier ones."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from answerable.core.names import in_language
from answerable.incidents.access import Reader, incident_view
from answerable.incidents.drills import queries, rules, services
from answerable.incidents.drills.forms import DrillForm, EventForm
from answerable.incidents.drills.rules import Event
from answerable.incidents.drills.script import DrillScript, read_script, shipped_script, shipped_scripts
from answerable.incidents.models import Drill, Incident, Inject, Plan, PlanVersion
from answerable.incidents.reviews import wording
from answerable.incidents.reviews.queries import actor_of
from answerable.incidents.reviews.views import attempt
from answerable.orgs.models import Role
from answerable.record.actors import Actor
from answerable.ui import flash
from answerable.ui.htmx import go, page_or_part
from answerable.ui.leading import lead_on


def _plans(reader: Reader) -> list[Plan]:
    """Plans in use of the bodies where they lead."""
    bodies = {post.unit.authority_id for post in reader.working if post.role == Role.LEADER}
    used = PlanVersion.objects.filter(state=PlanVersion.State.IN_USE).values("plan")
    return list(
        Plan.objects.filter(authority__in=bodies, retired_at=None, pk__in=used).order_by("code", "pk")
    )


def _drill(reader: Reader, drill_id: int) -> Drill:
    found = queries.drills(reader.seen_body_ids).filter(pk=drill_id).first()
    if found is None:
        raise Http404
    return found


def _actor(reader: Reader, drill: Drill) -> Actor:
    """As the role that they have in it; before it is begun, as a leader of the body."""
    if drill.incident is not None:
        return reader.actor(drill.incident)
    return _leader(reader, drill.authority_id)


def _leader(reader: Reader, authority_id: int) -> Actor:

    own = [post for post in reader.working if post.unit.authority_id == authority_id]
    leads = [post for post in own if post.role == Role.LEADER]
    return actor_of(reader, (leads or own or list(reader.posts))[0])


def _plans_it(reader: Reader, authority_id: int) -> bool:
    return any(post.role == Role.LEADER and post.unit.authority_id == authority_id for post in reader.working)


@require_safe
@incident_view
def listed(request: HttpRequest, reader: Reader) -> HttpResponse:
    """What runs, what is planned, and what was practised."""
    rows = list(queries.drills(reader.seen_body_ids)[:200])
    context = {
        "running": [one for one in rows if _runs(one)],
        "planned": [one for one in reversed(rows) if one.incident is None],
        "past": [one for one in rows if one.incident is not None and not _runs(one)],
        "can_plan": bool(_plans(reader)),
        "leads": any(post.role == Role.LEADER for post in reader.working),
    }
    return page_or_part(request, "incidents/drills/list.html", "main", context)


def _runs(drill: Drill) -> bool:
    incident = drill.incident
    return incident is not None and drill.stopped_at is None and incident.state in queries.RUNS


@incident_view
def new(request: HttpRequest, reader: Reader) -> HttpResponse:
    plans = _plans(reader)
    if not plans:
        raise PermissionDenied(_("Leaders plan drills, of plans that are in use."))
    form = DrillForm(request.POST or None, plans=plans, scripts=_scripts())
    if request.method == "POST" and form.is_valid():
        plan = next(one for one in plans if one.pk == form.cleaned_data["plan"])
        made: list[Drill] = []

        def do() -> None:
            wish = _wish(form.cleaned_data)
            made.append(services.plan_drill(wish, by=_leader(reader, plan.authority_id), now=reader.now))

        if not attempt(form, do):
            flash.done(request, _("The drill is planned. Look through its events, and begin it on the day."))
            return go(request, reverse("drills:show", args=[made[0].pk]))
    status = 422 if form.errors else 200
    return page_or_part(request, "incidents/drills/new.html", "main", {"form": form}, status=status)


def _scripts() -> list[tuple[str, str]]:
    language = get_language() or "en"
    return [(code, one.names.in_language(language)) for code, one in shipped_scripts().items()]


def _wish(given: dict[str, Any]) -> services.Wish:
    """The form's drill with the events of its script. Raises PlanFaults."""
    script: DrillScript | None = None
    if given["own"].strip():
        script = read_script(given["own"])
    elif given["script"]:
        script = shipped_script(given["script"])
    place = given["place_text"]
    if script is not None and not place:
        place = script.call.place.in_language(get_language() or "en")
    return services.Wish(
        plan_id=given["plan"],
        kind=given["kind"],
        planned_on=given["planned_on"],
        pace=given["pace"],
        place_text=place,
        call_zh=script.call.what.zh if script else "演练：按预案接到首报",
        call_en=script.call.what.en if script else "Drill: a first call as the plan foresees it",
        events=tuple(one.event for one in script.events) if script else (),
    )


@require_safe
@incident_view
def show(request: HttpRequest, reader: Reader, drill_id: int) -> HttpResponse:
    """One drill: before it the script, during it what was told, after it what came out, beside earlier ones."""
    return _page(request, reader, _drill(reader, drill_id))


def _page(request: HttpRequest, reader: Reader, drill: Drill, form: EventForm | None = None) -> HttpResponse:
    incident = drill.incident
    is_running = _runs(drill)
    found = queries.results(drill.plan_id, now=reader.now) if incident is not None and not is_running else []
    context = {
        "drill": drill,
        "incident": incident,
        "is_running": is_running,
        "incident_url": incident_url(incident) if incident is not None else "",
        "call": in_language(drill.call_zh, drill.call_en),
        "events": _events(drill),
        "results": [_result_row(one) for one in found],
        "plans_it": _plans_it(reader, drill.authority_id),
        "writes": incident is not None and reader.writes(incident),
        "form": form or EventForm(initial={"seen_version": drill.version}),
    }
    status = 422 if form is not None and form.errors else 200
    return page_or_part(request, "incidents/drills/drill.html", "main", context, status=status)


def incident_url(incident: Incident) -> str:
    """Where the drill is commanded; its live board where there is nothing else."""
    for name in ("incidents:incident", "board:show"):
        try:
            return reverse(name, args=[incident.pk])
        except NoReverseMatch:
            continue
    return ""


def _events(drill: Drill) -> list[dict[str, Any]]:
    """The script before it is begun; afterwards what was told and met. Position counts from 0 before, from 1 after."""
    if drill.incident is None:
        return [
            {
                "position": n,
                "after": one.after_min,
                "text": in_language(one.text_zh, one.text_en),
                "expect": in_language(one.expect_zh, one.expect_en),
            }
            for n, one in enumerate(services.events_of(drill))
        ]
    rows = Inject.objects.filter(incident=drill.incident).order_by("position")
    return [
        {
            "position": row.position,
            "after": _minute(drill, row),
            "text": in_language(row.text_zh, row.text_en),
            "expect": in_language(row.expect_zh, row.expect_en),
            "told_at": row.told_at,
            "met_at": row.met_at,
        }
        for row in rows
    ]


def _minute(drill: Drill, row: Inject) -> int:
    assert drill.incident is not None
    return round(rules.passed(drill.incident.reported_at, row.due_at, drill.pace).total_seconds() / 60)


def _result_row(one: queries.Result) -> dict[str, Any]:
    return {
        "drill": one.drill,
        "is_stopped": one.drill.stopped_at is not None,
        "activation": wording.minutes(one.figures.to_activation_min),
        "lasted": wording.minutes(one.figures.lasted_min),
        "tasks": f"{one.tasks.in_time} / {one.tasks.with_target}",
        "roles": f"{one.roles.in_time} / {one.roles.with_target}",
        "reports": f"{one.reports.in_time} / {one.reports.with_target}",
        "events": f"{one.met} / {one.told}",
    }


@require_POST
@incident_view
def add_event(request: HttpRequest, reader: Reader, drill_id: int) -> HttpResponse:
    drill = _drill(reader, drill_id)
    form = EventForm(request.POST)
    if form.is_valid():
        given = dict(form.cleaned_data)
        seen, after = given.pop("seen_version"), given.pop("after_min")
        event = Event(after * 60, **given)
        facts: dict[str, Any] = {"by": _actor(reader, drill), "now": reader.now, "seen_version": seen}
        if not attempt(form, lambda: services.add_event(drill_id=drill.pk, event=event, **facts)):
            flash.done(request, _("The event is in the script."))
            return go(request, _url(drill))
    return _page(request, reader, _drill(reader, drill_id), form)


def _url(drill: Drill) -> str:
    return reverse("drills:show", args=[drill.pk])


@require_POST
@incident_view
def drop_event(request: HttpRequest, reader: Reader, drill_id: int, position: int) -> HttpResponse:
    drill = _drill(reader, drill_id)
    seen = request.POST.get("seen_version", "")
    facts: dict[str, Any] = {
        "by": _actor(reader, drill),
        "now": reader.now,
        "seen_version": int(seen) if seen.isdecimal() and len(seen) < 10 else -1,
    }
    said = attempt(None, lambda: services.drop_event(drill_id=drill.pk, position=position, **facts))
    flash.warn(request, said) if said else flash.done(request, _("Taken out."))
    return go(request, _url(drill))


@require_POST
@incident_view
def begin(request: HttpRequest, reader: Reader, drill_id: int) -> HttpResponse:
    """The first call comes in; from here on it goes the way of every incident."""
    drill = _drill(reader, drill_id)
    by = _actor(reader, drill)
    said = attempt(None, lambda: services.begin_drill(drill_id=drill.pk, by=by, now=reader.now))
    if said:
        flash.warn(request, said)
    else:
        flash.done(request, _("The first call has come in. Activate the response as you would at night."))
    return go(request, _url(drill))


@require_POST
@incident_view
def meet(request: HttpRequest, reader: Reader, drill_id: int, position: int) -> HttpResponse:
    drill = _drill(reader, drill_id)
    by = _actor(reader, drill)
    facts: dict[str, Any] = {"position": position, "by": by, "now": reader.now}
    said = attempt(None, lambda: services.meet_event(drill_id=drill.pk, **facts))
    flash.warn(request, said) if said else flash.done(request, _("Noted."))
    return go(request, _url(drill))


@require_POST
@incident_view
def stop(request: HttpRequest, reader: Reader, drill_id: int) -> HttpResponse:
    """One click: something real has come."""
    drill = _drill(reader, drill_id)
    why = request.POST.get("why", "").strip()[:300] or _("Something real has come.")
    by = _actor(reader, drill)
    said = attempt(None, lambda: services.stop_drill(drill_id=drill.pk, why=why, by=by, now=reader.now))
    if said:
        return lead_on(request, _url(drill), said)
    flash.done(request, _("The drill is stopped. Nobody is called about it any more."))
    return go(request, _url(drill))
