"""Look into every mailbox, and say how it went. A server that hangs holds up its own mailbox and nothing else."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import takewhile

from django.db import connection

from answerable.cases.mailbox import imap
from answerable.cases.mailbox.models import Mailbox
from answerable.cases.mailbox.taking import take
from answerable.core.alone import alone

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
#: Messages of one mailbox a turn.
MOST = 50
#: Larger messages are read up to a part of it: their words, without what did not fit.
MOST_BYTES = 40 << 20
BEGINNING = 512 << 10
#: Messages that this process could not take, by mailbox: fifty of them at the front would hide all that come later.
_failed: defaultdict[int, set[int]] = defaultdict(set)


def poll(clock: Clock) -> int:
    """Take what came in, in every mailbox that is looked at; how many messages."""
    rows = (
        Mailbox.objects.filter(is_paused=False).select_related("authority", "subject", "unit").order_by("pk")
    )
    return sum(look(row, clock) for row in rows)


def look(row: Mailbox, clock: Clock) -> int:
    """One look into one mailbox; what went wrong stands in its row, and is tried again with the next look."""
    with alone("mailbox", row.pk) as mine:
        if not mine:
            return 0
        taken = 0
        try:
            with imap.opened(row) as box:
                state = Mailbox.State.FINE if _is_ours(row, box) else Mailbox.State.USED
                if state == Mailbox.State.FINE:
                    taken = _take_some(row, box, clock)
                    _clear(row, box, clock)
        except imap.CannotOpen as error:
            state = Mailbox.State(error.state)
        except imap.Away:
            state = Mailbox.State.AWAY
        except Exception:
            if connection.connection is None or connection.connection.closed:
                raise
            # A password whose key is lost, an answer that is no IMAP: no other mailbox waits for that.
            log.exception("a mailbox could not be looked into", extra={"mailbox": row.pk})
            state = Mailbox.State.AWAY
        now = clock()
        said = {"state": state, "looked_at": now} | (
            {"worked_at": now} if state == Mailbox.State.FINE else {}
        )
        Mailbox.objects.filter(pk=row.pk).update(**said)
        if state != Mailbox.State.FINE:
            log.warning("a mailbox cannot be read", extra={"mailbox": row.pk, "state": str(state)})
        return taken


def _take_some(row: Mailbox, box: imap.Box, clock: Clock) -> int:
    """Up to MOST messages, those that failed before after all that are new; how many were taken."""
    found, failed, taken = box.waiting(row.since), _failed[row.pk], 0
    marked = set() if box.can_move else box.marked(row.since)
    there: set[int] = set()
    for uid in sorted(found, key=lambda uid: (uid in marked, uid in failed, uid))[:MOST]:
        outcome = _take(row, box, uid, clock)
        if outcome is None:
            failed.add(uid)
            continue
        failed.discard(uid)
        taken += bool(outcome)
        there.add(uid)
        if not box.put_away(uid) and found[0] in there:
            # Where messages cannot be moved, all up to here were taken; none that failed or waits is passed over.
            last = list(takewhile(there.__contains__, found))[-1]
            Mailbox.objects.filter(pk=row.pk).update(uid_validity=box.uid_validity, last_uid=last)
    return taken


def _is_ours(row: Mailbox, box: imap.Box) -> bool:
    """Nothing is put among messages that others keep: what has our mark is deleted there in time, and theirs may have
    the same."""
    if row.done_ours == row.done_folder or not box.can_move:
        return True
    if not box.make_ours():
        return False
    Mailbox.objects.filter(pk=row.pk).update(done_ours=row.done_folder)
    return True


def _clear(row: Mailbox, box: imap.Box, clock: Clock) -> None:
    """Once a day: what was taken and has lain there long enough is deleted at the server too."""
    today = clock().date()
    if row.cleared_on != today:
        box.clear(today - timedelta(days=row.done_days))
        Mailbox.objects.filter(pk=row.pk).update(cleared_on=today)


def _take(row: Mailbox, box: imap.Box, uid: int, clock: Clock) -> str | None:
    """What became of one message: "" where it was taken before or is gone, None where it could not be taken."""
    head = box.head(uid)
    if head is None:
        return ""
    is_cut = head.size > MOST_BYTES
    raw = box.content(uid, BEGINNING if is_cut else MOST_BYTES)
    try:
        return take(row, raw, arrived_at=head.arrived_at, now=clock(), is_cut=is_cut)
    except Exception:
        if connection.connection is None or connection.connection.closed:
            raise
        # It stays where it is, is tried again, and keeps nobody else's message back.
        log.exception("a message could not be taken", extra={"mailbox": row.pk})
        return None
