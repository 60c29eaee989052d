"""What administrators do with mailboxes, and clerks with messages that were not taken up. Each is an act of the body's
own record; none of them tells who wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from answerable.cases.mailbox import taking, waiting
from answerable.cases.mailbox.imap import sealed_password
from answerable.cases.mailbox.models import Mail, Mailbox, Outcome
from answerable.cases.mailbox.taking import Nature
from answerable.cases.models import Case
from answerable.core.refusals import Changed
from answerable.core.sentences import N_, Said
from answerable.orgs.models import Authority, Subject, Unit
from answerable.record.actors import Actor
from answerable.record.append import append
from answerable.record.matters import matter_of
from answerable.record.models import Act

#: The act by which somebody read a message that waited; its matter is the message.
READ = "mailbox.mail_read"


class CannotKeepMailbox(Said):
    """A mailbox, or a message in it, that cannot be changed so."""

    sentences = {
        "same_folder": N_("Name another folder than the one where messages arrive."),
        "taken": N_("This address is looked at already."),
        "no_password": N_("Type the password of the mailbox."),
        "password_again": N_(
            "The password is sealed for one server and one name. Type it again, since you changed them."
        ),
        "settled": N_("Somebody has decided about this message already."),
        "same_done": N_("Another mailbox at this server puts its messages there. Name a folder of its own."),
        "gone": N_("The words of this message are not there any more: its time was over."),
    }


@dataclass(frozen=True)
class Wished:
    """A mailbox as the form has it; an empty password keeps the one that is there."""

    unit: Unit
    subject: Subject
    address: str
    host: str
    port: int
    security: str
    username: str
    folder: str
    done_folder: str
    done_days: int
    sends_secret: bool
    since: date


def _record(kind: str, row: Mailbox, by: Actor, now: datetime, **body: Any) -> None:
    matter = matter_of("authority", row.authority_id)
    append(kind, matter=matter, by=by, at=now, body={"mailbox": row.pk, "address": row.address, **body})


def _as_record(wished: Wished) -> dict[str, Any]:
    said = dict(vars(wished)) | {
        "unit": wished.unit.pk,
        "subject": wished.subject.pk,
        "since": str(wished.since),
    }
    return {"to": said}


@transaction.atomic(durable=True)
def open_mailbox(*, authority: Authority, wished: Wished, password: str, by: Actor, now: datetime) -> Mailbox:
    """Begin to look into a mailbox. Raises CannotKeepMailbox (taken, no_password, same_folder, same_done)."""
    Authority.objects.select_for_update().get(pk=authority.pk)  # two at once: the second sees the first
    if Mailbox.objects.filter(address__iexact=wished.address).exists():
        raise CannotKeepMailbox("taken")
    if not password:
        raise CannotKeepMailbox("no_password")
    _require_two_folders(wished)
    _require_own_folder(wished)
    row = Mailbox(authority=authority, **{name: getattr(wished, name) for name in vars(wished)})
    row.sealed = sealed_password(row, password)
    row.save()
    _record("mailbox.opened", row, by, now, **_as_record(wished))
    return row


@transaction.atomic(durable=True)
def change_mailbox(
    *, mailbox_id: int, wished: Wished, password: str, by: Actor, seen_version: int, now: datetime
) -> Mailbox:
    """Change one. Raises Changed, CannotKeepMailbox (taken, password_again, same_folder, same_done)."""
    row = _locked(mailbox_id, seen_version)
    if Mailbox.objects.filter(address__iexact=wished.address).exclude(pk=row.pk).exists():
        raise CannotKeepMailbox("taken")
    _require_two_folders(wished)
    _require_own_folder(wished, but=row.pk)
    moved = (row.host, row.port, row.username) != (wished.host, wished.port, wished.username)
    if moved and not password:
        raise CannotKeepMailbox("password_again")
    for name in vars(wished):
        setattr(row, name, getattr(wished, name))
    if password:
        row.sealed = sealed_password(row, password)
    if moved:
        row.uid_validity, row.last_uid, row.done_ours = 0, 0, ""
    row.state, row.version = Mailbox.State.NEW, row.version + 1
    row.save()
    _record("mailbox.changed", row, by, now, **_as_record(wished), password_changed=bool(password))
    return row


@transaction.atomic(durable=True)
def pause_mailbox(*, mailbox_id: int, paused: bool, by: Actor, seen_version: int, now: datetime) -> Mailbox:
    """Look into it no more, or again. What arrives meanwhile is taken afterwards. Raises Changed."""
    row = _locked(mailbox_id, seen_version)
    if row.is_paused != paused:
        row.is_paused, row.version = paused, row.version + 1
        row.save(update_fields=["is_paused", "version"])
        _record("mailbox.paused" if paused else "mailbox.resumed", row, by, now)
    return row


def _require_two_folders(wished: Wished) -> None:
    if wished.folder.casefold() == wished.done_folder.casefold():
        raise CannotKeepMailbox("same_folder")


def _require_own_folder(wished: Wished, *, but: int = 0) -> None:
    """Of two that share one, each would delete by its own days."""
    there = Mailbox.objects.filter(host__iexact=wished.host, port=wished.port, username=wished.username)
    if there.filter(done_folder__iexact=wished.done_folder).exclude(pk=but).exists():
        raise CannotKeepMailbox("same_done")


def _locked(mailbox_id: int, seen_version: int) -> Mailbox:
    row = Mailbox.objects.select_for_update(of=("self",)).select_related("authority").get(pk=mailbox_id)
    if row.version != seen_version:
        raise Changed(shown=seen_version, now=row.version)
    return row


@transaction.atomic(durable=True)
def read_mail(*, mail_id: UUID, by: Actor, now: datetime) -> None:
    """Record that somebody reads a message that waits, before it is shown (rights, rule 6). Whose it is sees so, if it
    becomes a matter. Raises CannotKeepMailbox("settled")."""
    row = Mail.objects.select_for_update().get(pk=mail_id)
    if row.outcome != Outcome.WAITING:
        raise CannotKeepMailbox("settled")
    append(READ, matter=row.pk, by=by, at=now, body={"mailbox": row.mailbox_id, "reason": row.reason})


def has_read(mail_id: UUID, by: Actor) -> bool:
    """Whether this post's holder opened the message, and so may go on looking while they fill in the form."""
    acts = Act.objects.filter(matter_id=mail_id, kind=READ, post_id=by.post_id)
    return acts.exists()


def make_case(*, mail_id: UUID, subject: Subject, nature: Nature, by: Actor, now: datetime) -> Case:
    """Make a matter of a message that was not taken up; its receipt goes to whoever wrote it.

    Two at once make one: the case is found by the message. Raises CannotKeepMailbox (settled, gone).
    """
    row = Mail.objects.select_related("mailbox__authority", "mailbox__unit").get(pk=mail_id)
    kept = _opened(row)
    done = taking.register(
        row.mailbox,
        kept.letter,
        bytes(row.digest),
        subject=subject,
        nature=nature,
        by=by,
        arrived_at=row.arrived_at,
        now=now,
    )
    assert done is not None  # a clerk stands behind it
    _settle(mail_id, Outcome.TURNED, by=by, now=now, case=done.case)
    return done.case


def leave_mail(*, mail_id: UUID, by: Actor, now: datetime) -> None:
    """Say that a message is no matter: its words are destroyed. Raises CannotKeepMailbox("settled")."""
    if not _settle(mail_id, Outcome.LEFT, by=by, now=now):
        raise CannotKeepMailbox("settled")


def _opened(row: Mail) -> waiting.Kept:
    if row.outcome != Outcome.WAITING:
        raise CannotKeepMailbox("settled")
    try:
        return waiting.opened(row)
    except Exception as error:
        raise CannotKeepMailbox("gone") from error


@transaction.atomic(durable=True)
def _settle(mail_id: UUID, outcome: str, *, by: Actor, now: datetime, case: Case | None = None) -> bool:
    row = Mail.objects.select_for_update(of=("self",)).select_related("mailbox").get(pk=mail_id)
    if row.outcome != Outcome.WAITING:
        return False
    _record(f"mailbox.{outcome}", row.mailbox, by, now, mail=str(row.pk), reason=row.reason)
    row.case = case
    waiting.destroy(row, outcome, now=now, post_id=by.post_id)
    return True
