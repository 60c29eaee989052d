"""From a request to what is registered; every fault is found at once."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from ninja.parser import Parser

from answerable.api.faults import Fault, Rejected, invalid
from answerable.api.models import ApiClient
from answerable.api.schemas import CaseIn, ChannelIn
from answerable.cases.models import Intake, Privacy
from answerable.cases.pack_types import Pack
from answerable.cases.packs import load_pack
from answerable.cases.portal.fields import EmailField, PhoneField
from answerable.cases.services.intake import Told
from answerable.core import text
from answerable.core.sentences import sentence
from answerable.core.text import LINE_LIMIT, TEXT_LIMIT
from answerable.orgs.models import Authority, Unit
from answerable.orgs.standing import standing
from answerable.parties.models import PartyRole
from answerable.parties.steps import ChannelWish, Identity


class BodyParser(Parser):
    """JSON whose broken characters are made whole first, so that no careless client loses a person's words."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            return _whole(json.loads(request.body))
        except (ValueError, RecursionError):
            raise Rejected("not_json", 400) from None


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(item) for key, item in value.items()}
    return value


@dataclass
class _Reader:
    faults: list[Fault] = field(default_factory=list)

    def words(self, where: str, said: str, limit: int, *, line: bool = False, needed: bool = False) -> str:
        try:
            kept = text.clean_line(said, limit) if line else text.clean(said, limit)
        except text.CannotKeep as refusal:
            self.faults.append(Fault(refusal.code, where, sentence(refusal)))
            return ""
        if needed and not kept.text:
            self.faults.append(Fault("missing", where))
        return kept.text

    def wrong(self, code: str, where: str) -> None:
        self.faults.append(Fault(code, where))


def told_by(client: ApiClient, body: CaseIn, submission: bytes) -> Told:
    """What a system handed in, checked. Raises Rejected ("invalid") with every fault."""
    read, authority = _Reader(), client.authority
    pack = load_pack(authority.pack)
    organisation = standing()
    subject = _open(organisation.subject_codes.get((authority.pk, body.subject)))
    place = _open(organisation.place_codes.get((authority.pk, body.place))) if body.place else None
    if subject is None:
        read.wrong("unknown_subject", "subject")
    if body.place and place is None:
        read.wrong("unknown_place", "place")
    accused_units, accused_text = _accused(read, authority, body)
    told = {
        "claim": read.words("claim", body.claim, TEXT_LIMIT, needed=True),
        "wants": read.words("wants", body.wants, TEXT_LIMIT),
        "place_text": read.words("place_in_words", body.place_in_words, LINE_LIMIT, line=True),
        "kind": _kind(read, pack, body),
        "identities": _identities(read, body),
        "channel": _channel(read, body.channel),
    }
    if read.faults or subject is None:
        raise invalid(read.faults)
    return Told(
        authority=authority,
        subject=subject,
        place=place,
        language=body.language,
        intake=Intake.API,
        privacy=body.privacy,
        is_conduct=body.conduct is not None,
        accused_text=accused_text,
        accused_units=accused_units,
        is_danger=body.is_danger,
        is_shareable=body.is_shareable,
        submission=submission,
        **told,  # type: ignore[arg-type]
    )


def _open(row: Any) -> Any:
    return row if row is not None and row.closed_on is None else None


def _key(code: str) -> str:
    # PostgreSQL has no NUL in text; no code of ours has one either.
    return code.replace("\0", "\ufffd")


def _accused(read: _Reader, authority: Authority, body: CaseIn) -> tuple[tuple[int, ...], str]:
    if body.conduct is None:
        return (), ""
    # Any unit of the installation may be accused, those of the bodies above too.
    found: dict[str, int] = {}
    rows = Unit.objects.filter(code__in=[_key(code) for code in body.conduct.units], closed_on=None)
    for unit in sorted(rows, key=lambda unit: unit.authority_id == authority.pk):
        found[unit.code] = unit.pk
    for number, code in enumerate(body.conduct.units):
        if code not in found:
            read.wrong("unknown_unit", f"conduct.units.{number}")
    words = read.words("conduct.in_words", body.conduct.in_words, 2000)
    if not body.conduct.units and not words:
        read.wrong("conduct_unnamed", "conduct")
    return tuple(found.values()), words


def _kind(read: _Reader, pack: Pack, body: CaseIn) -> str:
    fitting = [kind for kind in pack.kinds if kind.about_conduct == (body.conduct is not None)] or pack.kinds
    if body.kind is None:
        return fitting[0].code
    if body.kind not in {kind.code for kind in fitting}:
        read.wrong("unknown_kind", "kind")
    return body.kind


def _identities(read: _Reader, body: CaseIn) -> tuple[Identity, ...]:
    given = body.identity
    if body.privacy == Privacy.ANONYMOUS:
        if given is not None:
            read.wrong("identity_with_anonymous", "identity")
        return ()
    if given is None:
        read.wrong("identity_needed", "identity")
        return ()
    name = read.words("identity.name", given.name, 120, line=True, needed=True)
    address = read.words("identity.address", given.address, 500)
    represented = read.words("identity.represented", given.represented, 120, line=True)
    if not represented:
        return (Identity(name, address, PartyRole.SELF),)
    return (
        Identity(name, address, PartyRole.REPRESENTATIVE),
        Identity(represented, "", PartyRole.REPRESENTED),
    )


def _channel(read: _Reader, given: ChannelIn | None) -> ChannelWish | None:
    if given is None:
        return None
    if given.kind == "post":
        return ChannelWish("post", read.words("channel.address", given.address, 500, needed=True))
    box = EmailField() if given.kind == "email" else PhoneField()
    try:
        return ChannelWish(given.kind, box.clean(given.address))
    except ValidationError:
        read.wrong("channel_wrong", "channel.address")
        return None
