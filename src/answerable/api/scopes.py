"""What a key may open, and which events it may be told. Pure.

No scope opens an identity, a channel, a text that was not published, or a case about conduct: there is none to give.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from answerable.core.sentences import N_, Said


class Scope(StrEnum):
    CASES_WRITE = "cases:write"
    CASES_READ = "cases:read"
    UNIT_CASES_READ = "unit-cases:read"
    ACTS_READ = "acts:read"
    OPEN311_WRITE = "open311:write"
    INCIDENTS_WRITE = "incidents:write"
    INCIDENTS_READ = "incidents:read"
    DUTY_READ = "duty:read"
    ROUNDS_READ = "rounds:read"
    FIGURES_READ = "figures:read"
    WEBHOOKS = "webhooks"


#: What a key may do that was given out for nothing in particular.
HANDS_IN = (Scope.CASES_WRITE, Scope.INCIDENTS_WRITE)
#: What reads nothing, and so need not be answered for by a post.
READS_NOTHING = frozenset({*HANDS_IN, Scope.OPEN311_WRITE})

WORDS: dict[Scope, str] = {
    Scope.CASES_WRITE: N_("hand in cases"),
    Scope.CASES_READ: N_("read how the cases stand that it handed in"),
    Scope.UNIT_CASES_READ: N_("read how its unit's cases stand; never who brought them, never about conduct"),
    Scope.ACTS_READ: N_("read the leaves of the public log, and what each is; for auditors"),
    Scope.OPEN311_WRITE: N_("hand in requests by Open311"),
    Scope.INCIDENTS_WRITE: N_("call incidents in"),
    Scope.INCIDENTS_READ: N_("read incidents and public warnings"),
    Scope.DUTY_READ: N_("read which posts are on duty now, and the duty telephone"),
    Scope.ROUNDS_READ: N_("read rounds of places and things, and whether what was found is mended"),
    Scope.FIGURES_READ: N_("read the figures that the office has published"),
    Scope.WEBHOOKS: N_("see its webhooks and their log, and test them"),
}


class Event(StrEnum):
    CASE_CHANGED = "case.changed"
    INCIDENT_REPORTED = "incident.reported"
    INCIDENT_ACTIVATED = "incident.activated"
    INCIDENT_LEVEL_CHANGED = "incident.level_changed"
    INCIDENT_STOOD_DOWN = "incident.stood_down"
    WARNING_SENT = "warning.sent"
    DUTY_GAP = "duty.gap"
    DUTY_GAP_CLOSED = "duty.gap_closed"


PING = "ping"

#: What a key must be able to read before it is told of it.
NEEDS: dict[Event, Scope] = {
    Event.CASE_CHANGED: Scope.CASES_READ,
    Event.INCIDENT_REPORTED: Scope.INCIDENTS_READ,
    Event.INCIDENT_ACTIVATED: Scope.INCIDENTS_READ,
    Event.INCIDENT_LEVEL_CHANGED: Scope.INCIDENTS_READ,
    Event.INCIDENT_STOOD_DOWN: Scope.INCIDENTS_READ,
    Event.WARNING_SENT: Scope.INCIDENTS_READ,
    Event.DUTY_GAP: Scope.DUTY_READ,
    Event.DUTY_GAP_CLOSED: Scope.DUTY_READ,
}

EVENT_WORDS: dict[Event, str] = {
    Event.CASE_CHANGED: N_("a case that it handed in has changed its state"),
    Event.INCIDENT_REPORTED: N_("an incident was called in"),
    Event.INCIDENT_ACTIVATED: N_("a response began"),
    Event.INCIDENT_LEVEL_CHANGED: N_("a response was raised or lowered"),
    Event.INCIDENT_STOOD_DOWN: N_("a response was lifted"),
    Event.WARNING_SENT: N_("a public warning was issued, updated, taken back or ended"),
    Event.DUTY_GAP: N_("nobody is on duty, or will not be"),
    Event.DUTY_GAP_CLOSED: N_("such a gap is filled, or over"),
}


class CannotIssue(Said):
    """No key: the sentence says why."""

    sentences = {
        "unnamed": N_("Name the system in at most %(most)s characters."),
        "named": N_("“%(name)s” has a key already. Take it back first, or choose another name."),
        "no_scope": N_("Choose at least one thing that the key may do."),
        "unknown_scope": N_("There is no scope “%(name)s”."),
        "unit_missing": N_("Choose the unit whose cases the key may read."),
        "unit_elsewhere": N_("The unit is not of this office, or is closed."),
        "post_elsewhere": N_("The post that answers for the key is not of this office, or is closed."),
        "post_missing": N_("Choose the post that answers for the key."),
        "acts_auditor": N_(
            "The leaves of the log are for auditors: an auditor's post must answer for such a key."
        ),
        "expired": N_("The key must end later than today."),
        "taken_back": N_("This key was taken back already."),
    }


def scopes_of(said: Iterable[str]) -> tuple[Scope, ...]:
    """The scopes that were named, each once, in the order of the list. Raises CannotIssue (unknown_scope, no_scope)."""
    named = set(said)
    for one in sorted(named):
        if one not in set(Scope):
            raise CannotIssue("unknown_scope", name=one)
    if not named:
        raise CannotIssue("no_scope")
    return tuple(scope for scope in Scope if scope.value in named)


def events_for(scopes: Iterable[str]) -> list[Event]:
    """The events that a key with these scopes may be told."""
    held = set(scopes)
    return [event for event in Event if NEEDS[event].value in held]
