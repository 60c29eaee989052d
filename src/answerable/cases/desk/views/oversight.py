"""What an auditor checks besides the matters: who looked, what was taken out, how the organisation was changed.

Acts by kind, time and post. No names, no reasons, nothing of what was seen: that stays with the matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from answerable.cases.access import Reader, readable_cases
from answerable.cases.act_kinds import ActKind
from answerable.cases.desk.door import Desk, desk_view
from answerable.cases.models import Case
from answerable.orgs.act_kinds import OrgAct
from answerable.orgs.models import Post, Role
from answerable.record.matters import matter_of
from answerable.record.models import Act
from answerable.ui.paging import page_number, page_of

#: On a matter, and read only where the matter is.
LOOKS: dict[str, Any] = {
    ActKind.IDENTITY_LOOKED: _("An identity was opened"),
    ActKind.RECEIPT_REISSUED: _("A receipt was issued anew"),
}
#: On the body itself.
OF_THE_BODY: dict[str, Any] = {
    ActKind.EXPORT_MADE: _("A list was exported"),
    OrgAct.APPOINTED: _("Somebody was appointed to a post"),
    OrgAct.APPOINTMENT_ENDED: _("An appointment ended"),
    OrgAct.CREATED: _("A row of the organisation was added"),
    OrgAct.CHANGED: _("A row of the organisation was changed"),
    OrgAct.REMOVED: _("A row of the organisation was taken away"),
    OrgAct.IMPORTED: _("The organisation was changed by a file"),
    OrgAct.EXPORTED: _("The organisation was written to a file"),
    OrgAct.RETENTION_REPORTED: _("What was destroyed in a month was reported"),
    OrgAct.SIGN_IN_MADE: _("A one-time code was given for a sign-in"),
    OrgAct.SIGN_IN_RENEWED: _("A one-time code replaced a password"),
    OrgAct.SIGN_IN_CLOSED: _("A sign-in was closed"),
    OrgAct.SIGN_IN_OPENED: _("A sign-in was opened again"),
    OrgAct.PASSWORD_SET: _("A password was set"),
    OrgAct.SECOND_FACTOR_ADDED: _("A second factor was set up"),
    OrgAct.SECOND_FACTOR_REMOVED: _("A second factor was taken away by its owner"),
    OrgAct.SECOND_FACTOR_RESET: _("A lost second factor was taken away"),
}
KINDS = {str(kind): words for kind, words in (LOOKS | OF_THE_BODY).items()}


@dataclass(frozen=True)
class Row:
    """One act. `code` and `address` only for an act on a matter, which the reader can open."""

    words: Any
    at: datetime
    post: str
    code: str
    address: str


def acts_to_check(reader: Reader, kind: str = "") -> QuerySet[Act]:
    """The acts that this reader's posts as auditor check, newest first; those on matters kept from them are not in."""
    bodies = {post.unit.authority_id for post in reader.posts if post.role == Role.AUDITOR}
    on_matters = Q(kind__in=map(str, LOOKS), matter_id__in=readable_cases(reader).values("pk"))
    on_bodies = Q(kind__in=map(str, OF_THE_BODY), matter_id__in=[matter_of("authority", b) for b in bodies])
    rows = Act.objects.filter(on_matters | on_bodies).order_by("-recorded_at", "-pk")
    return rows.filter(kind=kind) if kind in KINDS else rows


@require_safe
@desk_view
def oversight(request: HttpRequest, desk: Desk) -> HttpResponse:
    if Role.AUDITOR not in desk.reader.roles:
        raise PermissionDenied(gettext("Only an auditor's post opens this list."))
    kind = request.GET.get("kind", "")
    page = page_of(acts_to_check(desk.reader, kind), page_number(request.GET.get("page")))
    context = {"page": page, "rows": _rows(page.rows), "kinds": KINDS.items(), "kind": kind}
    return render(request, "desk/oversight.html", context)


def _rows(acts: Iterable[Act]) -> list[Row]:
    acts = list(acts)
    codes = dict(Case.objects.filter(pk__in={act.matter_id for act in acts}).values_list("pk", "code"))
    posts = Post.objects.select_related("unit").in_bulk({act.post_id for act in acts if act.post_id})
    return [
        Row(
            words=KINDS[act.kind],
            at=act.recorded_at,
            post=_named(posts.get(act.post_id or 0)),
            code=codes.get(act.matter_id, ""),
            address=reverse("desk:case", args=[act.matter_id]) if act.matter_id in codes else "",
        )
        for act in acts
    ]


def _named(post: Post | None) -> str:
    if post is None:
        return gettext("the system, or whoever runs it")
    return gettext("%(post)s, %(unit)s") % {"post": post.name, "unit": post.unit.name}
