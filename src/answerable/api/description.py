"""The OpenAPI 3.1 document: what django-ninja knows of the operations, and what holds for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ninja import NinjaAPI
from ninja.operation import Operation

from answerable.api.door import Key
from answerable.api.examples import EXAMPLES, REQUESTS
from answerable.api.resources.idempotency import PATTERN
from answerable.api.scopes import EVENT_WORDS, NEEDS, PING, WORDS, Event

_INT: dict[str, Any] = {"schema": {"type": "integer", "minimum": 0}}
HEADERS: dict[str, Any] = {
    "RateLimit-Limit": {"description": "Requests of this kind that the key has in a window.", **_INT},
    "RateLimit-Remaining": {"description": "How many of them are left.", **_INT},
    "RateLimit-Reset": {"description": "Seconds until the window begins anew.", **_INT},
    "Retry-After": {"description": "Seconds after which a next try can succeed.", **_INT},
    "ETag": {
        "description": "Give it as If-None-Match to be told 304 while nothing changed.",
        "schema": {"type": "string"},
    },
}
_LIMITS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")

PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "The same refusal as RFC 9457 words it, for `Accept: application/problem+json`.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "faults"],
    "properties": {
        "type": {"type": "string", "description": "urn:answerable:problem:<code>"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "The sentence."},
        "code": {"type": "string"},
        "faults": {"type": "array", "items": {"$ref": "#/components/schemas/FaultOut"}},
    },
}
_LANGUAGE = {
    "in": "header",
    "name": "Accept-Language",
    "required": False,
    "description": "zh-Hans or en: the language of names and sentences.",
    "schema": {"type": "string"},
    "example": "zh-Hans",
}
_TAG = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "description": "The ETag of what you have.",
    "schema": {"type": "string"},
}
MEANINGS = {
    "200": "Here it is.",
    "201": "Taken down.",
    "202": "On its way.",
    "304": "Nothing has changed since.",
    "400": "The request cannot be read, lacks its Idempotency-Key, or has a mark of another list.",
    "401": "The key is missing, unknown, taken back or over.",
    "403": "The key has not the scope for this.",
    "404": "There is no such thing that this key may see.",
    "409": "This Idempotency-Key came with other words before; or it cannot be done as things stand.",
    "413": "Too large.",
    "422": "Fields need another look; each is named.",
    "429": "Too many requests with this key; see Retry-After.",
    "503": "The database is away; try again with the same Idempotency-Key.",
}


def described(api: NinjaAPI, document: dict[str, Any]) -> dict[str, Any]:
    """The whole document."""
    scopes = dict(_scopes(api))
    for methods in document["paths"].values():
        for method, operation in methods.items():
            _complete(method, operation, scopes[operation["operationId"]])
    components = document["components"]
    components["headers"] = HEADERS
    components["schemas"]["Problem"] = PROBLEM
    components["securitySchemes"]["Key"]["description"] = "\n".join(
        [
            "A key that the office gave to one system. Scopes:",
            *(f"- `{s}`: {words}" for s, words in WORDS.items()),
        ]
    )
    document["servers"] = [{"url": "/"}]
    document["webhooks"] = {event.value: _webhook(event.value) for event in Event} | {PING: _webhook(PING)}
    return document


def _scopes(api: NinjaAPI) -> Iterator[tuple[str, list[str]]]:
    for router in api._get_bound_routers():
        for view in router.path_operations.values():
            for operation in view.operations:
                yield str(operation.operation_id), _of(operation)


def _of(operation: Operation) -> list[str]:
    return [scope.value for one in operation.auth_callbacks if isinstance(one, Key) for scope in one.scopes]


def _complete(method: str, operation: dict[str, Any], scopes: list[str]) -> None:
    operation["security"] = [{"Key": [scope]} for scope in scopes]
    operation["description"] = (
        f"{operation.get('description', '')}\n\nScope: {' or '.join(f'`{one}`' for one in scopes)}."
    ).strip()
    for parameter in operation["parameters"]:
        if parameter["name"] == "Idempotency-Key":
            parameter["required"] = True
            parameter["schema"] = {"type": "string", "minLength": 8, "maxLength": 200, "pattern": PATTERN}
    operation["parameters"].append(dict(_LANGUAGE))
    responses = operation["responses"] = {
        str(status): one for status, one in sorted(operation["responses"].items())
    }
    if method == "get":
        operation["parameters"].append(dict(_TAG))
        responses["304"] = {}
    for status, response in responses.items():
        _respond(method, status, response)
    _exemplify(operation)


def _respond(method: str, status: str, response: dict[str, Any]) -> None:
    response["description"] = MEANINGS[status]
    # Whoever has no key is counted by nobody.
    headers = list(_LIMITS) if status not in ("401", "403", "503") else []
    if status in ("429", "503"):
        headers.append("Retry-After")
    if method == "get" and status in ("200", "304"):
        headers.append("ETag")
    if headers:
        response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in headers}
    if int(status) >= 400:
        problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
        response["content"]["application/problem+json"] = problem


def _exemplify(operation: dict[str, Any]) -> None:
    name = operation["operationId"]
    if name in REQUESTS:
        operation["requestBody"]["content"]["application/json"]["example"] = REQUESTS[name]
    if name in EXAMPLES:
        status, example = EXAMPLES[name]
        operation["responses"][status]["content"]["application/json"]["example"] = example


def _webhook(event: str) -> dict[str, Any]:
    needs = {one.value: scope.value for one, scope in NEEDS.items()}
    words: Mapping[str, str] = {one.value: text for one, text in EVENT_WORDS.items()} | {PING: "a test"}
    scope = f" Its key needs `{needs[event]}`." if event in needs else ""
    return {
        "post": {
            "operationId": f"on_{event.replace('.', '_')}",
            "summary": f"Told: {words[event]}.",
            "description": "Signed as Standard Webhooks has it, tried again for three days until a 2xx is answered."
            + scope,
            "parameters": [
                {"in": "header", "name": name, "required": True, "schema": {"type": "string"}}
                for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
            ],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "required": ["type", "timestamp", "data"],
                            "properties": {
                                "type": {"const": event},
                                "timestamp": {"type": "string", "format": "date-time"},
                                "data": {"type": "object"},
                            },
                        },
                        "example": EVENTS[event],
                    }
                },
            },
            "responses": {
                "2XX": {"description": "Taken. Anything else is tried again."},
                "410": {"description": "Gone: nothing more is sent."},
            },
            "security": [],
        }
    }


_AT = "2026-03-02T02:00:00.000000+00:00"
EVENTS: dict[str, Any] = {
    event: {"type": event, "timestamp": _AT, "data": data}
    for event, data in {
        "case.changed": {
            "code": "4K7T-M2XR-7R",
            "act": "case.accepted",
            "seq": 2,
            "state": "accepted",
            "stage": "handle",
            "unit": "roads",
            "due_at": "2026-03-29T16:00:00+00:00",
            "ended_at": None,
        },
        **{
            f"incident.{what}": {
                "code": "2026-017",
                "seq": seq,
                "hazard": "flood",
                "state": state,
                "response_level": level,
                "is_drill": False,
            }
            for what, seq, state, level in (
                ("reported", 1, "reported", None),
                ("activated", 2, "active", 3),
                ("level_changed", 9, "active", 2),
                ("stood_down", 31, "stood_down", None),
            )
        },
        "warning.sent": {
            "identifier": "answerable.town.2026-017.1",
            "kind": "Alert",
            "incident": "2026-017",
            "seq": 5,
            "is_exercise": False,
            "expires_at": "2026-03-02T14:00:00+00:00",
        },
        "duty.gap": {
            "line": "duty-room",
            "role": "leader",
            "from_at": "2026-03-03T00:00:00+00:00",
            "until_at": "2026-03-04T00:00:00+00:00",
            "missing": 1,
        },
        "duty.gap_closed": {
            "line": "duty-room",
            "role": "leader",
            "from_at": "2026-03-03T00:00:00+00:00",
            "until_at": "2026-03-04T00:00:00+00:00",
            "missing": 1,
        },
        PING: {"hook": "0195548e-6a00-7000-8000-000000000000"},
    }.items()
}
