"""How the log stands, for everybody: what is published, who else signs it, whether it goes on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection

from answerable.record import checks, files, notes, storage
from answerable.record.checkpoints import parse_body
from answerable.record.cosignatures import cosignatures
from answerable.record.invalid import Invalid
from answerable.record.merkle import leaf_hash
from answerable.record.policy import Policy
from answerable.record.policy import parse as parse_policy

_INDEX = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)
_LEAF = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True)
class WitnessShown:
    """A witness of the log's own policy, and when it cosigned the newest head; None where it did not."""

    name: str
    seen_at: datetime | None


@dataclass(frozen=True)
class Overview:
    """The log in use. `size` and all after it are what is published; `stands_still` is a code of LogStopped."""

    origin: str
    address: str
    vkeys: list[str]
    size: int
    root: str
    published_at: datetime | None
    cadence_s: float
    witnesses: list[WitnessShown]
    anchored_at: datetime | None
    quorum: str
    stands_still: str
    is_late: bool
    earlier: list[str]

    @property
    def cadence_seconds(self) -> int:
        return round(self.cadence_s)

    @property
    def cadence_minutes(self) -> int:
        return round(self.cadence_s / 60)


def overview() -> Overview | None:
    """None before the log's first start."""
    epoch = next((one for one in files.epochs() if one.is_current), None)
    if epoch is None:
        return None
    newest = storage.newest(epoch.number, published=True)
    served = files.read(files.CHECKPOINT, epoch.number)
    vkey = files.read(files.VKEY, epoch.number)
    policy = _policy(epoch.number)
    head = storage.head()
    faults = list(checks.check_log())
    body = parse_body(notes.parse(newest.note).text) if newest else None
    return Overview(
        origin=epoch.origin,
        address=files.address_of(epoch),
        vkeys=vkey.content.decode().split() if vkey else [],
        size=newest.size if newest else 0,
        root=body.root.hex() if body else "",
        published_at=newest.published_at if newest else None,
        cadence_s=settings.ANSWERABLE_RECORD_CADENCE,
        witnesses=_witnesses(policy, served.content if served else None),
        anchored_at=_anchored_at(epoch.number),
        quorum=policy.quorum if policy else "",
        stands_still=str(head.fault["code"]) if head and head.fault else "",
        is_late=any(fault.code == "log_late" for fault in faults),
        earlier=[files.address_of(one) for one in files.epochs() if not one.is_current],
    )


def _policy(number: int) -> Policy | None:
    file = files.read(files.POLICY, number)
    try:
        return parse_policy(file.content) if file else None
    except Invalid:
        return None


def _witnesses(policy: Policy | None, note: bytes | None) -> list[WitnessShown]:
    if policy is None:
        return []
    names = {witness.key: name for name, witness in policy.witnesses.items()}
    try:
        found = cosignatures(notes.parse(note), names) if note else []
    except Invalid:
        found = []
    seen = {names[one.key]: datetime.fromtimestamp(one.time, UTC) for one in found}
    return [WitnessShown(name, seen.get(name)) for name in policy.witnesses]


def _anchored_at(number: int) -> datetime | None:
    """When an authority outside last put a time on a head, by the index that is served: `size time` a line."""
    index = files.read("anchors/index", number)
    times = [line.split()[1] for line in index.content.decode().splitlines()] if index else []
    return max(map(datetime.fromisoformat, times), default=None)


@dataclass(frozen=True)
class EntryShown:
    """What stands at a place of the log, held against what somebody has on paper."""

    number: int
    is_published: bool
    is_same: bool
    first_signed_at: datetime | None


def entry_at(index: str, leaf: str, epoch: str = "1") -> EntryShown | None:
    """Compare a paper's index and leaf with the log; None where they are no index and no leaf."""
    if not (_INDEX.fullmatch(index) and _LEAF.fullmatch(leaf) and _INDEX.fullmatch(epoch)):
        return None
    place, number = int(index), int(epoch)
    known = next((one for one in files.epochs() if one.number == number), None)
    if known is None or place >= files.published_size(known):
        return EntryShown(place + 1, is_published=False, is_same=False, first_signed_at=None)
    found = storage.raw_entries(number, place, place + 1)
    is_same = bool(found) and leaf_hash(found[0]).hex() == leaf
    return EntryShown(
        place + 1, is_published=True, is_same=is_same, first_signed_at=_signed_at(number, place)
    )


def _signed_at(epoch: int, index: int) -> datetime | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT made_at FROM record_checkpoint WHERE epoch = %s AND size > %s AND published_at IS NOT NULL"
            " ORDER BY size LIMIT 1",
            [epoch, index],
        )
        row = cursor.fetchone()
    return row[0] if row else None
