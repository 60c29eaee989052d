"""Sends what waits, in threads of its own: an address that hangs holds up no alarm, and no other address for long.

A message is claimed (its next try lies a minute ahead) and committed before it is handed over: killed in between, it is
tried again under the same id. Of one matter, nothing goes out before what came first; of one hook, two at once.
"""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from answerable.alerts.channels.posting import post
from answerable.alerts.outcomes import NotSent, Unknown
from answerable.api.hooks import rules, steps
from answerable.api.hooks.rules import Came
from answerable.api.hooks.sealed import unseal
from answerable.api.models import Hook, HookMessage, HookTry
from answerable.core.statements import prepared
from answerable.record.actors import Actor

log = logging.getLogger(__name__)
WIDTH = 8
A_HOOK = 2
#: Longer than the longest try: what is claimed is nobody else's for so long.
LEASE = timedelta(seconds=60)

_DUE = """SELECT m.id, m.hook_id FROM api_hook_message m JOIN api_hook h ON h.id = m.hook_id
    JOIN api_client c ON c.id = h.client_id LEFT JOIN orgs_post p ON p.id = c.post_id
    LEFT JOIN orgs_unit u ON u.id = c.unit_id
    WHERE m.state = 'queued' AND m.next_try_at <= %s AND h.stopped_at IS NULL AND h.ended_at IS NULL
    AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > %s)
    AND p.closed_on IS NULL AND u.closed_on IS NULL AND m.hook_id <> ALL(%s::uuid[])
    AND NOT EXISTS (SELECT FROM api_hook_message e WHERE e.hook_id = m.hook_id AND e.matter = m.matter
        AND e.state = 'queued' AND (e.seq, e.id) < (m.seq, m.id))
    ORDER BY m.next_try_at, m.id LIMIT %s FOR UPDATE OF m SKIP LOCKED"""


@dataclass(frozen=True)
class Letter:
    """One try, ready to be handed over by a thread that knows no database."""

    message_id: int
    hook_id: UUID
    url: str
    body: bytes
    headers: dict[str, str]


@dataclass
class Sender:
    """What is in the air is this process's own; what waits is shared with every other."""

    pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(WIDTH, thread_name_prefix="webhooks")
    )
    air: dict[Future[Came], Letter] = field(default_factory=dict)

    def send_due(self, clock: Callable[[], datetime], *, until: Callable[[], bool] = lambda: False) -> int:
        """Until nothing is due or in the air. Returns how many tries were made."""
        done = 0
        while not until():
            for letter in self._take(clock()):
                self.air[self.pool.submit(hand_over, letter)] = letter
            if not self.air:
                return done
            back, _still = wait(self.air, timeout=0.5, return_when=FIRST_COMPLETED)
            for one in back:
                settle(self.air.pop(one), one.result(), clock())
                done += 1
        return done

    def _take(self, now: datetime) -> list[Letter]:
        busy = Counter(letter.hook_id for letter in self.air.values())
        return take(WIDTH - len(self.air), busy, now)


@transaction.atomic(durable=True)
def take(room: int, busy: Counter[UUID], now: datetime) -> list[Letter]:
    """Claim up to `room` messages that are due; `busy`: how many of each hook are in the air already."""
    if room <= 0:
        return []
    full = [pk for pk, count in busy.items() if count >= A_HOOK]
    with prepared() as cursor:
        cursor.execute(_DUE, [now, now, full, room])
        rows = cursor.fetchall()
    counts, mine = Counter(busy), []
    for pk, hook_id in rows:
        if counts[hook_id] < A_HOOK:
            counts[hook_id] += 1
            mine.append(pk)
    if not mine:
        return []
    found = list(HookMessage.objects.filter(pk__in=mine).select_related("hook__client").order_by("pk"))
    HookMessage.objects.filter(pk__in=mine).update(next_try_at=now + LEASE)
    return [_letter(message, now) for message in found]


def _letter(message: HookMessage, now: datetime) -> Letter:
    try:
        inside = unseal(message.hook)
    except Exception:
        # One that does not open fails by itself, as a try, and holds up no other.
        log.exception("a webhook's address does not open", extra={"hook": str(message.hook_id)})
        return Letter(message.pk, message.hook_id, "", b"", {})
    body = json.dumps(message.body, ensure_ascii=False, separators=(",", ":")).encode()
    at, name = int(now.timestamp()), f"msg_{message.name}"
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Answerable",
        "webhook-id": name,
        "webhook-timestamp": str(at),
        "webhook-signature": rules.signatures(
            inside.live(message.hook.old_until, now), name=name, at=at, body=body
        ),
    }
    return Letter(message.pk, message.hook_id, inside.url, body, headers)


def hand_over(letter: Letter) -> Came:
    """One try; whatever happens is an outcome. What the other side says beyond its status is not looked at."""
    began = time.monotonic()
    status, fault, again_s = None, "", None
    try:
        answer = post(letter.url, letter.body, letter.headers)
        status, again_s = answer.status, rules.again_in(answer.headers)
    except (NotSent, Unknown) as refused:
        fault = refused.detail[:80]
    except Exception as error:
        fault = type(error).__name__[:80]
    return Came(status, int((time.monotonic() - began) * 1000), fault, again_s)


@transaction.atomic(durable=True)
def settle(letter: Letter, came: Came, now: datetime) -> None:
    """Write down what came of a try: taken, tried again later, or given up; a hook that fails for days is stopped."""
    hook = Hook.objects.select_for_update(of=("self",)).select_related("client").get(pk=letter.hook_id)
    message = HookMessage.objects.select_for_update().filter(pk=letter.message_id).first()
    if message is None:
        return
    HookTry.objects.create(message=message, at=now, status=came.status, ms=came.ms, fault=came.fault)
    message.tries += 1
    if came.is_taken:
        message.state, message.next_try_at, message.ended_at = HookMessage.State.SENT, None, now
        message.save(update_fields=["tries", "state", "next_try_at", "ended_at"])
        if hook.failing_since is not None:
            hook.failing_since = None
            hook.save(update_fields=["failing_since"])
        return
    message.next_try_at = rules.next_try(message.tries, came, at=now)
    if message.next_try_at is None:
        message.state, message.ended_at = HookMessage.State.FAILED, now
    message.save(update_fields=["tries", "state", "next_try_at", "ended_at"])
    if hook.failing_since is None:
        hook.failing_since = now
        hook.save(update_fields=["failing_since"])
    if message.next_try_at is None and hook.ended_at is None and hook.stopped_at is None:
        _stop(hook, came, now)


def _stop(hook: Hook, came: Came, now: datetime) -> None:
    """Gone at once; for what was given up, only if nothing arrived in the meantime."""
    if came.status == rules.GONE:
        steps.stop(hook, Hook.Stop.GONE, by=Actor.system(), now=now)
    elif hook.failing_since is not None and hook.failing_since <= now - sum(rules.PAUSES, timedelta()) / 2:
        steps.stop(hook, Hook.Stop.FAILED, by=Actor.system(), now=now)


def tidy(now: datetime) -> int:
    """Forget what was told a month ago, and what waits for a key that was taken back or whose time is over."""
    gone, _each = HookMessage.objects.filter(made_at__lt=now - rules.KEPT).delete()
    is_over = Q(hook__client__revoked_at__isnull=False) | Q(hook__client__expires_at__lte=now)
    waits = HookMessage.objects.filter(is_over, state=HookMessage.State.QUEUED)
    return gone + waits.update(state=HookMessage.State.FAILED, next_try_at=None, ended_at=now)
