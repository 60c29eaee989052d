"""For how long what rounds gather is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from answerable.core.keeping import Kept
from answerable.readiness.rounds.models import RoundPhoto
from answerable.readiness.rounds.photos.steps import UNCHECKED

KEPT_PHOTOS = "rounds.photos"


def _overdue(now: datetime) -> int:
    held = RoundPhoto.objects.filter(state=RoundPhoto.State.HELD)
    return held.filter(at__lt=now - UNCHECKED - timedelta(days=2)).count()


KEPT = (
    Kept(
        KEPT_PHOTOS,
        _("Photographs of places and things that nobody has checked"),
        _("Ninety days. A refused or blurred photograph goes at once; a checked one stays with its round."),
        _("Somebody may be seen in it, and after so long nobody needs it."),
        ("rounds.RoundPhoto",),
        "destroy photographs of rounds",
        _overdue,
    ),
    Kept(
        "rounds.file",
        _("Templates, plans, rounds with their answers, and what was found"),
        _("Kept: they name places, things and posts, and those who did the work."),
        _(
            "So that what was found before is known the next time, and the office can answer for what it looked at."
        ),
        (
            "rounds.RoundTemplate",
            "rounds.TemplateVersion",
            "rounds.RoundPlan",
            "rounds.Target",
            "rounds.PlaceChange",
            "rounds.Round",
            "rounds.Answer",
            "rounds.Finding",
            "rounds.Sending",
        ),
    ),
)
