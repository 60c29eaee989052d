"""Save and return: a code to write down, and the way back with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from answerable.cases.portal import cookie, limits
from answerable.cases.portal import draft as forms
from answerable.cases.portal.another import another
from answerable.cases.portal.fields import CleanField
from answerable.cases.portal.office import office_for
from answerable.cases.portal.views import next_url
from answerable.cases.services import drafts
from answerable.core import clock
from answerable.ui.htmx import SeeOther

ONE_DAY = timedelta(days=1)


class ReturnForm(django_forms.Form):
    code = CleanField(
        limit=60,
        lines=False,
        label=_("Your return code"),
        help_text=_(
            "Sixteen letters and digits, such as 4K7T-M2XR-7RHF-9WY3. Capitals and dashes do not matter."
        ),
        error_messages={"required": _("Type the return code that you wrote down.")},
    )

    def clean_code(self) -> str:
        typed = str(self.cleaned_data["code"])
        token = drafts.token_of(typed)
        if token is None:
            raise django_forms.ValidationError(
                _(
                    "This is not a whole return code: a sign is missing or different. Please compare it with what "
                    "you wrote down; 0, 1, O, I and L never occur."
                )
            )
        return token


@require_safe
@never_cache
def saved(request: HttpRequest) -> HttpResponse:
    """The return code of the form that is open in this browser, and until when it works."""
    now = clock.now()
    draft = cookie.draft_in(request, now)
    office = office_for(draft) if draft else None
    if draft is None or office is None or not draft.is_saved:
        return SeeOther(reverse("portal:start"))
    until = (now + drafts.SAVED_FOR).astimezone(ZoneInfo(office.authority.zone)).date() - ONE_DAY
    context = {"code": draft.return_code, "until": until, "goes_on": next_url(draft, office)}
    return render(request, "portal/saved.html", context)


@require_POST
def put_away(request: HttpRequest) -> HttpResponse:
    """Leave a saved form for another day: this browser forgets it, the return code opens it."""
    response = SeeOther(reverse("site:home"))
    response.delete_cookie(cookie.NAME)
    return response


@require_POST
def throw_away(request: HttpRequest) -> HttpResponse:
    """Destroy the form in this browser, saved or not, and begin anew."""
    draft = cookie.draft_in(request, clock.now())
    if draft is not None and cookie.is_from_another(request, draft):
        return another(request)
    if draft is not None:
        forms.destroy(draft)
    response = SeeOther(reverse("portal:start"))
    response.delete_cookie(cookie.NAME)
    return response


def _would_be_lost(request: HttpRequest, taken_up: forms.Draft, now: datetime) -> bool:
    """Whether this browser holds the only key of another form, with something in it."""
    here = cookie.draft_in(request, now)
    return here is not None and here.mark != taken_up.mark and not here.is_saved and bool(here.answers)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def take_up(request: HttpRequest) -> HttpResponse:
    """Go on with a saved form. A wrong code and one whose time is over get the same answer."""
    form = ReturnForm(request.POST or None)
    if request.method == "POST":
        now = clock.now()
        waits = limits.over(request, "portal return code", now)
        if waits is not None:
            return waits
        if form.is_valid():
            draft = forms.load(form.cleaned_data["code"], now)
            office = office_for(draft) if draft else None
            if draft is not None and _would_be_lost(request, draft, now):
                text = gettext(
                    "A form that was not saved is open in this browser, and would be lost. Save it or remove it first; then "
                    "take this one up."
                )
                form.add_error("code", text)
                return render(
                    request, "portal/take_up.html", {"form": form, "is_other_open": True}, status=409
                )
            if draft is not None and office is not None:
                response = SeeOther(next_url(draft, office))
                cookie.put(response, draft)
                return response
            form.add_error(
                "code",
                gettext(
                    "Nothing is kept under this code. Either it was sent or removed, its 30 days are over, or the "
                    "code is another one."
                ),
            )
    return render(request, "portal/take_up.html", {"form": form}, status=422 if form.errors else 200)
