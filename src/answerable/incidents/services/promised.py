"""A promised answer becomes a case with a receipt: what is asked, without who asked it, unless they come and say so."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.utils.translation import get_language

from answerable.cases.models import Intake, Privacy
from answerable.cases.packs import load_pack
from answerable.cases.services.intake import Registered, Told, register_case
from answerable.incidents import access, steps
from answerable.incidents.models import Incident, Promise
from answerable.incidents.rules import CannotAct
from answerable.incidents.services.sent_out import answer_by_case
from answerable.orgs.models import Authority, Place, Subject
from answerable.record.actors import Actor


def register(
    *, incident_id: UUID, promise_id: UUID, claim: str, subject_id: int, by: Actor, now: datetime
) -> Registered:
    """Register the case, then note that the promise is kept by it: two transactions, the second one safe to repeat.

    A process that dies between them leaves the promise open; doing it again finds the same case. The receipt is for
    whoever asked, and is given even where the promise was kept in another way at the same instant.
    """
    incident = Incident.objects.select_related("authority", "place").get(pk=incident_id)
    access.require_writer(by, incident, now)
    if incident.is_drill:
        raise CannotAct("drill_has_no_cases")
    promise = Promise.objects.get(pk=promise_id, incident=incident)
    if promise.answered_at is not None:
        raise CannotAct("not_open")
    claim = steps.cleaned(claim, most=steps.LONGEST_ENTRY)
    if not claim:
        raise CannotAct("no_words")
    subject = Subject.objects.filter(pk=subject_id, authority=incident.authority, closed_on=None).first()
    if subject is None:
        raise CannotAct("subject_missing")
    told = told_by_office(
        incident.authority,
        subject,
        claim,
        place=incident.place,
        key=b"incident promise\0" + promise.pk.bytes,
    )
    done = register_case(told, by=by, now=now)
    # Refused where somebody answered on the spot meanwhile. The case stands all the same, and its receipt is given.
    with suppress(CannotAct):
        answer_by_case(
            incident_id=incident_id,
            promise_id=promise_id,
            case_id=done.case.pk,
            code=done.code,
            by=by,
            now=now,
        )
    return done


def told_by_office(
    authority: Authority, subject: Subject, claim: str, *, place: Place | None, key: bytes
) -> Told:
    """A matter that the office itself begins: about no conduct, and nobody's. `key`: the same again is the same case."""
    kinds = load_pack(authority.pack).kinds
    kind = next((one.code for one in kinds if not one.about_conduct), kinds[0].code)
    return Told(
        authority=authority,
        subject=subject,
        claim=claim,
        kind=kind,
        language=(get_language() or "zh-hans"),
        intake=Intake.COUNTER,
        privacy=Privacy.ANONYMOUS,
        place=place,
        submission=key,
    )
