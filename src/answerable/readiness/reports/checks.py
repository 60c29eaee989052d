"""What `answerable check` asks of due reports: does somebody owe them, and can they report?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from django.utils.translation import gettext as _

from answerable.core import clock
from answerable.core.checks import Fault
from answerable.incidents.access import LOOK_ON
from answerable.orgs.models import Unit
from answerable.orgs.queries import is_filled
from answerable.orgs.standing import standing
from answerable.readiness.reports import fields, rules
from answerable.readiness.reports.models import Kind
from answerable.readiness.reports.owing import owing_units
from answerable.readiness.reports.wording import rhythm_text

#: Named one by one; the page has them all.
SPELT_OUT = 5


def check_due_reports() -> Iterator[Fault]:
    """Each kind has units that owe it, with somebody in them who reports; and no two ask the same twice."""
    kinds = list(Kind.objects.filter(stopped_at=None).select_related("authority").prefetch_related("owing"))
    now = clock.now()
    owing = {kind.pk: owing_units(kind) for kind in kinds}
    for kind in kinds:
        if not owing[kind.pk]:
            yield Fault(
                "report_owed_by_nobody",
                _("No unit owes the report “%(kind)s”: those that did are closed.") % {"kind": kind.name},
                _("Choose the units that owe it, or stop asking for it, under Reports due."),
            )
        empty = [
            unit
            for unit in owing[kind.pk]
            if not any(
                is_filled(post.pk, now)
                for post in standing().posts_in.get(unit.pk, ())
                if post.role not in LOOK_ON
            )
        ]
        if empty:
            yield Fault(
                "report_unit_unfilled",
                _("“%(kind)s” is owed by units in which nobody holds a post that reports: %(units)s.")
                % {"kind": kind.name, "units": _named(empty)},
                _("Appoint somebody there, or take the units out of the report."),
            )
    yield from _contradictions(kinds, owing)


def _named(units: list[Unit]) -> str:
    said = [unit.name for unit in units[:SPELT_OUT]]
    if len(units) > SPELT_OUT:
        said.append(_("and %(count)s more") % {"count": len(units) - SPELT_OUT})
    return _(", ").join(said)


def _contradictions(kinds: list[Kind], owing: dict[int, list[Unit]]) -> Iterator[Fault]:
    """Two kinds that ask the same figures of the same units in different rhythms."""
    asked = {kind.pk: [one.source for one in fields.read(kind.fields) if one.source] for kind in kinds}
    for one, other in combinations(kinds, 2):
        if one.authority_id != other.authority_id or not rules.asks_the_same(asked[one.pk], asked[other.pk]):
            continue
        both = {unit.pk for unit in owing[one.pk]} & {unit.pk for unit in owing[other.pk]}
        if both and rhythm_text(one) != rhythm_text(other):
            yield Fault(
                "report_rhythms_contradict",
                _(
                    "“%(one)s” (%(first)s) and “%(other)s” (%(second)s) ask the same units for the same figures in "
                    "different rhythms."
                )
                % {
                    "one": one.name,
                    "first": rhythm_text(one),
                    "other": other.name,
                    "second": rhythm_text(other),
                },
                _("Keep one of them: a readiness period can make it more frequent for its time."),
            )
