"""Due reports in words: rhythms, outcomes, clocks, refusals. In the active language."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from answerable.core.names import in_language
from answerable.core.refusals import Changed, NotYours, Refusal
from answerable.core.sentences import Said
from answerable.duty.forms import WEEKDAYS
from answerable.orgs.kept_out import KINDS
from answerable.readiness.reports import sources
from answerable.readiness.reports.fields import Field
from answerable.readiness.reports.models import DueReport, Kind
from answerable.readiness.reports.queries import outcome_of
from answerable.readiness.reports.rules import Outcome, Rhythm
from answerable.ui.parts import Clock
from answerable.ui.templatetags.ui import day_text

#: The look in ui.states and the word of each outcome.
OUTCOMES: dict[Outcome, tuple[str, Any]] = {
    Outcome.WAITING: ("paused", pgettext_lazy("a due report", "not due yet")),
    Outcome.IN_TIME: ("met", pgettext_lazy("a due report", "in time")),
    Outcome.NIL: ("draft", pgettext_lazy("a due report", "nil")),
    Outcome.LATE: ("met_late", pgettext_lazy("a due report", "late")),
    Outcome.MISSING: ("late", pgettext_lazy("a due report", "missing")),
    Outcome.BACK: ("supervised", pgettext_lazy("a due report", "sent back")),
    Outcome.DROPPED: ("left_out", pgettext_lazy("a due report", "not owed any more")),
}
DROPPED = {
    "unit_closed": gettext_lazy("The unit was closed."),
    "not_asked": gettext_lazy("It is not asked for any more: the rhythm has changed."),
    "kind_stopped": gettext_lazy("This report is not asked for any more."),
}
RHYTHMS = {
    Rhythm.TWICE_DAILY: gettext_lazy("twice a day"),
    Rhythm.DAILY: gettext_lazy("daily"),
    Rhythm.TWICE_WEEKLY: gettext_lazy("twice a week"),
    Rhythm.WEEKLY: gettext_lazy("weekly"),
    Rhythm.FORTNIGHTLY: gettext_lazy("every two weeks"),
    Rhythm.MONTHLY: gettext_lazy("monthly"),
    Rhythm.AFTER_EVENT: gettext_lazy("after an event"),
}
_NOT_THEIRS = {
    "fills_not": gettext_lazy("Whoever works in the unit reports for it, or a leader above it."),
    "receives_not": gettext_lazy("Whoever works in the unit above acknowledges a report or sends it back."),
    "keeps_not": gettext_lazy(
        "The leaders and administrators of the body's first unit say what is reported."
    ),
}


def refusal_words(refusal: Refusal) -> str:
    """A refusal as a sentence."""
    if isinstance(refusal, Changed):
        return _(
            "Somebody changed this meanwhile. Here it is as it stands now; what you typed is still in the form."
        )
    if isinstance(refusal, NotYours):
        return str(_NOT_THEIRS[refusal.code])
    if isinstance(refusal, Said):
        facts = dict(refusal.facts)
        if refusal.code == "not_nil":
            facts["what"] = _(", ").join(
                _("%(label)s %(count)s") % {"label": in_language(zh, en), "count": count}
                for zh, en, count in facts["what"]
            )
        elif str(facts.get("what", "")) in KINDS.values():
            facts["what"] = _(str(facts["what"]))
        if isinstance(facts.get("at"), datetime):
            facts["at"] = at_text(facts["at"])
        return _(refusal.template) % facts
    raise refusal


def at_text(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{day_text(local.date())} {local:%H:%M}"


def word_of(report: DueReport, now: datetime) -> tuple[str, str]:
    """Look and word for a list."""
    look, word = OUTCOMES[outcome_of(report, now)]
    if outcome_of(report, now) is Outcome.WAITING and report.remind_at <= now:
        return "soon", _("due soon")
    return look, str(word)


def left_text(due_at: datetime, now: datetime) -> str:
    """How long is left, or since when it is late."""
    minutes = int(abs((due_at - now).total_seconds()) // 60)
    if minutes < 120:
        span = ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    elif minutes < 2 * 1440:
        span = ngettext("%(count)s hour", "%(count)s hours", minutes // 60) % {"count": minutes // 60}
    else:
        span = ngettext("%(count)s day", "%(count)s days", minutes // 1440) % {"count": minutes // 1440}
    return (_("%(span)s left") if due_at >= now else _("late by %(span)s")) % {"span": span}


def clock_of(report: DueReport, now: datetime) -> Clock:
    """The answer first: where it stands, and by when; and why then."""
    look, _word = word_of(report, now)
    facts = {"at": at_text(report.due_at), "left": left_text(report.due_at, now)}
    what = outcome_of(report, now)
    if what is Outcome.DROPPED:
        sentence = str(DROPPED.get(report.dropped_why, ""))
    elif what is Outcome.BACK:
        sentence = _("Sent back on %(back)s: %(why)s It was due %(at)s, and that stays so.") % (
            facts | {"back": at_text(report.back_at or now), "why": report.back_why}
        )
    elif what is Outcome.WAITING:
        sentence = _("Due at the latest on %(at)s: %(left)s.") % facts
    elif what is Outcome.MISSING:
        sentence = _("It was due on %(at)s and has not come.") % facts
    else:
        sent = {"sent": at_text(report.first_at or now)}
        sentence = (
            _("Sent on %(sent)s, late: it was due %(at)s.")
            if what is Outcome.LATE
            else _("Sent on %(sent)s, in time: it was due %(at)s.")
        ) % (facts | sent)
    return Clock(sentence, look, why_this_time(report))


def why_this_time(report: DueReport) -> list[tuple[str, str]]:
    """What the last instant in time follows from."""
    rhythm = str(RHYTHMS.get(Rhythm(report.rhythm), report.rhythm))
    if report.rhythm != report.kind.rhythm and report.incident_id is None:
        rhythm = _("%(rhythm)s, because a readiness period asks for it") % {"rhythm": rhythm}
    rows = [
        (pgettext("due reports", "How often"), rhythm),
        (_("It covers"), span_text(report)),
        (_("It was opened"), at_text(report.opened_at)),
        (_("Last instant in time"), at_text(report.due_at)),
    ]
    if report.incident is not None:
        rows.insert(1, (_("After"), f"{report.incident.code} · {report.incident.called}"))
    return rows


def span_text(report: DueReport) -> str:
    return _("from %(from)s to %(until)s") % {
        "from": at_text(report.from_at),
        "until": at_text(report.until_at),
    }


def rhythm_text(kind: Kind) -> str:
    """When a kind is owed, as a sentence."""
    if kind.rhythm == Kind.Rhythm.AFTER_EVENT:
        return ngettext(
            "within %(hours)s hour after %(event)s",
            "within %(hours)s hours after %(event)s",
            kind.hours_after or 0,
        ) % {"hours": kind.hours_after, "event": kind.get_after_display()}
    facts = {
        "due": f"{kind.due:%H:%M}",
        "cut": f"{kind.cut:%H:%M}",
        "day": str(dict(WEEKDAYS).get(kind.weekday or 0, "")),
        "number": kind.month_day,
    }
    words = {
        Kind.Rhythm.DAILY: _("daily by %(due)s, about the time until %(cut)s"),
        Kind.Rhythm.WEEKLY: _("weekly, %(day)s by %(due)s, about the time until %(cut)s"),
        Kind.Rhythm.MONTHLY: _("monthly, on day %(number)s by %(due)s, about the time until %(cut)s"),
    }
    return words[Kind.Rhythm(kind.rhythm)] % facts


def label_of(field: Field) -> str:
    return in_language(field.label.zh, field.label.en)


def source_label(code: str) -> str:
    found = sources.known().get(code)
    return _(found.label) if found else ""


def source_hint(code: str) -> str:
    found = sources.known().get(code)
    return _(found.hint) if found else ""


def value_text(field: Field, value: object) -> str:
    """An answer as it is read."""
    if value in (None, ""):
        return "—"
    if field.type == "choice":
        return next(
            (in_language(one.label.zh, one.label.en) for one in field.choices if one.code == value),
            str(value),
        )
    return str(value)
