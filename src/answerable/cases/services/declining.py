"""The person calls off a hearing that is theirs. Nobody can do it for them (rights, rule 4)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.cases import steps
from answerable.cases.models import Case
from answerable.cases.rules import CannotAct
from answerable.cases.services.hearings import CannotHear, call_off_within, hearing_of
from answerable.cases.services.new_receipt import require_settled
from answerable.record.actors import Actor

PERSON = Actor.person()


@transaction.atomic(durable=True)
def decline_hearing(*, case_id: UUID, now: datetime, by: Actor = PERSON) -> Case:
    """Their matter goes on as before, and no date moves; the office may announce a hearing anew.

    Raises CannotAct (not_by_office, receipt_new), CannotHear (none_coming, not_owed).
    """
    case = steps.lock_case(case_id)
    if by.kind.value != "person":
        raise CannotAct("not_by_office")
    last = hearing_of(case.pk)
    if last is None or not last.is_coming:
        raise CannotHear("none_coming")
    if not last.is_owed:
        raise CannotHear("not_owed")
    require_settled(case, now)
    call_off_within(case, last, by, now, code="hearing_declined")
    return case
