"""What happened to rounds and findings, in words; without places, for lists and for their own pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from answerable.readiness.rounds.act_kinds import FindingAct as F
from answerable.readiness.rounds.act_kinds import RoundAct as R

WORDS: dict[str, Any] = {
    R.TEMPLATE_MADE: _("The template was taken over as a draft."),
    R.TEMPLATE_DRAFTED: _("A draft was saved."),
    R.TEMPLATE_ADOPTED: _("A version was put to use."),
    R.TEMPLATE_RETIRED: _("The template was retired."),
    R.PLAN_MADE: _("The plan was made."),
    R.PLAN_CHANGED: _("The plan was changed."),
    R.PLAN_STOPPED: _("The plan was stopped."),
    R.PLACE_MOVED: _("A place was split or merged."),
    R.MADE: _("Rounds were put on the list."),
    R.LATE: _("A round was late; the leader was told."),
    R.MISSED: _("A round was missed: the next one was due."),
    R.DONE: _("A round was done."),
    R.EXPORTED: _("Rows were taken out as a workbook."),
    R.PHOTO_KEPT: _("A photograph came in and is held."),
    R.PHOTO_SEEN: _("A held photograph was looked at."),
    R.PHOTO_CLEARED: _("A photograph was checked and may be shown."),
    R.PHOTO_REFUSED: _("A photograph was refused and destroyed."),
    F.FOUND: _("Found in a round."),
    F.SEEN_AGAIN: _("Seen again in a later round."),
    F.BECAME_CASE: _("A case was registered for it."),
    F.BECAME_INCIDENT: _("An incident was called in for it."),
    F.GIVEN: _("Given to a post, with a day."),
    F.DAY_MOVED: _("The day by which it is to be mended was changed."),
    F.MENDED: _("Said to be mended."),
    F.CHECKED: _("Somebody else looked: it is mended."),
    F.SENT_BACK: _("Somebody else looked: it is not mended."),
    F.LATE: _("Late; the leader was told."),
}
