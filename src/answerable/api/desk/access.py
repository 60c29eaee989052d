"""The only door from an administrator to a key: those of the bodies that they run; 404 for others'."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404

from answerable.api.models import ApiClient, Hook, HookMessage
from answerable.orgs.access import Visitor


def keys_of(visitor: Visitor) -> list[ApiClient]:
    """Those in use first, the newest of each first."""
    rows = ApiClient.objects.filter(authority__in=visitor.runs).select_related("authority", "unit", "post")
    return sorted(rows, key=lambda row: (row.revoked_at is not None, -row.issued_at.timestamp()))


def key_for(visitor: Visitor, client_id: UUID) -> ApiClient:
    rows = ApiClient.objects.filter(authority__in=visitor.runs)
    row = rows.select_related("authority", "unit", "post__unit").filter(pk=client_id).first()
    if row is None:
        raise Http404
    return row


def hook_for(visitor: Visitor, hook_id: UUID) -> Hook:
    rows = Hook.objects.filter(client__authority__in=visitor.runs, ended_at=None)
    row = rows.select_related("client__authority").filter(pk=hook_id).first()
    if row is None:
        raise Http404
    return row


def message_for(visitor: Visitor, message_id: int) -> HookMessage:
    rows = HookMessage.objects.filter(hook__client__authority__in=visitor.runs, hook__ended_at=None)
    row = rows.filter(pk=message_id).first()
    if row is None:
        raise Http404
    return row
