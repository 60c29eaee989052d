"""GeoReport v2 as OpenAPI describes it, for programs that test or generate: /open311/openapi.json."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

#: When this interface last changed in a way that programs notice.
CHANGESET = "2026-11-29T00:00:00Z"

_STRING: dict[str, Any] = {"type": "string"}
_MAYBE: dict[str, Any] = {"type": ["string", "null"]}
_NUMBER: dict[str, Any] = {"type": ["number", "null"]}
_INSTANT: dict[str, Any] = {"type": "string", "format": "date-time"}


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


SERVICE = _object(
    service_code=_STRING,
    service_name=_STRING,
    description=_STRING,
    metadata={"type": "boolean"},
    type={"const": "realtime"},
    keywords=_STRING,
    group=_STRING,
)
ATTRIBUTE = _object(
    variable={"type": "boolean"},
    code=_STRING,
    datatype={"enum": ["text", "singlevaluelist", "multivaluelist"]},
    required={"type": "boolean"},
    datatype_description=_STRING,
    order={"type": "integer"},
    description=_STRING,
    values=_list(_object(key=_STRING, name=_STRING)),
)
REQUEST = _object(
    service_request_id=_STRING,
    status={"enum": ["open", "closed"]},
    status_notes=_STRING,
    service_name=_STRING,
    service_code=_STRING,
    description=_STRING,
    agency_responsible=_STRING,
    service_notice=_STRING,
    requested_datetime=_INSTANT,
    updated_datetime=_INSTANT,
    expected_datetime=_MAYBE,
    address=_STRING,
    address_id=_STRING,
    zipcode=_STRING,
    lat=_NUMBER,
    long=_NUMBER,
    media_url=_STRING,
)
RECEIPT = _object(
    service_request_id=_STRING,
    service_notice=_STRING,
    account_id=_STRING,
    receipt_code=_STRING,
    receipt_secret=_STRING,
    follow_url=_STRING,
)
UPDATE = _object(
    update_id=_STRING,
    service_request_id=_STRING,
    status={"enum": ["open", "closed"]},
    updated_datetime=_INSTANT,
    description=_STRING,
    media_url=_STRING,
)
TOKEN = _object(token=_STRING, service_request_id=_STRING)
ENDPOINT = _object(
    specification=_STRING, url=_STRING, changeset=_STRING, type=_STRING, formats=_list(_STRING)
)
DISCOVERY = _object(changeset=_STRING, contact=_STRING, key_service=_STRING, endpoints=_list(ENDPOINT))
ERRORS = _list(_object(code={"type": "integer"}, description=_STRING))

_ASKED: dict[str, dict[str, Any]] = {
    "jurisdiction_id": _STRING,
    "service_request_id": {"type": "string", "description": "Ids with commas between; overrides all others."},
    "service_code": {"type": "string", "description": "Codes with commas between."},
    "start_date": _STRING,
    "end_date": _STRING,
    "status": {"type": "string", "description": "open, closed, or both."},
    "page": {"type": "integer", "minimum": 1, "maximum": 1000},
    "page_size": {"type": "integer", "minimum": 1, "maximum": 1000},
}
FORM = {
    "type": "object",
    "properties": {
        "api_key": _STRING,
        "jurisdiction_id": _STRING,
        "service_code": _STRING,
        "lat": {"type": "number"},
        "long": {"type": "number"},
        "address_string": _STRING,
        "address_id": _STRING,
        "description": {"type": "string", "maxLength": 4000},
        "first_name": _STRING,
        "last_name": _STRING,
        "email": _STRING,
        "phone": _STRING,
        "media_url": _STRING,
    },
    "required": ["api_key", "service_code"],
    "additionalProperties": {"type": "string"},
}


def _query(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", "required": False, "schema": _ASKED[name]} for name in names]


def _form_of(schema: dict[str, Any], form: str) -> dict[str, Any]:
    kind = "application/json" if form == "json" else "text/xml"
    return {kind: {"schema": schema if form == "json" else _STRING}}


def _answers(schema: dict[str, Any], form: str) -> dict[str, Any]:
    refused = {"description": "Why not.", "content": _form_of(ERRORS, form)}
    answers: dict[str, Any] = {"200": {"description": "The answer.", "content": _form_of(schema, form)}}
    return answers | dict.fromkeys(("400", "403", "404", "405", "409", "413", "429", "503"), refused)


def _get(
    name: str, schema: dict[str, Any], form: str, *asked: str, path: str = ""
) -> dict[str, dict[str, Any]]:
    parameters = _query(*asked)
    if path:
        parameters.append(
            {"name": path, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        )
    operation = {
        "operationId": f"{name}_{form}",
        "parameters": parameters,
        "responses": _answers(schema, form),
    }
    return {"get": operation}


def _paths(form: str) -> dict[str, Any]:
    window = ("jurisdiction_id", "start_date", "end_date", "page", "page_size")
    handed = {
        "operationId": f"post_request_{form}",
        "parameters": [],
        "requestBody": {
            "required": True,
            "content": {"application/x-www-form-urlencoded": {"schema": FORM}},
        },
        "responses": _answers(_list(RECEIPT), form),
    }
    listed = _get("requests", _list(REQUEST), form, *_ASKED)
    return {
        f"/open311/discovery.{form}": _get("discovery", DISCOVERY, form),
        f"/open311/v2/services.{form}": _get("services", _list(SERVICE), form, "jurisdiction_id"),
        f"/open311/v2/services/{{code}}.{form}": _get(
            "definition",
            _object(service_code=_STRING, attributes=_list(ATTRIBUTE)),
            form,
            "jurisdiction_id",
            path="code",
        ),
        f"/open311/v2/requests.{form}": listed | {"post": handed},
        f"/open311/v2/requests/{{id}}.{form}": _get("request", _list(REQUEST), form, path="id"),
        f"/open311/v2/tokens/{{id}}.{form}": _get("token", _list(TOKEN), form, path="id"),
        f"/open311/v2/servicerequestupdates.{form}": _get("updates", _list(UPDATE), form, *window),
    }


@require_safe
def description(request: HttpRequest) -> JsonResponse:
    """The whole of it."""
    content = {
        "openapi": "3.1.0",
        "info": {"title": "Open311 GeoReport v2", "version": "2"},
        "servers": [{"url": settings.BASE_URL.rstrip("/")}],
        "paths": _paths("json") | _paths("xml"),
    }
    response = JsonResponse(content)
    response["Access-Control-Allow-Origin"] = "*"
    return response
