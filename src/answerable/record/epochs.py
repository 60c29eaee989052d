"""A new key, or a new log after the old one's database was put back: both are written into the log itself.

What a log has signed is never signed again in another way. Entries of type 02 hold public text.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from answerable.record import guard, keyfile, keys, publishing, sequencer, starting, storage
from answerable.record.checkpoints import parse_body
from answerable.record.encoding import to_base64
from answerable.record.notes import VerifierKey, parse
from answerable.record.openings import ENTRY_TYPE_TEXT
from answerable.record.stopped import LogStopped


def rotate_key() -> VerifierKey:
    """Add a key, say so in the log, and let the old key sign that together with the new one; then only the new one signs.

    Cut short anywhere, the log goes on under the keys that the database knows. Raises LogStopped.
    """
    log, path = starting.ensure_started(), keys.checkpoint_path()
    old = keys.signers(log)[-1].key
    seed = keyfile.add(path, keyfile.CHECKPOINTS)
    new = VerifierKey(log.origin, old.type, keys.public_of(seed))
    with storage.fenced() as head:
        if head is None or head.epoch != log.epoch:
            raise RuntimeError("the log began anew at this very moment; ask again")
        text = f"answerable/key/v1\nold {old}\nnew {new}\n"
        size = sequencer.extend(head, [(ENTRY_TYPE_TEXT + text.encode(), None)])
        keys.remember(log.epoch, seed, from_size=size)
    publishing.publish(starting.ensure_started())
    keyfile.keep_only(path, keyfile.CHECKPOINTS, seed)
    return new


def rotate_promise_key() -> None:
    """Let another key sign promises from now on; also after the old one was lost. Raises LogStopped."""
    path = keys.promise_path()
    with transaction.atomic():
        if path.exists():
            seed = keyfile.add(path, keyfile.PROMISES)
        else:
            seed = keyfile.create(path, keyfile.PROMISES)
        _retire_promise_keys()
        keys.remember(0, seed, is_for_promises=True)
    keyfile.keep_only(path, keyfile.PROMISES, seed)


def _retire_promise_keys() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE record_log_key SET until_size = 0 WHERE is_for_promises AND until_size IS NULL"
        )


def after_restore(taken_at: datetime | str, beside: guard.Signed | None = None) -> str | None:
    """A database was put back: go on where that is safe, else begin a new log; its origin then. In a transaction.

    Safe is only what the file outside the database names as the very last that was signed. Where that file is gone
    nobody knows what was signed since, and the log begins anew.
    """
    log, known = storage.locked_head(), guard.last(starting.guard_path())
    if log is None and known is None and beside is None:
        return None
    last = _last_of(log) if log else None
    if known is not None and known == last:
        return None
    found = max((one for one in (known, beside, last) if one is not None), default=None)
    return begin_anew(f"restored from a backup of {taken_at}", log, found, is_sure=known is not None)


def new_epoch(why: str) -> str:
    """By hand: what was signed and the database no longer go together. The new origin. Raises LogStopped."""
    with transaction.atomic(durable=True):
        log, known = storage.locked_head(), guard.last(starting.guard_path())
        last = _last_of(log) if log else None
        found = max((one for one in (known, last) if one is not None), default=None)
        return begin_anew(why, log, found, is_sure=known is not None)


def new_guard() -> guard.Signed | None:
    """By hand: the file outside is lost, and this database is the newest there is; what it signed last is written down.

    None where a file is there (it is left as it is) or nothing was signed yet. Raises LogStopped.
    """
    with storage.fenced() as log:
        last = _last_of(log) if log else None
        if last is None or guard.last(starting.guard_path()) is not None:
            return None
        guard.add(starting.guard_path(), last)
        return last


def begin_anew(why: str, log: storage.Head | None, final: guard.Signed | None, *, is_sure: bool) -> str:
    """End the log and begin another, whose first entry names the old one's final head and the indexes that are lost.

    Acts that no checkpoint in this database covers wait for the new log. Inside the caller's transaction.
    """
    kept = 0
    if log is not None:
        last = storage.newest(log.epoch)
        kept = last.size if last else 0
        _end(log.epoch, kept)
    number = max(log.epoch if log else 0, final.epoch if final else 0) + 1
    starting.begin_epoch(number)
    keys.remember(number, _seed())
    begun = storage.locked_head()
    if begun is None:
        raise RuntimeError("the new log was begun and is not there")
    text = _epoch_text(begun.origin, final, kept, " ".join(why.split()), is_sure=is_sure)
    sequencer.extend(begun, [(ENTRY_TYPE_TEXT + text.encode(), None)])
    return begun.origin


def _epoch_text(origin: str, final: guard.Signed | None, kept: int, why: str, *, is_sure: bool) -> str:
    lines = ["answerable/epoch/v1", f"origin {origin}"]
    if final is not None:
        lines += [f"after {final.origin}", f"size {final.size}", f"root {to_base64(final.root)}"]
        if not is_sure:
            lines.append(f"lost {kept}- (what was signed after size {final.size} is not known)")
        elif final.size > kept:
            lines.append(f"lost {kept}-{final.size - 1}")
        else:
            lines.append("lost none")
    return "".join(f"{line}\n" for line in [*lines, f"why {why}"])


def _end(epoch: int, kept: int) -> None:
    """What was never covered by a checkpoint waits for the next log; the database lets go of nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE record_log SET ended_at = clock_timestamp() WHERE epoch = %s", [epoch])
        cursor.execute(
            "WITH gone AS (DELETE FROM record_entry WHERE epoch = %s AND idx >= %s RETURNING act_id, entry)"
            " INSERT INTO record_pending (act_id, entry) SELECT act_id, entry FROM gone WHERE act_id IS NOT NULL",
            [epoch, kept],
        )


def _seed() -> bytes:
    """The key that is there, or a new one where none is."""
    try:
        return keyfile.load(keys.checkpoint_path(), keyfile.CHECKPOINTS)[-1]
    except LogStopped as stopped:
        if stopped.code != "key_missing":
            raise
    return keyfile.create(keys.checkpoint_path(), keyfile.CHECKPOINTS)


def _last_of(log: storage.Head) -> guard.Signed | None:
    """The last checkpoint that this database knows of."""
    newest = storage.newest(log.epoch)
    if newest is None:
        return None
    head = parse_body(parse(newest.note).text)
    return guard.Signed(log.epoch, head.size, head.origin, head.root)
