"""The procedures that bind here, in plain words: which body follows which, and every step of one."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from answerable.cases.desk.door import Desk, desk_view
from answerable.cases.desk.procedures import pack_shown
from answerable.cases.packs import PackError, load_pack
from answerable.orgs.models import Authority


@desk_view
@require_safe
def packs(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The procedures in force in this installation, the reader's own body's first."""
    bodies: dict[str, list[str]] = {}
    own = desk.authority
    for body in sorted(Authority.objects.filter(is_outside=False), key=lambda b: (b.pk != own.pk, b.pk)):
        bodies.setdefault(body.pack, []).append(body.name)
    rows = [(pack_shown(load_pack(code)), names) for code, names in bodies.items()]
    return render(request, "desk/procedures.html", {"rows": rows})


@desk_view
@require_safe
def pack(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """One procedure: a running matter may follow one that no body here begins new matters with."""
    try:
        found = load_pack(code)
    except PackError:
        raise Http404 from None
    bodies = [b.name for b in Authority.objects.filter(is_outside=False, pack=code).order_by("pk")]
    return render(request, "desk/procedure.html", {"shown": pack_shown(found), "bodies": bodies})
