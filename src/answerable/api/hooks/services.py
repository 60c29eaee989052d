"""Webhooks are made, exchanged, tested, stopped and ended by administrators. Each is an act under the key's id."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.alerts.channels.posting import checked, reachable
from answerable.alerts.outcomes import NotSent
from answerable.api.act_kinds import ApiAct
from answerable.api.hooks import steps
from answerable.api.hooks.rules import MOST, OVERLAP, CannotHook, fresh_secret
from answerable.api.hooks.sealed import Inside, seal, unseal
from answerable.api.models import ApiClient, Hook, HookMessage
from answerable.api.scopes import NEEDS, PING, Event
from answerable.core.ids import uuid7
from answerable.record.actors import Actor
from answerable.record.append import append

_WHY = {"only https addresses are used": "https", "the address leads into a private network": "private"}


def check_address(url: str) -> str:
    """The host of an address that may be told things. Raises CannotHook. Asks the network, so no transaction is open:
    where it leads is looked at again at each try, at the very connection (channels.posting)."""
    try:
        host = str(checked(url).hostname)
        reachable(url)
    except NotSent as refused:
        raise CannotHook(_WHY.get(refused.detail, "address")) from None
    return host


@transaction.atomic(durable=True)
def make_hook(
    *, client_id: UUID, url: str, host: str, kinds: Iterable[str], by: Actor, now: datetime
) -> tuple[Hook, str]:
    """A hook and its secret, shown this once. `host` is what `check_address` said. Raises CannotHook."""
    client = ApiClient.objects.select_for_update().get(pk=client_id)
    if client.revoked_at is not None or (client.expires_at is not None and client.expires_at <= now):
        raise CannotHook("key_over")
    chosen = [event for event in Event if event.value in set(kinds)]
    if not chosen:
        raise CannotHook("no_event")
    for event in chosen:
        if NEEDS[event].value not in client.scopes:
            raise CannotHook("unreadable", event=event.value)
    if Hook.objects.filter(client=client, ended_at=None).count() >= MOST:
        raise CannotHook("too_many", most=MOST)
    hook = Hook(id=uuid7(), client=client, host=host, kinds=[event.value for event in chosen], made_at=now)
    secret = fresh_secret()
    seal(hook, Inside(url, secret, ""))
    hook.save(force_insert=True)
    _act(ApiAct.HOOK_MADE, hook, by, now, kinds=hook.kinds)
    return hook, secret


def _act(kind: ApiAct, hook: Hook, by: Actor, now: datetime, **more: object) -> None:
    append(kind, matter=hook.client_id, by=by, at=now, body={"hook": str(hook.pk), "host": hook.host, **more})


def _locked(hook_id: UUID) -> Hook:
    """Raises CannotHook (gone)."""
    hook = Hook.objects.select_for_update().filter(pk=hook_id, ended_at=None).first()
    if hook is None:
        raise CannotHook("gone")
    return hook


@transaction.atomic(durable=True)
def rotate_secret(*, hook_id: UUID, by: Actor, now: datetime) -> str:
    """A new secret, shown this once; both sign for a week. Raises CannotHook (gone)."""
    hook = _locked(hook_id)
    inside, secret = unseal(hook), fresh_secret()
    seal(hook, Inside(inside.url, secret, inside.secret))
    hook.old_until = now + OVERLAP
    hook.save(update_fields=["sealed", "old_until"])
    _act(ApiAct.HOOK_ROTATED, hook, by, now, old_until=hook.old_until.isoformat())
    return secret


@transaction.atomic(durable=True)
def ping_hook(*, hook_id: UUID, key: str, by: Actor, now: datetime) -> HookMessage:
    """A message that says that it is a test; the same `key` sends one. Raises CannotHook (gone, stopped)."""
    hook = _locked(hook_id)
    if hook.stopped_at is not None:
        raise CannotHook("stopped")
    before = HookMessage.objects.filter(hook=hook, key=f"test:{key}").first()
    if before is not None:
        return before
    steps.queue([hook], PING, {"hook": str(hook.pk)}, key=f"test:{key}", now=now)
    _act(ApiAct.HOOK_TESTED, hook, by, now)
    return HookMessage.objects.get(hook=hook, key=f"test:{key}")


@transaction.atomic(durable=True)
def send_again(*, message_id: int, by: Actor, now: datetime) -> HookMessage:
    """Send what was given up, or taken, once more under its own id. Raises CannotHook (gone, stopped, not_again)."""
    hook_id = HookMessage.objects.values_list("hook_id", flat=True).get(pk=message_id)
    hook = _locked(hook_id)
    if hook.stopped_at is not None:
        raise CannotHook("stopped")
    message = HookMessage.objects.select_for_update().get(pk=message_id)
    if message.state == HookMessage.State.QUEUED:
        raise CannotHook("not_again")
    message.state, message.tries = HookMessage.State.QUEUED, 0
    message.next_try_at, message.ended_at = now, None
    message.save(update_fields=["state", "tries", "next_try_at", "ended_at"])
    _act(ApiAct.HOOK_SENT_AGAIN, hook, by, now, message=str(message.name))
    return message


@transaction.atomic(durable=True)
def stop_hook(*, hook_id: UUID, by: Actor, now: datetime) -> None:
    """Nothing more is told until it is started again; what happens meanwhile is not kept for it."""
    hook = _locked(hook_id)
    if hook.stopped_at is None:
        steps.stop(hook, Hook.Stop.BY_HAND, by=by, now=now)


@transaction.atomic(durable=True)
def resume_hook(*, hook_id: UUID, by: Actor, now: datetime) -> None:
    """Go on; what waited when it stopped goes out first. Raises CannotHook (gone, key_over)."""
    hook = _locked(hook_id)
    if hook.stopped_at is None:
        return
    if hook.client.revoked_at is not None or (hook.client.expires_at and hook.client.expires_at <= now):
        raise CannotHook("key_over")
    hook.stopped_at, hook.stopped_why, hook.failing_since = None, "", None
    hook.save(update_fields=["stopped_at", "stopped_why", "failing_since"])
    HookMessage.objects.filter(hook=hook, state=HookMessage.State.QUEUED).update(next_try_at=now)
    _act(ApiAct.HOOK_RESUMED, hook, by, now)


@transaction.atomic(durable=True)
def end_hook(*, hook_id: UUID, by: Actor, now: datetime) -> None:
    """Address and secrets are destroyed; what waited is not sent. Raises CannotHook (gone)."""
    hook = _locked(hook_id)
    hook.sealed, hook.old_until, hook.ended_at = None, None, now
    hook.save(update_fields=["sealed", "old_until", "ended_at"])
    steps.give_up_waiting(hook, now)
    _act(ApiAct.HOOK_ENDED, hook, by, now)
