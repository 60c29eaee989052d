"""Which system handed a case in: known from the act that registered it, kept so that it can be listed."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

from answerable.api.models import ApiClient, HandedIn, HookMessage
from answerable.api.scopes import Event
from answerable.cases.act_kinds import ActKind
from answerable.record.actors import ActorKind
from answerable.record.models import Act
from answerable.record.queries import ActShown
from answerable.record.reactions import on


def client_that_brought(case_id: UUID) -> UUID | None:
    """The key that the case came in with, as its first act says; None for every other case, and once it is erased."""
    first = Act.objects.filter(matter_id=case_id, seq=1, kind=ActKind.REGISTERED, actor_kind=ActorKind.CLIENT)
    act = first.select_related("opening").first()
    opening = getattr(act, "opening", None)
    if opening is None:
        return None
    said = json.loads(bytes(opening.body)).get("client")
    return UUID(said) if said else None


@on(ActKind.REGISTERED)
def remember(matter: UUID, act: ActShown, now: datetime) -> None:
    """A reaction and no write of the intake's: a case costs one commit."""
    if act.actor_kind != ActorKind.CLIENT:
        return
    client = client_that_brought(matter)
    if client is not None and ApiClient.objects.filter(pk=client).exists():
        row = HandedIn(case_id=matter, client_id=client, at=act.at)
        HandedIn.objects.bulk_create([row], ignore_conflicts=True)


@on(ActKind.ERASED)
def forget(matter: UUID, act: ActShown, now: datetime) -> None:
    """What was told of it, or waits to be told, goes as well: its code is in there (rights, rule 9)."""
    HandedIn.objects.filter(case_id=matter).delete()
    untell(matter, act, now)


@on(ActKind.CONFLICT_ESCALATED)
def untell(matter: UUID, act: ActShown, now: datetime) -> None:
    """It accuses somebody from now on: nobody is told of it any more, and no log of webhooks shows it (rights, rule 5)."""
    HookMessage.objects.filter(matter=matter, kind=Event.CASE_CHANGED).delete()
