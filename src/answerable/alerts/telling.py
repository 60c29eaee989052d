"""Steps: tell a post, queue a message out. Both are idempotent by `key`, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from answerable.alerts import calm
from answerable.alerts.models import Delivery, Notice
from answerable.core.ids import uuid7
from answerable.core.inserting import insert
from answerable.core.statements import prepared


def tell_post(
    post_id: int,
    code: str,
    *,
    key: str,
    at: datetime,
    matter: UUID | None = None,
    facts: Mapping[str, Any] | None = None,
    is_urgent: bool = False,
) -> None:
    """Put a notice before whoever holds the post. The same `key` tells once."""
    tell_posts([post_id], code, key=key, at=at, matter=matter, facts=facts, is_urgent=is_urgent)


def tell_posts(
    post_ids: Iterable[int],
    code: str,
    *,
    key: str,
    at: datetime,
    matter: UUID | None = None,
    facts: Mapping[str, Any] | None = None,
    is_urgent: bool = False,
) -> None:
    """The same before several posts, each told once, in one statement."""
    notices = [
        Notice(
            post_id=post_id,
            matter=matter,
            code=code,
            facts=dict(facts or {}),
            is_urgent=is_urgent,
            key=f"{key}:{post_id}",
            at=at,
        )
        for post_id in dict.fromkeys(post_ids)
    ]
    insert(notices, ignore_conflicts=True)


_TAKE_BACK = """DELETE FROM alerts_notice
    WHERE matter = %s AND code = ANY(%s) AND seen_at IS NULL AND at < %s AND post_id <> %s"""


def take_back(*codes: str, matter: UUID, except_post: int | None, before: datetime) -> None:
    """What was told and no longer holds goes with it, as long as nobody read it."""
    with prepared() as cursor:
        cursor.execute(_TAKE_BACK, [matter, list(codes), before, except_post or 0])


def queue_delivery(
    kind: str,
    purpose: str,
    *,
    key: str,
    at: datetime,
    matter: UUID | None = None,
    channel_id: UUID | None = None,
    post_id: int | None = None,
    language: str = "zh-hans",
    facts: Mapping[str, Any] | None = None,
    is_urgent: bool = False,
) -> None:
    """Queue one message out: to a person's channel, a post's contact, or a body (`facts["to"]`)."""
    Delivery.objects.bulk_create(
        [
            Delivery(
                id=uuid7(),
                kind=kind,
                purpose=purpose,
                key=key,
                queued_at=at,
                next_try_at=at,
                matter=matter,
                channel_id=channel_id,
                post_id=post_id,
                language=language,
                facts=dict(facts or {}),
                is_urgent=is_urgent,
            )
        ],
        ignore_conflicts=True,
    )


def drop_queued(matter: UUID, *, now: datetime) -> int:
    """Take back what waits to be sent to members of staff about a matter, when its readers have changed.

    The notice itself stays before the post; whoever may still see the matter finds it there. What the message would
    have said is forgotten; what a digest would have said of other matters goes out with the next one.
    """
    waiting = Delivery.objects.filter(state=Delivery.State.QUEUED, facts__matters__contains=[str(matter)])
    dropped = 0
    for row in waiting.order_by("pk"):
        others = {UUID(one) for one in row.facts["matters"]} - {matter}
        # Under its old key the next digest would count as queued already.
        kept = {"key": f"dropped:{row.pk}", "facts": {}, "ended_at": now, "next_try_at": None}
        one = Delivery.objects.filter(pk=row.pk, state=Delivery.State.QUEUED)
        if not one.update(state=Delivery.State.DROPPED, **kept):
            continue  # a worker has taken it meanwhile
        dropped += 1
        if row.purpose == "digest" and others:
            Notice.objects.filter(matter__in=others, mailed_at=row.queued_at).update(mailed_at=None)
            calm.undo_digest(str(row.facts.get("to", "")), others, row.queued_at)
    return dropped
