"""What a provider says later of a message that it took: it arrived, or it did not. The same word again changes nothing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from answerable.alerts import settling
from answerable.alerts.models import Attempt, Delivery

#: States in which nothing is known for sure, or something else was believed.
_NOT_ARRIVED = (Delivery.State.QUEUED, Delivery.State.UNKNOWN, Delivery.State.FAILED)
_DETAIL = "the provider reported that it did not arrive"


@transaction.atomic(durable=True)
def report(kind: str, name: str, *, has_arrived: bool, now: datetime) -> bool:
    """Take down a report about the message that was sent by `kind` under `name` (the provider's, or our own id).

    False where nobody knows such a message. "It arrived" is final; "it did not" yields to it, and lets the next way
    be tried at once.
    """
    row = _named(kind, name)
    if row is None:
        return False
    said = Delivery.Report.DELIVERED if has_arrived else Delivery.Report.FAILED
    if row.reported in (Delivery.Report.DELIVERED, said):
        return True
    everybody = Delivery.objects.filter(Q(pk=row.pk) | Q(carried_by=row))
    everybody.update(reported=said, reported_at=now)
    if has_arrived:
        settling.mark_contacts(works=[row.contact_id], fails=[], now=now)
        if row.tries and row.state in _NOT_ARRIVED:
            everybody.update(state=Delivery.State.SENT, next_try_at=None, ended_at=now)
            _stand(row, Delivery.State.SENT, now)
        return True
    if row.state in (Delivery.State.SENT, Delivery.State.UNKNOWN):
        everybody.update(state=Delivery.State.FAILED, outcome=_DETAIL, ended_at=now)
        Attempt.objects.filter(delivery=row, number=row.tries).update(outcome="failed", detail=_DETAIL)
        _stand(row, Delivery.State.FAILED, now)
        settling.mark_contacts(works=[], fails=[row.contact_id], now=now)
    settling.pull_forward([row.pk], now)
    return True


def _named(kind: str, name: str) -> Delivery | None:
    """The newest one of that name: a provider that counts from one again means what it sent last."""
    try:
        ours = Q(pk=UUID(name))
    except ValueError:
        ours = Q(pk=None)
    rows = Delivery.objects.select_for_update().filter(
        ours | Q(provider_id=name), kind=kind, carried_by=None, tries__gt=0
    )
    return rows.order_by("-queued_at").first()


def _stand(row: Delivery, state: str, now: datetime) -> None:
    if row.matter is not None:
        settling.record(row, state, "", now)
