"""What happens because of an act: registered by rooms above, run by the worker, safe to run again."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from answerable.record.models import Outbox
from answerable.record.queries import ActShown, shown

Reaction = Callable[[UUID, ActShown, datetime], None]

log = logging.getLogger(__name__)
_REACTIONS: dict[str, list[Reaction]] = defaultdict(list)
LONGEST_WAIT = timedelta(minutes=10)
#: So many acts are reacted to in one turn.
BATCH = 100


def on(*kinds: str) -> Callable[[Reaction], Reaction]:
    """Register a reaction to acts of these kinds. It must be idempotent and write to the database alone."""

    def register(reaction: Reaction) -> Reaction:
        for kind in kinds:
            if reaction not in _REACTIONS[str(kind)]:
                _REACTIONS[str(kind)].append(reaction)
        return reaction

    return register


#: Acts that nothing reacts to are settled in one statement, so many at a time.
_SETTLE = """
DELETE FROM record_outbox WHERE ctid = ANY(ARRAY(
    SELECT o.ctid FROM record_outbox o JOIN record_act a ON a.id = o.act_id
    WHERE a.kind <> ALL(%s) ORDER BY o.act_id LIMIT 1000 FOR UPDATE OF o SKIP LOCKED))
"""


def dispatch(now: datetime, limit: int = BATCH) -> int:
    """Take a batch out of the outbox and react to each act; the log has taken its own copy already (ADR 0002).

    Any number of workers may run this. An act whose reaction fails stays in the outbox and is tried again
    with a growing pause; the others go on. Returns how many acts were settled.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, [list(_REACTIONS)])
        idle = cursor.rowcount
    try:
        return idle + _react_to_all(now, limit)
    except Exception:
        _require_connection()
    # One of them fails: each in a savepoint of its own, so that the others go on.
    return idle + _react_to_each(now, limit)


def _require_connection() -> None:
    """Within an except: raise again where the database is away."""
    if connection.connection is None or connection.connection.closed:
        raise


@transaction.atomic
def _react_to_all(now: datetime, limit: int) -> int:
    rows = _due(now, limit)
    for row in rows:
        _run(row, now)
    _settled([row.act_id for row in rows])
    return len(rows)


@transaction.atomic
def _react_to_each(now: datetime, limit: int) -> int:
    done = [row.act_id for row in _due(now, limit) if _react(row, now)]
    _settled(done)
    return len(done)


def _settled(acts: list[int]) -> None:
    if acts:
        Outbox.objects.filter(pk__in=acts).delete()


def _due(now: datetime, limit: int) -> list[Outbox]:
    rows = Outbox.objects.select_for_update(skip_locked=True, of=("self",)).select_related("act__opening")
    return list(rows.exclude(not_before__gt=now).order_by("pk")[:limit])


def _run(row: Outbox, now: datetime) -> None:
    reactions = _REACTIONS.get(row.act.kind)
    act = shown(row.act) if reactions else None
    for reaction in reactions or ():
        if act is not None:
            reaction(row.act.matter_id, act, now)


def _react(row: Outbox, now: datetime) -> bool:
    try:
        with transaction.atomic():
            _run(row, now)
    except Exception:
        log.exception("reaction failed", extra={"act_kind": row.act.kind, "act_id": row.act_id})
        _require_connection()
        row.tries += 1
        row.not_before = now + min(timedelta(seconds=2**row.tries), LONGEST_WAIT)
        row.save(update_fields=["tries", "not_before"])
        return False
    return True


def backlog() -> int:
    """How many acts wait for their reactions."""
    return Outbox.objects.count()
