"""Another system of the demo town: the hotline's, with a key and a webhook that was told of things and is stopped now,
so that no demonstration writes to anybody.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from answerable.api.clients import issue_key
from answerable.api.hooks import sending, services
from answerable.api.hooks.rules import Came
from answerable.api.models import HookMessage
from answerable.api.scopes import Event
from answerable.ops.demo.settle import Settled
from answerable.orgs.models import Role
from answerable.record.actors import Actor

#: What came of each test, in turn: taken, not reached and then taken, refused.
CAME = (
    (Came(204, 182),),
    (Came(None, 10_000, "no answer in time"), Came(204, 240)),
    (Came(503, 95),),
)


def set_up(settled: Settled, now: datetime) -> None:
    """The key's secret is thrown away: the visitor makes one of their own."""
    by, began = Actor.system(), now - timedelta(days=40)
    town = settled.posts["mayor"].unit.authority
    auditors = (one for one in settled.posts.values() if one.role == Role.AUDITOR)
    post = next((one for one in auditors if one.unit.authority_id == town.pk), settled.posts["mayor"])
    client, _secret = issue_key(
        authority=town,
        name="12345 热线系统 / hotline",
        scopes=["cases:write", "cases:read", "incidents:read", "webhooks"],
        post=post,
        expires_at=now + timedelta(days=325),
        by=by,
        now=began,
    )
    hook, _secret = services.make_hook(
        client_id=client.pk,
        url="https://hotline.example/answerable",
        host="hotline.example",
        kinds=[Event.CASE_CHANGED, Event.WARNING_SENT],
        by=by,
        now=began,
    )
    for number, tries in enumerate(CAME):
        at = now - timedelta(hours=30 - number)
        services.ping_hook(hook_id=hook.pk, key=f"demo {number}", by=by, now=at)
        message = HookMessage.objects.get(hook=hook, key=f"test:demo {number}")
        letter = sending.Letter(message.pk, hook.pk, "", b"", {})
        for came in tries:
            sending.settle(letter, came, at)
            at += timedelta(seconds=8)
    services.stop_hook(hook_id=hook.pk, by=by, now=now - timedelta(hours=20))
