"""What the portal reads: the subject and place that were chosen, and similar open matters."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from uuid import UUID

from answerable.cases.models import Case
from answerable.cases.portal.draft import Draft
from answerable.cases.portal.office import Office
from answerable.cases.rules import OPEN
from answerable.orgs.models import Place, Subject
from answerable.orgs.queries import Uncovered, responsible_for

#: More would not be read; the newest come first.
SHOWN = 5


@dataclass(frozen=True)
class Matter:
    """An open matter whose person agreed to show it. `mark` names it on the page without giving its id away."""

    case_id: UUID
    summary: str
    mark: str


def subject_of(draft: Draft, office: Office) -> Subject | None:
    """The subject chosen, the deeper one first; None while none is, or where it was closed meanwhile."""
    chosen = draft.get("topic") or draft.get("subject")
    return office.subjects.rows.get(chosen)


def place_of(draft: Draft, office: Office) -> Place | None:
    chosen = draft.get("spot") or draft.get("place")
    return office.places.rows.get(chosen) if chosen else None


def similar_cases(draft: Draft, office: Office) -> list[Matter]:
    """Open matters on the same subject at the same place, shown where their person agreed and the office wrote a
    summary of its own. Never one about conduct."""
    subject, place = subject_of(draft, office), place_of(draft, office)
    if subject is None or place is None:
        return []
    try:
        # Only where it would go itself: one that was handed on is answered elsewhere.
        unit = responsible_for(office.authority, subject, place).unit
    except Uncovered:
        return []
    rows = Case.objects.filter(
        unit=unit,
        subject=subject,
        place=place,
        is_shareable=True,
        is_conduct=False,
        ended_at=None,
        state__in=OPEN,
        lead=None,
    ).exclude(text__shared_summary="")
    found = rows.order_by("-received_at").values_list("pk", "text__shared_summary")[:SHOWN]
    return [Matter(pk, summary, _mark(draft, pk)) for pk, summary in found]


def lead_of(draft: Draft, office: Office) -> Case | None:
    """The matter that the person joins, where it is still open to that."""
    chosen = draft.get("similar", "lead")
    if not chosen or all(str(matter.case_id) != chosen for matter in similar_cases(draft, office)):
        return None
    return Case.objects.get(pk=chosen)


def _mark(draft: Draft, case_id: UUID) -> str:
    return hmac.digest(draft.submission.encode(), case_id.bytes, "sha256").hex()[:16]
