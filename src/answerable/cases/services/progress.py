"""How far a matter is, told at a counter or by telephone to whoever reads out code and secret."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from answerable.cases import steps
from answerable.cases.access import Reader, hidden_from, readable_cases
from answerable.cases.act_kinds import ActKind
from answerable.cases.models import Case
from answerable.cases.services.receipts import case_behind
from answerable.record.actors import Actor
from answerable.record.append import append


def matter_to_tell(code: str, secret: str, reader: Reader) -> Case | None:
    """The case of any unit that code and secret open, where this member of staff may tell how far it is.

    None alike for a wrong code, a wrong secret, and a case that is kept from them (rule 5): the same two reads
    each time. A matter about someone's conduct is told only by those who may read it: whoever it is about may be
    known by words alone, and sit at this counter.
    """
    found = case_behind(code, secret)
    apart = readable_cases(reader).filter(code=code, is_conduct=True)
    plain = Case.objects.filter(code=code, is_conduct=False).exclude(hidden_from(reader))
    may_tell = plain.union(apart, all=True).exists()
    return found if may_tell else None


@transaction.atomic(durable=True)
def tell_progress(*, case: Case, by: Actor, now: datetime) -> None:
    """Record that a post was about to tell how far it is: which post, never who asked. The person sees it.

    No version changes: nobody who writes on the case meanwhile is made to look again for this. Of an erased case
    there is nothing to tell but that it was erased, and nothing new is written into it.
    """
    locked = steps.lock_case(case.pk)
    if locked.erased_at is not None:
        return
    append(ActKind.PROGRESS_TOLD, matter=locked.pk, by=by, at=now)
