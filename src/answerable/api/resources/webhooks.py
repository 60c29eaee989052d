"""GET /api/v1/webhooks and their log; a test. They are made and changed by the office's administrators alone."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.http import Http404, HttpRequest
from ninja import Header, Router, Schema
from ninja.responses import Status
from pydantic import Field

from answerable.api.door import Key, LetIn, let_in
from answerable.api.faults import Rejected
from answerable.api.hooks import services
from answerable.api.hooks.rules import CannotHook
from answerable.api.models import Hook, HookMessage, HookTry
from answerable.api.paging import Asked, MarkIn, Most, PageOut
from answerable.api.resources.idempotency import submission_of
from answerable.api.schemas import RejectedOut
from answerable.api.scopes import Scope
from answerable.core.sentences import sentence

router = Router(tags=["webhooks"])
REFUSED_ONE = {frozenset({401, 403, 404, 422, 429, 503}): RejectedOut}


class HookOut(Schema):
    id: UUID
    host: str
    events: list[str]
    made_at: datetime
    failing_since: datetime | None
    stopped_at: datetime | None
    stopped_because: str | None = Field(description="failed, gone or by_hand.")


class HooksOut(Schema):
    items: list[HookOut]


class TryOut(Schema):
    at: datetime
    status: int | None
    ms: int
    fault: str


class DeliveryOut(Schema):
    """One event to one webhook. `id` is its `webhook-id` on every try."""

    id: str
    event: str
    state: str = Field(description="queued, sent or failed.")
    made_at: datetime
    next_try_at: datetime | None
    tries: list[TryOut]


class DeliveriesOut(PageOut):
    items: list[DeliveryOut]


@router.get(
    "/webhooks",
    auth=Key(Scope.WEBHOOKS),
    response={200: HooksOut, frozenset({401, 403, 422, 429, 503}): RejectedOut},
    summary="The key's webhooks",
    operation_id="list_webhooks",
)
def get_hooks(request: HttpRequest) -> dict[str, Any]:
    """Where events are told and of what. The office's administrator makes and changes them, on the desk's page of keys."""
    let = let_in(request)
    rows = Hook.objects.filter(client=let.client, ended_at=None).order_by("made_at", "pk")
    return {"items": [_hook(row) for row in rows]}


def _hook(row: Hook) -> dict[str, Any]:
    return {
        "id": row.pk,
        "host": row.host,
        "events": row.kinds,
        "made_at": row.made_at,
        "failing_since": row.failing_since,
        "stopped_at": row.stopped_at,
        "stopped_because": row.stopped_why or None,
    }


def _mine(let: LetIn, hook_id: UUID) -> Hook:
    row = Hook.objects.filter(pk=hook_id, client=let.client, ended_at=None).first()
    if row is None:
        raise Http404
    return row


@router.get(
    "/webhooks/{hook_id}/deliveries",
    auth=Key(Scope.WEBHOOKS),
    response={200: DeliveriesOut, **REFUSED_ONE, 400: RejectedOut},
    summary="What was sent to a webhook",
    operation_id="list_deliveries",
)
def get_deliveries(
    request: HttpRequest, hook_id: UUID, cursor: MarkIn = None, limit: Most = 50
) -> dict[str, Any]:
    """The newest first, for a month, each try with status and time."""
    let = let_in(request)
    hook = _mine(let, hook_id)
    asked = Asked(let, "deliveries", (str(hook.pk),), "newest", cursor, limit)
    place = asked.place(1)
    tries = Prefetch("attempts", HookTry.objects.order_by("pk"))
    rows = HookMessage.objects.filter(hook=hook).prefetch_related(tries).order_by("-pk")
    if place is not None:
        rows = rows.filter(pk__lt=place[0])
    return asked.page(list(rows[: limit + 1]), _delivery, lambda row: [row.pk])


def _delivery(row: HookMessage) -> dict[str, Any]:
    return {
        "id": f"msg_{row.name}",
        "event": row.kind,
        "state": row.state,
        "made_at": row.made_at,
        "next_try_at": row.next_try_at,
        "tries": [
            {"at": one.at, "status": one.status, "ms": one.ms, "fault": one.fault}
            for one in row.attempts.all()
        ],
    }


@router.post(
    "/webhooks/{hook_id}/test",
    auth=Key(Scope.WEBHOOKS, "tests"),
    response={202: DeliveryOut, **REFUSED_ONE, 400: RejectedOut, 409: RejectedOut},
    summary="Send a test",
    operation_id="test_webhook",
)
def post_test(
    request: HttpRequest,
    hook_id: UUID,
    idempotency_key: str = Header(
        "", alias="Idempotency-Key", description="8 to 200 visible ASCII characters, fresh for each test."
    ),
) -> Status[dict[str, Any]]:
    """Answers 202: an event `ping` is on its way, signed as all are. The same Idempotency-Key again sends nothing more."""
    let = let_in(request)
    key = hashlib.sha256(submission_of(let.client, idempotency_key)).hexdigest()
    hook = _mine(let, hook_id)
    try:
        message = services.ping_hook(hook_id=hook.pk, key=key, by=let.actor, now=let.now)
    except CannotHook as refused:
        raise Rejected(refused.code, 409, sentence=sentence(refused)) from None
    return Status(202, _delivery(message))
