"""POST /api/v1/cases and /api/v1/incidents, and what describes them: /api/v1/openapi.json."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLResolver, path
from ninja import Header, NinjaAPI
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as SchemaFault
from ninja.responses import Status
from ninja.security import HttpBearer

from answerable.api.clients import client_of
from answerable.api.faults import Fault, Rejected, invalid
from answerable.api.incidents import call_told_by, incident_shown
from answerable.api.models import ApiClient
from answerable.api.reading import BodyParser, told_by
from answerable.api.schemas import CaseIn, DeadlineOut, IncidentIn, IncidentOut, ReceiptOut, RejectedOut
from answerable.cases.portal import receipts
from answerable.cases.portal.draft import Shown
from answerable.cases.rules import CannotAct
from answerable.cases.services.intake import Registered, register_case
from answerable.core import limits
from answerable.core.sentences import sentence
from answerable.core.text import TEXT_LIMIT
from answerable.incidents.rules import CannotAct as CannotCall
from answerable.incidents.services.calls import report_incident
from answerable.orgs.standing import held, standing_at
from answerable.record.actors import Actor, ActorKind
from answerable.ui.errors import is_database_away

#: Cases with one key within an hour: a hotline's busiest hour, several times over.
AN_HOUR = 6000
#: Calls with one key within an hour: a storm night's, several times over.
INCIDENTS_AN_HOUR = 1200
_IDEMPOTENCY = re.compile(r"^[\x21-\x7e]{8,200}$")


class Key(HttpBearer):
    """A key of one system, as `Authorization: Bearer answerable_…`."""

    openapi_description = "A key that the office gave to one system."

    def authenticate(self, request: HttpRequest, token: str) -> ApiClient | None:
        return client_of(token)


api = NinjaAPI(
    title="Answerable",
    version="1",
    description=(
        "Hand in cases, and call incidents in. Every case is registered; the receipt names who answers for it and by when. Errors carry a "
        "stable code and a sentence in the language of Accept-Language."
    ),
    auth=Key(),
    docs_url=None,
    parser=BodyParser(),
    urls_namespace="api",
)


@api.post(
    "/cases",
    response={201: ReceiptOut, 200: ReceiptOut, frozenset({400, 401, 409, 413, 422, 429, 503}): RejectedOut},
    summary="Register a case",
    operation_id="register_case",
)
def post_case(
    request: HttpRequest,
    body: CaseIn,
    idempotency_key: str = Header(
        "", alias="Idempotency-Key", description="8 to 200 visible ASCII characters, fresh for each case."
    ),
) -> Status[dict[str, Any]]:
    """Answers 201 with the receipt. The same Idempotency-Key again gives 200 and the same case; with other words, 409."""
    client: ApiClient = request.auth  # type: ignore[attr-defined]
    _require_key(idempotency_key)
    with held():
        return _post_case(client, body, idempotency_key)


def _require_key(idempotency_key: str) -> None:
    if not idempotency_key:
        raise Rejected("idempotency_missing", 400)
    if not _IDEMPOTENCY.match(idempotency_key):
        raise Rejected("idempotency_malformed", 400)


def _post_case(client: ApiClient, body: CaseIn, idempotency_key: str) -> Status[dict[str, Any]]:
    organisation, now = standing_at()
    organisation.fill(client, authority=organisation.authorities)
    verdict = limits.allow(f"api cases {client.pk}", "", AN_HOUR, 3600, now)
    if not verdict:
        raise Rejected("too_often", 429, retry_after=verdict.retry_after)
    submission = b"api\0" + client.pk.bytes + b"\0" + idempotency_key.encode()
    by = Actor(ActorKind.CLIENT, client=str(client.pk))
    done = register_case(told_by(client, body, submission), by=by, now=now)
    return Status(200 if done.is_repeat else 201, _receipt(done, now))


def _receipt(done: Registered, now: Any) -> dict[str, Any]:
    told = Shown(str(done.case.pk), done.code, done.secret)
    if done.is_repeat:
        shown = receipts.receipt_of(told, now)
    else:
        clocks = sorted((row for row in done.clocks if row.is_office), key=lambda row: row.late_from)
        shown = receipts.receipt_for(done.case, clocks, told, now)
    return {
        "code": done.code,
        "secret": done.secret,
        "is_repeat": done.is_repeat,
        "registered_at": shown.case.registered_at,
        "unit": shown.case.unit.name,
        "post": shown.case.leader_post.name,
        "follow_url": shown.follow_url,
        "deadlines": [
            DeadlineOut(
                step=clock_.step,
                title=clock_.title,
                last_day=clock_.last_day,
                late_from=clock_.late_from,
                sentence=clock_.sentence,
                why=clock_.why,
            )
            for clock_ in shown.clocks
        ],
    }


@api.post(
    "/incidents",
    response={
        201: IncidentOut,
        200: IncidentOut,
        frozenset({400, 401, 409, 413, 422, 429, 503}): RejectedOut,
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
    client: ApiClient = request.auth  # type: ignore[attr-defined]
    _require_key(idempotency_key)
    organisation, now = standing_at()
    organisation.fill(client, authority=organisation.authorities)
    verdict = limits.allow(f"api incidents {client.pk}", "", INCIDENTS_AN_HOUR, 3600, now)
    if not verdict:
        raise Rejected("too_often", 429, retry_after=verdict.retry_after)
    submission = b"api\0" + client.pk.bytes + b"\0" + idempotency_key.encode()
    told = call_told_by(client, body, submission)
    done = report_incident(told, by=Actor(ActorKind.CLIENT, client=str(client.pk)), now=now)
    return Status(200 if done.is_repeat else 201, incident_shown(done, now))


# --- errors ------------------------------------------------------------------------------------------------


def _answer(request: HttpRequest, rejected: Rejected) -> HttpResponse:
    response = api.create_response(request, rejected.as_dict(), status=rejected.status)
    if rejected.retry_after:
        response["Retry-After"] = str(rejected.retry_after)
    if rejected.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(Rejected)
def on_rejected(request: HttpRequest, error: Rejected) -> HttpResponse:
    return _answer(request, error)


@api.exception_handler(AuthenticationError)
def on_no_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return _answer(request, Rejected("key_wrong", 401))


@api.exception_handler(SchemaFault)
def on_schema(request: HttpRequest, error: SchemaFault) -> HttpResponse:
    """Faults of form, by field. What was sent is not quoted back: it may hold a person's words."""
    kinds = {"missing": "missing", "extra_forbidden": "unknown_field"}
    faults = [
        Fault(kinds.get(fault["type"], "malformed"), ".".join(str(part) for part in fault["loc"][2:]))
        for fault in error.errors
    ]
    return _answer(request, invalid(faults))


@api.exception_handler(RequestDataTooBig)
def on_flood(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return _answer(request, Rejected("too_large", 413, facts={"limit": TEXT_LIMIT}))


@api.exception_handler(CannotAct)
def on_refusal(request: HttpRequest, error: CannotAct) -> HttpResponse:
    return _answer(request, Rejected(error.code, 409, sentence=sentence(error)))


@api.exception_handler(CannotCall)
def on_no_incident(request: HttpRequest, error: CannotCall) -> HttpResponse:
    status = 409 if error.code == "submission_differs" else 422
    return _answer(request, Rejected(error.code, status, sentence=sentence(error)))


@api.exception_handler(Http404)
def on_not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return _answer(request, Rejected("not_found", 404))


@api.exception_handler(HttpError)
def on_http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _answer(request, Rejected("not_json", error.status_code))


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def on_database(request: HttpRequest, error: Exception) -> HttpResponse:
    if not is_database_away(error):
        raise error
    return _answer(request, Rejected("database_away", 503, retry_after=30))


urlpatterns: list[URLResolver] = [path("", api.urls)]  # type: ignore[arg-type]
