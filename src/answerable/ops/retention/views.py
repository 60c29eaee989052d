"""The page of what is kept, and the report on a month as it was recorded. No person is in either."""

from __future__ import annotations

from datetime import date
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from answerable.ops.models import KeepingReport
from answerable.ops.retention import overview, running
from answerable.orgs.access import Visitor, staff_view
from answerable.orgs.models import Role
from answerable.orgs.queries import posts_of

READS = frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.LEADER})
MONTHS = 36


def _checks(view: Any) -> Any:
    """For administrators, auditors and leaders: 403 with a sentence for others."""

    @wraps(view)
    def entered(request: HttpRequest, visitor: Visitor, *args: Any, **kwargs: Any) -> HttpResponse:
        if not any(post.role in READS for post in posts_of(visitor.staff, visitor.now)):
            raise PermissionDenied(_("Administrators, auditors and leaders see what is kept for how long."))
        found: HttpResponse = view(request, visitor, *args, **kwargs)
        return found

    return staff_view(entered)


@require_safe
@_checks
def home(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    month = running.month_of(visitor.now)
    context = {
        "month": month,
        "rows": overview.rows(visitor.now, month),
        "without_time": overview.without_time(),
        "reports": KeepingReport.objects.order_by("-month")[:MONTHS],
    }
    return render(request, "retention/home.html", context)


@require_safe
@_checks
def report(request: HttpRequest, visitor: Visitor, year: int, month: int) -> HttpResponse:
    """As it was recorded then, with the words of today. Raises 404 for a month without one."""
    if not (1 <= month <= 12 and 2000 <= year <= 9999):
        raise Http404
    found = KeepingReport.objects.filter(month=date(year, month, 1)).first()
    if found is None:
        raise Http404
    destroyed, overdue = found.body.get("destroyed", {}), found.body.get("overdue", {})
    rows = [
        (kind, destroyed.get(kind.code, 0), overdue.get(kind.code, 0))
        for kind in overview.kinds()
        if kind.run or kind.code in destroyed
    ]
    context = {"report": found, "rows": rows, "body": found.body, "office": visitor.bodies[0]}
    return render(request, "retention/report.html", context)
