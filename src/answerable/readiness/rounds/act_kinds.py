"""What can happen to templates, plans, rounds and findings; recorded under the template, the plan or the finding. Pure."""

from __future__ import annotations

from enum import StrEnum


class RoundAct(StrEnum):
    TEMPLATE_MADE = "round.template_made"
    TEMPLATE_DRAFTED = "round.template_drafted"
    TEMPLATE_ADOPTED = "round.template_adopted"
    TEMPLATE_RETIRED = "round.template_retired"
    PLAN_MADE = "round.plan_made"
    PLAN_CHANGED = "round.plan_changed"
    PLAN_STOPPED = "round.plan_stopped"
    PLACE_MOVED = "round.place_moved"
    #: The worker put rounds on the list, found them late, or passed over those that nobody could do any more.
    MADE = "round.made"
    LATE = "round.late"
    MISSED = "round.missed"
    DONE = "round.done"
    #: Rows were taken out as a workbook.
    EXPORTED = "round.exported"
    PHOTO_KEPT = "round.photo_kept"
    PHOTO_SEEN = "round.photo_seen"
    PHOTO_CLEARED = "round.photo_cleared"
    PHOTO_REFUSED = "round.photo_refused"


class FindingAct(StrEnum):
    FOUND = "finding.found"
    SEEN_AGAIN = "finding.seen_again"
    BECAME_CASE = "finding.became_case"
    BECAME_INCIDENT = "finding.became_incident"
    GIVEN = "finding.given"
    #: Another day by which it is to be mended, with grounds.
    DAY_MOVED = "finding.day_moved"
    MENDED = "finding.mended"
    CHECKED = "finding.checked"
    SENT_BACK = "finding.sent_back"
    LATE = "finding.late"
