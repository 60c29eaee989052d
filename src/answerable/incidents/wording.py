"""Incidents in words: refusals, where one stands, times in the office's zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from answerable.core.refusals import Changed, NotYours, Refusal
from answerable.core.sentences import Said, sentence
from answerable.incidents.hazards import HAZARDS
from answerable.incidents.models import Incident
from answerable.incidents.rules import OpenKind
from answerable.ui.templatetags.ui import day_text


def moment_text(at: datetime | None, zone: str | None = None) -> str:
    """An instant as local day and time; in the reader's zone where none is named."""
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(zone)) if zone else timezone.localtime(at)
    return f"{day_text(local.date())} {local:%H:%M}"


def joined(names: Iterable[str]) -> str:
    """A few things in a row, as the language puts them."""
    return pgettext("between the items of a list", "; ").join(names)


def hazard_text(code: str) -> str:
    return _(HAZARDS.get(code, code))


def level_text(level: int | None) -> str:
    """A level of the response in words: I is the gravest."""
    names = {
        1: _("level I (gravest)"),
        2: _("level II"),
        3: _("level III"),
        4: _("level IV (mildest)"),
    }
    return names.get(level or 0, _("no level"))


def minutes_text(minutes: int) -> str:
    """So many minutes; hours and minutes from two hours on; days from two days on."""
    if minutes < 1:
        return _("less than a minute")
    if minutes < 120:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    if minutes < 2880:
        return _("%(hours)s h %(minutes)s min") % {"hours": minutes // 60, "minutes": minutes % 60}
    return ngettext("%(count)s day", "%(count)s days", minutes // 1440) % {"count": minutes // 1440}


def due_text(due_at: datetime | None, now: datetime) -> str:
    """How long there is until something is due, or how long it is late."""
    if due_at is None:
        return ""
    minutes = int((due_at - now).total_seconds() // 60)
    if minutes >= 0:
        return _("in %(time)s") % {"time": minutes_text(minutes)}
    return _("late by %(time)s") % {"time": minutes_text(-minutes)}


def where_text(incident: Incident) -> str:
    """Where the danger is: place, words, or a point."""
    words = [incident.place.name if incident.place is not None else "", incident.place_text]
    said = pgettext("between a place and words about it", ", ").join(word for word in words if word)
    if said:
        return said
    if incident.latitude is not None and incident.longitude is not None:
        return f"{incident.latitude:.5f}, {incident.longitude:.5f}"
    return ""


def stands_text(incident: Incident, now: datetime) -> str:
    """Where it stands, in one sentence."""
    facts = {
        "hazard": hazard_text(incident.hazard),
        "where": where_text(incident),
        "level": level_text(incident.response_level),
        "at": moment_text(incident.activated_at),
        "called": moment_text(incident.reported_at),
        "who": incident.commander.name if incident.commander else _("nobody"),
        "ended": moment_text(incident.stood_down_at),
        "time": minutes_text(max(0, int((now - incident.reported_at).total_seconds() // 60))),
    }
    state = Incident.State(incident.state)
    if state is Incident.State.REPORTED:
        return (
            _(
                "%(hazard)s, %(where)s, was called in %(time)s ago, and nobody has decided yet: begin the response, or say "
                "why none is needed."
            )
            % facts
        )
    if state is Incident.State.ACTIVE:
        return _("%(hazard)s, %(where)s: response at %(level)s since %(at)s; %(who)s commands.") % facts
    if state is Incident.State.DISMISSED:
        return _("%(hazard)s, %(where)s, called in %(called)s: no response was needed.") % facts
    if state is Incident.State.SAME:
        return _("%(hazard)s, %(where)s, called in %(called)s: the same as another incident.") % facts
    if state is Incident.State.STOOD_DOWN:
        return (
            _("%(hazard)s, %(where)s: the response was lifted on %(ended)s; the review comes next.") % facts
        )
    return _("%(hazard)s, %(where)s: closed.") % facts


#: What each kind of open end is called, over its list.
KINDS = {
    OpenKind.STRAND: lambda: _("Tracks that are not closed"),
    OpenKind.TASK: lambda: _("Tasks that are not done"),
    OpenKind.SENT: lambda: _("Sent out and not back"),
    OpenKind.REQUISITION: lambda: _("Taken and not returned"),
    OpenKind.REPORT: lambda: _("Reports that are owed"),
    OpenKind.PROMISE: lambda: _("Promised answers"),
}

_NOT_YOURS = {
    "not_of_body": lambda: _("Whoever works in this body takes a first call down."),
    "writes_not": lambda: _("Whoever has a role in it, is on duty or leads the unit writes in an incident."),
    "directs_not": lambda: _("Whoever is on duty for the body, or leads the unit, activates or dismisses."),
    "leads_not": lambda: _("Only leaders of the unit or above it do that."),
    "commands_not": lambda: _("Only whoever commands this incident does that."),
}


def refusal_words(refusal: Refusal) -> str:
    """A refusal as a sentence."""
    if isinstance(refusal, Said):
        return sentence(refusal)
    if isinstance(refusal, Changed):
        return _(
            "Somebody changed this meanwhile. Here it is as it stands now; what you typed is still in the form."
        )
    if isinstance(refusal, NotYours) and refusal.code in _NOT_YOURS:
        return _NOT_YOURS[refusal.code]()
    raise refusal
