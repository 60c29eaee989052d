"""What concerns the person alone: how they are told of news, who looked at their identity, erasure."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from answerable.cases.person.casepage import PersonPage
from answerable.cases.person.door import once, person_view
from answerable.cases.person.forms import EraseForm, ReachForm, ShareForm
from answerable.cases.person.views.page import back, show
from answerable.cases.portal.office import Office
from answerable.cases.services import erasure, persons
from answerable.ui import flash


@require_safe
@person_view
def looks(request: HttpRequest, page: PersonPage) -> HttpResponse:
    """Who looked at the identity, when, why, and under which post (rule 6)."""
    return show(request, "looks", page)


@require_http_methods(["GET", "HEAD", "POST"])
@person_view
def reach(request: HttpRequest, page: PersonPage) -> HttpResponse:
    """Change how one is told of news, or drop it. The old address is destroyed."""
    if page.is_erased:
        return back()
    kinds = Office(page.case.authority, [page.case.authority], conduct=False).channel_kinds
    now_used = page.channel.kind if page.channel else "none"
    form = ReachForm(
        request.POST if request.method == "POST" else None, kinds=kinds, initial={"kind": now_used}
    )
    if request.method == "POST" and form.is_valid():
        persons.change_channel(case_id=page.case.pk, wish=form.wish, now=page.now, once=once(request))
        if form.wish is None:
            flash.done(request, gettext("We will not write to you. What we had is destroyed."))
        else:
            flash.done(request, gettext("Changed. The earlier address is destroyed."))
        return back()
    return show(request, "reach", page, form=form, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@person_view
def share(request: HttpRequest, page: PersonPage) -> HttpResponse:
    """Say what others may see of the matter, or take it back; nothing is seen without it."""
    case = page.case
    if page.is_erased or case.is_conduct:
        return back()
    told = {"shareable": case.is_shareable, "publishable": case.is_publishable}
    form = ShareForm(request.POST if request.method == "POST" else None, initial=told)
    if request.method == "POST" and form.is_valid():
        persons.change_sharing(case_id=case.pk, now=page.now, **form.cleaned_data)
        if form.cleaned_data["publishable"]:
            flash.done(request, gettext("Noted. You can take it back here at any time."))
        elif form.cleaned_data["shareable"]:
            flash.done(
                request, gettext("Noted. It is not published; others with the same trouble may see it.")
            )
        else:
            flash.done(request, gettext("Noted. Nobody but the office sees anything of it any more."))
        return back()
    return show(request, "share", page, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@person_view
def erase(request: HttpRequest, page: PersonPage) -> HttpResponse:
    """Ask for erasure: at once where the case is over, else as a wish that is carried out then (rule 9)."""
    if page.is_erased:
        return back()
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if erasure.ask_erasure(case_id=page.case.pk, now=page.now):
            flash.done(request, gettext("Erased. Nobody can bring it back."))
        else:
            flash.done(
                request, gettext("Your wish is in the file. It is carried out when the matter is over.")
            )
        return back()
    is_over = erasure.is_over(page.case, page.now)
    return show(request, "erase", page, form=form, is_over=is_over, status=422 if form.errors else 200)
