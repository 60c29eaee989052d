"""The log's head on a sheet for the notice board: paper that outlives every computer of the office."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from answerable.record import anchoring, files, keys, notes, storage, witnesses
from answerable.record.checkpoints import parse_body
from answerable.record.encoding import to_base64
from answerable.record.stopped import LogStopped
from answerable.ui.print import qr
from answerable.ui.print.data import Body, SheetData
from answerable.ui.print.render import notice_sheet
from answerable.ui.print.words import Lang


def board_sheet(*, body: Body, zone: ZoneInfo, lang: Lang, now: datetime) -> bytes | None:
    """PDF of the newest published checkpoint, in both languages, `lang` first; None before the first publication."""
    data = board_data(body=body, zone=zone, now=now)
    if data is None:
        return None
    try:
        return notice_sheet(data, lang)
    except qr.TooMuchForQr:
        # Many witnesses: the log's own signature is what the sheet is about.
        note = notes.parse(data.checkpoint)
        own = tuple(line for line in note.signatures if line.name == data.origin)
        return notice_sheet(replace(data, checkpoint=notes.Note(note.text, own).to_bytes()), lang)


def board_data(*, body: Body, zone: ZoneInfo, now: datetime) -> SheetData | None:
    """What stands on the sheet."""
    log = storage.head()
    newest = storage.newest(log.epoch, published=True) if log else None
    if log is None or newest is None or newest.published_at is None:
        return None
    head = parse_body(notes.parse(newest.note).text)
    stamped = anchoring.newest(log.epoch)
    return SheetData(
        body=body,
        origin=head.origin,
        size=head.size,
        root=to_base64(head.root),
        published_at=newest.published_at.astimezone(zone),
        made_at=now.astimezone(zone),
        address=files.address_of(files.Epoch(log.epoch, log.origin, is_current=True)),
        key=str(keys.verifier_keys(log.epoch, log.origin)[0]),
        checkpoint=newest.note,
        witnesses=_cosigners(log.epoch, newest.size),
        stamped_at=stamped.stamped_at.astimezone(zone) if stamped and stamped.size == head.size else None,
    )


def _cosigners(epoch: int, size: int) -> tuple[str, ...]:
    try:
        return tuple(witnesses.cosigned(epoch, size, witnesses.configured()))
    except LogStopped:
        return ()
