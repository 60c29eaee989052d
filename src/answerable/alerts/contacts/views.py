"""How I am reached; whether my people can be reached; a landline called by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from answerable.alerts.addresses import CannotReadAddress
from answerable.alerts.channels import push
from answerable.alerts.contacts import access, queries, wording
from answerable.alerts.contacts.forms import AddForm, CodeForm, QuietForm, WhenForm, when_form
from answerable.alerts.contacts.rules import CannotContact, Reach, reach_of, state_of
from answerable.alerts.models import ContactPoint, QuietHours
from answerable.alerts.models.contacts import Way
from answerable.alerts.services import contacts as services
from answerable.alerts.telephone import CannotReadNumber, shown
from answerable.core.sentences import sentence
from answerable.orgs.access import Visitor, staff_view
from answerable.ui import flash
from answerable.ui.htmx import go

MINE = "contacts:mine"


@require_GET
@staff_view
def mine(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    return _page(request, visitor)


def _page(
    request: HttpRequest,
    visitor: Visitor,
    *,
    add: AddForm | None = None,
    quiet: QuietForm | None = None,
    changed: tuple[int, WhenForm] | None = None,
    code: tuple[int, CodeForm] | None = None,
    webhook_key: str = "",
) -> HttpResponse:
    ways = queries.ways_of(visitor.staff.pk)
    hours = QuietHours.objects.filter(staff=visitor.staff).first()
    look, word, said = wording.own_reach(ways, visitor.now)
    rows = [
        _row(one, visitor, changed[1] if changed and changed[0] == one.pk else None, code) for one in ways
    ]
    forms = [form for form in (add, quiet, changed and changed[1], code and code[1]) if form]
    context = {
        "rows": rows,
        "look": look,
        "word": word,
        "said": said,
        "add": add or AddForm(),
        "quiet": quiet or QuietForm(initial={"begins": hours.begins, "until": hours.until} if hours else {}),
        "hours": hours,
        "wrong": forms,
        "webhook_key": webhook_key,
        "push_key": _push_key(),
        "cares": access.in_care(visitor).exclude(pk=visitor.staff.pk).exists(),
    }
    return render(request, "alerts/contacts/mine.html", context, status=422 if forms else 200)


def _row(
    one: ContactPoint, visitor: Visitor, changed: WhenForm | None, code: tuple[int, CodeForm] | None
) -> dict[str, Any]:
    state = state_of(queries.known(one), visitor.now)
    waits = one.code_until is not None and one.code_until > visitor.now
    return {
        "way": one,
        "name": wording.name_of(one),
        "look": wording.LOOKS[state],
        "word": wording.state_word(state),
        "sentence": wording.sentence(one, visitor.now),
        "urgent": wording.after(one.urgent_after_s),
        "calm": wording.after(one.calm_after_s),
        "form": changed or when_form(one),
        "is_open": changed is not None,
        "code": (code[1] if code and code[0] == one.pk else CodeForm(prefix=f"code{one.pk}"))
        if waits
        else None,
        "is_called": one.way == Way.LANDLINE,
    }


def _push_key() -> str:
    """What browsers subscribe to; "" where the key file cannot be used, which `answerable check` says."""
    if not queries.can_send(Way.PUSH):
        return ""
    try:
        return push.public_key()
    except push.PushKeyError:
        return ""


def _who(visitor: Visitor) -> dict[str, Any]:
    return {"home": access.home_of(visitor), "by": access.actor_of(visitor), "now": visitor.now}


@sensitive_post_parameters("typed")
@require_POST
@staff_view
def add(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Add a way, and have a code sent to it at once."""
    form = AddForm(request.POST)
    if not form.is_valid():
        return _page(request, visitor, add=form)
    try:
        made, key = services.add_contact(staff_id=visitor.staff.pk, **form.cleaned_data, **_who(visitor))
    except (CannotReadAddress, CannotReadNumber, CannotContact) as refusal:
        form.add_error("typed", sentence(refusal))
        return _page(request, visitor, add=form)
    if made.way == Way.LANDLINE:
        flash.done(request, _("Added. Ask your leader or the duty officer to call it and confirm."))
        return go(request, reverse(MINE))
    try:
        services.send_code(
            contact_id=made.pk, staff_id=visitor.staff.pk, language=_language(), **_who(visitor)
        )
    except CannotContact as refusal:
        flash.warn(request, sentence(refusal))
        return go(request, reverse(MINE))
    if key:
        return _page(request, visitor, webhook_key=key)
    flash.done(request, _("Added. A code is on its way to it: type it in here."))
    return go(request, reverse(MINE) + f"#way{made.pk}")


def _own(doing: Callable[..., Any]) -> Callable[..., HttpResponseBase]:
    """A POST about one of one's own ways: do it, say so, or say why not."""

    @require_POST
    @staff_view
    def view(request: HttpRequest, visitor: Visitor, contact_id: int) -> HttpResponse:
        try:
            said = doing(
                request, visitor, {"contact_id": contact_id, "staff_id": visitor.staff.pk, **_who(visitor)}
            )
        except CannotContact as refusal:
            flash.warn(request, sentence(refusal))
            return go(request, reverse(MINE))
        if isinstance(said, HttpResponse):
            return said
        flash.done(request, said)
        return go(request, reverse(MINE) + f"#way{contact_id}")

    return view


@_own
def send_code(request: HttpRequest, visitor: Visitor, who: dict[str, Any]) -> str:
    services.send_code(language=_language(), **who)
    return _("A code is on its way to it: type it in here.")


@_own
def verify(request: HttpRequest, visitor: Visitor, who: dict[str, Any]) -> str | HttpResponse:
    form = CodeForm(request.POST, prefix=f"code{who['contact_id']}")
    if not form.is_valid():
        return _page(request, visitor, code=(who["contact_id"], form))
    left = services.verify_contact(typed=form.cleaned_data["code"], **who)
    if left is None:
        return _("It works: from now on you are reached by it.")
    if left == 0:
        raise CannotContact("code_over")
    form.add_error("code", sentence(CannotContact("wrong_code", left=left)))
    return _page(request, visitor, code=(who["contact_id"], form))


@_own
def test(request: HttpRequest, visitor: Visitor, who: dict[str, Any]) -> str:
    services.send_test(language=_language(), **who)
    return _("A test message is on its way.")


@_own
def change(request: HttpRequest, visitor: Visitor, who: dict[str, Any]) -> str | HttpResponse:
    row = ContactPoint.objects.filter(pk=who["contact_id"], staff=visitor.staff, removed_at=None).first()
    if row is None:
        raise CannotContact("gone")
    form = when_form(row, request.POST)
    if not form.is_valid():
        return _page(request, visitor, changed=(row.pk, form))
    services.change_contact(**form.cleaned_data, **who)
    return _("Changed.")


@_own
def move(request: HttpRequest, visitor: Visitor, who: dict[str, Any]) -> str:
    services.move_contact(up=request.POST.get("to") == "up", **who)
    return _("The order is changed.")


@_own
def remove(request: HttpRequest, visitor: Visitor, who: dict[str, Any]) -> str:
    services.remove_contact(**who)
    return _("Taken away. Its address is destroyed.")


@require_POST
@staff_view
def quiet(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    form = QuietForm(request.POST)
    if not form.is_valid():
        return _page(request, visitor, quiet=form)
    services.set_quiet_hours(staff_id=visitor.staff.pk, **form.cleaned_data, **_who(visitor))
    flash.done(request, _("Kept. What is urgent comes through at any hour."))
    return go(request, reverse(MINE))


@require_GET
@staff_view
def people(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Whether those one leads or administers can be reached; who cannot stands first."""
    staff = list(access.in_care(visitor).order_by("username"))
    ways = queries.ways_by_staff(one.pk for one in staff)
    order = {Reach.NO: 0, Reach.UNSURE: 1, Reach.YES: 2}
    rows: list[dict[str, Any]] = []
    for one in staff:
        theirs = ways.get(one.pk, [])
        reach = reach_of(map(queries.known, theirs), visitor.now)
        rows.append(
            {
                "staff": one,
                "reach": reach,
                "look": wording.REACH_LOOKS[reach],
                "word": wording.reach_word(reach),
                "ways": wording.of_colleague(theirs, visitor.now),
                "landlines": [way for way in theirs if way.way == Way.LANDLINE and one != visitor.staff],
            }
        )
    rows.sort(key=lambda row: order[row["reach"]])
    return render(request, "alerts/contacts/people.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@staff_view
def call(request: HttpRequest, visitor: Visitor, contact_id: int) -> HttpResponse:
    """Call a colleague's landline: the number is shown once asked for (an act), then what came of it is said."""
    row = access.landline_in_care(visitor, contact_id)
    if row is None:
        raise Http404
    number = ""
    if request.method == "POST":
        done = request.POST.get("done", "")
        if done not in ("answered", "silent"):
            number = shown(services.show_number(contact_id=row.pk, **_who(visitor)))
        else:
            services.confirm_by_hand(contact_id=row.pk, they_answered=done == "answered", **_who(visitor))
            flash.done(request, _("Written down, with today's date."))
            return go(request, reverse("contacts:people"))
    return render(request, "alerts/contacts/call.html", {"row": row, "number": number})


def _language() -> str:
    return get_language() or "zh-hans"
