"""Inside the caller's transaction: put an event before hooks, stop a hook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from answerable.alerts.telling import tell_post
from answerable.api.act_kinds import ApiAct
from answerable.api.models import Hook, HookMessage
from answerable.record.actors import Actor
from answerable.record.append import append


def queue(
    hooks: Iterable[Hook],
    kind: str,
    data: Mapping[str, Any],
    *,
    key: str,
    now: datetime,
    at: datetime | None = None,
    matter: UUID | None = None,
    seq: int = 0,
) -> None:
    """One message to each hook; the same `key` tells once. `data`: ids and states, no identity, no text."""
    body = {"type": kind, "timestamp": (at or now).isoformat(), "data": dict(data)}
    rows = [
        HookMessage(
            hook=hook, kind=kind, matter=matter, seq=seq, key=key, body=body, made_at=now, next_try_at=now
        )
        for hook in hooks
    ]
    HookMessage.objects.bulk_create(rows, ignore_conflicts=True)


def stop(hook: Hook, why: str, *, by: Actor, now: datetime) -> None:
    """Nothing goes out by it any more; whoever answers for the key is told where nobody did it by hand."""
    hook.stopped_at, hook.stopped_why = now, why
    hook.save(update_fields=["stopped_at", "stopped_why"])
    body = {"hook": str(hook.pk), "host": hook.host, "why": why}
    done = append(ApiAct.HOOK_STOPPED, matter=hook.client_id, by=by, at=now, body=body)
    post_id = hook.client.post_id
    if why != Hook.Stop.BY_HAND and post_id is not None:
        facts = {"case": hook.client.name, "step_zh": hook.host, "step_en": hook.host}
        tell_post(post_id, "hook_stopped", key=f"hook_stopped:{hook.pk}:{done.seq}", at=now, facts=facts)


def give_up_waiting(hook: Hook, now: datetime) -> None:
    HookMessage.objects.filter(hook=hook, state=HookMessage.State.QUEUED).update(
        state=HookMessage.State.FAILED, next_try_at=None, ended_at=now
    )
