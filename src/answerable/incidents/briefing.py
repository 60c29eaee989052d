"""The briefing for whoever takes the command: situation, aims, actions, organisation, resources (in the manner of
ICS 201). Made from the log as it stands; nothing in it is typed twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from answerable.incidents.hazards import HAZARDS
from answerable.incidents.models import Entry, Incident, LevelChange, Report, Requisition, Sent, Task
from answerable.incidents.queries import open_ends, report_text, roles_in_force, title_of
from answerable.incidents.rules import OpenKind
from answerable.incidents.wording import due_text, level_text, moment_text, stands_text, where_text

#: Lines of the log and things done that a briefing shows, the newest.
NEWEST = 12


@dataclass(frozen=True)
class Part:
    """One section: pairs of a term and its words, then lines; `empty` where there is neither."""

    title: str
    pairs: Sequence[tuple[str, str]] = ()
    lines: Sequence[str] = ()
    empty: str = ""


@dataclass(frozen=True)
class Briefing:
    lead: str
    parts: list[Part]


def briefing_of(incident: Incident, now: datetime) -> Briefing:
    """Everything an incoming commander needs, in the active language, as of now."""
    return Briefing(
        stands_text(incident, now),
        [
            _situation(incident),
            _aims(incident),
            _actions(incident, now),
            _organisation(incident),
            _resources(incident),
            _owed(incident, now),
            _log(incident),
        ],
    )


def _situation(incident: Incident) -> Part:
    pairs = [
        (_("Danger"), _(HAZARDS.get(incident.hazard, incident.hazard))),
        (_("Where"), where_text(incident)),
        (_("What was called in"), incident.what),
        (_("Who is in danger"), incident.in_danger),
        (_("Called in"), moment_text(incident.reported_at)),
        (_("Began"), moment_text(incident.happened_at)),
        (_("Response"), level_text(incident.response_level) if incident.response_level else ""),
        (_("Since"), moment_text(incident.activated_at)),
        (_("Expected until"), moment_text(incident.expected_until)),
        (_("Plan"), _plan_text(incident)),
    ]
    return Part(_("Situation"), [(term, words) for term, words in pairs if words])


def _plan_text(incident: Incident) -> str:
    if incident.plan_version is None:
        return _("no plan")
    version = incident.plan_version
    return _("%(plan)s, version %(number)s") % {"plan": version.plan.name, "number": version.number}


def _aims(incident: Incident) -> Part:
    """Grounds and measures as they were published, the newest first."""
    changes = LevelChange.objects.filter(incident=incident).order_by("-pk")
    pairs = [
        (
            f"{moment_text(one.at)} · {level_text(one.after)}",
            "\n".join(filter(None, [one.grounds, one.measures])),
        )
        for one in changes
    ]
    return Part(_("Aims and grounds"), pairs, empty=_("Nothing has been decided yet."))


def _actions(incident: Incident, now: datetime) -> Part:
    open_ = Task.objects.filter(incident=incident, state__in=["open", "begun"]).order_by("due_at", "position")
    done = Task.objects.filter(incident=incident, state=Task.State.DONE).order_by("-ended_at")[:NEWEST]
    roles = {role.code: role.name for role in roles_in_force(incident)}
    pairs = [
        (
            title_of(task),
            " · ".join(
                filter(
                    None,
                    [
                        str(task.get_state_display()),
                        due_text(task.due_at, now),
                        roles.get(task.role_code, task.role_code),
                    ],
                )
            ),
        )
        for task in open_
    ]
    lines = [
        _("Done %(at)s: %(task)s. %(result)s")
        % {"at": moment_text(task.ended_at), "task": title_of(task), "result": task.result}
        for task in done
    ]
    return Part(_("Actions"), pairs, lines, empty=_("No task is set."))


def _organisation(incident: Incident) -> Part:
    pairs = []
    for role in roles_in_force(incident):
        who = role.staff.name if role.staff else _("nobody")
        said = _("acknowledged") if role.acknowledged_at else _("has not acknowledged")
        pairs.append((role.name, f"{who} · {said}"))
    return Part(_("Organisation"), pairs, empty=_("No role is given."))


def _resources(incident: Incident) -> Part:
    out = Sent.objects.filter(incident=incident, back_at=None).order_by("at")
    taken = Requisition.objects.filter(incident=incident, returned_at=None).order_by("at")
    pairs = [
        (
            f"{one.what} × {one.count}",
            " · ".join(filter(None, [_("out since %(at)s") % {"at": moment_text(one.at)}, one.where])),
        )
        for one in out
    ]
    pairs += [(one.what, _("taken, paper %(paper)s") % {"paper": one.paper}) for one in taken]
    return Part(_("Resources"), pairs, empty=_("Nothing is out, nothing was taken."))


def _owed(incident: Incident, now: datetime) -> Part:
    reports = Report.objects.filter(incident=incident, state=Report.State.DUE).order_by("due_at")
    pairs = [
        (report_text(one), " · ".join(filter(None, [moment_text(one.due_at), due_text(one.due_at, now)])))
        for one in reports
    ]
    promised = [end for end in open_ends(incident, now=now) if end.kind is OpenKind.PROMISE]
    pairs += [(end.what, due_text(end.due_at, now) or _("promised")) for end in promised]
    return Part(_("Owed: reports and answers"), pairs, empty=_("Nothing is owed."))


def _log(incident: Incident) -> Part:
    rows = Entry.objects.filter(incident=incident, struck_by=None, strikes=None).order_by("-seq")[:NEWEST]
    lines = [f"{moment_text(one.happened_at or one.at)} {one.text}" for one in rows]
    return Part(_("From the log, newest first"), lines=lines, empty=_("Nothing has been written yet."))
