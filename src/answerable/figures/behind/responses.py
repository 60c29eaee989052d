"""Responses to incidents and what is measured of them: each task, role and report that its plan gave a target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from answerable.core.names import in_language
from answerable.figures.behind.page import Opened, Thing, by_place_in_row, newest
from answerable.figures.scope import Scope
from answerable.figures.wording import minutes_text
from answerable.incidents.access import Reader, incidents_for
from answerable.incidents.models import Incident, Review
from answerable.incidents.reviews.measuring import figures_of, measure_each
from answerable.incidents.reviews.rules import Figures, Measured, Outcome, Tally, tally

#: More are looked at unit by unit or month by month.
MOST = 100
LISTS: dict[str, str | Promise] = {
    "called": gettext_lazy("Incidents called in"),
    "began": gettext_lazy("Responses that began"),
}
PARTS: dict[str, str | Promise] = {
    "tasks": gettext_lazy("Tasks with a target"),
    "roles": gettext_lazy("Roles with a target"),
    "reports": gettext_lazy("Reports with a target"),
}
OUTCOMES: dict[str, str | Promise] = {
    Outcome.IN_TIME: pgettext_lazy("figures", "in time"),
    Outcome.LATE: pgettext_lazy("figures", "late"),
    Outcome.NOT_DONE: gettext_lazy("not done"),
}


@dataclass(frozen=True)
class Response:
    """A response with what is measured of it."""

    incident: Incident
    figures: Figures
    parts: dict[str, Tally]


def began(scope: Scope) -> QuerySet[Incident]:
    since, until = scope.instants()
    return Incident.objects.filter(
        unit__in=scope.unit_ids, is_drill=False, activated_at__gte=since, activated_at__lt=until
    ).select_related("authority", "unit", "place", "plan_version")


def called(scope: Scope) -> QuerySet[Incident]:
    since, until = scope.instants()
    return Incident.objects.filter(
        unit__in=scope.unit_ids, is_drill=False, reported_at__gte=since, reported_at__lt=until
    ).select_related("authority", "unit", "place")


def responses(scope: Scope, *, only: UUID | None = None) -> list[Response]:
    """The newest of the period, all measured in as many reads as one; a signed review stands as it was signed."""
    rows = began(scope) if only is None else began(scope).filter(pk=only)
    found = list(rows.order_by("-activated_at", "-pk")[:MOST])
    signed = {
        one.incident_id: one for one in Review.objects.filter(incident__in=found).exclude(signed_at=None)
    }
    fresh = measure_each([one for one in found if one.pk not in signed], now=scope.now)
    return [
        Response(one, figures, {part: tally(getattr(figures, part)) for part in PARTS})
        for one in found
        for figures in [fresh[one.pk] if one.pk in fresh else figures_of(signed[one.pk], now=scope.now)]
    ]


def together(tallies: Iterable[Tally]) -> Tally:
    found = list(tallies)
    return Tally(*(sum(getattr(one, name) for one in found) for name in ("in_time", "late", "not_done")))


def of_incidents(scope: Scope, name: str, after: str) -> Opened:
    """Incidents called in, or responses that began; whoever reads the figure reads the row, and opens it if they may."""
    rows, at = (called(scope), "reported_at") if name == "called" else (began(scope), "activated_at")

    def thing(one: Incident) -> Thing:
        about = f"{one.code} · {one.unit.name}"
        return Thing(one.called, getattr(one, at), (one.get_state_display(),), about, str(one.pk))

    page, more = newest(rows, at, after, thing, UUID)
    count = rows.count()
    when = gettext_lazy("Called in") if name == "called" else gettext_lazy("Response began")
    return Opened((gettext_lazy("State"),), _opened(scope, page), count, count, more, when)


def of_part(scope: Scope, found: Sequence[Response], part: str, outcome: str, after: str) -> Opened:
    """What had a target in these responses, by what became of it."""
    rows = list(_measured(found, part, outcome))
    page, more = by_place_in_row(rows, after)
    heads = (gettext_lazy("Target"), gettext_lazy("Done after"), gettext_lazy("It came"))
    when = gettext_lazy("Response began")
    return Opened(heads, _opened(scope, page), len(rows), len(rows), more, when)


def _measured(found: Sequence[Response], part: str, outcome: str) -> Iterator[Thing]:
    for one in found:
        for row in getattr(one.figures, part):
            if row.outcome == outcome or (not outcome and row.outcome in OUTCOMES):
                yield _thing(one.incident, row)


def _thing(incident: Incident, row: Measured) -> Thing:
    cells = (_minutes(row.target_min), _minutes(row.actual_min), str(OUTCOMES[row.outcome]))
    about = f"{incident.code} · {incident.called}"
    name = in_language(row.name_zh, row.name_en) or row.code
    return Thing(name, incident.activated_at, cells, about, str(incident.pk))


def _minutes(minutes: int | None) -> str:
    return "–" if minutes is None else minutes_text(minutes)


def _opened(scope: Scope, page: Sequence[Thing]) -> list[Thing]:
    """With the incident's own page, where it is the reader's to open."""
    reader = Reader(scope.reader.staff, tuple(scope.reader.posts), scope.now)
    mine = set(incidents_for(reader).filter(pk__in={one.url for one in page}).values_list("pk", flat=True))
    return [
        Thing(
            one.name,
            one.at,
            one.cells,
            one.about,
            reverse("incidents:show", args=[one.url]) if UUID(one.url) in mine else "",
        )
        for one in page
    ]


def too_many(count: int) -> str:
    """What is not measured on the page, where that are so many."""
    if count <= MOST:
        return ""
    return _("The newest %(shown)s are measured here; choose fewer months, or a unit, for the others.") % {
        "shown": MOST
    }
