"""Whose figures somebody reads: the units they lead or check, of one body at a time, in the order of the organisation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from answerable.cases.access import Reader
from answerable.cases.desk.door import Desk, desk_view
from answerable.cases.rules import SEES_BELOW
from answerable.figures import periods
from answerable.figures.periods import Period
from answerable.orgs.calendars import WorkCalendar
from answerable.orgs.models import Authority, Unit
from answerable.orgs.queries import calendar_of, subtree
from answerable.orgs.standing import standing

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, "Scope", P], HttpResponseBase]


@dataclass
class Scope:
    """One body, the units of it that this reader may look at, the one chosen, and the months."""

    reader: Reader
    now: datetime
    authority: Authority
    allowed: list[Unit]
    chosen: Unit | None
    period: Period
    bodies: list[Authority]
    #: A month of the address was no month.
    misread: bool = False

    @cached_property
    def units(self) -> list[Unit]:
        """The chosen unit and those below it; all that are allowed where none is chosen."""
        if self.chosen is None:
            return self.allowed
        return [unit for unit in self.allowed if self.chosen.pk in (unit.path or [unit.pk])]

    @cached_property
    def unit_ids(self) -> list[int]:
        return [unit.pk for unit in self.units]

    @cached_property
    def calendar(self) -> WorkCalendar:
        return calendar_of(self.authority)

    @cached_property
    def today(self) -> date:
        return self.calendar.local_day(self.now)

    def instants(self, period: Period | None = None) -> tuple[datetime, datetime]:
        """When the period begins and ends by the office's clock."""
        one = period or self.period
        return self.calendar.day_start(one.first), self.calendar.day_start(one.end)

    def address(self, **more: object) -> str:
        """The query of an address that keeps body, unit and months; None takes one out."""
        query = QueryDict(mutable=True)
        kept: dict[str, object | None] = {
            "body": self.authority.code if len(self.bodies) > 1 else None,
            "unit": self.chosen.pk if self.chosen else None,
            **self.period.query(),
            **more,
        }
        for key, value in kept.items():
            if value not in (None, ""):
                query[key] = str(value)
        return "?" + query.urlencode()


def figures_view(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Give a view its `Scope`. 403 with a sentence for posts that neither lead nor check."""

    @wraps(view)
    def entered(request: HttpRequest, desk: Desk, *args: Any, **kwargs: Any) -> HttpResponseBase:
        scope = scope_of(desk.reader, desk.now, request.GET if request.method != "POST" else request.POST)
        with timezone.override(scope.authority.zone):
            return view(request, scope, *args, **kwargs)

    return desk_view(entered)


def scope_of(reader: Reader, now: datetime, query: QueryDict) -> Scope:
    """What an address asks for, as far as this reader may look. Raises PermissionDenied, or Http404 for a unit or a
    body that is not theirs."""
    leading = {post.unit_id for post in reader.posts if post.role in SEES_BELOW}
    if not leading:
        raise PermissionDenied(
            _("Figures are read by those who lead, review or check. Your own lists show what waits for you.")
        )
    found = standing()
    units = [found.units[pk] for pk in subtree(leading)]
    bodies = sorted({unit.authority_id for unit in units})
    body = _body(query.get("body", ""), [found.authorities[pk] for pk in bodies], reader)
    allowed = in_order([unit for unit in units if unit.authority_id == body.pk])
    chosen = _chosen(query.get("unit", ""), allowed)
    today = calendar_of(body).local_day(now)
    months = (query.get("from", ""), query.get("to", ""))
    period = periods.read(*months, today)
    misread = any(one.strip() and periods.read_month(one) is None for one in months)
    return Scope(
        reader, now, body, allowed, chosen, period, [found.authorities[pk] for pk in bodies], misread
    )


def _body(said: str, bodies: list[Authority], reader: Reader) -> Authority:
    if said:
        found = next((one for one in bodies if one.code == said), None)
        if found is None:
            raise Http404
        return found
    own = next((post.unit.authority for post in reader.posts_own_first if post.role in SEES_BELOW), None)
    return own if own is not None and own.pk in {one.pk for one in bodies} else bodies[0]


def _chosen(said: str, allowed: list[Unit]) -> Unit | None:
    if not said:
        return None
    found = next((unit for unit in allowed if str(unit.pk) == said), None)
    if found is None:
        raise Http404
    return found


def in_order(units: list[Unit]) -> list[Unit]:
    """In the order of the organisation: each unit before those below it. Never by any number (rights, rule 3)."""
    return sorted(units, key=lambda unit: unit.path or [unit.pk])
