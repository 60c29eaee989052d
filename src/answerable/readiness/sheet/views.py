"""The responsibility sheet: by place, leader by leader, on paper."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from answerable.cases.access import Reader as CaseReader
from answerable.cases.access import reader_for as case_reader_for
from answerable.orgs.access import Visitor, staff_view
from answerable.orgs.models import Authority
from answerable.readiness.sheet import paper
from answerable.readiness.sheet.reading import Leader, by_leader, by_place
from answerable.ui.htmx import page_or_part
from answerable.ui.parts import Tab

VIEWS = ("place", "leader")


@dataclass(frozen=True)
class Row:
    """A leader, and the work lists behind the numbers; "" where the reader may not see all that is in them."""

    leader: Leader
    open_url: str
    late_url: str


def _body(request: HttpRequest, visitor: Visitor) -> Authority:
    wanted = request.GET.get("body", "")
    bodies = [one for one in visitor.bodies if not one.is_outside]
    if not bodies:
        raise Http404
    return next((one for one in bodies if one.code == wanted), bodies[0])


def _view(request: HttpRequest) -> str:
    said = request.GET.get("view", "place")
    return said if said in VIEWS else "place"


@require_safe
@staff_view
def home(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    body, view = _body(request, visitor), _view(request)
    reader = case_reader_for(visitor.staff, visitor.now)
    here = reverse("sheet:home")
    names = {"place": _("By place"), "leader": _("Leader by leader")}
    context = {
        "visitor": visitor,
        "body": body,
        "view": view,
        "tabs": [
            Tab(names[one], f"{here}?body={body.code}&view={one}", is_current=one == view) for one in VIEWS
        ],
        "places": by_place(body, visitor.now) if view == "place" else [],
        "leaders": [_row(one, reader) for one in by_leader(body, visitor.now)] if view == "leader" else [],
        "note": paper.note(),
    }
    return page_or_part(request, "sheet/home.html", "main", context)


def _row(leader: Leader, reader: CaseReader) -> Row:
    reads = bool(leader.carries.unit_ids) and leader.carries.unit_ids <= set(reader.unit_ids)
    address = f"{reverse('desk:worklist')}?leader={leader.post.pk}&list="
    return Row(
        leader,
        f"{address}unit" if reads and leader.carries.open else "",
        f"{address}late" if reads and leader.carries.late else "",
    )


@require_safe
@staff_view
def as_paper(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """For the wall: `for=public` leaves out numbers and names."""
    body, view = _body(request, visitor), _view(request)
    content = paper.pdf_of(body, view, now=visitor.now, for_public=request.GET.get("for") == "public")
    headers = {"Content-Disposition": f'inline; filename="responsibility-{body.code}-{view}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
