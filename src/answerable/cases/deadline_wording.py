"""A clock as sentences: when it is due, how that date was computed, and why it cannot be moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext, pgettext
from django.utils.translation import gettext_noop as N_

from answerable.cases.deadline_moves import CannotExtend, CannotPause, time_left
from answerable.cases.derivations import WITHDRAWN, Derivation, Skipped
from answerable.cases.packs import Pack, PackError, load_pack
from answerable.orgs.calendars import Closure, WorkCalendar, holiday_name

# One whole sentence an opener, so that no language has to glue an act's name into another's grammar.
OPENED_BY = {
    "case.registered": N_("The office first received this on %(date)s. That day is day zero."),
    "case.withdrawal_undone": N_("The office first received this on %(date)s. That day is day zero."),
    "case.acknowledged": N_("Receipt was confirmed on %(date)s. That day is day zero."),
    "case.accepted": N_("The office took the matter on %(date)s. That day is day zero."),
    "case.assigned": N_("The matter was assigned on %(date)s. That day is day zero."),
    "case.transferred": N_("The matter was transferred on %(date)s. That day is day zero."),
    "case.transfer_objected": N_("The objection to the transfer was made on %(date)s. That day is day zero."),
    "case.reopened": N_("The matter was taken up again on %(date)s. That day is day zero."),
    "case.decided": N_("The decision was made on %(date)s. That day is day zero."),
    "case.review_decided": N_("The review was decided on %(date)s. That day is day zero."),
    "case.rereview_decided": N_("The re-review was decided on %(date)s. That day is day zero."),
    "case.decision_delivered": N_(
        "The decision was delivered, with proof, on %(date)s. That day is day zero."
    ),
    "case.review_asked": N_("The review was asked for on %(date)s. That day is day zero."),
    "case.rereview_asked": N_("The re-review was asked for on %(date)s. That day is day zero."),
    "case.lifted": N_("The case was lifted to this level on %(date)s. That day is day zero."),
    "case.raised": N_("The person raised the case to this level on %(date)s. That day is day zero."),
}
OPENED_OTHERWISE = N_("The clock was opened on %(date)s by the act “%(act)s”. That day is day zero.")

CANNOT_EXTEND = {
    "nothing_to_extend": N_("Nothing is open here that the rule lets you extend."),
    "not_extendable": N_("The rule does not let this limit be extended."),
    "not_positive": N_("Say by how much it is to be extended, at least 1."),
    "too_many_times": N_("This limit has been extended as often as the rule allows (%(times)s)."),
    "too_long": N_("The rule allows %(most)s in all; what is left of it: %(left)s."),
    "already_late": N_(
        "The date has passed, so it cannot be extended any more. Decide it, or say why it is late."
    ),
}
CANNOT_PAUSE = {
    "not_pausable": N_("The rule does not let this pause the clock."),
    "already_paused": N_("The clock is paused already."),
    "already_late": N_("The date has passed, so the clock cannot be paused any more."),
    "not_paused": N_("The clock is not paused."),
}


def day_words(day: date) -> str:
    """ "Thursday 3 December 2026", "2026年12月3日（星期四）"."""
    return date_format(day, pgettext("date pattern", "l j F Y"))


def short_day_words(day: date) -> str:
    """ "3 December", "12月3日": for lists within a year that is clear."""
    return date_format(day, pgettext("short date pattern", "j F"))


def moment_words(at: datetime, zone: str) -> str:
    """The local day and time of an instant, for limits of hours."""
    return date_format(at.astimezone(ZoneInfo(zone)), pgettext("date and time pattern", "l j F Y, H:i"))


def length_words(number: int, span: str, day_kind: str) -> str:
    """ "20 working days", "15 days", "3 months"."""
    if span == "days" and day_kind == "working":
        return ngettext("%(number)s working day", "%(number)s working days", number) % {"number": number}
    pattern = {
        "hours": ngettext("%(number)s hour", "%(number)s hours", number),
        "days": ngettext("%(number)s day", "%(number)s days", number),
        "weeks": ngettext("%(number)s week", "%(number)s weeks", number),
        "months": ngettext("%(number)s month", "%(number)s months", number),
        "years": ngettext("%(number)s year", "%(number)s years", number),
    }[span]
    return pattern % {"number": number}


def due_words(derivation: Derivation, now: datetime, calendar: WorkCalendar) -> str:
    """The clock in one sentence: "Due Thursday 3 December 2026 (4 working days left)." Late is said calmly."""
    left = time_left(derivation.late_from, now, calendar)
    if left.late:
        return _late_words(derivation, left.days_late)
    places: dict[str, object] = {
        "date": day_words(derivation.last_day),
        "days": left.days,
        "working": left.working_days,
    }
    if derivation.span == "hours":
        return gettext("Due %(moment)s.") % {"moment": moment_words(derivation.late_from, derivation.zone)}
    if derivation.window:
        if left.last_day_is_today:
            return gettext("Open until the end of today.")
        return (
            ngettext(
                "Open until %(date)s (%(days)s day left).",
                "Open until %(date)s (%(days)s days left).",
                left.days,
            )
            % places
        )
    if left.last_day_is_today:
        return gettext("Due today, %(date)s.") % places
    if left.working_days == 0:
        return gettext("Due %(date)s, with no working day left before it.") % places
    return (
        ngettext(
            "Due %(date)s (%(working)s working day left).",
            "Due %(date)s (%(working)s working days left).",
            left.working_days,
        )
        % places
    )


def _late_words(derivation: Derivation, days: int) -> str:
    places: dict[str, object] = {"date": day_words(derivation.last_day), "days": days}
    if derivation.window:
        return gettext("This was open until %(date)s.") % places
    if days == 0:
        moment = moment_words(derivation.late_from, derivation.zone)
        return gettext("Late since %(moment)s.") % {"moment": moment}
    return (
        ngettext("Was due %(date)s, %(days)s day ago.", "Was due %(date)s, %(days)s days ago.", days) % places
    )


def why_this_date(derivation: Derivation, pack: Pack | None = None, language: str | None = None) -> list[str]:
    """How the date was computed, a sentence each: trigger, rule, arithmetic, result, article, reservations.

    `pack` is looked up among the shipped ones where it is not given; an unknown one is named by its code.
    """
    language = language or get_language() or "en"
    opened = OPENED_BY.get(derivation.trigger, OPENED_OTHERWISE)
    if derivation.span == "hours":
        moment = moment_words(derivation.start, derivation.zone)
        first = gettext("Counted from %(moment)s, to the minute.") % {"moment": moment}
    else:
        first = gettext(opened) % {"date": day_words(derivation.day_zero), "act": derivation.trigger}
    return [
        first,
        gettext("The limit is %(length)s.")
        % {"length": length_words(derivation.number, derivation.span, derivation.day_kind)},
        *_extension_words(derivation),
        *_skipped_words(derivation, language),
        *_pause_words(derivation),
        _result_words(derivation),
        *_source_words(derivation, pack, language),
    ]


def _extension_words(derivation: Derivation) -> list[str]:
    return [
        gettext("It was extended by %(length)s (entry %(entry)s of the file).")
        % {
            "length": length_words(extension.number, derivation.span, derivation.day_kind),
            "entry": extension.act_seq,
        }
        for extension in derivation.extensions
    ]


def _days(days: Sequence[Skipped], country: str, language: str) -> str:
    said = []
    for skipped in days:
        name = holiday_name(country, skipped.day, language) or skipped.name
        if skipped.why == Closure.HOLIDAY and name:
            words = pgettext("a day and its holiday", "%(date)s (%(holiday)s)")
            said.append(words % {"date": short_day_words(skipped.day), "holiday": name})
        else:
            said.append(short_day_words(skipped.day))
    return pgettext("between the items of a list", ", ").join(said)


def _skipped_words(derivation: Derivation, language: str) -> list[str]:
    by_reason: dict[str, list[Skipped]] = {}
    for skipped in derivation.skipped:
        by_reason.setdefault(skipped.why, []).append(skipped)
    said = []
    weekend = by_reason.get(Closure.WEEKEND, [])
    if weekend:
        said.append(
            ngettext(
                "Not counted: %(days)s weekend day.", "Not counted: %(days)s weekend days.", len(weekend)
            )
            % {"days": len(weekend)}
        )
    for reason, words in (
        (Closure.HOLIDAY, N_("Not counted, as holidays: %(days)s.")),
        (Closure.OFFICE, N_("Not counted, as the office is closed: %(days)s.")),
    ):
        if by_reason.get(reason):
            said.append(gettext(words) % {"days": _days(by_reason[reason], derivation.country, language)})
    if derivation.worked:
        days = _days(derivation.worked, "", language)
        said.append(gettext("Counted, as moved working days: %(days)s.") % {"days": days})
    return said


def _pause_words(derivation: Derivation) -> list[str]:
    said = []
    for pause in derivation.pauses:
        since = day_words(pause.since.astimezone(ZoneInfo(derivation.zone)).date())
        if pause.until is None:
            said.append(gettext("The clock has been paused since %(since)s.") % {"since": since})
            continue
        until = day_words(pause.until.astimezone(ZoneInfo(derivation.zone)).date())
        words = (
            N_("Not counted, as the case was withdrawn: %(since)s to %(until)s.")
            if pause.code == WITHDRAWN
            else N_("Not counted, as the rule lets the clock pause: %(since)s to %(until)s.")
        )
        said.append(gettext(words) % {"since": since, "until": until})
    return said


def _result_words(derivation: Derivation) -> str:
    if derivation.span == "hours":
        moment = moment_words(derivation.late_from, derivation.zone)
        return gettext("It is late from %(moment)s.") % {"moment": moment}
    places = {"date": day_words(derivation.last_day)}
    if derivation.window:
        return gettext("The last day is %(date)s.") % places
    return gettext("The last day in time is %(date)s; it is late from the day after.") % places


def _source_words(derivation: Derivation, pack: Pack | None, language: str) -> list[str]:
    if pack is None:
        try:
            pack = load_pack(derivation.pack)
        except PackError:
            pack = None
    places = {
        "rule": pack.title.in_language(language) if pack else derivation.pack,
        "article": derivation.article,
    }
    said = []
    if derivation.article:
        said.append(gettext("Rule: %(rule)s, article %(article)s.") % places)
    else:
        said.append(gettext("Rule: %(rule)s.") % places)
    if derivation.verified == "ours":
        said.append(gettext("The rule itself gives no number here; this one is set by the software."))
    if derivation.verified == "secondary":
        said.append(gettext("The number comes from a secondary source and was not checked against the text."))
    if derivation.provisional:
        said.append(
            gettext(
                "Holidays for that time are not declared yet. The date may still move later, never earlier."
            )
        )
    return said


def cannot_extend(refusal: CannotExtend) -> str:
    """Why an extension was refused, and what can be done instead."""
    facts = dict(refusal.facts)
    if refusal.code == "too_long":
        for key in ("most", "left"):
            facts[key] = length_words(
                int(facts[key]), str(facts["span"]), str(facts.get("day_kind", "calendar"))
            )
    return gettext(CANNOT_EXTEND[refusal.code]) % facts


def cannot_pause(refusal: CannotPause) -> str:
    """Why a pause was refused."""
    return gettext(CANNOT_PAUSE[refusal.code]) % refusal.facts
