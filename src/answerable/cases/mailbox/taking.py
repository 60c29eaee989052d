"""One message, taken once: a new matter, a reply to ours, a bounce, or something for somebody to look at.

Whatever a crash cuts off is taken again and finds what was done: a case by its submission, a reply by its form token, a
receipt by its key, and at the end the message by its digest. Only then is it put away on the server.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from answerable.alerts import reports
from answerable.cases.files import FILES_A_CASE, Accepted
from answerable.cases.mailbox import waiting
from answerable.cases.mailbox.models import Mail, Mailbox, Outcome
from answerable.cases.mailbox.quoting import own_words
from answerable.cases.mailbox.reading import File, Kind, Letter, read
from answerable.cases.mailbox.sending import queue_receipt
from answerable.cases.mailbox.tokens import channel_behind
from answerable.cases.models import Attachment, Case, Intake, Privacy
from answerable.cases.packs import load_pack
from answerable.cases.portal.fields import EmailField
from answerable.cases.rules import CannotAct
from answerable.cases.services import persons
from answerable.cases.services.intake import Registered, Told, register_case
from answerable.core import limits, text, uploads
from answerable.core.sentences import Said, sentence
from answerable.orgs.models import Subject
from answerable.parties import keys
from answerable.parties.steps import ChannelWish, Identity
from answerable.record.actors import Actor

log = logging.getLogger(__name__)
#: New matters from one address within an hour; what comes after waits for somebody, and nothing is refused.
MATTERS_AN_HOUR = 20
#: Receipts to one address within an hour: as many as matters, so that nobody is left without a code; two machines that
#: answer each other come to rest all the same.
RECEIPTS_AN_HOUR = MATTERS_AN_HOUR
PERSON_TEXT = 20_000


@dataclass(frozen=True)
class Nature:
    """Whether it accuses somebody, as far as anybody has said: nobody has, of a message that comes in by itself."""

    is_open: bool = False
    is_conduct: bool = False
    units: tuple[int, ...] = ()
    words: str = ""


UNREAD = Nature(is_open=True)


def digest_of(letter: Letter) -> bytes:
    """What a message is known again by; under a key, so that nobody can try Message-IDs against a copied table."""
    return hmac.digest(keys.derived("messages taken from mailboxes"), letter.name.encode(), hashlib.sha256)


def take(mailbox: Mailbox, raw: bytes, *, arrived_at: datetime, now: datetime, is_cut: bool = False) -> str:
    """Take one message; its outcome, or "" where it was taken before."""
    letter = read(raw, own=mailbox.address, is_cut=is_cut)
    digest = digest_of(letter)
    if Mail.objects.filter(digest=digest).exists():
        return ""
    reason = _settle(mailbox, letter, digest, arrived_at=min(arrived_at, now), now=now)
    with transaction.atomic(durable=True):
        if isinstance(reason, Outcome):
            row = Mail(
                mailbox=mailbox, digest=digest, outcome=reason, arrived_at=min(arrived_at, now), taken_at=now
            )
            Mail.objects.bulk_create([row], ignore_conflicts=True)
            return reason
        if not Mail.objects.filter(digest=digest).exists():
            waiting.keep(mailbox, letter, digest, reason, arrived_at=arrived_at, now=now)
        return Outcome.WAITING


def _settle(
    mailbox: Mailbox, letter: Letter, digest: bytes, *, arrived_at: datetime, now: datetime
) -> Outcome | str:
    """What became of it, or the reason why it waits."""
    if letter.kind is Kind.BOUNCE:
        for name in letter.deliveries:
            reports.report("email", name, has_arrived=False, now=now)
        return Outcome.BOUNCE
    if letter.kind is not Kind.LETTER:
        return str(letter.kind)
    try:
        if letter.tokens:
            return _join(letter, digest, now=now) or "token"
        if not letter.text and not letter.files and not letter.subject:
            return "empty"
        return _begin(mailbox, letter, digest, arrived_at=arrived_at, now=now)
    except CannotAct as refusal:
        return refusal.code[:20]


def _join(letter: Letter, digest: bytes, *, now: datetime) -> Outcome | None:
    """The person's reply in their case: known by the token that only what we sent them carried. None: it is not genuine,
    or they are not written to there any more."""
    channel = next(filter(None, map(channel_behind, letter.tokens)), None)
    if channel is None:
        return None
    case = Case.objects.get(pk=channel.case_id)
    with translation.override(case.language):
        words = own_words(letter.text)
        files = list(letter.files)
        if words != letter.text or len(words) > PERSON_TEXT:
            files.insert(0, File("message.txt", letter.text.encode()))
        room = FILES_A_CASE - Attachment.objects.filter(case=case, redacts=None).count()
        accepted, left_out = accept(files, room)
        said = _with_note(words[:PERSON_TEXT], left_out, letter)
    persons.write(case_id=case.pk, text=said, now=now, attached=tuple(accepted), once=digest.hex().encode())
    return Outcome.REPLY


def _begin(
    mailbox: Mailbox, letter: Letter, digest: bytes, *, arrived_at: datetime, now: datetime
) -> Outcome | str:
    if not limits.allow(f"mail matters {_of(letter.sender)}", "", MATTERS_AN_HOUR, 3600, now):
        return "flood"
    done = register(
        mailbox,
        letter,
        digest,
        subject=mailbox.subject,
        nature=UNREAD,
        by=Actor.person(),
        arrived_at=arrived_at,
        now=now,
    )
    return Outcome.CASE if done is not None else "no_sender"


def register(
    mailbox: Mailbox,
    letter: Letter,
    digest: bytes,
    *,
    subject: Subject,
    nature: Nature,
    by: Actor,
    arrived_at: datetime,
    now: datetime,
) -> Registered | None:
    """A case of one message, and its receipt to whoever wrote. None where nobody could be answered and `by` is nobody's
    clerk: such a message waits."""
    wish = _way_to(letter)
    if wish is None and by.post_id is None:
        return None
    language = _language_of(letter)
    with translation.override(language):
        accepted, left_out = accept(letter.files, FILES_A_CASE)
        told = _told(mailbox, letter, digest, subject, accepted, left_out, wish, language, arrived_at)
    told = _of_nature(told, nature)
    try:
        done = register_case(told, by=by, now=now)
    except CannotAct as refusal:
        if refusal.code != "submission_differs":
            raise
        # The same message, read a little differently this time (a scanner that was away): it is registered.
        done = Registered(
            Case.objects.get(code=refusal.facts["receipt"]), refusal.facts["receipt"], None, True
        )
    if wish is not None and limits.allow(
        f"mail receipts {_of(wish.address)}", "", RECEIPTS_AN_HOUR, 3600, now
    ):
        with transaction.atomic(durable=True):
            case = Case.objects.select_related("authority", "unit").get(pk=done.case.pk)
            names = [name for name, _why in left_out]
            queue_receipt(case, mailbox, secret=done.secret, about=letter.message_id, left_out=names, at=now)
    return done


def _told(
    mailbox: Mailbox,
    letter: Letter,
    digest: bytes,
    subject: Subject,
    accepted: list[Accepted],
    left_out: list[tuple[str, str]],
    wish: ChannelWish | None,
    language: str,
    arrived_at: datetime,
) -> Told:
    name = text.clean_line(letter.sender_name).text[:120] if letter.sender_name else ""
    words = "\n\n".join(filter(None, (letter.subject, letter.text)))
    pack = load_pack(mailbox.authority.pack)
    kinds = [kind for kind in pack.kinds if not kind.about_conduct] or list(pack.kinds)
    return Told(
        authority=mailbox.authority,
        subject=subject,
        claim=_with_note(words, left_out, letter, limit=text.TEXT_LIMIT),
        kind=kinds[0].code,
        language=language,
        intake=Intake.EMAIL,
        privacy=Privacy.CONFIDENTIAL if name else Privacy.ANONYMOUS,
        identities=(Identity(name),) if name else (),
        channel=wish,
        received_at=arrived_at,
        claimed_by=f"mail server of {mailbox.address}",
        submission=b"mail\0" + digest,
        files=tuple(accepted),
    )


def _of_nature(told: Told, nature: Nature) -> Told:
    """What may accuse somebody goes to whoever looks into accusations, and is read there first (rights, rule 5)."""
    if not nature.is_open and not nature.is_conduct:
        return told
    return replace(
        told,
        is_conduct=True,
        is_nature_open=nature.is_open,
        accused_units=nature.units,
        accused_text=nature.words,
    )


def _way_to(letter: Letter) -> ChannelWish | None:
    """They wrote by e-mail: that is the channel they chose."""
    try:
        address = EmailField(required=False).clean(letter.sender)
    except ValidationError:
        return None
    return ChannelWish("email", address) if address else None


def _language_of(letter: Letter) -> str:
    said = letter.subject + letter.text[:4000]
    letters = sum(sign.isascii() and sign.isalpha() for sign in said)
    han = sum("\u3400" <= sign <= "\u9fff" for sign in said)
    return "zh-hans" if han * 4 >= letters else "en"


def _with_note(
    words: str, left_out: list[tuple[str, str]], letter: Letter, limit: int = PERSON_TEXT + 4000
) -> str:
    """The words, and below them what did not come with them; nothing is dropped without a sentence."""
    notes = [sentence_ for _name, sentence_ in left_out]
    if letter.is_cut or len(words) > limit - 4000:
        notes.insert(0, gettext("The message was too long to be kept whole; its beginning is here."))
    kept = text.clean(words[: limit - 4000]).text
    return "\n\n".join(filter(None, (kept, *(f"[{note}]" for note in notes))))[:limit]


def accept(files: list[File] | tuple[File, ...], room: int) -> tuple[list[Accepted], list[tuple[str, str]]]:
    """The files that can be kept, inspected and written anew like any other; and name and sentence of the rest."""
    accepted: list[Accepted] = []
    left_out: list[tuple[str, str]] = []
    scanner = getattr(settings, "ANSWERABLE_CLAMD_SOCKET", None)
    for file in files:
        name = text.safe_filename(file.name)
        if len(accepted) >= room:
            left_out.append((name, gettext("“%(name)s” did not fit any more.") % {"name": name}))
            continue
        try:
            kept = uploads.receive(file.name, file.data, scanner=scanner)
        except Said as refusal:
            left_out.append((name, sentence(refusal)))
            continue
        accepted.append(
            Accepted(kept.name, kept.media_type, kept.data, kept.sha256, str(kept.scan.state.value))
        )
    # A flood of tiny parts is no list to read.
    return accepted, left_out[:10]


def _of(address: str) -> str:
    """A source for limits: a digest that is gone within the hour with its key."""
    return hashlib.sha256(address.lower().encode()).hexdigest()[:32]
