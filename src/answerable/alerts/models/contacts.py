"""How a member of staff is reached for duty: which way, when, and whether it was shown to work (rights, rule 12)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from answerable.orgs.models import Staff


class Way(models.TextChoices):
    EMAIL = "email", _("e-mail")
    SMS = "sms", _("text message")
    VOICE = "voice", _("automatic call")
    PUSH = "push", _("this browser (Web Push)")
    APPRISE = "apprise", _("work chat (WeCom, DingTalk, Feishu, …)")
    WEBHOOK = "webhook", _("webhook")
    LANDLINE = "landline", _("telephone, called by the duty officer")


class ContactPoint(models.Model):
    """One way to reach somebody. `address` lies sealed (`sealed`) where it holds a key (push, Apprise, webhook).

    `urgent_after_s`, `calm_after_s`: seconds from the alarm at which this way is tried; null: not for these.
    """

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="contacts")
    way = models.CharField(max_length=8, choices=Way.choices)
    label = models.CharField(max_length=60, blank=True)
    address = models.CharField(max_length=200, blank=True)
    sealed = models.BinaryField(null=True)
    position = models.SmallIntegerField(default=0)
    urgent_after_s = models.IntegerField(null=True, default=0)
    calm_after_s = models.IntegerField(null=True, default=0)
    made_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True)
    #: Of the code that was sent to it, and until when that counts.
    code_digest = models.BinaryField(max_length=32, null=True)
    code_until = models.DateTimeField(null=True)
    code_tries = models.SmallIntegerField(default=0)
    #: The last answer that came back by it, and since when messages to it fail.
    answered_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "alerts_contact"
        ordering = ("position", "pk")
        indexes = [models.Index(fields=["staff"], condition=Q(removed_at=None), name="contact_in_use")]


class QuietHours(models.Model):
    """Local times at which only what is urgent comes through; past midnight where `until` is not after `begins`."""

    staff = models.OneToOneField(Staff, models.CASCADE, related_name="quiet_hours")
    begins = models.TimeField()
    until = models.TimeField()

    class Meta:
        db_table = "alerts_quiet_hours"
