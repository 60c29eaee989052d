"""For how long it is kept who serves in which post."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from answerable.core.keeping import Kept


def _sessions_overdue(now: datetime) -> int:
    return Session.objects.filter(expire_date__lt=now - timedelta(days=1)).count()


KEPT = (
    Kept(
        "orgs.staff",
        _("Staff: names, posts held from and until, ways to sign in"),
        _("Kept as long as the installation: every act stands under a post, and who held it must be known."),
        _("So that an office answers for what its posts did. Whoever left cannot sign in any more."),
        (
            "orgs.Staff",
            "orgs.Appointment",
            "account.EmailAddress",
            "account.EmailConfirmation",
            "mfa.Authenticator",
        ),
    ),
    Kept(
        "orgs.session",
        _("Sign-ins that are open in a browser"),
        _("12 hours; what has run out is destroyed within the hour."),
        _("So that a page stays open over a shift, and no longer."),
        ("sessions.Session",),
        "retention",
        _sessions_overdue,
    ),
)
