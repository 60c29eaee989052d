"""Mailboxes: how they do, and what was not taken up, with one click to a matter."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models.functions import Length
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from answerable.cases.mailbox import access, services, waiting, wording
from answerable.cases.mailbox.forms import MailboxForm, SubjectForm
from answerable.cases.mailbox.models import Mail, Mailbox, Outcome
from answerable.cases.mailbox.quoting import own_words
from answerable.cases.mailbox.services import CannotKeepMailbox
from answerable.core.refusals import Changed
from answerable.core.sentences import Said, sentence
from answerable.orgs.access import Visitor, admin_view, staff_view
from answerable.orgs.models import Authority
from answerable.orgs.queries import local_today
from answerable.ui import flash
from answerable.ui.htmx import go

HOME = "mailbox:home"
SHOWN = 100
#: Characters of a message on its page; the whole of it comes with the matter.
EXCERPT = 20_000


@require_safe
@staff_view
def home(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Every mailbox that the visitor runs or looks after."""
    mine = access.looked_after_by(visitor)
    run = list(access.run_by(visitor))
    rows = Mail.objects.filter(mailbox__in=mine, outcome=Outcome.WAITING).select_related("mailbox")
    rows = rows.annotate(size=Length("sealed")).defer("sealed").order_by("-taken_at")
    mails = [{"row": row, "reason": wording.reason(row.reason)} for row in rows[:SHOWN]]
    context = {
        "boxes": [_box(row) for row in run],
        "bodies": _bodies(visitor) if visitor.post is not None else [],
        "looks_after": bool(mine),
        "mails": mails,
        "days": waiting.KEPT_FOR.days,
    }
    return render(request, "mailbox/home.html", context)


def _box(row: Mailbox) -> dict[str, Any]:
    look, said = wording.state(row)
    count = row.mails.filter(outcome=Outcome.WAITING).count()
    return {"row": row, "look": look, "sentence": said, "waiting": count}


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@admin_view
def edit(request: HttpRequest, visitor: Visitor, mailbox_id: int = 0) -> HttpResponse:
    """A mailbox of a body that the visitor runs: a new one, or one to change."""
    row = access.run_by(visitor).filter(pk=mailbox_id).first() if mailbox_id else None
    if mailbox_id and row is None:
        raise Http404
    authority = row.authority if row else _body(request, visitor)
    today = local_today(authority, visitor.now)
    form = MailboxForm(
        request.POST if request.method == "POST" else None, authority=authority, row=row, today=today
    )
    if request.method == "POST" and form.is_valid():
        try:
            _keep(form, authority, row, visitor)
        except CannotKeepMailbox as refusal:
            fields = {"taken": "address", "same_folder": "done_folder", "same_done": "done_folder"}
            field = fields.get(refusal.code, "password")
            form.add_error(field, sentence(refusal))
        except Changed:
            form.add_error(
                None,
                _("A colleague changed this mailbox meanwhile. Look at what it says now, then keep yours."),
            )
        else:
            flash.done(request, _("Kept. Within a minute it shows here whether the mailbox opens."))
            return go(request, reverse(HOME))
    context = {"form": form, "row": row, "body": authority}
    return render(request, "mailbox/edit.html", context, status=422 if form.errors else 200)


def _keep(form: MailboxForm, authority: Authority, row: Mailbox | None, visitor: Visitor) -> None:
    password, by, now = form.cleaned_data["password"], visitor.actor, visitor.now
    if row is None:
        services.open_mailbox(authority=authority, wished=form.wished, password=password, by=by, now=now)
        return
    seen = form.cleaned_data["seen_version"] or 0
    services.change_mailbox(
        mailbox_id=row.pk, wished=form.wished, password=password, by=by, seen_version=seen, now=now
    )


def _body(request: HttpRequest, visitor: Visitor) -> Authority:
    inside = _bodies(visitor)
    code = request.GET.get("body", "") or next((body.code for body in inside), "")
    found = next((body for body in inside if body.code == code), None)
    if found is None:
        raise Http404
    return found


def _bodies(visitor: Visitor) -> list[Authority]:
    """The bodies that the visitor may open a mailbox for, their own first."""
    inside = [body for body in visitor.runs if not body.is_outside]
    return sorted(inside, key=lambda body: body.pk != visitor.home.pk)


@require_POST
@admin_view
def pause(request: HttpRequest, visitor: Visitor, mailbox_id: int) -> HttpResponse:
    """Look into it no more, or again."""
    row = access.run_by(visitor).filter(pk=mailbox_id).first()
    if row is None:
        raise Http404
    paused = request.POST.get("do") == "pause"
    try:
        services.pause_mailbox(
            mailbox_id=row.pk, paused=paused, by=visitor.actor, seen_version=row.version, now=visitor.now
        )
    except Changed:
        flash.warn(request, _("A colleague changed this mailbox meanwhile. This is how it stands now."))
    return go(request, reverse(HOME))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view
def mail(request: HttpRequest, visitor: Visitor, mail_id: UUID) -> HttpResponse:
    """One message that waits: read it, make a matter of it, or say that it is none. Reading is an act."""
    row, by = access.waiting_for(visitor, mail_id)
    makes = request.method == "POST" and request.POST.get("do") != "read"
    form = SubjectForm(request.POST if makes else None, mailbox=row.mailbox)
    if request.method == "POST" and not makes:
        try:
            services.read_mail(mail_id=row.pk, by=by, now=visitor.now)
        except CannotKeepMailbox as refusal:
            flash.warn(request, sentence(refusal))
            return go(request, reverse(HOME))
    if makes and form.is_valid():
        try:
            case = services.make_case(
                mail_id=row.pk,
                subject=form.cleaned_data["subject"],
                nature=form.nature,
                by=by,
                now=visitor.now,
            )
        except Said as refusal:
            form.add_error(None, sentence(refusal))
        else:
            flash.done(
                request, _("Registered as %(code)s. Whoever wrote gets the receipt.") % {"code": case.code}
            )
            return go(request, reverse(HOME))
    is_read = request.method == "POST" and (not makes or services.has_read(row.pk, by))
    context = (_shown(row) if is_read else _envelope(row)) | {"form": form, "is_read": is_read}
    return render(request, "mailbox/mail.html", context, status=422 if form.errors else 200)


def _envelope(row: Mail) -> dict[str, Any]:
    """What the list says of it too: none of its words, not even its subject line (rights, rule 6)."""
    return {"row": row, "size": len(row.sealed or b""), "reason": wording.reason(row.reason)}


def _shown(row: Mail) -> dict[str, Any]:
    context = _envelope(row) | {"letter": None}
    try:
        letter = waiting.opened(row).letter
    except Exception:  # said on the page
        return context
    own = own_words(letter.text)
    return context | {
        "letter": letter,
        "subject": letter.subject[:200] or _("(no subject)"),
        "text": own[:EXCERPT],
        "is_shortened": own[:EXCERPT] != letter.text,
    }


@require_POST
@staff_view
def leave(request: HttpRequest, visitor: Visitor, mail_id: UUID) -> HttpResponse:
    """It is no matter: its words are destroyed."""
    row, by = access.waiting_for(visitor, mail_id)
    try:
        services.leave_mail(mail_id=row.pk, by=by, now=visitor.now)
    except CannotKeepMailbox as refusal:
        flash.warn(request, sentence(refusal))
    else:
        flash.done(
            request,
            _(
                "Set aside. What it said is destroyed here; at the mail server it goes as any other that was taken."
            ),
        )
    return go(request, reverse(HOME))
