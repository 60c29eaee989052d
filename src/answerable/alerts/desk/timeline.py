"""What happened to an alarm, in order: acts, with who was asked by which way and what came of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from answerable.alerts.act_kinds import AlertAct as A
from answerable.alerts.desk import wording
from answerable.alerts.models import Alert, AlertNote, Asked, Delivery
from answerable.orgs.standing import standing
from answerable.record.queries import ActShown, acts_of


@dataclass
class Person:
    """One who was asked or told at a step, and each way to them."""

    name: str
    post: str
    said: str
    ways: list[str] = field(default_factory=list)


@dataclass
class Entry:
    at: datetime
    what: str
    who: str = ""
    tone: str = ""
    people: list[Person] = field(default_factory=list)
    text: str = ""
    note: str = ""


def timeline(alert: Alert) -> list[Entry]:
    """Newest last. Built from acts; who was asked is gone with the alarm's rows in time, the numbers stay."""
    zone = alert.authority.zone
    people = _people(alert, zone)
    notes = defaultdict(list)
    for note in AlertNote.objects.filter(alert=alert).select_related("staff"):
        notes[note.at].append(note)
    return [_entry(act, people, notes, zone) for act in acts_of(alert.pk) if act.kind != A.MESSAGES_DROPPED]


def _people(alert: Alert, zone: str) -> dict[tuple[int, int], list[Person]]:
    ways: dict[int, list[str]] = defaultdict(list)
    for row in Delivery.objects.filter(asked__alert=alert).order_by("next_try_at", "queued_at", "pk"):
        if row.asked_id is not None:
            ways[row.asked_id].append(wording.sent(row, zone))
    found: dict[tuple[int, int], list[Person]] = defaultdict(list)
    posts = standing().posts
    for asked in Asked.objects.filter(alert=alert).select_related("staff").order_by("is_told_only", "pk"):
        post = posts.get(asked.post_id or 0)
        found[asked.round, asked.step].append(
            Person(
                asked.staff.name,
                post.name if post else "",
                wording.answered(asked, zone),
                [wording.digested(asked, zone)] if asked.for_digest else ways[asked.pk],
            )
        )
    return found


def _entry(act: ActShown, people: dict[tuple[int, int], list[Person]], notes: Any, zone: str) -> Entry:
    body = act.body or {}
    entry = Entry(act.at, _what(act, body), _who(act))
    if act.kind == A.STEP_TAKEN:
        entry.people = people.get((body.get("round", 0), body.get("step", 0)), [])
        entry.tone = "soon" if body.get("moves_on") else "info"
        entry.note = _moved_on(body)
    elif act.kind in (A.ACKNOWLEDGED, A.RESOLVED):
        entry.tone = "ok"
    elif act.kind == A.UNANSWERED:
        entry.tone = "late"
    if act.kind in (A.NOTED, A.RESOLVED) and notes[act.at]:
        entry.text = notes[act.at].pop(0).text
    return entry


def _who(act: ActShown) -> str:
    if act.actor_kind != "staff":
        return ""
    post = standing().posts.get(act.post_id or 0)
    return post.name if post else ""


def _moved_on(body: dict[str, Any]) -> str:
    if not body.get("moves_on"):
        return ""
    if body.get("asked"):
        return _("None of them can be reached, so nobody was waited for.")
    return _("This step has nobody to ask, so it went on to the next at once.")


_CAME = {
    "has_it": lambda: _("Called by hand: reached, and has it"),
    "passes": lambda: _("Called by hand: reached, and passes it on"),
    "not_reached": lambda: _("Called by hand: not reached"),
}


def _what(act: ActShown, body: dict[str, Any]) -> str:
    if act.kind == A.STEP_TAKEN:
        facts = {"step": body.get("step", 0) + 1, "round": body.get("round", 0) + 1}
        if body.get("round"):
            return _("Step %(step)s, round %(round)s") % facts
        return _("Step %(step)s") % facts
    if act.kind == A.CALLED:
        return _CAME.get(str(body.get("came")), _CAME["not_reached"])()
    if act.kind == A.ACKNOWLEDGED and not body.get("is_whole"):
        return _("“I have it”, and the others of the group are still asked")
    if act.kind == A.ROLL_CALL_CLOSED:
        return _("Roll call summed up: %(there)s of %(asked)s answered in time") % {
            "there": body.get("in_time", 0),
            "asked": body.get("asked", 0),
        }
    return _KINDS[A(act.kind)]() if act.kind in _KINDS else act.kind


_KINDS = {
    A.RAISED: lambda: _("Raised"),
    A.ACKNOWLEDGED: lambda: _("“I have it”"),
    A.PASSED: lambda: _("Passed to the next"),
    A.NOTED: lambda: _("Note"),
    A.RESOLVED: lambda: _("Over"),
    A.UNANSWERED: lambda: _("Nobody answered; given up"),
    A.CLOCK_PUT_BACK: lambda: _("The clock was put back; what is to come keeps its distance"),
    A.ROLL_CALLED: lambda: _("Roll call"),
}
