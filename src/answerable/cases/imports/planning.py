"""From the rows of a file to what would be registered; every fault is found before anything is written."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError

from answerable.cases.imports.layout import TABLES
from answerable.cases.imports.models import Imported
from answerable.cases.models import Intake, Privacy
from answerable.cases.packs import load_pack
from answerable.cases.portal.fields import EmailField, PhoneField
from answerable.cases.services.intake import Told
from answerable.orgs.models import Authority
from answerable.orgs.sheets.faults import SheetFault
from answerable.orgs.sheets.reading import Row, read_file
from answerable.orgs.standing import standing
from answerable.parties import keys
from answerable.parties.steps import ChannelWish, Identity


def digest_of(authority: Authority, source: str, foreign_id: str) -> bytes:
    """What a matter of another system is known again by; under a key, since foreign ids can be guessed."""
    said = f"{authority.code}\0{source}\0{foreign_id}".encode()
    return hmac.digest(keys.derived("matters taken over"), said, hashlib.sha256)


@dataclass(frozen=True)
class Planned:
    """One matter that would be registered."""

    foreign_id: str
    digest: bytes
    told: Told
    #: What the other system calls the kind of matter.
    subject: str = ""


@dataclass
class Plan:
    """What a file, or the rows of a server, would do. With faults it does nothing.

    `known`: how many were taken over before. `closed`, `unreadable`, `unmapped`: of a server, what was closed there, had
    no word, and which of its services have no subject here. `digests`: every matter by the other system's name for it.
    """

    planned: list[Planned] = field(default_factory=list)
    faults: list[SheetFault] = field(default_factory=list)
    known: int = 0
    sha256: str = ""
    closed: int = 0
    unreadable: int = 0
    unmapped: set[str] = field(default_factory=set)
    digests: dict[str, bytes] = field(default_factory=dict)


def plan_file(content: bytes, name: str, authority: Authority, *, source: str, now: datetime) -> Plan:
    """Read and check a file whole. Never raises for what is in it."""
    read = read_file(content, name, TABLES)
    plan = Plan(faults=list(read.faults), sha256=hashlib.sha256(content).hexdigest())
    rows = read.tables.get("cases", [])
    seen: dict[str, int] = {}
    for row in rows:
        foreign_id = row.values["foreign_id"]
        if foreign_id in seen:  # perhaps in the same row of another sheet
            first = {"first": seen[foreign_id]}
            plan.faults.append(SheetFault("twice", "cases", row.number, "foreign_id", first))
            continue
        seen[foreign_id] = row.number
        told = _told(plan, row, authority, source, now)
        if told is not None:
            digest = plan.digests[foreign_id] = digest_of(authority, source, foreign_id)
            plan.planned.append(Planned(foreign_id, digest, told, row.values["subject"]))
    done = known([one.digest for one in plan.planned])
    plan.known = len(done)
    plan.planned = [one for one in plan.planned if one.digest not in done]
    return plan


def known(digests: list[bytes]) -> set[bytes]:
    """Which of these were taken over already."""
    return {bytes(one) for one in Imported.objects.filter(pk__in=digests).values_list("pk", flat=True)}


class _Row:
    """One row with its faults."""

    def __init__(self, plan: Plan, row: Row) -> None:
        self.plan, self.row, self.before = plan, row, len(plan.faults)

    def get(self, head: str) -> Any:
        return self.row.values.get(head) or ""

    def wrong(self, code: str, column: str, **facts: object) -> None:
        self.plan.faults.append(SheetFault(code, "cases", self.row.number, column, facts))

    @property
    def is_fine(self) -> bool:
        return len(self.plan.faults) == self.before


def _told(plan: Plan, row: Row, authority: Authority, source: str, now: datetime) -> Told | None:
    one, organisation = _Row(plan, row), standing()
    for head in ("received", "subject", "claim"):
        if not one.get(head):
            one.wrong("must", head)
    subject = organisation.subject_codes.get((authority.pk, one.get("subject")))
    place = organisation.place_codes.get((authority.pk, one.get("place"))) if one.get("place") else None
    for head, found in (("subject", subject), ("place", place)):
        if one.get(head) and (found is None or found.closed_on is not None):
            one.wrong("unknown", head, value=one.get(head))
    kind = _kind(one, authority)
    received = _received(one, authority, now)
    channel = _channel(one)
    if one.get("address") and not one.get("name"):
        one.wrong("must", "name")
    if not one.is_fine or subject is None or received is None:
        return None
    name = one.get("name")
    return Told(
        authority=authority,
        subject=subject,
        place=place,
        place_text=one.get("place_in_words"),
        claim=one.get("claim"),
        wants=one.get("wants"),
        kind=kind,
        language=one.get("language") or "zh-hans",
        intake=Intake.IMPORT,
        privacy=Privacy.CONFIDENTIAL if name else Privacy.ANONYMOUS,
        identities=(Identity(name, one.get("address")),) if name else (),
        channel=channel,
        received_at=received,
        claimed_by=f"import {source}",
        submission=b"import\0" + digest_of(authority, source, one.get("foreign_id")),
    )


def _kind(one: _Row, authority: Authority) -> str:
    kinds = load_pack(authority.pack).kinds
    plain = [kind.code for kind in kinds if not kind.about_conduct] or [kind.code for kind in kinds]
    said = one.get("kind")
    if said and said not in plain:
        # Accusations are not taken over from a table: who is accused has to be named, and kept away, by a person.
        one.wrong("bad_choice", "kind", value=said, known=", ".join(plain))
    return said or plain[0]


def _received(one: _Row, authority: Authority, now: datetime) -> datetime | None:
    said = one.get("received")
    if not isinstance(said, datetime):
        return None
    at = (said if said.tzinfo else said.replace(tzinfo=ZoneInfo(authority.zone))).astimezone(UTC)
    if at > now:
        one.wrong("in_future", "received")
        return None
    return at


def _channel(one: _Row) -> ChannelWish | None:
    kind, address = one.get("channel"), one.get("channel_address")
    if not kind and not address:
        return None
    if not kind or not address:
        one.wrong("must", "channel" if not kind else "channel_address")
        return None
    if kind == "post":
        return ChannelWish(kind, address)
    try:
        return ChannelWish(kind, (EmailField() if kind == "email" else PhoneField()).clean(address))
    except ValidationError:
        one.wrong("bad_email" if kind == "email" else "bad_phone", "channel_address", value=address[:60])
        return None
