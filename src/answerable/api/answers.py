"""How answers look: limits said on each, reads with a tag to ask again by, errors in the form that was asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags, quote_etag
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as SchemaFault

from answerable.api.cursors import CursorWrong
from answerable.api.door import let_in_or_none
from answerable.api.faults import Fault, Rejected, invalid
from answerable.cases.rules import CannotAct
from answerable.core.sentences import sentence
from answerable.core.text import TEXT_LIMIT
from answerable.incidents.rules import CannotAct as CannotCall
from answerable.parties.keyfile import KeyFileError
from answerable.ui.errors import is_database_away, is_in_the_way

PROBLEM = "application/problem+json"


class Api(NinjaAPI):
    def create_response(
        self,
        request: HttpRequest,
        data: Any,
        *,
        status: int | None = None,
        temporal_response: HttpResponse | None = None,
    ) -> HttpResponse:
        response = super().create_response(request, data, status=status, temporal_response=temporal_response)
        return finished(request, response)

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> Any:
        from answerable.api.description import described

        return described(self, super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params))


def finished(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer with its headers; a 304 without a body where the reader has it already."""
    patch_vary_headers(response, ["Authorization"])
    for name, value in limit_headers(request).items():
        response[name] = value
    if request.method != "GET":
        # A receipt is in it, which is nobody's to keep in between.
        response["Cache-Control"] = "no-store"
        return response
    response["Cache-Control"] = "private, no-cache"
    if response.status_code != 200:
        return response
    tag = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
    asked = parse_etags(request.headers.get("If-None-Match", ""))
    if tag in asked or f"W/{tag}" in asked or "*" in asked:
        unchanged = HttpResponseNotModified()
        for name in ("Vary", "Cache-Control", *limit_headers(request)):
            unchanged[name] = response[name]
        response = unchanged
    response["ETag"] = tag
    return response


def limit_headers(request: HttpRequest) -> Mapping[str, str]:
    """How many requests of this kind the key has left, and in how many seconds the count begins anew."""
    let = let_in_or_none(request)
    if let is None:
        return {}
    return {
        "RateLimit-Limit": str(let.limit.most),
        "RateLimit-Remaining": str(let.verdict.remaining),
        "RateLimit-Reset": str(let.verdict.resets_in),
    }


def known_queries_only(operation: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse what no operation asks for, so that no typing error in an address is lost."""

    @wraps(operation)
    def asked(request: HttpRequest, *args: Any, **known: Any) -> Any:
        unknown = sorted(set(request.GET) - set(known))
        if unknown:
            # Not by its name: that may be a person's words, and faults quote nothing.
            raise invalid([Fault("unknown_field", "query")])
        return operation(request, *args, **known)

    return asked


def answer(api: Api, request: HttpRequest, rejected: Rejected) -> HttpResponse:
    """The refusal: as ever, or as RFC 9457 words it for whoever asks for that."""
    wants_problem = PROBLEM in request.headers.get("Accept", "")
    said = rejected.as_problem() if wants_problem else rejected.as_dict()
    response = api.create_response(request, said, status=rejected.status)
    if wants_problem:
        response["Content-Type"] = PROBLEM
    if rejected.retry_after:
        response["Retry-After"] = str(rejected.retry_after)
    if rejected.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def on_schema(error: SchemaFault) -> Rejected:
    """Faults of form, by field. What was sent is not quoted back: it may hold a person's words."""
    kinds = {"missing": "missing", "extra_forbidden": "unknown_field"}
    return invalid(
        Fault(
            kinds.get(fault["type"], "malformed"),
            ".".join(str(part) for part in fault["loc"][start(fault) :]),
        )
        for fault in error.errors
    )


def start(fault: dict[str, Any]) -> int:
    """Where a field's own path begins: a body's stands under the parameter that takes it."""
    return 2 if fault["loc"][0] == "body" else 1


def refuse_all(api: Api) -> None:
    """Every error that a request can meet becomes a refusal with a stable code."""

    def on(kind: type[Exception], made: Any) -> None:
        def handler(request: HttpRequest, error: Any) -> HttpResponse:
            return answer(api, request, made(error))

        api.add_exception_handler(kind, handler)

    def on_call(error: CannotCall) -> Rejected:
        status = 409 if error.code == "submission_differs" else 422
        return Rejected(error.code, status, sentence=sentence(error))

    def on_database(error: Exception) -> Rejected:
        if is_in_the_way(error):
            return Rejected("database_away", 503, retry_after=1)
        if not is_database_away(error):
            raise error
        return Rejected("database_away", 503, retry_after=30)

    on(Rejected, lambda error: error)
    on(AuthenticationError, lambda _: Rejected("key_wrong", 401))
    on(SchemaFault, on_schema)
    on(CursorWrong, lambda _: Rejected("cursor_wrong", 400))
    on(RequestDataTooBig, lambda _: Rejected("too_large", 413, facts={"limit": TEXT_LIMIT}))
    on(CannotAct, lambda error: Rejected(error.code, 409, sentence=sentence(error)))
    on(CannotCall, on_call)
    on(Http404, lambda _: Rejected("not_found", 404))
    on(HttpError, lambda error: Rejected("not_json", error.status_code))
    on(OperationalError, on_database)
    on(InterfaceError, on_database)
    on(KeyFileError, lambda _: Rejected("keys_away", 503, retry_after=60))
