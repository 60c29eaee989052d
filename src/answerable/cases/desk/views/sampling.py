"""The auditor's page: leaves of the public log, drawn or named; each accounted for, and acts opened with a reason."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from answerable.cases.desk.door import Desk, desk_view, not_yours
from answerable.cases.rules import CannotAct, Doing
from answerable.cases.sampling import LeafShown, leaves
from answerable.cases.services.exports import record_export
from answerable.cases.services.sampling import open_sampled
from answerable.core.refusals import NotYours
from answerable.core.sentences import sentence
from answerable.record import checks, files, sampling
from answerable.record.overview import overview
from answerable.record.receipts import Kind
from answerable.record.words import words_of

KINDS = {
    Kind.ACT: lambda: _("act"),
    Kind.ERASED: lambda: _("act, erased with authority"),
    Kind.DUMMY: lambda: _("padding"),
    Kind.NOTICE: lambda: _("public notice"),
    Kind.UNKNOWN: lambda: _("unknown: nobody can account for it"),
}


@dataclass(frozen=True)
class Asked:
    """A sample as it stands in the address, so that it can be drawn again; `size` is the log's when it was drawn."""

    number: str
    count: int
    entries: str
    size: int

    @classmethod
    def read(cls, data: Mapping[str, Any], size: int) -> Asked:
        count = str(data.get("count", ""))
        then = str(data.get("size", ""))
        return cls(
            number=str(data.get("number", ""))[:100].strip(),
            count=min(max(int(count), 1), sampling.MOST) if count.isdecimal() and len(count) < 9 else 20,
            entries=str(data.get("entries", ""))[:2000].strip(),
            size=min(int(then), size) if then.isdecimal() and len(then) < 18 else size,
        )

    def indexes(self) -> list[int]:
        """Raises CannotSample."""
        if self.entries:
            return sampling.listed(self.entries, self.size)
        if not self.number:
            raise sampling.CannotSample("no_number")
        return sampling.drawn(self.number, self.size, self.count)


def _require_auditor(desk: Desk) -> None:
    if desk.reader.post_for(Doing.SAMPLE) is None:
        raise PermissionDenied(not_yours(NotYours("role_may_not", doing=str(Doing.SAMPLE))))


@desk_view
@require_safe
def sample(request: HttpRequest, desk: Desk) -> HttpResponse:
    """How the log stands, and a sample of it where one was asked for."""
    _require_auditor(desk)
    return _page(request, desk, request.GET)


@desk_view
@require_POST
def opened(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The ticked acts, opened: recorded on each matter, shown on this one answer, never kept."""
    _require_auditor(desk)
    reason, acts = request.POST.get("reason", "")[:500], request.POST.getlist("act")
    chosen = [int(act) for act in acts if act.isdecimal() and len(act) < 18]
    if not chosen:
        return _page(request, desk, request.POST, fault=_("Tick the acts that you want to open."), status=422)
    try:
        found = open_sampled(reader=desk.reader, acts=chosen, reason=reason, now=desk.now)
    except CannotAct as refusal:
        return _page(request, desk, request.POST, fault=sentence(refusal), status=422)
    shown = [{"opened": one, "what": words_of(one.act.kind)} for one in found]
    return _page(request, desk, request.POST, opened=shown)


@desk_view
@require_POST
def export(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The sample as CSV, as an act: what each leaf is, with the salt that proves a dummy to be one. No content."""
    _require_auditor(desk)
    asked, found = _sampled(desk, request.POST)
    drawn = f"entries={asked.entries}" if asked.entries else f"number={asked.number}&count={asked.count}"
    record_export(
        reader=desk.reader,
        form="csv",
        filters=f"public log: {drawn}&size={asked.size}",
        count=str(len(found)),
        now=desk.now,
    )
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["entry", "index", "size", "leaf", "kind", "salt"])
    for leaf in found:
        rows.writerow([leaf.number, leaf.index, asked.size, leaf.digest, str(leaf.kind), leaf.salt])
    return HttpResponse(
        "\ufeff" + out.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="sample.csv"', "Cache-Control": "no-store"},
    )


def _sampled(desk: Desk, data: Mapping[str, Any]) -> tuple[Asked, list[LeafShown]]:
    epoch = next((one for one in files.epochs() if one.is_current), None)
    asked = Asked.read(data, files.published_size(epoch) if epoch else 0)
    return asked, leaves(desk.reader, epoch.number, asked.indexes()) if epoch else []


def _page(
    request: HttpRequest,
    desk: Desk,
    data: Mapping[str, Any],
    *,
    fault: str = "",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    found: list[LeafShown] = []
    asked = None
    if "number" in data or "entries" in data:
        try:
            asked, found = _sampled(desk, data)
        except sampling.CannotSample as refusal:
            fault, status = sentence(refusal), 422
    rows = [{"leaf": leaf, "what": KINDS[leaf.kind]()} for leaf in found]
    context = {
        "log": overview(),
        "faults": [one.sentence for one in checks.check_log()],
        "asked": asked,
        "typed": data,
        "rows": rows,
        "unknown": sum(leaf.kind is Kind.UNKNOWN for leaf in found),
        "can_open": any(leaf.act for leaf in found),
        "fault": fault,
        **more,
    }
    response = render(request, "desk/record.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
