"""Work without a network: get ready, the page that works alone, what waits, and what is sent later."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.dateparse import parse_datetime
from django.utils.safestring import mark_safe
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from answerable.cases import rules
from answerable.cases.access import readable_cases
from answerable.cases.counter import device, sealing, taking
from answerable.cases.counter.forms import MatterForm
from answerable.cases.counter.views import Counter, counter_view
from answerable.cases.models import ReservedCode
from answerable.cases.portal.draft import Draft
from answerable.cases.portal.office import office_for
from answerable.cases.portal.receipts import follow_url
from answerable.cases.portal.sending import SubjectGone
from answerable.cases.rules import CannotAct, Doing
from answerable.cases.services import drafts, reserving
from answerable.cases.services.intake import Registered
from answerable.core import days
from answerable.core.sentences import Said, sentence
from answerable.orgs.models import Post
from answerable.record.actors import Actor, ActorKind
from answerable.ui.print import qr

COUNTS = (5, 10, 20, 40)
_SCRIPTS = ("store", "seal", "draft", "sending", "rules", "offline", "waiting")
_STYLES = (
    "ui/tokens.css",
    "ui/base.css",
    "ui/parts.css",
    "ui/desk.css",
    "ui/print.css",
    "counter/counter.css",
)
_WORKER = Path(__file__).parent.parent / "static" / "counter" / "worker.js"


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, from here so that it may answer for every page of the counter."""
    response = HttpResponse(_WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = reverse("desk:counter")
    return response


def _kept_addresses() -> list[str]:
    """What the service worker keeps: two pages and what they load."""
    pages = [reverse("desk:counter:offline"), reverse("desk:counter:waiting")]
    files = [*_STYLES, "ui/mark.svg", *(f"counter/{name}.js" for name in _SCRIPTS)]
    return [*pages, *(static(name) for name in files), static("ui/js/textarea.js")]


@counter_view
@require_safe
def ready(request: HttpRequest, counter: Counter) -> HttpResponse:
    """Get this device ready: what it will hold, its password, how many receipts."""
    if counter.authority is None:
        return render(request, "counter/none.html")
    held = reserving.usable(counter.by.post, counter.now).count()
    post = _post(counter)
    data = {
        "say": device.sentences(),
        "zone": counter.authority.zone,
        "post": post.pk,
        "keep": _kept_addresses(),
    }
    return render(
        request,
        "counter/ready.html",
        {
            "data": data,
            "counts": [n for n in COUNTS if n <= reserving.AT_MOST - held],
            "held": held,
            "limit": reserving.AT_MOST,
            "days": reserving.RESERVED_FOR.days,
            "post": post,
        },
    )


def _post(counter: Counter) -> Post:
    return next(post for post in counter.desk.reader.posts if post.pk == counter.by.post_id)


@counter_view
@require_safe
def offline(request: HttpRequest, counter: Counter) -> HttpResponse:
    """The counter's form as one page that works alone: taken down, read back, receipt. Kept by the device."""
    body = counter.authority
    if body is None:
        return render(request, "counter/none.html")
    form = counter.form(body, initial={"intake": "counter", "language": request.LANGUAGE_CODE})
    words = device.forms_by_language(lambda: counter.form(body))
    context = {
        "form": form,
        "emergency": form.office.emergency,
        "data": device.page_data(form, words, _post(counter)),
        # It holds the address alone, so one picture serves every receipt.
        "qr": mark_safe(qr.svg(follow_url())),
    }
    return render(request, "counter/offline.html", context)


@counter_view
@require_safe
def waiting(request: HttpRequest, counter: Counter) -> HttpResponse:
    """What waits on this device: codes and times, no person. Kept by the device."""
    zone = counter.authority.zone if counter.authority else ""
    return render(request, "counter/waiting.html", {"data": {"say": device.sentences(), "zone": zone}})


@counter_view
@require_safe
def state(request: HttpRequest, counter: Counter) -> HttpResponse:
    """Whether someone may send here now, and the token that a form carries."""
    return JsonResponse({"csrf": get_token(request), "post": counter.by.post})


@counter_view
@require_POST
def reserve(request: HttpRequest, counter: Counter) -> HttpResponse:
    """Codes and secrets for this device. The secrets leave the server here and are stored nowhere."""
    asked = _body(request).get("count")
    count = asked if isinstance(asked, int) and asked in COUNTS else COUNTS[0]
    try:
        taken = reserving.reserve(by=counter.by, count=count, now=counter.now)
    except reserving.CannotReserve as refusal:
        return JsonResponse({"sentence": sentence(refusal)}, status=409)
    until = counter.now + reserving.RESERVED_FOR
    codes = [{"code": one.code, "secret": one.secret} for one in taken]
    return JsonResponse({"codes": codes, "until": until.isoformat(), "post": counter.by.post})


@counter_view
@require_POST
def give_back(request: HttpRequest, counter: Counter) -> HttpResponse:
    """The device is wiped: its unused codes end."""
    given = _body(request).get("codes")
    codes = [str(code) for code in given[: reserving.AT_MOST]] if isinstance(given, list) else []
    return JsonResponse({"ended": reserving.give_back(by=counter.by, given=codes, now=counter.now)})


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


@counter_view
@require_POST
def send(request: HttpRequest, counter: Counter) -> HttpResponse:
    """One matter that was taken down without a network. Sent again it answers with the same case.

    200 registered; 422 refused, with the words, so that they can be put right; 409 kept on the device.
    """
    body = _body(request)
    posts = [post for post in counter.desk.reader.posts if post.role in rules.ROLES[Doing.HANDLE]]
    code, content = str(body.get("code", "")), {}
    try:
        # Whose code it is goes first: nobody else is shown the words.
        found = _reserved(code, posts, counter)
        content = sealing.open_sealed(body.get("sealed") or {}, code)
        if found is None:
            raise reserving.CannotReserve("not_reserved")
        return _registered(_register(counter, content, *found), counter)
    except reserving.CannotReserve as refusal:
        if refusal.code in ("other_post", "closed_post"):
            return JsonResponse({"state": "kept", "sentence": sentence(refusal)}, status=409)
        return _refused(refusal, content, needs_new=True)
    except Said as refusal:
        return _refused(refusal, content)
    except _Faulty as faulty:
        errors = [[name, str(text)] for name, texts in faulty.form.errors.items() for text in texts]
        return _answer("refused", content, sentence=device.sentences()["faults"], errors=errors)


def _reserved(code: str, posts: list[Post], counter: Counter) -> tuple[ReservedCode, Post] | None:
    """The reserved code and the post that sends under it, or None where it is unknown here: the words are then given
    back to be taken down anew."""
    try:
        return reserving.reserved_for(code, posts, counter.now)
    except reserving.CannotReserve as refusal:
        if refusal.code == "not_reserved":
            return None
        raise


class _Faulty(Exception):
    def __init__(self, form: MatterForm) -> None:
        super().__init__("the form is not valid")
        self.form = form


def _register(counter: Counter, content: dict[str, Any], reserved: ReservedCode, post: Post) -> Registered:
    """Register as the online form does. Raises _Faulty, CannotAct, and what register_reserved raises."""
    by = Actor(ActorKind.STAFF, staff_id=counter.staff_id, post_id=post.pk, unit_id=post.unit_id)
    body = next((b for b in counter.bodies if b.pk == reserved.post.unit.authority_id), counter.authority)
    if body is None:
        raise CannotAct("not_yours")
    form = counter.form(body, _fields(content), taken_in=reserved.post.unit.path)
    if not form.is_valid():
        raise _Faulty(form)
    draft = Draft(drafts.new_token(), answers=taking.answers_of(form, staff_id=counter.staff_id))
    office = office_for(draft)
    if office is None:
        raise CannotAct("not_yours")
    try:
        told = taking.told_from(draft, office)
    except SubjectGone:
        form.add_error("subject", device.sentences()["choose"])
        raise _Faulty(form) from None
    return reserving.register_reserved(
        told,
        reserved,
        said_at=_said_at(content, counter.now),
        withhold=bool(draft.get(taking.OWN, "accuses_own")),
        by=by,
        now=counter.now,
    )


def _fields(content: dict[str, Any]) -> MultiValueDict[str, str]:
    given = content.get("fields")
    # A page kept by a device from before a question did not ask it; nobody is turned away for that. Nor is a letter's
    # old day asked for once more: the person has the receipt already, and the clerk heard the day read back.
    pairs = {"danger": "no", "old_day": "on", **given}.items() if isinstance(given, dict) else ()
    return MultiValueDict(
        {
            str(name): [str(one) for one in value] if isinstance(value, list) else [str(value)]
            for name, value in pairs
        }
    )


def _said_at(content: dict[str, Any], now: datetime) -> datetime:
    try:
        at = parse_datetime(str(content.get("told_at", "")))
    except ValueError:
        at = None
    return at if at is not None and at.tzinfo is not None and days.is_kept(at) else now


def _registered(done: Registered, counter: Counter) -> HttpResponse:
    opens = readable_cases(counter.desk.reader).filter(pk=done.case.pk).exists()
    url = reverse("desk:case", args=[done.case.pk]) if opens else ""
    return JsonResponse({"state": "registered", "code": done.code, "url": url, "again": done.is_repeat})


def _refused(refusal: Said, content: dict[str, Any], *, needs_new: bool = False) -> HttpResponse:
    return _answer("refused", content, sentence=sentence(refusal), needs_new=needs_new)


def _answer(state: str, content: dict[str, Any], **more: Any) -> HttpResponse:
    words = {key: content.get(key) for key in ("fields", "told_at")} if content else {}
    return JsonResponse({"state": state, "errors": [], **words, **more}, status=422)
