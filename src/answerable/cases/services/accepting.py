"""Accepting a matter, and the notice of receipt that goes with it. Expects the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from answerable.cases import steps
from answerable.cases.act_kinds import ActKind
from answerable.cases.models import Case, Deadline, Message
from answerable.cases.packs import load_pack
from answerable.record.actors import Actor

TAKEN = frozenset({ActKind.ACCEPTED.value, ActKind.ACKNOWLEDGED.value})


def accept_within(case: Case, *, by: Actor, now: datetime) -> None:
    """Accept a locked case; the notice that its page shows from now on acknowledges it too."""
    done = steps.act(
        case, ActKind.ACCEPTED, by=by, now=now, set={"state": "accepted"}, body={"unit": case.unit_id}
    )
    steps.say(case, done, Message.Kind.NOTICE, by=by, code="accepted", facts={"unit": case.unit_id})
    steps.act(case, ActKind.ACKNOWLEDGED, by=by, now=now)


def accept_before(ending: ActKind, case: Case, *, by: Actor, now: datetime) -> None:
    """What decides a locked case, or passes it on, gives the notice that was still owed: afterwards no act could meet
    that date, and an answered matter would be called late for ever."""
    if not _is_owed(case, ending):
        return
    if case.state == "registered" and ending is ActKind.DECIDED:
        accept_within(case, by=by, now=now)
    else:
        steps.act(case, ActKind.ACKNOWLEDGED, by=by, now=now)


def _is_owed(case: Case, ending: ActKind) -> bool:
    """Whether a clock runs that acceptance or its notice ends, and that `ending` does not end by itself."""
    owed = [
        step.code
        for step in load_pack(case.pack).steps
        if TAKEN.intersection((*step.met_by, *step.voided_by))
        and ending not in (*step.met_by, *step.voided_by)
    ]
    running = Deadline.objects.filter(case=case, step__in=owed, met_seq=None, voided_seq=None)
    return bool(owed) and running.exists()
