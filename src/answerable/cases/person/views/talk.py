"""What the person says: writing with files, raising, review, withdrawing, solved or not, mediation, a hearing."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from answerable.cases.files import FILES_A_CASE, Accepted
from answerable.cases.person import limits
from answerable.cases.person.casepage import PersonPage
from answerable.cases.person.door import not_here, once, person_view, turned_back, unsaid_in
from answerable.cases.person.forms import ReasonForm, SolvedForm, WriteForm
from answerable.cases.person.views.page import back, show
from answerable.cases.portal import arrivals
from answerable.cases.rules import CannotAct
from answerable.cases.services import declining, mediation, persons
from answerable.cases.services.hearings import CannotHear
from answerable.core.sentences import Said, sentence
from answerable.ui import flash
from answerable.ui.htmx import go


@require_http_methods(["GET", "HEAD", "POST"])
@person_view
def write(request: HttpRequest, page: PersonPage) -> HttpResponse:
    """Answer, or add something, with files. A file that cannot be taken never holds up the words."""
    if page.is_erased:
        why = gettext("This matter was erased, so nothing can be added. You can bring it anew.")
        return turned_back(request, page, why)
    form = WriteForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return show(request, "write", page, form=form)
    waits = limits.over(request, "person send", page.now)
    if waits is not None:
        return waits
    uploads = request.FILES.getlist("files")
    if uploads and (waits := limits.over(request, "person file", page.now)) is not None:
        return waits
    if not form.is_valid():
        return show(request, "write", page, form=form, status=422)
    accepted, faults = _taken(uploads, FILES_A_CASE - len(page.files))
    text = form.cleaned_data["text"]
    if not text and not accepted:
        form.add_error(None if faults else "text", _nothing(faults))
        return show(request, "write", page, form=form, faults=faults, status=422)
    try:
        persons.write(
            case_id=page.case.pk, text=text, now=page.now, attached=tuple(accepted), once=once(request)
        )
    except CannotAct as refusal:
        faults.append(sentence(refusal))
        if not accepted or not text:
            return show(request, "write", page, form=form, faults=faults, status=422)
        persons.write(case_id=page.case.pk, text=text, now=page.now, once=once(request))
    flash.done(request, gettext("Sent. It is in the file, and those who work on it have been told."))
    for fault in faults:
        flash.warn(request, fault)
    return go(request, reverse("person:page"))


def _nothing(faults: list[str]) -> str:
    if faults:
        return gettext("Nothing was sent: the files could not be taken. Say it in words, or choose others.")
    return gettext("Please write something, or choose a file.")


def _taken(uploads: Sequence[UploadedFile], room: int) -> tuple[list[Accepted], list[str]]:
    """The files that can be kept, and a sentence for each that cannot."""
    accepted: list[Accepted] = []
    faults: list[str] = []
    for upload in uploads:
        name = arrivals.shown_name(upload)
        if len(accepted) >= room:
            text = gettext(
                "“%(name)s” and what came after it were not added: %(limit)s files fit with one matter. Bring the "
                "rest on paper, or put several pages into one document."
            )
            faults.append(text % {"name": name, "limit": FILES_A_CASE})
            break
        try:
            kept, data = arrivals.accept(upload)
        except Said as refusal:
            words = {"name": name, "why": sentence(refusal)}
            faults.append(gettext("“%(name)s” was not added. %(why)s") % words)
            continue
        accepted.append(
            Accepted(kept.name, kept.media_type, data, bytes.fromhex(kept.sha256), kept.virus_state)
        )
    return accepted, faults


@require_POST
@person_view
def raise_it(request: HttpRequest, page: PersonPage) -> HttpResponse:
    """Raise it to the level above: one click, no reason wanted (rule 3)."""
    to = page.level_above
    if persons.raise_case(case_id=page.case.pk, now=page.now, once=once(request)) is None:
        flash.done(request, gettext("You had raised it with this button already; it was done once."))
    elif to is None:
        text = gettext(
            "It lies with the highest level that this office knows. Your wish is in the file, and its head was told."
        )
        flash.done(request, text)
    else:
        text = gettext("Raised to %(unit)s. The date of the office below stays as it is.")
        flash.done(request, text % {"unit": to.unit.name})
    return back()


@require_http_methods(["GET", "HEAD", "POST"])
@person_view
def review(request: HttpRequest, page: PersonPage) -> HttpResponse:
    """Ask for the next rung. A late request is registered all the same and marked."""
    if page.unread is not None:
        return turned_back(
            request, page, gettext("Please read the decision first; your days begin with that.")
        )
    if page.ladder is None:
        typed = unsaid_in(request, page)
        status = 409 if typed is not None and typed.shown else 200
        return show(request, "ladder_over", page, typed=typed, status=status)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        persons.ask_review(case_id=page.case.pk, text=form.cleaned_data["text"], now=page.now)
        flash.done(
            request, gettext("Asked for. The office that reviews it has the file and its own date now.")
        )
        return back()
    return show(request, "review", page, form=form, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@person_view
def withdraw(request: HttpRequest, page: PersonPage) -> HttpResponse:
    """Withdraw; one click takes it back (rule 4)."""
    if request.method != "POST":
        return show(request, "withdraw", page) if page.can_withdraw else back()
    persons.withdraw(case_id=page.case.pk, now=page.now)
    flash.done(request, gettext("You withdrew this matter."), undo_to=reverse("person:undo_withdraw"))
    return back()


@require_POST
@person_view
def undo_withdraw(request: HttpRequest, page: PersonPage) -> HttpResponse:
    """Take the withdrawal back."""
    persons.undo_withdrawal(case_id=page.case.pk, now=page.now)
    flash.done(request, gettext("Taken back. Your matter stands where it stood, with the dates it had."))
    return back()


@require_http_methods(["GET", "HEAD", "POST"])
@person_view
def solved(request: HttpRequest, page: PersonPage) -> HttpResponse:
    """The person's own word about the end, and a rating if they like (rule 8)."""
    if not page.can_say_solved:
        return turned_back(request, page, not_here())
    form = SolvedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        is_solved = said["solved"] == "yes"
        try:
            persons.say_solved(
                case_id=page.case.pk,
                solved=is_solved,
                text=said["text"],
                rating=said["rating"],
                now=page.now,
                once=once(request),
            )
        except CannotAct as refusal:
            form.add_error(None, sentence(refusal))
            return show(request, "solved", page, form=form, status=422)
        if is_solved:
            flash.done(request, gettext("Thank you. Your word is in the file."))
        else:
            text = gettext("Your “not solved” is in the file. Below you see what you can do now.")
            flash.done(request, text)
        return back()
    return show(request, "solved", page, form=form, status=422 if form.errors else 200)


@require_POST
@person_view
def mediate(request: HttpRequest, page: PersonPage) -> HttpResponse:
    """Agree to mediation, decline it, or leave it. Each is the person's own and costs nothing."""
    wish = request.POST.get("wish", "")
    if wish == "leave":
        mediation.leave_mediation(case_id=page.case.pk, now=page.now)
        flash.done(request, gettext("You left the mediation. Your matter goes on as before."))
    elif wish in ("agree", "decline"):
        mediation.answer_mediation(case_id=page.case.pk, agrees=wish == "agree", now=page.now)
        said = {
            "agree": gettext("You agreed to mediation. You can leave it at any time."),
            "decline": gettext("You declined mediation. Nothing changes for your matter."),
        }
        flash.done(request, said[wish])
    return back()


@require_POST
@person_view
def decline_hearing(request: HttpRequest, page: PersonPage) -> HttpResponse:
    """Call off the hearing that they asked for or have a right to. Only they can (rule 4)."""
    try:
        declining.decline_hearing(case_id=page.case.pk, now=page.now)
    except (CannotAct, CannotHear) as refusal:
        flash.warn(request, sentence(refusal))
    else:
        flash.done(request, gettext("You called the hearing off. Your matter goes on as before."))
    return back()
