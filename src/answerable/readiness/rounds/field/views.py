"""The page, what it asks when there is a network, and what it sends: one thing at a time, in order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from answerable.cases.counter.sealing import Purpose
from answerable.core.refusals import NotYours
from answerable.core.sentences import Said
from answerable.incidents.field import arriving, kept_page, sealing
from answerable.incidents.field.services import uuid_or_none
from answerable.incidents.photos import services as pictures
from answerable.readiness.rounds import wording
from answerable.readiness.rounds.access import RoundReader, finding_for, round_for, rounds_view
from answerable.readiness.rounds.field import reading, words
from answerable.readiness.rounds.photos import services as photos
from answerable.readiness.rounds.rules import facts_of
from answerable.readiness.rounds.services import doing, findings

ROUNDS = Purpose("rounds that were done without a network", b"answerable/rounds/v1")
#: What comes back of a sending that is refused.
GIVEN_BACK = ("kind", "round", "finding", "answers", "text", "is_mended", "told_at")


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, from here so that it may answer for this page and for no other."""
    return kept_page.worker("answerable-rounds", reverse("rounds_field:page"))


@rounds_view
@require_safe
def page(request: HttpRequest, reader: RoundReader) -> HttpResponse:
    """One page that works alone: no person, no member of staff, nothing of a session. The device may keep it."""
    data = {
        "office_key": sealing.public_key(ROUNDS),
        "say": words.sentences(),
        "zone": reader.zone,
        "language": request.LANGUAGE_CODE,
        "photo_bytes": pictures.LIMITS.file_bytes,
        "keep": kept_page.addresses(reverse("rounds_field:page"), "rounds/field", "rounds/answers"),
    }
    return render(request, "rounds/field.html", {"data": data})


@rounds_view
@require_safe
def state(request: HttpRequest, reader: RoundReader) -> HttpResponse:
    """Whether somebody may send here now, the server's time, and what they have to do."""
    who = {"csrf": get_token(request), "now": reader.now.isoformat(), "who": reader.staff.pk}
    return JsonResponse(who | reading.as_data(reader))


@rounds_view
@require_POST
def send(request: HttpRequest, reader: RoundReader) -> HttpResponse:
    """One round, or one finding that was mended or looked at. 200 it is here, now or since an earlier sending; 422
    refused, with its words; 409 it stays on the device."""
    content: dict[str, Any] = {}
    try:
        number, content, device_now = arriving.opened(request, ROUNDS)
        kept = arriving.stays(content, reader.staff.pk)
        if kept is not None:
            return kept
        claim = arriving.claim_of(content, device_now, reader.now)
        kind = content.get("kind")
        if kind == "round":
            _round(reader, content, number, claim)
        elif kind in ("mended", "checked"):
            _finding(reader, content, number, claim)
        else:
            return arriving.refused(words.unknown_kind(), content, GIVEN_BACK)
    except (Said, NotYours) as refusal:
        return arriving.refused(wording.refusal_words(refusal), content, GIVEN_BACK)
    except (Http404, PermissionDenied):
        return arriving.refused(words.unknown(), content, GIVEN_BACK)
    return arriving.here()


def _round(reader: RoundReader, content: dict[str, Any], number: UUID, claim: Any) -> None:
    one = round_for(reader, _id(content, "round"))
    doing.do_round(
        round_id=one.pk,
        answers=facts_of(content.get("answers")),
        by=reader.acting([one.post_id], one.unit),
        now=reader.now,
        claim=claim,
        sending_id=number,
    )


def _finding(reader: RoundReader, content: dict[str, Any], number: UUID, claim: Any) -> None:
    one = finding_for(reader, _id(content, "finding"))
    text = str(content.get("text") or "")
    if content.get("kind") == "mended":
        findings.mend_finding(
            finding_id=one.pk,
            what=text,
            by=reader.acting([one.post_id], one.unit),
            now=reader.now,
            sending_id=number,
            happened_at=claim.happened_at,
        )
        return
    findings.check_finding(
        finding_id=one.pk,
        is_mended=content.get("is_mended") is True,
        note=text,
        by=reader.acting([one.plan.post_id], one.unit),
        now=reader.now,
        sending_id=number,
    )


@rounds_view
@require_POST
def photograph(request: HttpRequest, reader: RoundReader) -> HttpResponse:
    """One photograph of a round's question: sealed, and held until a human has checked it."""
    about: dict[str, Any] = {}
    try:
        number, about, picture, _device_now = arriving.opened_photo(request, ROUNDS)
        kept = arriving.stays(about, reader.staff.pk)
        if kept is not None:
            return kept
        one = round_for(reader, _id(about, "round"))
        photos.keep_photo(
            round_id=one.pk,
            photo_id=number,
            question=str(about.get("question") or "")[:40],
            picture=pictures.receive(picture, scanner=settings.ANSWERABLE_CLAMD_SOCKET or None),
            by=reader.acting([one.post_id], one.unit),
            now=reader.now,
        )
    except (Said, NotYours) as refusal:
        return arriving.refused(wording.refusal_words(refusal), about, GIVEN_BACK)
    except (Http404, PermissionDenied):
        return arriving.refused(words.unknown(), about, GIVEN_BACK)
    return arriving.here()


def _id(content: dict[str, Any], name: str) -> UUID:
    return uuid_or_none(content.get(name)) or UUID(int=0)
