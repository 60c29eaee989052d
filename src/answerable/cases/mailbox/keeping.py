"""For how long what came out of a mailbox is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from answerable.cases.mailbox.models import Mail, Outcome
from answerable.cases.mailbox.waiting import KEPT_FOR
from answerable.core.keeping import Kept

DAY = timedelta(days=1)


def _overdue(now: datetime) -> int:
    return Mail.objects.filter(outcome=Outcome.WAITING, taken_at__lt=now - KEPT_FOR - DAY).count()


KEPT = (
    Kept(
        "mailbox.mail",
        _("Messages out of a mailbox that were not taken up"),
        _("90 days, or until somebody decides about them; the mark by which each is known again 400 days."),
        _("So that a matter which looked like a machine's is not lost."),
        ("mailbox.Mail",),
        "mail upkeep",
        _overdue,
    ),
)
