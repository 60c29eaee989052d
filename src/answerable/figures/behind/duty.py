"""Days, gaps, roll calls and alarms behind a number of duty: the rows that were written with it (`duty.keep`)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from answerable.alerts.access import LEADS, Watcher, visible_alerts, without_kept
from answerable.alerts.alarm_words import headline_of
from answerable.alerts.defaults import DEFAULTS
from answerable.alerts.models import Alert, RollCall
from answerable.core.names import in_language
from answerable.duty.models import Line, LineRole
from answerable.figures import duty as kept
from answerable.figures.behind.page import Opened, Thing, newest
from answerable.figures.cursors import number
from answerable.figures.duty import Kind
from answerable.figures.duty import Measure as M
from answerable.figures.models import DutyRow
from answerable.figures.scope import Scope
from answerable.figures.wording import hours_text, minutes_text
from answerable.ui.templatetags.ui import day_text, moment

OF_LINES: dict[str, str | Promise] = {
    "days": gettext_lazy("Covered, day by day"),
    "gaps": gettext_lazy("Not covered"),
    "calls": gettext_lazy("Roll calls"),
}
ALARMS: dict[str, str | Promise] = {
    "acknowledged": gettext_lazy("Urgent alarms acknowledged"),
    "unanswered": gettext_lazy("Urgent alarms that nobody acknowledged"),
}
_RULES = {one.code: one for one in DEFAULTS}


def _rows(scope: Scope, kind: Kind, line: Line | None) -> QuerySet[DutyRow]:
    since, until = scope.instants()
    rows = DutyRow.objects.filter(authority=scope.authority, kind=kind, at__gte=since, at__lt=until)
    return rows.filter(line=line) if line is not None else rows.filter(line=None)


def of_line(scope: Scope, name: str, line: Line, after: str) -> Opened:
    """The list of one number of one line."""
    duty = kept.of_period(scope.authority.pk, scope.period)[line.pk]
    if name == "days":
        return _days(_rows(scope, Kind.DAY, line), duty, scope, after)
    if name == "gaps":
        return _gaps(_rows(scope, Kind.GAP, line), duty, after)
    return _calls(_rows(scope, Kind.CALL, line), duty, scope, line, after)


def _days(rows: QuerySet[DutyRow], duty: kept.Duty, scope: Scope, after: str) -> Opened:
    def thing(one: DutyRow) -> Thing:
        missing = one.n or 0
        name = day_text(scope.calendar.local_day(one.at), weekday=True)
        return Thing(name, cells=(hours_text(one.of), hours_text(one.of - missing), hours_text(missing)))

    page, more = newest(rows, "at", after, thing, number)
    needed, missing = duty.n[M.NEEDED], duty.n[M.MISSING]
    heads = (
        gettext_lazy("Needed"),
        pgettext_lazy("hours of a day", "Covered"),
        gettext_lazy("Not covered"),
    )
    foot = (hours_text(needed), hours_text(needed - missing), hours_text(missing))
    count = rows.count()
    return Opened(heads, page, count, count, more, foot=foot)


def _gaps(rows: QuerySet[DutyRow], duty: kept.Duty, after: str) -> Opened:
    names = {role.pk: role.name for role in LineRole.objects.filter(pk__in=rows.values("role_id"))}

    def thing(one: DutyRow) -> Thing:
        role = names.get(one.role_id or 0, "–")
        return Thing(role, one.at, (moment(one.until_at), f"{one.n or 0:,}", hours_text(one.of)))

    page, more = newest(rows, "at", after, thing, number)
    heads = (
        pgettext_lazy("a gap", "until"),
        gettext_lazy("people missing"),
        gettext_lazy("Not covered"),
    )
    return Opened(
        heads,
        page,
        duty.n[M.GAPS],
        rows.count(),
        more,
        when=pgettext_lazy("a gap", "from"),
        foot=("", "", hours_text(duty.n[M.MISSING])),
        note=_gone(duty.n[M.GAPS], rows.count(), Kind.GAP),
    )


def _calls(rows: QuerySet[DutyRow], duty: kept.Duty, scope: Scope, line: Line, after: str) -> Opened:
    """Numbers alone; who did not answer is on the call's own page, for who leads or administers."""
    leads = any(
        post.role in LEADS and post.unit.authority_id == line.authority_id for post in scope.reader.posts
    )
    calls = RollCall.objects.filter(line=line, alert__in=rows.values("alert_id")) if leads else ()
    pages = {call.alert_id: reverse("alerts:roll_call", args=[call.pk]) for call in calls}

    def thing(one: DutyRow) -> Thing:
        cells = (f"{one.of:,}", f"{one.n or 0:,}")
        return Thing(line.name, one.at, cells, url=pages.get(one.alert_id, ""))  # type: ignore[arg-type]

    page, more = newest(rows, "at", after, thing, number)
    count = rows.count()
    return Opened(
        (pgettext_lazy("a roll call", "called"), pgettext_lazy("a roll call", "answered in time")),
        page,
        duty.n[M.CALLS],
        count,
        more,
        when=pgettext_lazy("a roll call", "When"),
        foot=(f"{duty.n[M.CALLED]:,}", f"{duty.n[M.THERE]:,}"),
        note=_gone(duty.n[M.CALLS], count, Kind.CALL),
    )


def of_body(scope: Scope, name: str, after: str) -> Opened:
    """Urgent alarms of the body: what happened for whoever may open the alarm, what kind it was for others."""
    rows = _rows(scope, Kind.ALARM, None).filter(Q(n=None) if name == "unanswered" else ~Q(n=None))
    duty = kept.of_period(scope.authority.pk, scope.period)[None]
    total = duty.n[M.UNANSWERED if name == "unanswered" else M.ACKNOWLEDGED]
    page, more = newest(rows, "at", after, _alarm, number)
    count = rows.count()
    return Opened(
        (gettext_lazy("Until “I have it”"),),
        _told(page, scope),
        total,
        count,
        more,
        when=gettext_lazy("Raised"),
        note=_gone(total, count, Kind.ALARM),
    )


def _alarm(one: DutyRow) -> Thing:
    took = _("nobody") if one.n is None else minutes_text(one.n)
    rule = _RULES.get(one.code)
    name = in_language(rule.name_zh, rule.name_en) if rule is not None else _("An urgent alarm")
    return Thing(name, one.at, (took,), url=str(one.alert_id))


def _told(page: Sequence[Thing], scope: Scope) -> list[Thing]:
    """With what the alarms say, where they are the reader's to see."""
    watcher = Watcher(scope.reader.staff, scope.reader.posts, scope.now)
    rows = visible_alerts(watcher).filter(pk__in=[one.url for one in page]).select_related("authority")
    seen: dict[str, Alert] = {str(alert.pk): alert for alert in without_kept(watcher, rows)}
    return [
        Thing(
            headline_of(seen[one.url]),
            one.at,
            one.cells,
            url=reverse("alerts:alarm", args=[one.url]),
        )
        if one.url in seen
        else Thing(one.name, one.at, one.cells)
        for one in page
    ]


def _gone(total: int, count: int, kind: Kind) -> str:
    """Why there are fewer rows than the number says."""
    if count >= total:
        return ""
    return _(
        "The number of each month stays; its rows are destroyed after %(days)s days, so %(count)s are shown."
    ) % {"days": kept.ROWS_KEPT[kind].days, "count": f"{count:,}"}
