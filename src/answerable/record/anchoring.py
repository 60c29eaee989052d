"""Once a day an authority outside puts a time on the newest published checkpoint (RFC 3161), and the log says so itself.

What it stamped, and its answer, are public: `/record/anchors/<size>.checkpoint` and `<size>.tsr`. Nothing waits for it.
"""

from __future__ import annotations

import hashlib
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from django.conf import settings
from django.db import connection

from answerable.core.sentences import N_, Said, sentence
from answerable.record import notes, receipts, sequencer, storage, timestamps
from answerable.record.checkpoints import parse_body
from answerable.record.encoding import to_base64
from answerable.record.openings import ENTRY_TYPE_TEXT
from answerable.record.proofs import TlogProof
from answerable.record.stopped import LogStopped
from answerable.record.verifying import CLOCK_TOLERANCE_SECONDS, Stamp
from answerable.record.watch.asking import CannotLook, Line

SECONDS = 15.0
EVERY_HOURS = 24
LATE_HOURS = 72
AGAIN_S = 600.0

log_ = logging.getLogger(__name__)


class NotAnchored(Said):
    """Why there is no new time-stamp. Nothing else suffers from it."""

    sentences = {
        "tsa_unset": N_(
            "No time-stamping authority is set. Set ANSWERABLE_RECORD_TSA_URL and ANSWERABLE_RECORD_TSA_CERTIFICATE."
        ),
        "tsa_certificate": N_(
            "The certificate of the time-stamping authority %(path)s cannot be used (%(reason)s). It must be a PEM file."
        ),
        "tsa_away": N_("The time-stamping authority could not be asked: %(reason)s."),
        "tsa_refused": N_("The time-stamping authority refused (%(status)s)."),
        "tsa_answer": N_("The time-stamping authority answered what is no time-stamp."),
        "tsa_false": N_(
            "The time-stamping authority's answer was not taken (%(code_)s): it answers another question, or is not signed by the authority "
            "whose certificate you have set."
        ),
        "tsa_clock": N_(
            "The time-stamping authority's clock is off by more than five minutes; its answer was not taken."
        ),
        "nothing_published": N_("No checkpoint has been published yet, so there is nothing to stamp."),
        "log_stopped": N_("The public log stands still; its newest checkpoint is stamped once it goes on."),
    }


@dataclass(frozen=True)
class Anchor:
    epoch: int
    size: int
    stamped_at: datetime
    note: bytes
    token: bytes


@dataclass
class _Tried:
    """When this process last tried, so that an authority that is away is not asked again and again."""

    at: float = -AGAIN_S
    said: str = ""


_tried = _Tried()


def anchor_due() -> int:
    """A turn of the worker: have the newest checkpoint stamped if the last time-stamp is a day old."""
    if not settings.ANSWERABLE_RECORD_TSA_URL or time.monotonic() - _tried.at < AGAIN_S or not _is_due():
        return 0
    _tried.at = time.monotonic()
    try:
        anchor()
    except NotAnchored as why:
        if why.code not in ("nothing_published", _tried.said):
            log_.warning("the log was not time-stamped: %s", why, extra={"code": why.code})
        _tried.said = why.code
        return 0
    _tried.said = ""
    return 1


def anchor() -> Anchor:
    """Have the newest published checkpoint stamped now, keep the stamp, and enter it in the log. Raises NotAnchored."""
    believed = _certificates()
    log = storage.head()
    newest = storage.newest(log.epoch, published=True) if log else None
    if log is None or newest is None:
        raise NotAnchored("nothing_published")
    if log.fault is not None:
        raise NotAnchored("log_stopped")
    text = notes.parse(newest.note).text
    asked = timestamps.query(text.encode())
    token = _ask(asked.data)
    try:
        stamp = timestamps.accept(token, asked, believed)
    except timestamps.StampInvalid as error:
        code = {"stamp_malformed": "tsa_answer", "stamp_refused": "tsa_refused"}.get(error.code, "tsa_false")
        raise NotAnchored(code, code_=error.code, status=error.detail) from error
    if abs(stamp.time - time.time()) > CLOCK_TOLERANCE_SECONDS:
        raise NotAnchored("tsa_clock")
    return _keep(log, newest, text, stamp, token)


def _certificates() -> list[x509.Certificate]:
    path: Path | None = settings.ANSWERABLE_RECORD_TSA_CERTIFICATE
    if not settings.ANSWERABLE_RECORD_TSA_URL or path is None:
        raise NotAnchored("tsa_unset")
    try:
        return timestamps.certificates(path.read_bytes())
    except OSError as error:
        reason = error.strerror or str(error)
        raise NotAnchored("tsa_certificate", path=str(path), reason=reason) from error
    except timestamps.StampInvalid as error:
        raise NotAnchored("tsa_certificate", path=str(path), reason=error.code) from error


def _ask(query: bytes) -> bytes:
    """What the authority answers. No transaction is open meanwhile."""
    base, _slash, path = str(settings.ANSWERABLE_RECORD_TSA_URL).rpartition("/")
    if base.endswith("/"):  # http://host, without a path
        base, path = f"{base}{path}", ""
    try:
        line = Line(base, seconds=SECONDS)
        try:
            answer = line.ask("POST", path, limit=timestamps.MAX_BYTES, body=query, kind=timestamps.QUERY)
        finally:
            line.close()
    except CannotLook as fault:
        raise NotAnchored("tsa_away", reason=sentence(fault).rstrip(".。")) from fault
    if answer.status != 200:
        raise NotAnchored("tsa_refused", status=answer.status)
    return answer.body


def _keep(log: storage.Head, newest: storage.Signed, text: str, stamp: Stamp, token: bytes) -> Anchor:
    head, at = parse_body(text), datetime.fromtimestamp(stamp.time, UTC)
    said = (
        f"answerable/anchor/v1\norigin {head.origin}\nsize {head.size}\nroot {to_base64(head.root)}\n"
        f"stamped {at:%Y-%m-%dT%H:%M:%SZ}\nsha256 {hashlib.sha256(token).hexdigest()}\n"
    )
    try:
        with storage.fenced() as current, connection.cursor() as cursor:
            if current is None or current.epoch != log.epoch or current.fault is not None:
                raise NotAnchored("log_stopped")
            cursor.execute(
                "INSERT INTO record_anchor (epoch, size, stamped_at, made_at, token)"
                " VALUES (%s, %s, %s, clock_timestamp(), %s) ON CONFLICT DO NOTHING",
                [log.epoch, newest.size, at, token],
            )
            if cursor.rowcount:
                sequencer.extend(current, [(ENTRY_TYPE_TEXT + said.encode(), None)])
    except LogStopped as stopped:
        sequencer.note(stopped)
        raise NotAnchored("log_stopped") from stopped
    return Anchor(log.epoch, newest.size, at, newest.note, token)


# ---------------------------------------------------------------- what there is


def anchors(epoch: int) -> list[tuple[int, datetime]]:
    """Sizes and times of an epoch's time-stamps, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT size, stamped_at FROM record_anchor WHERE epoch = %s ORDER BY size", [epoch])
        return cursor.fetchall()


def find(epoch: int, size: int) -> Anchor | None:
    """The time-stamp of this checkpoint."""
    return _one("a.epoch = %s AND a.size = %s", [epoch, size])


def newest(epoch: int) -> Anchor | None:
    return _one("a.epoch = %s", [epoch], "DESC")


def of_act(act_id: int) -> tuple[bytes, Anchor] | None:
    """The act's receipt under the first time-stamped checkpoint that covers it, and the stamp; None until there is one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT epoch, idx, entry FROM record_entry WHERE act_id = %s", [act_id])
        row = cursor.fetchone()
    found = _one("a.epoch = %s AND a.size > %s", [row[0], row[1]]) if row else None
    if row is None or found is None:
        return None
    path = receipts.path_of(found.epoch, row[1], found.size)
    return TlogProof(row[1], tuple(path), found.note, bytes(row[2])).to_bytes(), found


def _one(where: str, values: list[int], order: str = "ASC") -> Anchor | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.epoch, a.size, a.stamped_at, c.note, a.token FROM record_anchor a JOIN record_checkpoint c"  # noqa: S608
            f" ON c.epoch = a.epoch AND c.size = a.size WHERE {where} ORDER BY a.size {order} LIMIT 1",
            values,
        )
        row = cursor.fetchone()
    return Anchor(row[0], row[1], row[2], bytes(row[3]), bytes(row[4])) if row else None


def is_late() -> bool:
    """Whether an authority is set, there is something to stamp, and the newest time-stamp is older than three days."""
    return bool(settings.ANSWERABLE_RECORD_TSA_URL) and _is_older(LATE_HOURS)


def _is_due() -> bool:
    return _is_older(EVERY_HOURS)


def _is_older(hours: int) -> bool:
    """Since the newest time-stamp of the log in use; where there is none, since the log's first checkpoint."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce((SELECT max(made_at) FROM record_anchor a WHERE a.epoch = l.epoch),"
            " (SELECT min(made_at) FROM record_checkpoint c WHERE c.epoch = l.epoch) - %s * interval '1 hour')"
            " <= clock_timestamp() - %s * interval '1 hour' FROM record_log l WHERE ended_at IS NULL",
            [0 if hours == LATE_HOURS else EVERY_HOURS, hours],
        )
        row = cursor.fetchone()
    return bool(row and row[0])
