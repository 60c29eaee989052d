"""`/warnings/`: what is in force, in plain words and large print, for everybody: no sign-in, no script, no cookie.

The pages may be kept for half a minute by whoever stands between: in an emergency everybody asks for the same one.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from answerable.core import clock
from answerable.incidents.models import Incident, PublicWarning
from answerable.incidents.warnings import composing, feeds, paper, queries, wording
from answerable.incidents.warnings.shown import shown
from answerable.incidents.wording import level_text
from answerable.orgs.queries import serving
from answerable.ui.for_everybody import LANGUAGES, context_of, kept, public_page

PAGE_S, FEED_S = 30, 60
#: A sent message never changes.
XML_S = 24 * 3600


@public_page(PAGE_S)
def front(request: HttpRequest) -> HttpResponse:
    """What is in force; what has just ended; responses under way; what once was."""
    now = clock.now()
    holding, over = queries.in_force(now), queries.ended_lately(now)
    context = context_of(request) | {
        "holding": [shown(row, now, is_followed=False) for row in holding],
        "over": [shown(row, now, is_followed=False) for row in over],
        "past": [shown(row, now, is_followed=True) for row in queries.past(now, [*holding, *over])],
        "responses": [_response(one) for one in queries.responses_under_way()],
    }
    return render(request, "incidents/warnings/front.html", context)


def _response(incident: Incident) -> dict[str, Any]:
    return {
        "incident": incident,
        "hazard": _hazard(incident),
        "place": wording.place_of(incident),
        "body": incident.authority.name,
        "level": level_text(incident.response_level) if incident.response_level else "",
        "since": wording.at_text(incident.activated_at, incident.authority.zone)
        if incident.activated_at
        else "",
        "until": wording.at_text(incident.expected_until, incident.authority.zone)
        if incident.expected_until
        else "",
    }


def _hazard(incident: Incident) -> str:
    return wording.hazard_in(
        "zh" if (translation.get_language() or "").startswith("zh") else "en", incident.hazard
    )


def _named(identifier: str) -> PublicWarning:
    row = queries.named(identifier)
    if row is None:
        raise Http404
    return row


@public_page(PAGE_S)
def one(request: HttpRequest, identifier: str) -> HttpResponse:
    """One message, what it followed, and what followed it."""
    now = clock.now()
    row = _named(identifier)
    after = (
        row.followed_by.select_related("incident__authority", "incident__unit").order_by("-sent_at").first()
    )
    context = context_of(request) | {
        "one": shown(row, now, is_followed=after is not None),
        "before": [shown(other, now, is_followed=True) for other in queries.chain_of(row)[:-1]],
        "after": shown(after, now) if after is not None else None,
    }
    return render(request, "incidents/warnings/one.html", context)


@require_safe
def as_cap(request: HttpRequest, identifier: str) -> HttpResponse:
    """The CAP message, word for word as it was sent."""
    row = _named(identifier)
    response = HttpResponse(row.xml.encode(), content_type=f"{feeds.CAP_TYPE}; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"
    return _open(kept(request, response, XML_S))


def _open(response: HttpResponse) -> HttpResponse:
    """Anybody's page or program may read what is public anyway."""
    response["Access-Control-Allow-Origin"] = "*"
    return response


@public_page(PAGE_S)
def as_paper(request: HttpRequest, identifier: str) -> HttpResponse:
    """A notice for the wall, both languages on one sheet."""
    row = _named(identifier)
    response = HttpResponse(paper.pdf_of(row, clock.now()), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{row.identifier}.pdf"'
    return response


@public_page(PAGE_S)
def incident(request: HttpRequest, code: str) -> HttpResponse:
    """What is published of a response: level, grounds, measures, expected duration (art. 72, 86). Never who called."""
    found = queries.published(code, request.GET.get("body", ""))
    if not found:
        raise Http404
    context = context_of(request) | {
        "code": code,
        "incidents": [
            _response(row)
            | {
                "changes": [_change(change, row) for change in queries.changes_of(row)],
                "is_over": row.state != Incident.State.ACTIVE,
                "ended": wording.at_text(row.stood_down_at, row.authority.zone) if row.stood_down_at else "",
            }
            for row in found
        ],
    }
    return render(request, "incidents/warnings/response.html", context)


def _change(change: Any, row: Incident) -> dict[str, Any]:
    if change.after is None:
        what = _("Response ended")
    elif change.before is None:
        what = _("Response begun at %(level)s") % {"level": level_text(change.after)}
    elif change.after < change.before:
        what = _("Raised from %(before)s to %(level)s") % {
            "before": level_text(change.before),
            "level": level_text(change.after),
        }
    else:
        what = _("Lowered from %(before)s to %(level)s") % {
            "before": level_text(change.before),
            "level": level_text(change.after),
        }
    zone = row.authority.zone
    return {
        "what": what,
        "at": wording.at_text(change.at, zone),
        "grounds": change.grounds,
        "measures": change.measures,
        "until": wording.at_text(change.expected_until, zone) if change.expected_until else "",
    }


# ---------------------------------------------------------------- feeds


def _feed(request: HttpRequest, name: str) -> feeds.Feed:
    """The feed in the language that its address names; Chinese where it names none, so that one copy serves all."""
    now = clock.now()
    language = "en" if request.GET.get("lang") == "en" else "zh"
    home = composing.address_of("")
    query = "?lang=en" if language == "en" else ""
    with translation.override(LANGUAGES[language]):
        office = next(iter(serving()), None)
        name_of_office = office.name if office is not None else _("Grievances")
        entries = [_entry(row, language, now) for row in queries.in_feed(now)]
        return feeds.Feed(
            title=_("Public warnings of %(office)s") % {"office": name_of_office},
            home=home,
            address=f"{home}{name}{query}",
            language="zh-Hans" if language == "zh" else "en",
            author=name_of_office,
            entries=entries,
        )


def _entry(row: PublicWarning, language: str, now: Any) -> feeds.Entry:
    seen = shown(row, now, is_followed=False)
    said = seen.first
    lines = [said.description, said.instruction, _("Where: %(area)s") % {"area": said.area}]
    if seen.is_warning:
        lines.append(_("Until: %(until)s") % {"until": said.until})
    if seen.phone:
        lines.append(_("Telephone: %(phone)s") % {"phone": seen.phone})
    page = composing.address_of(row.identifier)
    return feeds.Entry(
        identifier=row.identifier,
        page=page,
        cap=f"{page}.xml",
        title=said.headline,
        text="\n\n".join(line for line in lines if line),
        sent_at=row.sent_at,
        expires_at=row.expires_at,
        author=said.body,
        kind=row.kind,
        status="Exercise" if row.is_exercise else "Actual",
        severity=row.fields["severity"],
        area=said.area,
    )


@require_safe
def atom(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(
        feeds.atom(_feed(request, "feed.atom")), content_type="application/atom+xml; charset=utf-8"
    )
    return _open(kept(request, response, FEED_S))


@require_safe
def json_feed(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(
        feeds.json_feed(_feed(request, "feed.json")), content_type="application/feed+json; charset=utf-8"
    )
    return _open(kept(request, response, FEED_S))
