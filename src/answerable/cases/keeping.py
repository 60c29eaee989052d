"""For how long what belongs to a case is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from answerable.cases.models import Case, IntakeDraft
from answerable.cases.rules import ENDED
from answerable.cases.upkeep import CLOCK_DOUBT
from answerable.core.keeping import Kept

DAY = timedelta(days=1)


def _cases_overdue(now: datetime) -> int:
    rows = Case.objects.filter(ended_at__isnull=False, erased_at=None, state__in=ENDED)
    return rows.filter(keep_until__lte=now - DAY).count()


def _drafts_overdue(now: datetime) -> int:
    return IntakeDraft.objects.filter(expires_at__lte=now - CLOCK_DOUBT - DAY).count()


KEPT = (
    Kept(
        "cases.case",
        _("Matters: words, files, letters, names and ways to reach the person"),
        _("As many years after the end as the subject says; at once when the person asks and the matter is over."),
        _("So that the office can be asked about it, and no longer. Dates and posts stay, without words or names."),
        (
            "cases.Case", "cases.CaseText", "cases.Involvement", "cases.Accused", "cases.SteppedAside",
            "cases.Deadline", "cases.Message", "cases.Note", "cases.Decision", "cases.Attachment",
            "cases.TakenOut", "cases.Move", "parties.Party", "parties.Channel", "parties.DataKey", "parties.Tombstone",
        ),
        "upkeep",
        _cases_overdue,
        _("Days of the person's own still run in it, or it was taken up again."),
    ),
    Kept(
        "cases.archive",
        _("Archived matters"),
        _("As long as the matter itself."),
        _("The package in the archive is destroyed when the matter is erased."),
        run="archive",
    ),
    Kept(
        "cases.draft",
        _("Forms that somebody began and did not send"),
        _("24 hours; 30 days where somebody saved theirs with a return code. Then a day more, sealed, in case a clock was wrong."),
        _("So that nobody loses what they wrote. Only the person's own return code opens them."),
        ("cases.IntakeDraft",),
        "upkeep",
        _drafts_overdue,
    ),
    Kept(
        "cases.submission",
        _("Marks by which a form that is sent twice is noticed"),
        _("Three days."),
        _("So that a second press does not make a second matter."),
        ("cases.Submission",),
        "upkeep",
    ),
    Kept(
        "cases.secret_wish",
        _("Wishes for a new secret"),
        _("Until the worker has seen to them: seconds."),
        _("So that the page does not tell whether a code is somebody's."),
        ("cases.SecretWish",),
    ),
    Kept(
        "cases.reserved_code",
        _("Receipt codes that a counter took along and did not use"),
        _("Until they can no longer be sent in."),
        _("So that a counter can work without a network."),
        ("cases.ReservedCode",),
        "upkeep",
    ),
    Kept(
        "core.rates",
        _("Marks by which too many tries are noticed"),
        _("An hour at most; no network address is ever stored."),
        _("So that nobody guesses secrets or floods the form."),
        ("core.RateKey", "core.RateCount"),
        "upkeep",
    ),
)  # fmt: skip
