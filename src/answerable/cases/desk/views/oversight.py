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
from answerable.orgs.act_words import WORDS as ORG_WORDS
from answerable.orgs.models import Post, Role
from answerable.record import words as of_acts
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
    **ORG_WORDS,
}
KINDS = {str(kind): words for kind, words in (LOOKS | OF_THE_BODY).items()}


def kinds() -> dict[str, Any]:
    """These, and what rooms above keep on matters of their own: keys of other systems, published figures."""
    found = dict(KINDS)
    for words, _matters in of_acts.overseen([]):
        found |= words
    return found


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
    on_others = Q()
    for words, matters in of_acts.overseen(bodies):
        body_matters = [matter_of("authority", body) for body in bodies]
        on_others |= Q(kind__in=list(words), matter_id__in=[*matters, *body_matters])
    rows = Act.objects.filter(on_matters | on_bodies | on_others).order_by("-recorded_at", "-pk")
    return rows.filter(kind=kind) if kind in kinds() else rows


@require_safe
@desk_view
def oversight(request: HttpRequest, desk: Desk) -> HttpResponse:
    if Role.AUDITOR not in desk.reader.roles:
        raise PermissionDenied(gettext("Only an auditor's post opens this list."))
    kind = request.GET.get("kind", "")
    page = page_of(acts_to_check(desk.reader, kind), page_number(request.GET.get("page")))
    context = {"page": page, "rows": _rows(page.rows), "kinds": kinds().items(), "kind": kind}
    return render(request, "desk/oversight.html", context)


def _rows(acts: Iterable[Act]) -> list[Row]:
    acts = list(acts)
    codes = dict(Case.objects.filter(pk__in={act.matter_id for act in acts}).values_list("pk", "code"))
    posts = Post.objects.select_related("unit").in_bulk({act.post_id for act in acts if act.post_id})
    return [
        Row(
            words=KINDS.get(act.kind) or of_acts.words_of(act.kind),
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
