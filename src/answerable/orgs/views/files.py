"""The organisation as a file: take it out, look at what a file would change, carry it out."""

from __future__ import annotations

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from answerable.orgs.access import Visitor, admin_view
from answerable.orgs.forms import FileForm
from answerable.orgs.services.files import carry_out_import, export_organisation, preview_import
from answerable.orgs.sheets.reading import read_file
from answerable.ui import flash
from answerable.ui.htmx import go

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Rows of a preview that are shown; all are counted.
SHOWN = 300
#: The file travels with the preview and back, so that nothing of it is kept on the server.
CARRIED_MB = 2


@admin_view
def files(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    form = FileForm(request.POST or None, request.FILES or None)
    context = {"visitor": visitor, "form": form}
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        if upload.size > CARRIED_MB << 20:
            form.add_error(
                "file", _("This file is too big for the page. Use: answerable organisation import FILE")
            )
        else:
            content = upload.read()
            read = read_file(content, upload.name)
            plan = preview_import(read, bodies=visitor.codes, own_name=visitor.staff.username)
            context |= {"plan": plan, "shown": plan.changes[:SHOWN], "digest": plan.digest()}
            if not plan.faults and plan.changes:
                context["carried"] = _carry(upload.name, content, visitor)
    return render(request, "orgs/files.html", context, status=422 if form.errors else 200)


def _carry(name: str, content: bytes, visitor: Visitor) -> str:
    packed = {"name": name, "content": content.decode("latin-1")}
    return signing.dumps(packed, salt=f"orgs.import.{visitor.staff.pk}", compress=True)


@require_POST
@admin_view
def carry_out(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Carry out exactly what the preview showed; where the organisation moved on meanwhile, look again."""
    try:
        packed = signing.loads(
            request.POST.get("carried", ""), salt=f"orgs.import.{visitor.staff.pk}", max_age=3600
        )
    except signing.BadSignature:
        flash.warn(request, _("The preview is too old. Choose the file again; nothing was changed."))
        return go(request, reverse("orgs:files"))
    seen = request.POST.get("digest", "")
    content = packed["content"].encode("latin-1")
    plan = carry_out_import(
        read_file(content, packed["name"]),
        by=visitor.actor,
        now=visitor.now,
        bodies=visitor.codes,
        own_name=visitor.staff.username,
        seen=seen or "none",
    )
    if plan.faults or (plan.changes and plan.digest() != seen):
        flash.warn(
            request, _("The organisation was changed meanwhile. Choose the file again; nothing was changed.")
        )
    elif not plan.changes:  # sent twice: the first did it
        flash.done(request, _("The file says what the organisation is already: nothing would change."))
    else:
        count = len(plan.changes)
        flash.done(
            request, ngettext("%(count)s change made.", "%(count)s changes made.", count) % {"count": count}
        )
    return go(request, reverse("orgs:files"))


@require_POST
@admin_view
def take_out(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """XLSX, or a ZIP with a CSV for each table, of the bodies that the administrator runs."""
    form = "xlsx" if request.POST.get("form") == "xlsx" else "zip"
    content = export_organisation(form, by=visitor.actor, now=visitor.now, bodies=visitor.codes)
    response = HttpResponse(content, content_type=XLSX if form == "xlsx" else "application/zip")
    response["Content-Disposition"] = f'attachment; filename="organisation.{form}"'
    return response
