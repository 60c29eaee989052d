"""Every component on a page, for eyes and for axe. Served in the demo, never in an office."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from answerable.ui import errors, flash, states
from answerable.ui.fields import RadioCards, TypedDateField
from answerable.ui.paging import Page
from answerable.ui.parts import Clock, FileRow, FilterChip, Tab, TimelineEntry

_AT = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)


def demo_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """404 in an office."""

    @wraps(view)
    def guarded(request: HttpRequest, **more: int) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, **more)

    return guarded


class SampleForm(forms.Form):
    about = forms.ChoiceField(
        label=gettext_lazy("Is it about how an official or an office behaved?"),
        help_text=gettext_lazy("If so, they can neither handle your matter nor read it."),
        choices=[
            ("no", gettext_lazy("No")),
            ("yes", gettext_lazy("Yes")),
            ("unsure", gettext_lazy("I am not sure")),
        ],
        widget=RadioCards(hints={"unsure": gettext_lazy("Then we treat it as yes.")}),
    )
    words = forms.CharField(
        label=gettext_lazy("What happened?"),
        help_text=gettext_lazy("In your own words. Where, since when, and what you want to be done."),
        widget=forms.Textarea,
        max_length=5000,
    )
    since = TypedDateField(label=gettext_lazy("Since when?"), required=False)
    place = forms.ChoiceField(
        label=gettext_lazy("Where is it?"),
        choices=[("", "—"), ("a", gettext_lazy("Upper village")), ("b", gettext_lazy("Old market"))],
    )
    name = forms.CharField(label=gettext_lazy("Your name"), required=False, max_length=100)
    photo = forms.FileField(
        label=gettext_lazy("A picture or a document"),
        help_text=gettext_lazy("Up to 20 MB each, at most ten."),
        required=False,
    )
    join = forms.BooleanField(
        label=gettext_lazy("Others with the same matter may see the office's summary and join"),
        required=False,
    )


def _wrong() -> SampleForm:
    form = SampleForm(
        {"words": _("The street lamp"), "since": "2026-02-30", "place": "a"}, auto_id="wrong_%s"
    )
    form.is_valid()
    return form


def _context() -> dict[str, Any]:
    sentence = _("Waiting for the roads office's decision, due Thursday 3 December (4 working days left).")
    why = [
        (_("Started by"), _("First receipt on 4 October 2026")),
        (_("Rule"), _("60 days for handling")),
        (_("Counted"), _("4 October is day zero; day 60 is 3 December")),
        (_("Article"), _("Regulations on Petitioning Work, art. 34")),
    ]
    return {
        "form": SampleForm(),
        "wrong": _wrong(),
        "states": sorted(states.LOOKS),
        "clocks": [
            Clock(sentence, "ontime", why),
            Clock(_("Due tomorrow, Tuesday 24 November, by midnight."), "soon", why),
            Clock(
                _("Late since Monday 16 November. The county office was told on Tuesday and watches it."),
                "late",
                why,
            ),
        ],
        "entries": [
            TimelineEntry(_AT, _("Registered"), _("portal"), tone="info"),
            TimelineEntry(
                _AT,
                _("Question to you"),
                _("roads office, handler"),
                _("Which lamp is it? Is there a number on it?"),
            ),
            TimelineEntry(
                _AT, _("Decided"), _("roads office, head"), tone="ok", url="#", url_text=_("The letter (PDF)")
            ),
        ],
        "files": [
            FileRow(_("lamp.jpg"), 2_480_000, "", "held", _("A person looks at it first")),
            FileRow(_("letter.pdf"), 84_300, "#", "cleared"),
        ],
        "tabs": [
            Tab(_("Mine"), "?t=a", True, "12"),
            Tab(_("My unit's"), "?t=b", count="1000+"),
            Tab(_("Late"), "?t=c", count="3"),
        ],
        "chips": [FilterChip(_("Late"), "?"), FilterChip(_("Roads"), "?")],
        "page": Page(list(range(50)), 2, 50, 1000, True, True),
        "facts": [
            (_("Your code"), "K7M4-2XQP-9"),
            (_("Answers for it"), _("Roads office, head")),
            (_("Received"), "2026-10-04"),
        ],
        "rows": [
            (
                _("Street lamp dark since spring, children walk there"),
                _("Old market"),
                "late",
                _("Roads office"),
                "2026-11-16",
            ),
            (
                _("Compensation for the field at the new road"),
                _("Upper village"),
                "soon",
                _("Land office"),
                "2026-11-24",
            ),
            (_("Water is brown every morning"), _("Old market"), "ontime", _("Water office"), "2026-12-03"),
            (_("Answer promised, never came"), "—", "paused", _("Social office"), "2026-12-18"),
        ],
        "at": _AT,
    }


@demo_only
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Components in the portal's shell."""
    return render(request, "site/style.html", _context())


@demo_only
@require_safe
def desk_page(request: HttpRequest) -> HttpResponse:
    """Components in the desk's shell."""
    flash.done(request, _("Assigned to the roads office."), undo_to="/style")
    messages.warning(request, _("Saved. The letter could not be sent and will be tried again."))
    return render(request, "site/style_desk.html", _context())


@demo_only
@require_safe
def question(request: HttpRequest) -> HttpResponse:
    """One question a page, as the portal asks it; ?wrong shows its error."""
    return render(
        request, "site/style_question.html", {"form": _wrong() if "wrong" in request.GET else SampleForm()}
    )


@demo_only
@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """A page for paper."""
    return render(request, "site/style_sheet.html", _context())


@demo_only
@require_safe
def error(request: HttpRequest, code: int) -> HttpResponse:
    """The error pages."""
    shown = {
        400: lambda: errors.bad_request(request),
        403: lambda: errors.forbidden(request),
        404: lambda: errors.not_found(request),
        429: lambda: errors.too_many(request, retry_after=60),
        500: lambda: errors.server_error(request),
        503: lambda: errors.database_away(request),
    }
    if code not in shown:
        raise Http404
    return shown[code]()
