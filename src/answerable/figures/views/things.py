"""The list behind a number of duty, responses, rounds or reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from answerable.duty.models import Line
from answerable.figures.behind import duty, responses, rounds
from answerable.figures.behind.page import Opened
from answerable.figures.pages import around
from answerable.figures.scope import Scope, figures_view
from answerable.orgs.models import Unit
from answerable.ui.htmx import page_or_part
from answerable.ui.parts import Tab

#: The section that a list belongs to, and what it is called there.
BACK: Mapping[str, str | Promise] = {
    "rounds": gettext_lazy("Rounds and reports"),
    "duty": pgettext_lazy("figures", "Duty"),
    "incidents": pgettext_lazy("figures", "Incidents"),
}
KEPT = ("list", "of", "line", "response", "outcome")


@dataclass(frozen=True)
class Found:
    """A list, whose it is, what it is called, where its number stands, and lists beside it."""

    title: str | Promise
    whose: str
    section: str
    page: Opened
    tabs: Sequence[Tab] = ()


@require_safe
@figures_view
def things(request: HttpRequest, scope: Scope) -> HttpResponse:
    """What a number counts, the newest first: as many rows as it says, those that are the reader's to read."""
    query = request.GET
    found = _found(scope, query)
    kept = {name: query.get(name) for name in KEPT}
    page = found.page
    context = around(scope, "things") | {
        "title": found.title,
        "whose": found.whose,
        "opened": page,
        "said": _said(page),
        "outcomes": found.tabs,
        "next_url": scope.address(**kept, after=page.after) if page.after else "",
        "first_url": scope.address(**kept) if query.get("after") else "",
        "back": BACK[found.section],
        "back_url": reverse(f"figures:{found.section}") + scope.address(),
    }
    return page_or_part(request, "figures/things.html", "main", context)


def _found(scope: Scope, query: QueryDict) -> Found:
    """Raises Http404 for a number that there is not, and for what is not of the reader's units."""
    name, after = query.get("list", ""), query.get("after", "")
    of_rounds = rounds.ROUNDS | rounds.FINDINGS | rounds.REPORTS
    if name in of_rounds:
        unit = _unit(scope, query.get("of", ""))
        title = of_rounds[name]
        return Found(title, unit.name, "rounds", rounds.opened(scope, name, unit.pk, after))
    if name in duty.OF_LINES:
        line = _line(scope, query.get("line", ""))
        return Found(duty.OF_LINES[name], line.name, "duty", duty.of_line(scope, name, line, after))
    whole = scope.authority.name
    if name in duty.ALARMS:
        return Found(duty.ALARMS[name], whole, "duty", duty.of_body(scope, name, after))
    whose = scope.chosen.name if scope.chosen is not None else whole
    if name in responses.LISTS:
        page = responses.of_incidents(scope, name, after)
        return Found(responses.LISTS[name], whose, "incidents", page)
    if name in responses.PARTS:
        return _of_part(scope, name, query, whose)
    raise Http404


def _of_part(scope: Scope, part: str, query: QueryDict, whose: str) -> Found:
    """Tasks, roles or reports with a target; what became of them as tabs, each with its own number."""
    only, outcome = _response(scope, query)
    found = responses.responses(scope, only=only.pk if only is not None else None)
    if only is not None:
        whose = f"{only.code} · {only.called}"
    page = responses.of_part(scope, found, part, outcome, query.get("after", ""))
    sums = responses.together(one.parts[part] for one in found)
    names: dict[str, tuple[Any, int]] = {"": (pgettext("figures", "all with a target"), sums.with_target)}
    names |= {name: (text, getattr(sums, name)) for name, text in responses.OUTCOMES.items()}
    kept = {"list": part, "response": query.get("response")}
    tabs = [
        Tab(str(text), scope.address(**kept, outcome=name), is_current=name == outcome, count=f"{n:,}")
        for name, (text, n) in names.items()
    ]
    return Found(responses.PARTS[part], whose, "incidents", page, tabs)


def _unit(scope: Scope, said: str) -> Unit:
    found = next((one for one in scope.units if str(one.pk) == said), None)
    if found is None:
        raise Http404
    return found


def _line(scope: Scope, said: str) -> Line:
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        raise Http404
    found = Line.objects.filter(pk=int(said), unit__in=scope.unit_ids).first()
    if found is None:
        raise Http404
    return found


def _response(scope: Scope, query: QueryDict) -> tuple[Any, str]:
    outcome, said = query.get("outcome", ""), query.get("response", "")
    if outcome and outcome not in responses.OUTCOMES:
        raise Http404
    if not said:
        return None, outcome
    try:
        found = responses.began(scope).filter(pk=UUID(said)).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found, outcome


def _said(page: Opened) -> str:
    """How many there are, and honestly how many of them are shown."""
    if page.note or page.total == page.readable:
        return pgettext("rows of a number", "%(count)s in all.") % {"count": f"{page.total:,}"}
    return _("%(mine)s of %(all)s; the others are not yours to read.") % {
        "mine": f"{page.readable:,}",
        "all": f"{page.total:,}",
    }
