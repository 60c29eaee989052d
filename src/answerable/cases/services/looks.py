"""Opening an identity: with a reason, as an act, shown to the person at once (rights, rule 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from answerable.cases import access, steps
from answerable.cases.act_kinds import ActKind
from answerable.cases.models import Message
from answerable.cases.rules import CannotAct, Doing
from answerable.parties.models import Party
from answerable.parties.steps import Erased, open_identity
from answerable.record.actors import Actor


@dataclass(frozen=True)
class Looked:
    """What one look showed. Nothing of it is kept anywhere but on the page that asked."""

    role: str
    identity: Mapping[str, Any]


@transaction.atomic(durable=True)
def look_at_identity(*, case_id: UUID, reason: str, by: Actor, now: datetime) -> list[Looked]:
    """Open the identities of a case; nothing is opened that the record does not hold.

    Raises CannotAct("why_missing") without a reason and CannotAct("erased") when nothing is left to open.
    """
    case = steps.lock_case(case_id)
    access.require(by, case, Doing.LOOK, now)
    if not reason.strip():
        raise CannotAct("why_missing")
    parties = list(Party.objects.filter(case_id=case.pk).order_by("pk"))
    done = steps.act(
        case,
        ActKind.IDENTITY_LOOKED,
        by=by,
        now=now,
        body={"parties": [str(p.pk) for p in parties]},
        why=reason.strip(),
        clocks=False,
    )
    steps.say(
        case, done, Message.Kind.NOTICE, reason.strip(), by=by, code="looked", facts={"post": by.post_id}
    )
    return [_opened(party) for party in parties]


def _opened(party: Party) -> Looked:
    try:
        return Looked(party.role, open_identity(party))
    except Erased:
        raise CannotAct("erased") from None
