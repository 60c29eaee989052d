"""Receipts: the case behind code and secret, and a new secret for one that was lost."""

from __future__ import annotations

import base64
import hmac
import logging
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from answerable.alerts.models import Delivery
from answerable.alerts.services import queue_delivery
from answerable.cases import access, steps
from answerable.cases.act_kinds import ActKind
from answerable.cases.models import Case, Message, SecretWish
from answerable.cases.rules import CannotAct, Doing
from answerable.cases.services.intake import SECRET_PURPOSE
from answerable.core import codes
from answerable.core.sentences import N_, Said
from answerable.parties import keys, vault
from answerable.parties.keyfile import KeyFileError
from answerable.parties.models import Channel, ChannelKind, DataKey, Party
from answerable.parties.steps import Erased, data_key, open_identity
from answerable.record.actors import Actor
from answerable.record.models import Act
from answerable.record.queries import acts_of

log = logging.getLogger(__name__)
#: Channels that a machine alone handles. A letter would pass a clerk's hands with the secret in it.
BY_MACHINE = (ChannelKind.EMAIL, ChannelKind.SMS)
#: A person who lost it twice in a day comes to the counter; whoever found a code cannot pester them.
ONCE_IN = timedelta(hours=24)
#: Comparing what was said with a sealed name tells something about it, so it is a look, and rare.
COMPARISONS_A_DAY = 3
#: How many things only the person can know must have been told at the counter; one, where their name matched too.
KNOWN_NEEDED = 2


#: What a person can tell that does not stand on any paper: codes that the form and the record use.
KNOWN_THINGS = ("words", "wants", "when", "place", "talk")


class CannotReissue(Said):
    """No new receipt at the counter; the sentence says what is missing."""

    sentences = {
        "not_known": N_(
            "This is not enough to be sure that it is the person's own matter. Ask for more that only they can "
            "know, or send a new secret by the way they chose."
        ),
        "not_same": N_(
            "What was said is not the name that is sealed. Nothing was given out; the person sees the try."
        ),
        "compared_often": N_(
            "Names were compared three times within a day. Send a new secret by the way the person chose, or try "
            "again tomorrow."
        ),
    }


def case_behind(code: str, secret: str) -> Case | None:
    """The case that code and secret open together, or None; the same work whichever of the two is wrong."""
    case = Case.objects.filter(code=code).first()
    same = [codes.verify_secret(keys.derived(SECRET_PURPOSE), code, secret, mac) for mac in _macs(case)]
    return case if any(same) else None


def _macs(case: Case | None) -> tuple[bytes | None, bytes | None]:
    """What the secret that works and the one sent anew are compared with; two in any case."""
    if case is None:
        return None, None
    return bytes(case.secret_mac), bytes(case.next_secret_mac) if case.next_secret_mac is not None else None


def enter(code: str, secret: str) -> Case | None:
    """`case_behind` for whoever comes in by it: a secret that was sent anew works alone from its first use on.

    Until then the old one works too. Whoever finds a code can have a new secret sent, and locks nobody out by it.
    """
    case = case_behind(code, secret)
    mac = digest_of(code, secret)
    if case is not None and case.next_secret_mac is not None and bytes(case.next_secret_mac) == mac:
        Case.objects.filter(pk=case.pk, next_secret_mac=mac).update(secret_mac=mac, next_secret_mac=None)
        case.secret_mac, case.next_secret_mac = mac, None
    return case


def is_secret_of(case: Case, secret: str) -> bool:
    """Whether this is the secret that opens the case now."""
    return codes.verify_secret(keys.derived(SECRET_PURPOSE), case.code, secret, bytes(case.secret_mac))


def secret_for(code: str) -> tuple[str, bytes]:
    """A new secret for a receipt code, and what is stored of it."""
    secret = codes.new_secret()
    return secret, digest_of(code, secret)


def digest_of(code: str, secret: str) -> bytes:
    """What is stored of a receipt's secret."""
    return codes.hash_secret(keys.derived(SECRET_PURPOSE), code, secret)


def want_new_secret(*, code: str, now: datetime) -> None:
    """Write down that a new secret is wanted. The same work for every code: no clock tells whether it is somebody's."""
    SecretWish.objects.create(code=code, at=now)


def send_wanted(now: datetime, limit: int = 50) -> int:
    """See to the new secrets that were asked for; returns how many. A wish that a crash left is seen to again."""
    wishes = list(SecretWish.objects.order_by("pk")[:limit])
    for wish in wishes:
        try:
            reissue_to_channel(code=wish.code, now=now)
        except (KeyFileError, DataKey.DoesNotExist):
            # Nobody can read that address any more, and nobody else waits behind it: the counter gives a receipt.
            log.warning("a new secret cannot be sent: its key is lost")
        wish.delete()
    return len(wishes)


@transaction.atomic(durable=True)
def reissue_to_channel(*, code: str, now: datetime) -> bool:
    """Send a new secret to the channel that the person chose; the code they have already is not in the message.

    The old secret works until the new one is first used (`enter`). False, and nothing done, where there is no such
    case, no channel that a machine alone handles, the case was erased, or a receipt was issued anew within a day.
    """
    case_id = Case.objects.filter(code=code, erased_at=None).values_list("pk", flat=True).first()
    if case_id is None:
        return False
    case = steps.lock_case(case_id)
    channel = Channel.objects.filter(case_id=case.pk, dropped_at=None, kind__in=BY_MACHINE).first()
    lately = Act.objects.filter(
        matter_id=case.pk, kind=ActKind.RECEIPT_REISSUED, recorded_at__gt=now - ONCE_IN
    )
    if channel is None or lately.exists():
        return False
    secret, mac = secret_for(case.code)
    done = steps.act(
        case,
        ActKind.RECEIPT_REISSUED,
        by=Actor.person(),
        now=now,
        set={"next_secret_mac": mac},
        body={"how": "channel", "kind": channel.kind},
        clocks=False,
    )
    steps.say(case, done, Message.Kind.NOTICE, by=Actor.system(), code="reissued_channel")
    key = f"reissued:{done.id}"
    queue_delivery(
        channel.kind,
        "reissued",
        key=key,
        at=done.at,
        matter=case.pk,
        channel_id=channel.pk,
        language=case.language,
        facts={"sealed": _sealed(channel, secret, key)},
    )
    return True


def _sealed(channel: Channel, secret: str, key: str) -> str:
    """The secret under the channel's own key, so that only the process that unseals the channel can read it.

    Dropping the channel, or erasing the case, destroys that key and with it a message that was not sent yet.
    """
    blob = vault.seal_json(
        data_key(channel.pk), {"secret": secret}, vault.bind(Delivery._meta.db_table, "facts", key)
    )
    return base64.b64encode(blob).decode()


@dataclass(frozen=True)
class Reissued:
    """What the counter hands over, once."""

    case: Case
    secret: str


@transaction.atomic(durable=True)
def compare_identity(*, case_id: UUID, name: str, by: Actor, now: datetime) -> bool:
    """Whether the name said at the counter is the sealed one. The clerk learns yes or no, never the name.

    An act, and shown to the person at once, like every look. Raises CannotAct (nothing_said, erased),
    CannotReissue (compared_often), Http404 or NotYours from access.
    """
    case = steps.lock_case(case_id)
    access.require(by, case, Doing.LOOK, now)
    if not name.strip():
        raise CannotAct("nothing_said")
    day_ago = now - timedelta(days=1)
    if case.messages.filter(code="compared", at__gt=day_ago).count() >= COMPARISONS_A_DAY:
        raise CannotReissue("compared_often")
    is_same = _is_name_of(case, name)
    done = steps.act(
        case,
        ActKind.IDENTITY_LOOKED,
        by=by,
        now=now,
        body={"compared": True, "same": is_same},
        why="receipt lost: compared at the counter",
        clocks=False,
    )
    steps.say(case, done, Message.Kind.NOTICE, by=by, code="compared", facts={"post": by.post_id})
    return is_same


def _is_name_of(case: Case, name: str) -> bool:
    said, found = _plain(name), False
    for party in Party.objects.filter(case_id=case.pk):
        try:
            known = _plain(str(open_identity(party)["name"]))
        except Erased:
            raise CannotAct("erased") from None
        found |= bool(known) and hmac.compare_digest(said.encode(), known.encode())
    return found


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def has_names(case: Case) -> bool:
    """Whether a sealed name can be compared with what is said at the counter."""
    return Party.objects.filter(case_id=case.pk).exclude(sealed=None).exists()


@transaction.atomic(durable=True)
def reissue_at_counter(
    *, case_id: UUID, known: tuple[str, ...], by: Actor, seen_version: int | None, now: datetime
) -> Reissued:
    """Give a new receipt to whoever told what only the person can know, confirmed by the clerk.

    `known` are the codes of what was told (KNOWN_THINGS); where a name is sealed, a comparison by this post within
    the hour must have matched. Marked in the record and told to the person, on the page and by their channel: a
    receipt that was issued behind their back does not stay hidden. Raises CannotReissue (not_known, not_same),
    CannotAct (erased).
    """
    case = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, case, Doing.LOOK, now)
    if case.erased_at is not None:
        raise CannotAct("erased")
    told = {code for code in known if code in KNOWN_THINGS}
    if has_names(case) and not _was_same(case, by, now):
        raise CannotReissue("not_same")
    if len(told) < (1 if has_names(case) else KNOWN_NEEDED):
        raise CannotReissue("not_known")
    secret, mac = secret_for(case.code)
    done = steps.act(
        case,
        ActKind.RECEIPT_REISSUED,
        by=by,
        now=now,
        set={"secret_mac": mac, "next_secret_mac": None},
        body={"how": "counter", "told": sorted(told), "compared": has_names(case)},
        clocks=False,
    )
    steps.say(case, done, Message.Kind.NOTICE, by=by, code="reissued_counter", facts={"post": by.post_id})
    return Reissued(case, secret)


def _was_same(case: Case, by: Actor, now: datetime) -> bool:
    """Whether this post compared the name within the last hour, and it matched."""
    recent = [
        act
        for act in acts_of(case.pk, kinds=(str(ActKind.IDENTITY_LOOKED),))
        if act.post_id == by.post_id
        and act.at > now - timedelta(hours=1)
        and (act.body or {}).get("compared")
    ]
    return bool(recent) and bool((recent[-1].body or {}).get("same"))
