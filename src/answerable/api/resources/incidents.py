"""POST and GET /api/v1/incidents, and the public warnings."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from ninja import Header, Path, Query, Router
from ninja.responses import Status

from answerable.api.calls import call_told_by, incident_shown
from answerable.api.door import Key, LetIn, let_in
from answerable.api.paging import Asked, MarkIn, Most, Order, PageOut, mark_of, rows_of
from answerable.api.resources.idempotency import submission_of
from answerable.api.schemas import (
    IncidentIn,
    IncidentOut,
    IncidentRowOut,
    IncidentWholeOut,
    RejectedOut,
    WarningOut,
)
from answerable.api.scopes import Scope
from answerable.incidents.models import Incident, PublicWarning
from answerable.incidents.queries import OPEN, newest
from answerable.incidents.services.calls import report_incident
from answerable.incidents.warnings import queries as warnings
from answerable.incidents.warnings.rules import WARNING

router = Router(tags=["incidents"])
REFUSED = {frozenset({400, 401, 403, 422, 429, 503}): RejectedOut}
Code = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,20}$", description="Year and number, such as 2026-017.")]


@router.post(
    "/incidents",
    auth=Key(Scope.INCIDENTS_WRITE, "incidents"),
    response={
        201: IncidentOut,
        200: IncidentOut,
        frozenset({400, 401, 403, 409, 413, 422, 429, 503}): RejectedOut,
    },
    summary="Call an incident in",
    operation_id="report_incident",
)
def post_incident(
    request: HttpRequest,
    body: IncidentIn,
    idempotency_key: str = Header(
        "", alias="Idempotency-Key", description="8 to 200 visible ASCII characters, fresh for each call."
    ),
) -> Status[dict[str, Any]]:
    """Answers 201; whoever is on duty is asked at once. The same Idempotency-Key again gives 200 and the same incident;
    with other words, 409. `similar`: open incidents that it may be about; nothing is merged."""
    let = let_in(request)
    told = call_told_by(let.client, body, submission_of(let.client, idempotency_key))
    done = report_incident(told, by=let.actor, now=let.now)
    return Status(200 if done.is_repeat else 201, incident_shown(done, let.now))


class IncidentsOut(PageOut):
    items: list[IncidentRowOut]


@router.get(
    "/incidents",
    auth=Key(Scope.INCIDENTS_READ),
    response={200: IncidentsOut, **REFUSED},
    summary="Incidents of the key's office",
    operation_id="list_incidents",
)
def get_incidents(
    request: HttpRequest,
    which: Annotated[Literal["all", "open"], Query()] = "all",
    cursor: MarkIn = None,
    limit: Most = 50,
    order: Order = "newest",
) -> dict[str, Any]:
    """Drills are among them, marked. What was said in a call, who called and where exactly stay with the office."""
    let = let_in(request)
    asked = Asked(let, "incidents", (which,), order, cursor, limit)
    rows = _incidents(let)
    if which == "open":
        rows = rows.filter(state__in=OPEN)
    return asked.page(
        rows_of(asked, rows, at="reported_at"), _shown, lambda row: mark_of(row.reported_at, row.pk)
    )


def _incidents(let: LetIn) -> Any:
    rows = newest([let.client.authority_id]).select_related("same_as")
    return rows if let.client.unit_id is None else rows.filter(unit__in=let.unit_ids)


@router.get(
    "/incidents/{code}",
    auth=Key(Scope.INCIDENTS_READ),
    response={200: IncidentWholeOut, frozenset({401, 403, 404, 422, 429, 503}): RejectedOut},
    summary="One incident, with what was published of its response",
    operation_id="get_incident",
)
def get_incident(request: HttpRequest, code: Code) -> dict[str, Any]:
    row = _incidents(let_in(request)).filter(code=code).first()
    if row is None:
        raise Http404
    changes = [
        {
            "before": one.before,
            "after": one.after,
            "grounds": one.grounds,
            "measures": one.measures,
            "expected_until": one.expected_until,
            "at": one.at,
        }
        for one in warnings.changes_of(row)
    ]
    return _shown(row) | {"level_changes": changes}


def _shown(row: Incident) -> dict[str, Any]:
    place = row.place
    return {
        "code": row.code,
        "state": row.state,
        "hazard": row.hazard,
        "place": place.code if place else None,
        "latitude": _degrees(place and place.latitude),
        "longitude": _degrees(place and place.longitude),
        "unit": {"code": row.unit.code, "name": row.unit.name},
        "is_drill": row.is_drill,
        "event_grade": row.event_grade,
        "warning_level": row.warning_level,
        "response_level": row.response_level,
        "reported_at": row.reported_at,
        "activated_at": row.activated_at,
        "expected_until": row.expected_until,
        "stood_down_at": row.stood_down_at,
        "same_as": row.same_as.code if row.same_as else None,
    }


def _degrees(value: Any) -> float | None:
    return None if value is None else float(value)


class WarningsOut(PageOut):
    items: list[WarningOut]


@router.get(
    "/warnings",
    auth=Key(Scope.INCIDENTS_READ),
    response={200: WarningsOut, **REFUSED},
    summary="Public warnings of the key's office",
    operation_id="list_warnings",
)
def get_warnings(
    request: HttpRequest,
    which: Annotated[Literal["all", "in_force"], Query()] = "all",
    cursor: MarkIn = None,
    limit: Most = 50,
    order: Order = "newest",
) -> dict[str, Any]:
    """As they were sent; exercises are marked. Without a key they are on /warnings/ and in its feeds."""
    let = let_in(request)
    asked = Asked(let, "warnings", (which,), order, cursor, limit)
    rows = PublicWarning.objects.filter(incident__authority=let.client.authority_id)
    rows = rows.select_related("incident").prefetch_related("followed_by")
    if which == "in_force":
        rows = rows.filter(kind__in=warnings.WARNS, followed_by=None, expires_at__gt=let.now)
    return asked.page(
        rows_of(asked, rows, at="sent_at"),
        lambda row: _warning(row, let.now),
        lambda row: mark_of(row.sent_at, row.pk),
    )


def _warning(row: PublicWarning, now: datetime) -> dict[str, Any]:
    address = settings.BASE_URL + reverse("warnings:one", args=[row.identifier])
    is_followed = bool(row.followed_by.all())
    return {
        "identifier": row.identifier,
        "kind": row.kind,
        "incident": row.incident.code,
        "hazard": row.incident.hazard,
        "is_exercise": row.is_exercise,
        "is_in_force": row.kind in {kind.value for kind in WARNING}
        and not is_followed
        and row.expires_at > now,
        "severity": row.fields["severity"],
        "sent_at": row.sent_at,
        "expires_at": row.expires_at,
        "zh": _words(row.fields["zh"]),
        "en": _words(row.fields["en"]),
        "url": address,
        "cap_url": f"{address}.xml",
    }


def _words(said: dict[str, str]) -> dict[str, str]:
    return {name: said.get(name, "") for name in ("headline", "description", "instruction", "area")}
