"""Mailboxes, and what was taken out of them: each message once."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from answerable.cases.models import Case
from answerable.core.ids import uuid7
from answerable.orgs.models import Authority, Post, Subject, Unit


class Security(models.TextChoices):
    TLS = "tls", _("TLS from the first byte (port 993)")
    STARTTLS = "starttls", _("STARTTLS (port 143)")
    NONE = "none", _("without encryption, only on this machine")


class Mailbox(models.Model):
    """One mailbox of an office. `sealed` is its password, under a key that lies outside the database."""

    class State(models.TextChoices):
        NEW = "new", _("not looked at yet")
        FINE = "fine", _("works")
        AWAY = "away", _("cannot be reached")
        REFUSED = "refused", _("refuses the name or the password")
        NO_FOLDER = "no_folder", _("has no such folder")
        USED = "used", _("has other messages in the folder for what was taken")

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    #: Whose clerks look through what was not taken up.
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    #: What a new matter is taken for until somebody has read it.
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    address = models.EmailField(unique=True)
    host = models.CharField(max_length=200)
    port = models.PositiveIntegerField()
    security = models.CharField(max_length=8, choices=Security.choices, default=Security.TLS)
    username = models.CharField(max_length=200)
    sealed = models.BinaryField()
    folder = models.CharField(max_length=120, default="INBOX")
    done_folder = models.CharField(max_length=120, default="Answerable")
    #: The folder of this name was found empty, or made by us: whatever is in it, we put there.
    done_ours = models.CharField(max_length=120, blank=True, default="", db_default="")
    #: So long a message that was taken still lies at the mail server; what is erased here must not last there.
    done_days = models.PositiveSmallIntegerField(default=30)
    sends_secret = models.BooleanField(default=False)
    #: Older messages are left alone: they were answered by hand.
    since = models.DateField()
    is_paused = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    looked_at = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True)
    cleared_on = models.DateField(null=True)
    #: Where the server cannot move messages, those up to here were taken.
    uid_validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "mailbox_mailbox"


class Outcome(models.TextChoices):
    CASE = "case"
    REPLY = "reply"
    BOUNCE = "bounce"
    #: Not taken up: it waits for somebody to look at it.
    WAITING = "waiting"
    #: Somebody looked and made a matter of it, or said that it is none.
    TURNED = "turned"
    LEFT = "left"


class Mail(models.Model):
    """One message that was taken, known again by `digest`. The words of one that waits lie sealed under its own key."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="mails")
    digest = models.BinaryField(max_length=32, unique=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    reason = models.CharField(max_length=20, blank=True)
    sealed = models.BinaryField(null=True)
    arrived_at = models.DateTimeField()
    taken_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    #: What somebody made of it, so that its person sees who had read it.
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "mailbox_mail"
        indexes = [
            models.Index(
                fields=["mailbox", "-taken_at"], condition=Q(outcome="waiting"), name="mail_waiting"
            ),
            models.Index(fields=["taken_at"], name="mail_taken"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(sealed=None) | Q(outcome="waiting"), name="only_waiting_mail_has_words"
            )
        ]
