"""Erasure is real (rights, rule 9): identity, words, files, keys and openings go; the chain of leaves stays."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from answerable.cases import rules, steps
from answerable.cases.act_kinds import ActKind
from answerable.cases.models import Attachment, Case, CaseText, Decision, Message, Note
from answerable.cases.rules import CannotAct
from answerable.parties.steps import erase as erase_parties
from answerable.record.actors import Actor
from answerable.record.models import Opening


@transaction.atomic(durable=True)
def ask_erasure(*, case_id: UUID, now: datetime) -> bool:
    """The person asks. True: erased at once (the case has ended and no clock runs). False: the wish is on file.

    Until a case has ended, erasing it would leave the office unable to answer; the page says so.
    """
    case = steps.lock_case(case_id)
    person = Actor.person()
    steps.act(case, ActKind.ERASURE_ASKED, by=person, now=now, clocks=False)
    if case.state not in rules.ENDED:
        return False
    erase_words(case, by=person, now=now)
    return True


@transaction.atomic(durable=True)
def erase_case(*, case_id: UUID, by: Actor, now: datetime, why: str) -> None:
    """Erase at the end of retention, or what the person asked for earlier. Raises CannotAct for an open case."""
    case = steps.lock_case(case_id)
    if case.state not in rules.ENDED:
        raise CannotAct("state_forbids")
    erase_words(case, by=by, now=now, why=why)


def erase_words(case: Case, *, by: Actor, now: datetime, why: str = "") -> None:
    """Destroy everything that says who or what; inside the caller's transaction. Safe to run again."""
    erase_parties(case.pk, now=now)
    CaseText.objects.filter(case=case).update(
        claim="", wants="", title="", place_text="", shared_summary="", accused_text=""
    )
    Message.objects.filter(case=case).update(body="", facts={})
    Note.objects.filter(case=case).update(body="")
    Decision.objects.filter(case=case).update(parts={}, letter=None)
    Attachment.objects.filter(case=case).update(sealed=None, name="", sha256=b"")
    case.accused.all().delete()
    _destroy_openings(case.pk)
    steps.act(case, ActKind.ERASED, by=by, now=now, why=why, set={"erased_at": now}, clocks=False)


def _destroy_openings(matter: UUID) -> None:
    """Salt and bytes go; the database lets them go inside an erasure alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('answerable.erasing', 'on', true)")
        Opening.objects.filter(act__matter_id=matter).delete()
        cursor.execute("SELECT set_config('answerable.erasing', '', true)")


def asked_and_ended(now: datetime, limit: int = 100) -> list[UUID]:
    """Cases whose person asked for erasure while they were open, and that have ended since."""
    from answerable.record.models import Act

    asked = Act.objects.filter(kind=ActKind.ERASURE_ASKED, recorded_at__lte=now).values("matter_id")
    rows = Case.objects.filter(pk__in=asked, state__in=rules.ENDED, erased_at=None)
    return list(rows.values_list("pk", flat=True)[:limit])
