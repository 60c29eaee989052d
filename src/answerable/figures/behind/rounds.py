"""Rounds, findings and reports behind a number, as far as the doors of their rooms open to the reader."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from answerable.figures.behind.page import Opened, Thing, newest
from answerable.figures.scope import Scope
from answerable.readiness.reports import queries as reports
from answerable.readiness.reports import wording as report_words
from answerable.readiness.reports.access import Reader as ReportReader
from answerable.readiness.reports.access import reports_for
from answerable.readiness.reports.models import DueReport
from answerable.readiness.rounds import wording
from answerable.readiness.rounds.access import RoundReader, findings_for, rounds_for
from answerable.readiness.rounds.models import Finding, Round
from answerable.ui.templatetags.ui import day_text

ROUNDS: dict[str, str | Promise] = {
    "due": gettext_lazy("Rounds due"),
    "done": gettext_lazy("Rounds done"),
    "late": gettext_lazy("Rounds late or missed"),
}
FINDINGS: dict[str, str | Promise] = {
    "found": gettext_lazy("Findings"),
    "mended_in_time": gettext_lazy("Mended by their first day"),
    "mended_late": gettext_lazy("Late by their first day"),
    "postponed": gettext_lazy("Postponed with grounds"),
    "mended": gettext_lazy("Findings mended and checked"),
    "open": gettext_lazy("Findings open"),
}
REPORTS: dict[str, str | Promise] = {
    "reports_due": gettext_lazy("Reports due in these months"),
    "reports_in_time": pgettext_lazy("figures", "Reports in time"),
    "reports_late": gettext_lazy("Reports late"),
    "reports_missing": gettext_lazy("Reports missing"),
}
STATE = gettext_lazy("State")


def opened(scope: Scope, name: str, unit: int, after: str) -> Opened:
    """The list of one number of one unit."""
    if name in REPORTS:
        return _reports(scope, name.removeprefix("reports_"), unit, after)
    if name in FINDINGS:
        return _findings(scope, name, unit, after)
    return _rounds(scope, name, unit, after)


def _page(
    counted: QuerySet[Any],
    mine: QuerySet[Any],
    at: str,
    after: str,
    thing: Any,
    when: Any,
    heads: tuple[Any, ...] = (STATE,),
) -> Opened:
    rows, more = newest(mine, at, after, thing, UUID)
    total = counted.count()
    readable = mine.count()
    return Opened(heads, rows, total=total, readable=readable, after=more, when=when)


def _rounds(scope: Scope, name: str, unit: int, after: str) -> Opened:
    wanted = {
        "due": ~Q(state=Round.State.DROPPED),
        "done": Q(state=Round.State.DONE),
        "late": Q(state=Round.State.MISSED)
        | Q(state=Round.State.DONE, was_done_at__gt=F("due_at"))
        | Q(state=Round.State.DUE, due_at__lt=scope.now),
    }[name]

    def of(rows: QuerySet[Round]) -> QuerySet[Round]:
        rows = rows.annotate(was_done_at=Coalesce("happened_at", "done_at"))
        return rows.filter(
            wanted,
            unit=unit,
            due_on__gte=scope.period.first,
            due_on__lt=scope.period.end,
            due_at__lte=scope.now,
        )

    def thing(one: Round) -> Thing:
        said = str(wording.round_state(one, scope.now)[1])
        where = wording.round_thing(one)
        return Thing(where, one.due_at, (said,), one.plan.name, reverse("rounds:round", args=[one.pk]))

    reader = RoundReader(scope.reader.staff, scope.reader.posts, scope.now)
    when = pgettext_lazy("a round", "due")
    return _page(of(Round.objects.all()), of(rounds_for(reader)), "due_at", after, thing, when)


def _findings(scope: Scope, name: str, unit: int, after: str) -> Opened:
    since, until = scope.instants()
    closed, unmended = Q(state=Finding.State.CLOSED), Q(state=Finding.State.OPEN)
    wanted = {
        "found": Q(),
        "mended_in_time": ~unmended & Q(mended_on__lte=F("first_day_on")),
        "mended_late": (~unmended & Q(mended_on__gt=F("first_day_on")))
        | (unmended & Q(first_day_on__lt=scope.today)),
        "postponed": Q(postponed__gt=0),
        "mended": closed,
        "open": ~closed,
    }[name]
    zone = ZoneInfo(scope.authority.zone)

    def of(rows: QuerySet[Finding]) -> QuerySet[Finding]:
        rows = rows.annotate(
            first_day_on=Coalesce("first_due_on", "due_on"), mended_on=TruncDate("mended_at", tzinfo=zone)
        )
        return rows.filter(
            wanted, unit=unit, found_at__gte=since, found_at__lt=until, found_at__lte=scope.now
        )

    def thing(one: Finding) -> Thing:
        said = str(wording.finding_state(one, scope.today)[1])
        where = wording.finding_thing(one)
        cells = (said, day_text(one.first_day), day_text(one.due_on) if one.postponed else "")
        return Thing(one.name, one.found_at, cells, where, reverse("rounds:finding", args=[one.pk]))

    reader = RoundReader(scope.reader.staff, scope.reader.posts, scope.now)
    when = gettext_lazy("Found")
    return _page(
        of(Finding.objects.all()),
        of(findings_for(reader)),
        "found_at",
        after,
        thing,
        when,
        (STATE, pgettext_lazy("a finding", "First day"), pgettext_lazy("a finding", "Postponed to")),
    )


def _reports(scope: Scope, name: str, unit: int, after: str) -> Opened:
    since, until = scope.instants()

    def of(rows: QuerySet[DueReport]) -> QuerySet[DueReport]:
        rows = rows.filter(
            kind__authority=scope.authority, unit=unit, due_at__gte=since, due_at__lt=min(until, scope.now)
        )
        return rows.filter(reports.OF_COUNT[name])

    def thing(one: DueReport) -> Thing:
        said = str(report_words.word_of(one, scope.now)[1])
        span = report_words.span_text(one)
        return Thing(one.kind.name, one.due_at, (said,), span, reverse("due_reports:report", args=[one.pk]))

    reader = ReportReader(scope.reader.staff, scope.reader.posts, scope.now)
    when = gettext_lazy("Due")
    return _page(of(DueReport.objects.all()), of(reports_for(reader)), "due_at", after, thing, when)
