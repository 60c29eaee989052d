"""What my unit owes, by when; what the units below owe mine."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from answerable.readiness.reports import queries
from answerable.readiness.reports.access import Reader, kinds_for, report_view
from answerable.readiness.reports.models import Kind
from answerable.readiness.reports.rules import State
from answerable.readiness.reports.views.common import rows_of
from answerable.ui.htmx import page_or_part


@require_safe
@report_view
def home(request: HttpRequest, reader: Reader) -> HttpResponse:
    owed_to = queries.owed_to(reader)
    context = {
        "owed": rows_of(queries.owed_by(reader), reader),
        "sent": rows_of(queries.sent_by(reader), reader),
        "to_read": rows_of((one for one in owed_to if one.state == State.SENT), reader),
        "not_come": rows_of((one for one in owed_to if one.state != State.SENT), reader),
        "kinds": _kinds(reader),
        "keeps": bool(reader.kept_bodies),
        "several": len({post.unit_id for post in reader.working}) > 1,
    }
    return page_or_part(request, "due_reports/home.html", "main", context)


def _kinds(reader: Reader) -> list[Kind]:
    return list(kinds_for(reader).filter(stopped_at=None))
