"""Busiest subjects and places: of matters, never of persons. Tables beside the office's own sketch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from answerable.figures import charts, queries
from answerable.figures.charts import Label, Spot, value
from answerable.figures.pages import around
from answerable.figures.queries import Busy
from answerable.figures.scope import Scope, figures_view
from answerable.figures.tables import Number
from answerable.figures.tallies import Measure as M
from answerable.orgs.models import Place, Subject
from answerable.orgs.standing import standing
from answerable.ui.htmx import page_or_part

#: So many are told; the rest is one line. Subjects and places may be put in the order of their numbers: they are
#: what a public body can mend, and nobody's merit.
SHOWN = 30


@require_safe
@figures_view
def matters(request: HttpRequest, scope: Scope) -> HttpResponse:
    """What people bring, and where it is."""
    subjects = queries.by_subject(scope.unit_ids, scope.period)
    places = queries.by_place(scope.unit_ids, scope.period)
    found = standing()
    context = around(scope, "matters") | {
        "subjects": _rows(scope, subjects, found.subjects, "subject"),
        "places": _rows(scope, places, found.places, "place"),
        "map": _map(scope, places, found.places),
    }
    return page_or_part(request, "figures/matters.html", "main", context)


def _busiest(busy: Busy) -> list[int]:
    """By what came in, then by what is open."""
    keys = busy.received.keys() | busy.open.keys()
    return sorted(keys, key=lambda key: (-busy.received.get(key, 0), -busy.open.get(key, 0), key))


def _rows(scope: Scope, busy: Busy, named: Mapping[int, Subject | Place], kind: str) -> dict[str, Any]:
    order = _busiest(busy)
    rest = order[SHOWN:]
    return {
        "rows": [
            {
                "name": str(named[key]) if key in named else "–",
                "received": _number(scope, busy.received.get(key, 0), M.RECEIVED, kind, key),
                "open": _number(scope, busy.open.get(key, 0), "open", kind, key),
            }
            for key in order[:SHOWN]
        ],
        "rest": {
            "count": len(rest),
            "received": _sum(busy.received, rest),
            "open": _sum(busy.open, rest),
        },
    }


def _sum(numbers: Mapping[int, int], keys: Iterable[int]) -> str:
    return f"{sum(numbers.get(key, 0) for key in keys):,}"


def _number(scope: Scope, n: int, name: str, kind: str, key: int) -> Number:
    href = reverse("figures:list") + scope.address(list=name, **{kind: key}) if n else ""
    return Number(f"{n:,}", href)


def _map(scope: Scope, busy: Busy, named: Mapping[int, Place]) -> charts.Chart | None:
    """The body's places, those without a case too, so that one sees where it is; None where nothing can be drawn."""
    spots = []
    others = (
        pk for pk, one in named.items() if one.authority_id == scope.authority.pk and one.closed_on is None
    )
    for key in dict.fromkeys((*_busiest(busy), *others)):
        place = named.get(key)
        if place is None or place.latitude is None:
            continue
        number = _number(scope, busy.received.get(key, 0), M.RECEIVED, "place", key)
        spots.append(
            Spot(
                Label(str(place)),
                float(place.latitude) if place.latitude is not None else None,
                float(place.longitude) if place.longitude is not None else None,
                value(busy.received.get(key, 0), href=number.href),
            )
        )
    received = sum(busy.received.values())
    drawn = charts.dots(
        name="map",
        title=_("Where it is"),
        says=_("%(cases)s cases received, at %(places)s places of the office's list.")
        % {"cases": f"{received:,}", "places": sum(1 for n in busy.received.values() if n)},
        head=_("Place"),
        what=pgettext("figures", "received"),
        spots=spots,
        north=_("N"),
        note=_(
            "A sketch out of the office's own list of places; no map service is asked. A place is never a dwelling."
        ),
    )
    return drawn if drawn.svg() else None
