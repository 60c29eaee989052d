"""What all pages of figures have around them: sections, months, body and unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from answerable.figures import counting, periods
from answerable.figures.periods import Period
from answerable.figures.scope import Scope
from answerable.figures.wording import period_text
from answerable.ui.parts import Tab

SECTIONS: tuple[tuple[str, str | Promise], ...] = (
    ("home", pgettext_lazy("figures", "Cases")),
    ("flow", gettext_lazy("Flow and age")),
    ("matters", gettext_lazy("Subjects and places")),
    ("duty", pgettext_lazy("figures", "Duty")),
    ("incidents", pgettext_lazy("figures", "Incidents")),
    ("rounds", gettext_lazy("Rounds and reports")),
)
FULL_UNIT = 60
#: Fewer acts that wait to be counted are not mentioned: the next second takes them, and nobody is told of one alone.
BEHIND = 1000


@dataclass(frozen=True)
class Choice:
    """An option of a select."""

    value: str
    text: str
    is_chosen: bool


def around(scope: Scope, section: str) -> dict[str, Any]:
    """The context that every section's page shares."""
    period = scope.period
    later = period.after()
    return {
        "scope": scope,
        "section": section,
        "tabs": list(_tabs(scope, section)),
        "period": period_text(period),
        "before": period_text(period.before()),
        "quick": list(_quick(scope)),
        "earlier_url": scope.address(**period.before().query()),
        "later_url": scope.address(**later.query()) if later.first <= scope.today else "",
        "units": list(_units(scope)),
        "bodies": [Choice(body.code, body.name, body.pk == scope.authority.pk) for body in scope.bodies]
        if len(scope.bodies) > 1
        else [],
        "from": f"{period.first:%Y-%m}",
        "to": f"{period.last:%Y-%m}",
        "is_behind": counting.waiting() > BEHIND,
    }


def _tabs(scope: Scope, section: str) -> Iterator[Tab]:
    for name, title in SECTIONS:
        try:
            url = reverse(f"figures:{name}")
        except NoReverseMatch:
            continue
        yield Tab(str(title), url + scope.address(), is_current=name == section)


def _quick(scope: Scope) -> Iterator[Tab]:
    today = scope.today
    named: tuple[tuple[str, Period], ...] = (
        (_("this month"), periods.month(today)),
        (_("last month"), periods.month(today).before()),
        (_("this quarter"), periods.quarter(today)),
        (_("last quarter"), periods.quarter(today).before()),
        (_("this year"), periods.year(today)),
        (_("last year"), periods.year(today).before()),
    )
    for text, period in named:
        yield Tab(text, scope.address(**period.query()), is_current=period == scope.period)


def _units(scope: Scope) -> Iterator[Choice]:
    base = min((len(unit.path or [0]) for unit in scope.allowed), default=1)
    for unit in scope.allowed:
        indent = "\u2003" * (len(unit.path or [0]) - base)
        is_chosen = scope.chosen is not None and scope.chosen.pk == unit.pk
        yield Choice(str(unit.pk), indent + unit.name[:FULL_UNIT], is_chosen)
