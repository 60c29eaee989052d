"""GeoReport v2 (docs/reference/open311.md). Reading needs no key and shows what its person agreed to; handing in needs
one. No session, no cookie, no page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import get_language, gettext
from django.views.decorators.csrf import csrf_exempt

from answerable.api.clients import client_of, may_use, used_today
from answerable.api.models import ApiClient
from answerable.api.scopes import Scope
from answerable.cases.portal.receipts import follow_url
from answerable.cases.rules import CannotAct
from answerable.cases.services.intake import Registered, register_case
from answerable.core import clock, limits
from answerable.core.sentences import sentence
from answerable.core.source import source_of
from answerable.open311 import offered, openapi, public_ids, published, rules, wire
from answerable.open311.reading import told_by
from answerable.open311.rules import Refused
from answerable.orgs.standing import held, standing
from answerable.parties.keyfile import KeyFileError
from answerable.record.actors import Actor, ActorKind
from answerable.ui.errors import is_database_away

#: Requests with one key within an hour: a town's busiest hour, several times over.
POSTS_AN_HOUR = 3000
#: Questions from one address within an hour: a program that looks every few seconds.
READS_AN_HOUR = 6000
_IDEMPOTENCY = re.compile(r"^[\x21-\x7e]{8,200}$")

P = ParamSpec("P")
#: What an answer is: the outermost element, and what stands in it.
Answer = tuple[str, Any]
View = Callable[Concatenate[HttpRequest, P], Answer]


def speaks(*methods: str) -> Callable[[Callable[..., Answer]], Callable[..., HttpResponse]]:
    """An address that answers in the form its ending asks for, errors too."""

    def made(view: Callable[..., Answer]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def answered(request: HttpRequest, form: str, **kwargs: Any) -> HttpResponse:
            try:
                if request.method not in (*methods, "HEAD", "OPTIONS"):
                    raise Refused("wrong_method")
                with held():
                    return _answer(*view(request, **kwargs), form=form)
            except Exception as error:
                refused = _refusal(error)
                if refused is None:
                    raise
                return _refused(refused, form)

        return answered

    return made


def _answer(root: str, content: Any, *, form: str, status: int = 200) -> HttpResponse:
    response = HttpResponse(
        wire.rendered(root, content, form), content_type=wire.FORMATS[form], status=status
    )
    # What a person takes back is gone from the next answer on, from copies in between too.
    response["Cache-Control"] = "no-store"
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Language"] = get_language() or "en"
    return response


def _refused(refused: Refused, form: str) -> HttpResponse:
    errors = [{"code": refused.status, "description": sentence(refused)}]
    response = _answer("errors", errors, form=form, status=refused.status)
    if refused.status == 405:
        response["Allow"] = "GET, POST"
    if refused.status in (429, 503):
        response["Retry-After"] = str(refused.facts.get("retry_after", 30))
    return response


def _refusal(error: Exception) -> Refused | None:
    """The same in the words of this room; None for a fault of ours."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, RequestDataTooBig):
        return Refused("too_large")
    if isinstance(error, (TooManyFieldsSent, MultiPartParserError, BadRequest, SuspiciousOperation)):
        return Refused("form_wrong")
    if isinstance(error, CannotAct) and error.code == "submission_differs":
        return Refused("submission_differs")
    if isinstance(error, (OperationalError, InterfaceError)) and is_database_away(error):
        return Refused("database_away")
    if isinstance(error, KeyFileError):
        return Refused("keys_away")
    return None


def _asked(request: HttpRequest) -> dict[str, str]:
    """The query, each name with its last value. PostgreSQL has no NUL in text; neither has any code of ours."""
    return {name: str(value).replace("\0", "\ufffd") for name, value in request.GET.items()}


def _reads(request: HttpRequest) -> tuple[dict[str, str], Any]:
    now = clock.now()
    verdict = limits.allow("open311 read", source_of(request), READS_AN_HOUR, 3600, now)
    if not verdict:
        raise Refused("too_often", retry_after=verdict.retry_after)
    return _asked(request), now


@speaks("GET")
def discovery(request: HttpRequest) -> Answer:
    """Where the interface is, and what it speaks."""
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": settings.BASE_URL.rstrip("/") + "/open311/v2",
        "changeset": openapi.CHANGESET,
        "type": "test" if settings.DEMO else "production",
        "formats": ["text/xml", "application/json"],
    }
    return "discovery", {
        "changeset": openapi.CHANGESET,
        "contact": gettext("The office at %(address)s") % {"address": settings.BASE_URL},
        "key_service": gettext("Ask the office for a key: %(address)s") % {"address": settings.BASE_URL},
        "endpoints": [endpoint],
    }


@speaks("GET")
def services(request: HttpRequest) -> Answer:
    """What may be reported."""
    asked, _now = _reads(request)
    return "services", offered.services(offered.authority_of(asked))


@speaks("GET")
def definition(request: HttpRequest, code: str) -> Answer:
    """The questions of one service."""
    asked, _now = _reads(request)
    authority = offered.authority_of(asked)
    subject = offered.subject_of(authority, code.replace("\0", "\ufffd"))
    return "service_definition", offered.definition(authority, subject)


@speaks("GET", "POST")
def requests(request: HttpRequest) -> Answer:
    """GET: what is published. POST: hand one in."""
    return "service_requests", _post(request) if request.method == "POST" else _list(request)


def _list(request: HttpRequest) -> list[dict[str, Any]]:
    asked, now = _reads(request)
    if "service_request_id" in asked:
        names = rules.listed(asked, "service_request_id")
        if len(names) > rules.ROWS:
            raise Refused("too_many_ids")
        return published.requests_named(names)
    authority = offered.authority_of(asked)
    return published.requests_in(
        authority,
        rules.window(asked, now=now, zone=authority.zone),
        services=rules.listed(asked, "service_code"),
        states=rules.statuses(asked),
        page=rules.page(asked),
    )


@speaks("GET")
def one_request(request: HttpRequest, public: str) -> Answer:
    """One published request."""
    _reads(request)
    found = published.requests_named([public])
    if not found:
        raise Refused("request_unknown")
    return "service_requests", found


@speaks("GET")
def token(request: HttpRequest, public: str) -> Answer:
    """The request behind a token. Here a request has its id at once, and is its own token."""
    _reads(request)
    if public_ids.case_named(public) is None:
        raise Refused("request_unknown")
    return "service_requests", [{"token": public, "service_request_id": public}]


@speaks("GET")
def updates(request: HttpRequest) -> Answer:
    """What happened to published requests."""
    asked, now = _reads(request)
    authority = offered.authority_of(asked)
    window = rules.window(asked, now=now, zone=authority.zone)
    return "service_request_updates", published.updates_in(authority, window, rules.page(asked))


@speaks("GET")
def nothing(request: HttpRequest) -> Answer:
    raise Refused("nothing_here")


def _post(request: HttpRequest) -> list[dict[str, Any]]:
    now, posted = clock.now(), request.POST
    key = _let_in(posted.get("api_key", "") or request.GET.get("api_key", ""), now)
    wanted = (posted.get("jurisdiction_id", "") or request.GET.get("jurisdiction_id", "")).strip()
    if wanted and wanted != key.authority.code:
        raise Refused("jurisdiction_unknown")
    verdict = limits.allow(f"open311 post {key.pk}", "", POSTS_AN_HOUR, 3600, now)
    if not verdict:
        raise Refused("too_often", retry_after=verdict.retry_after)
    used_today(key, now.astimezone(ZoneInfo(key.authority.zone)).date())
    told = told_by(key.authority, posted, _submission(request, key))
    done = register_case(told, by=Actor(ActorKind.CLIENT, client=str(key.pk)), now=now)
    return [_receipt(done)]


def _let_in(said: str, now: datetime) -> ApiClient:
    """The system of this key. Raises Refused (key_wrong, key_expired, unit_closed, post_closed, scope_missing)."""
    key = client_of(said)
    if key is None:
        raise Refused("key_wrong")
    organisation = standing()
    organisation.fill(
        key, authority=organisation.authorities, unit=organisation.units, post=organisation.posts
    )
    refusal = may_use(key, Scope.OPEN311_WRITE, unit=key.unit, post=key.post, now=now)
    if refusal:
        raise Refused(refusal, scope=Scope.OPEN311_WRITE.value)
    return key


def _submission(request: HttpRequest, key: ApiClient) -> bytes:
    """GeoReport knows no sending again; a program that does may say so with a header."""
    once = request.headers.get("Idempotency-Key", "")
    if not once:
        return b""
    if not _IDEMPOTENCY.match(once):
        raise Refused("idempotency_wrong")
    return b"open311\0" + key.pk.bytes + b"\0" + once.encode()


def _receipt(done: Registered) -> dict[str, Any]:
    """The id, and the receipt: in words where every program of this kind shows them, and in fields of its own."""
    code, secret = done.code, done.secret or ""
    facts = {"code": code, "secret": secret, "address": follow_url()}
    if secret:
        notice = gettext(
            "Registered. Your code is %(code)s, your secret is %(secret)s. Write both down: together they open your "
            "matter at %(address)s, and only you have them."
        )
    else:
        notice = gettext(
            "This was registered before, under the code %(code)s. It is followed at %(address)s."
        )
    return {
        "service_request_id": public_ids.of_case(done.case.pk),
        "service_notice": notice % facts,
        "account_id": "",
        "receipt_code": code,
        "receipt_secret": secret,
        "follow_url": facts["address"],
    }
