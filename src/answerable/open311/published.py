"""What anybody may see: cases whose person agreed to it, without a word of theirs (docs/adr/0078).

A case is published from the person's own consent on, until they take it back. Its description is the office's short
summary, written by somebody who knows that everybody reads it; its point is that of a public place of the list.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as N_

from answerable.cases.act_kinds import ActKind as A
from answerable.cases.models import Case, State
from answerable.cases.naming import name_all
from answerable.cases.solved_wording import solved_words
from answerable.open311 import public_ids
from answerable.open311.rules import ROWS, Page, Window
from answerable.orgs.models import Authority
from answerable.record.models import Act
from answerable.ui.flow import in_a_row

#: How far it is, in public words.
STANDS = {
    State.REGISTERED: N_("Registered; the office has not begun yet."),
    State.ACCEPTED: N_("The office is working on it."),
    State.DECIDED: N_("The office has decided."),
    State.REVIEW: N_("The level above reviews the decision."),
    State.REREVIEW: N_("The level above reviews the decision once more."),
    State.PASSED_ON: N_("Passed on to the body it belongs to."),
    State.WITHDRAWN: N_("Withdrawn by the person who brought it."),
    State.CLOSED: N_("Closed."),
}
#: Acts that tell how far it is. Who did what, looks, notes and what the two sides say to each other stay inside.
STEPS = {
    A.REGISTERED: N_("Registered."),
    A.ACCEPTED: N_("The office began to work on it."),
    A.TRANSFERRED: N_("Handed over to the unit it belongs to."),
    A.PASSED_ON: N_("Passed on to the body it belongs to."),
    A.EXTENDED: N_("The office takes more time, as the rule allows."),
    A.LIFTED: N_("A date passed without an answer; the level above was told."),
    A.DECIDED: N_("The office decided."),
    A.CLOSED: N_("Closed."),
    A.REOPENED: N_("Taken up again."),
    A.REVIEW_ASKED: N_("A review was asked for."),
    A.REVIEW_DECIDED: N_("The review was decided."),
    A.REREVIEW_ASKED: N_("A second review was asked for."),
    A.REREVIEW_DECIDED: N_("The second review was decided."),
    A.WITHDRAWN: N_("Withdrawn by the person who brought it."),
    A.WITHDRAWAL_UNDONE: N_("The withdrawal was taken back."),
}
_ENDS = frozenset({A.CLOSED, A.PASSED_ON, A.WITHDRAWN})


def published() -> QuerySet[Case]:
    """Every case that may be shown to everybody. The only door from this room to a case's row."""
    return Case.objects.filter(is_publishable=True, is_conduct=False, erased_at=None)


def requests_in(
    authority: Authority, window: Window, *, services: list[str], states: set[str], page: Page
) -> list[dict[str, Any]]:
    """The requests of a span of dates, the newest first."""
    rows = published().filter(authority=authority, registered_at__range=(window.start, window.end))
    if services:
        rows = rows.filter(subject__code__in=services)
    if len(states) == 1:
        rows = rows.filter(ended_at__isnull="open" in states)
    rows = rows.select_related("text").order_by("-registered_at", "-id")
    return _shown(rows[page.offset : page.offset + page.size])


def requests_named(public: Iterable[str]) -> list[dict[str, Any]]:
    """The requests under these public names, in that order; what is not published is not among them."""
    ids = [found for found in map(public_ids.case_named, public) if found is not None][:ROWS]
    rows = {
        row["service_request_id"]: row
        for row in _shown(published().filter(pk__in=ids).select_related("text"))
    }
    return [rows[name] for name in map(public_ids.of_case, ids) if name in rows]


def _shown(rows: Iterable[Case]) -> list[dict[str, Any]]:
    cases = list(rows)
    name_all(cases)
    return [_request(case) for case in cases]


def _request(case: Case) -> dict[str, Any]:
    place = case.place
    has_point = place is not None and place.latitude is not None and place.longitude is not None
    return {
        "service_request_id": public_ids.of_case(case.pk),
        "status": "open" if case.ended_at is None else "closed",
        "status_notes": in_a_row(
            [gettext(STANDS[State(case.state)]), *solved_words(case, case.office_solved)]
        ),
        "service_name": case.subject.name,
        "service_code": case.subject.code,
        "description": case.text.shared_summary,
        "agency_responsible": case.unit.name,
        "service_notice": "",
        "requested_datetime": case.registered_at,
        "updated_datetime": max(filter(None, (case.registered_at, case.decided_at, case.ended_at))),
        "expected_datetime": case.due_at if case.ended_at is None else None,
        "address": place.name if place else "",
        "address_id": place.code if place else "",
        "zipcode": "",
        "lat": float(place.latitude) if place and has_point and place.latitude is not None else None,
        "long": float(place.longitude) if place and has_point and place.longitude is not None else None,
        "media_url": "",
    }


def updates_in(authority: Authority, window: Window, page: Page) -> list[dict[str, Any]]:
    """What happened to published requests within a span of dates, the oldest first (as FixMyStreet asks for it)."""
    cases = published().filter(authority=authority).filter(_alive_in(window))
    acts = Act.objects.filter(
        matter_id__in=cases.values("pk"),
        kind__in=[str(kind) for kind in STEPS],
        recorded_at__range=(window.start, window.end),
    )
    found = acts.order_by("recorded_at", "pk").values_list("pk", "matter_id", "kind", "recorded_at")
    return [_update(*row) for row in found[page.offset : page.offset + page.size]]


def _alive_in(window: Window) -> Q:
    """Cases that could have an act in the window: none was registered after it."""
    return Q(registered_at__lte=window.end)


def _update(act_id: int, case_id: UUID, kind: str, at: Any) -> dict[str, Any]:
    return {
        "update_id": public_ids.of_act(act_id),
        "service_request_id": public_ids.of_case(case_id),
        "status": "closed" if kind in _ENDS else "open",
        "updated_datetime": at,
        "description": gettext(STEPS[A(kind)]),
        "media_url": "",
    }
