"""Figures in words: what each number is called, and beside it how it is counted."""

from __future__ import annotations

from datetime import date

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from answerable.figures.lists import DATELESS, Now
from answerable.figures.periods import Kind, Period
from answerable.figures.tallies import Measure as M

#: What a list of cases behind a number is called.
TITLES: dict[str, str | Promise] = {
    M.RECEIVED: pgettext_lazy("figures", "Received"),
    M.HANDED_IN: gettext_lazy("Handed in by another unit"),
    M.REOPENED: gettext_lazy("Opened again"),
    M.REVIEWING: gettext_lazy("Came up for a review"),
    M.ANSWERED: gettext_lazy("Answered"),
    M.IN_TIME: gettext_lazy("Answered in time"),
    M.LATE: gettext_lazy("Answered late"),
    DATELESS: gettext_lazy("Answered, without a date"),
    M.DATE_KEPT: gettext_lazy("The case's date was kept"),
    M.DATE_MISSED: gettext_lazy("The case's date was missed"),
    M.HANDED_ON: gettext_lazy("Handed over to another unit"),
    M.HANDED_LATE: gettext_lazy("Handed over after the date"),
    M.PASSED_ON: gettext_lazy("Passed on to another body"),
    M.WITHDRAWN: gettext_lazy("Withdrawn by the person"),
    M.FIRST_ANSWER: gettext_lazy("First answered"),
    M.ELAPSED: gettext_lazy("Final answers"),
    M.REVIEW_ASKED: gettext_lazy("A review was asked for"),
    M.REVIEW_STOOD: gettext_lazy("The answer stood in the review"),
    M.REVIEW_CHANGED: gettext_lazy("The review changed the answer"),
    M.OFFICE_SOLVED: gettext_lazy("The office says solved"),
    M.OFFICE_UNSOLVED: gettext_lazy("The office says not solved"),
    M.PERSON_SOLVED: gettext_lazy("The person says solved"),
    M.PERSON_UNSOLVED: gettext_lazy("The person says not solved"),
    Now.OPEN: pgettext_lazy("figures", "Open now"),
    Now.LATE: gettext_lazy("Late now"),
    Now.DATELESS: gettext_lazy("Open, and no date runs"),
}

#: The columns of the table of units, with how each is counted.
COLUMNS: dict[str, tuple[str | Promise, str | Promise]] = {
    "received": (
        pgettext_lazy("figures", "Received"),
        gettext_lazy(
            "Cases registered with this unit, in the month in which the office first received them. What another unit "
            "handed over, what was opened again and what came up for a review stand apart, under “Flow and age”."
        ),
    ),
    "open": (
        pgettext_lazy("figures", "Open now"),
        gettext_lazy(
            "Cases that lie with this unit at this moment and that it owes an answer, whichever months are looked at."
        ),
    ),
    "late_now": (
        gettext_lazy("Late now"),
        gettext_lazy(
            "Of the open ones, those whose own date has passed. A unit's own date is the case's; a unit that was handed "
            "the case has at least half of the whole time from then on. A case whose date rests because the person "
            "was asked something is not late."
        ),
    ),
    "answered": (
        gettext_lazy("Answered"),
        gettext_lazy(
            "Decisions that this unit sent, reviews with it. A case that was opened again and answered again counts in "
            "both months."
        ),
    ),
    "in_time": (
        pgettext_lazy("figures", "In time"),
        gettext_lazy(
            "Of the answered ones with a date, those answered before the unit's own date. Transfers, reopenings and "
            "reviews that come later change nothing here, and days that another unit used up are not counted."
        ),
    ),
    "late": (
        gettext_lazy("Late, half by"),
        gettext_lazy(
            "Answered after the unit's own date; behind it, half of them were late by fewer days than this."
        ),
    ),
    "first": (
        gettext_lazy("First answer"),
        gettext_lazy(
            "Half of the cases had the unit's first word of the matter in fewer days than this, from when the unit got "
            "them: a question, a reply, a decision, or where the case went. The notice of receipt is not one."
        ),
    ),
    "own": (
        gettext_lazy("The person's own time"),
        gettext_lazy(
            "Half of the people had their final answer in fewer days than this: from the first receipt, in every unit, "
            "pauses and reopenings counted. It stands at the unit that gave the final answer."
        ),
    ),
    "reviews": (
        pgettext_lazy("of reviews", "Reviews: stood / changed"),
        gettext_lazy(
            "Of this unit's answers that were reviewed in these months: those that stood, and those that the level above "
            "changed. That people ask for a review is their right and measures nobody."
        ),
    ),
    "office_says": (
        gettext_lazy("The office says solved"),
        gettext_lazy("Of the answers of these months, those that the unit itself called solved."),
    ),
    "person_says": (
        gettext_lazy("The person says: solved / not"),
        gettext_lazy(
            "Of the answers of these months, what the people said of them themselves. Whoever said nothing is in neither."
        ),
    ),
}

SORTED_BY_NOTHING = gettext_lazy(
    "Units stand in the order of the organisation. How much came in, was raised or was taken to a review says nothing of "
    "how good a unit is, so nothing here can be sorted by it."
)


def month_text(day: date, *, short: bool = False) -> str:
    """A month in words of the active language: “March 2026”, “2026年3月”; short under a column."""
    if (get_language() or "").startswith("zh"):
        return f"{day.month}月" if short else f"{day.year}年{day.month}月"
    return formats.date_format(day, "M" if short else "F Y")


def period_text(period: Period) -> str:
    """A period in words: “March 2026”, “1st quarter of 2026”, “2026”, “January 2026 – May 2026”."""
    if period.kind is Kind.MONTH:
        return month_text(period.first)
    if period.kind is Kind.QUARTER:
        return _("quarter %(number)s of %(year)s") % {
            "number": period.first.month // 3 + 1,
            "year": period.first.year,
        }
    if period.kind is Kind.YEAR:
        return _("the year %(year)s") % {"year": period.first.year}
    return _("%(first)s – %(last)s") % {"first": month_text(period.first), "last": month_text(period.last)}


def days_text(days: int) -> str:
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


def age_text(start: int, end: int | None) -> str:
    """How old, in words: “under 7 days”, “30 to 59 days”, “365 days and more”."""
    if end is None:
        return _("%(days)s days and more") % {"days": start}
    if start == 0:
        return _("under %(days)s days") % {"days": end}
    return _("%(from)s to %(to)s days") % {"from": start, "to": end - 1}


def percent(share: float | None) -> str:
    """Whole per cent, never 100% where one is missing."""
    if share is None:
        return "–"
    return f"{min(round(share * 100), 99) if share < 1 else 100}%"


def hours_text(minutes: int) -> str:
    """Minutes of duty: “3 h 20 min”."""
    return _("%(hours)s h %(minutes)s min") % {"hours": f"{minutes // 60:,}", "minutes": minutes % 60}


def minutes_text(minutes: int) -> str:
    """A length: in minutes alone while it is under an hour."""
    return hours_text(minutes) if minutes >= 60 else _("%(minutes)s min") % {"minutes": minutes}


#: How a unit got a case, how it went out, and what became of its answer: for the rows of a list.
BEGINNINGS: dict[str, str | Promise] = {
    "registered": gettext_lazy("registered"),
    "handed_over": gettext_lazy("handed in by another unit"),
    "reopened": gettext_lazy("opened again"),
    "review": gettext_lazy("for a review"),
}
ENDINGS: dict[str, str | Promise] = {
    "": gettext_lazy("still there"),
    "answered": gettext_lazy("answered"),
    "handed_over": gettext_lazy("handed over"),
    "passed_on": gettext_lazy("passed on to another body"),
    "withdrawn": gettext_lazy("withdrawn by the person"),
}
REVIEWS: dict[str, str | Promise] = {
    "": "",
    "asked": gettext_lazy("asked for"),
    "stood": pgettext_lazy("of a review", "stood"),
    "changed": pgettext_lazy("of a review", "changed"),
}
