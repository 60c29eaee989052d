"""Sign-ins: made with a one-time code, renewed, closed; a lost second factor taken away."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from answerable.core import clock, limits
from answerable.core.source import source_of
from answerable.orgs.access import Visitor, admin_view, staff_of
from answerable.orgs.forms import FirstSignInForm, WhyForm
from answerable.orgs.services import sign_ins
from answerable.ui import flash
from answerable.ui.htmx import go
from answerable.ui.leading import lead_on

TRIES, WINDOW_S = 10, 900


@require_GET
@admin_view
def people(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    rows = staff_of(visitor).order_by("username")
    factors = set(Authenticator.objects.filter(user__in=rows).values_list("user_id", flat=True))
    context = {"visitor": visitor, "rows": [(one, one.pk in factors) for one in rows]}
    return render(request, "orgs/people.html", context)


@require_POST
@admin_view
def act(request: HttpRequest, visitor: Visitor, staff_id: int, what: str) -> HttpResponse:
    """`what`: code, close, open, factor. Each wants a sentence why; it goes into the record."""
    staff = get_object_or_404(staff_of(visitor), pk=staff_id)
    form = WhyForm(request.POST)
    if not form.is_valid():
        flash.warn(request, _("Say why, and how you made sure that it is them. Nothing was changed."))
        return go(request, reverse("orgs:people"))
    who = {"staff_id": staff.pk, "home": visitor.home, "by": visitor.actor, "now": visitor.now}
    why = form.cleaned_data["why"]
    try:
        if what == "code":
            code = sign_ins.give_one_time_code(why=why, **who)
            # Not the host of this request: it may be an inner name that is no use elsewhere
            shown = {"staff": staff, "code": code, "visitor": visitor, "base_url": settings.BASE_URL}
            return render(request, "orgs/code.html", shown)
        if what == "factor":
            sign_ins.reset_second_factor(why=why, **who)
        else:
            sign_ins.open_or_close_sign_in(is_open=what == "open", why=why, **who)
    except sign_ins.CannotSignIn:
        said = _(
            "Another administrator has to do this for you. Where there is no other, whoever runs the machine makes one: "
            "answerable createadmin NAME"
        )
        return lead_on(request, reverse("orgs:people"), said)
    flash.done(request, _done_words(what))
    return go(request, reverse("orgs:people"))


def _done_words(what: str) -> str:
    """What follows from it, for who has to tell the person."""
    if what == "factor":
        return _(
            "Taken away. They sign in with their password and are led to set up a new one. If somebody else may know the "
            "password, give a one-time code too."
        )
    if what == "close":
        return _("Closed. Nobody signs in with it any more, and no session of it is open.")
    return _("Opened. Where they have no password any more, give a one-time code.")


@never_cache
@sensitive_post_parameters("code", "password", "again")
def first_sign_in(request: HttpRequest) -> HttpResponse:
    """Set one's own password with a one-time code; tries are limited as at the sign-in."""
    form = FirstSignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        verdict = limits.allow("first sign in", source_of(request), TRIES, WINDOW_S, clock.now(), overall=200)
        values = form.cleaned_data
        if not verdict:
            form.add_error(None, verdict.sentence())
        else:
            try:
                sign_ins.set_first_password(
                    username=values["username"],
                    code=values["code"].strip(),
                    password=values["password"],
                    now=clock.now(),
                )
            except sign_ins.CannotSignIn:
                form.add_error(
                    None,
                    _("This name and code do not belong together, or the code has been used or is too old."),
                )
            except ValidationError as error:
                form.add_error("password", error)
            else:
                flash.done(request, _("Your password is set. Sign in with it now."))
                return redirect("account_login")
    return render(request, "orgs/first_sign_in.html", {"form": form}, status=422 if form.errors else 200)
