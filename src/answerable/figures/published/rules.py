"""Months, years, and when which may go out. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from answerable.core.sentences import N_, Said
from answerable.figures.published.suppression import LEAST

#: A body that was there before its figures were published begins so many months back.
MONTHS_BACK = 12
LONGEST_HOLD_DAYS = 31
LONGEST_WHY = 500
LONGEST_TEXT = 8000
_MONTH = re.compile(r"(19|20|21)\d\d-(0[1-9]|1[0-2])", re.ASCII)
_YEAR = re.compile(r"(19|20|21)\d\d", re.ASCII)


class CannotPublish(Said):
    """Why an edition does not go out, or is not made."""

    sentences: Mapping[str, str] = {
        "not_over": N_("The month is not over yet, or its day of counting has not come."),
        "no_such_period": N_("Write a month as 2026-03, or a year as 2026."),
        "counting_runs": N_(
            "Some acts are not counted yet. Try again in a minute; if it stays so, look at “Running it”."
        ),
        "released_already": N_("This edition is published already. What is published stays as it is."),
        "not_prepared": N_("There is no edition that waits for its release."),
        "why_missing": N_("Write why: it stands beside the figures."),
        "held_too_long": N_("Figures may be held back for at most %(days)s days more, and once."),
        "same_as_before": N_("Nothing has changed since the last edition; there is nothing to correct."),
        "differs_by_few": N_(
            "The new edition would differ from the last one by fewer than five in some number. Whoever lays both side "
            "by side would see single matters; so it is not made. Say in words what was wrong, in the next month."
        ),
        "counts_moved": N_(
            "The numbers changed each time while they were laid out. Nothing was published. Count it again when less is "
            "being entered, in the evening for example."
        ),
        "took_too_long": N_(
            "Laying it out took longer than it may and was stopped. Nothing was published. Count it again when the "
            "machine has less to do; if it stays so, report it as a fault."
        ),
        "fell_over": N_(
            "The program that lays figures out ended with a fault. Nothing was published. The worker's log names it; "
            "see that the machine has memory to spare, then count it again."
        ),
        "cut_off": N_(
            "The worker was ended in the middle of it several times. Nothing was published. Look at “Running it” and at "
            "its log, then count it again."
        ),
        "gives_away": N_(
            "The figures would let small numbers be worked out. They are not published; report this as a fault."
        ),
        "months_missing": N_("A year is made when all of its months are published."),
        "no_year": N_("The figures of %(year)s are not published yet. The report is drafted from them."),
        "report_exists": N_("A report for this year is being written already."),
        "not_draft": N_("This report is approved; it is changed no more. Begin a new version."),
        "not_approved": N_("The leader of the body approves the report before it is published."),
        "text_too_long": N_("A text may have at most %(most)s characters."),
        "text_missing": N_("Write something under “%(section)s”, or write that there is nothing to say."),
        "bad_settings": N_("A day from 1 to 28, and from 0 to 31 days until the release."),
    }


#: What somebody has to see to; anything else answers whoever asked.
FAULTS = frozenset({"counts_moved", "took_too_long", "fell_over", "cut_off", "gives_away"})


class NotTheirs(Said):
    """Whose it is to publish."""

    sentences: Mapping[str, str] = {
        "leads_body": N_("A leader of the whole body does this."),
        "writes_report": N_("A leader or a clerk of the whole body writes the report."),
        "runs_body": N_("The administrator or a leader of the whole body sets this."),
    }


def is_month(text: str) -> bool:
    return _MONTH.fullmatch(text) is not None


def is_year(text: str) -> bool:
    return _YEAR.fullmatch(text) is not None


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


def months_after(period: str, number: int) -> str:
    year, month = divmod(int(period[:4]) * 12 + int(period[5:]) - 1 + number, 12)
    return f"{year:04}-{month + 1:02}"


def months_from(first: str, last: str) -> list[str]:
    """Every month from the first to the last."""
    found = []
    while first <= last:
        found.append(first)
        first = months_after(first, 1)
    return found


def span_of(period: str, zone: str) -> tuple[datetime, datetime]:
    """The first instant of a month or a year in a zone, and the first after it."""
    local = ZoneInfo(zone)
    if is_year(period):
        year = int(period)
        return datetime(year, 1, 1, tzinfo=local), datetime(year + 1, 1, 1, tzinfo=local)
    after = months_after(period, 1)
    return (
        datetime(int(period[:4]), int(period[5:]), 1, tzinfo=local),
        datetime(int(after[:4]), int(after[5:]), 1, tzinfo=local),
    )


def countable(first: str, today: date, counted_on: int) -> list[str]:
    """The months that may be counted by now: over, and their day of counting has come."""
    last = months_after(month_of(today), -1 if today.day >= counted_on else -2)
    return months_from(first, last)


def released_on(prepared: datetime, days: int) -> datetime:
    return prepared + timedelta(days=days)


def require_hold(why: str, until: datetime, now: datetime, *, held_before: bool) -> None:
    """Held back once, with a reason that is shown, for a month at most: nobody keeps figures back for good."""
    if not why.strip():
        raise CannotPublish("why_missing")
    if held_before or until > now + timedelta(days=LONGEST_HOLD_DAYS) or until <= now:
        raise CannotPublish("held_too_long", days=LONGEST_HOLD_DAYS)


def numbers_of(content: Mapping[str, Any]) -> dict[tuple[str, ...], int]:
    """Every number of an edition by the line that it stands in."""
    found: dict[tuple[str, ...], int] = {}
    for table in content["tables"]:
        for family in table["families"]:
            where = (table["table"], family["family"])
            for measure, number in (family["total"] or {}).items():
                found[(*where, "", measure)] = number
            for line in family["lines"]:
                for measure, number in line["counts"].items():
                    found[(*where, "+".join(line["rows"]), measure)] = number
    return found


def require_apart(old: Mapping[str, Any], new: Mapping[str, Any], *, is_last: bool = True) -> None:
    """A new edition differs nowhere by a small number, and from the last one somewhere at all.

    A line of the new one holds whole lines of the old one (`suppression.show`, before), and is held against their sum,
    wherever in the tree either stands. Every edition that is out is held against it, not only the last: ten, twenty,
    eleven would say by its third number that one matter was added to the first.
    """
    if is_last and numbers_of(old) == numbers_of(new):
        raise CannotPublish("same_as_before")
    before = list(_lines(old))
    for table, family, is_total, rows, measure, number in _lines(new):
        held = [
            count
            for other, name, whole, inner, counted, count in before
            if (other, name, whole, counted) == (table, family, is_total, measure) and inner <= rows
        ]
        if held and 0 < abs(number - sum(held)) < LEAST:
            raise CannotPublish("differs_by_few")
    for name in ("conduct", "extra"):
        was, now = old.get(name) or {}, new.get(name) or {}
        if any(_may_differ_by_few(was[one], now[one]) for one in was.keys() & now.keys()):
            raise CannotPublish("differs_by_few")


def _may_differ_by_few(was: int | None, now: int | None) -> bool:
    """Numbers of the whole body; None: from 1 to LEAST - 1, so that whoever lays both side by side knows it so far."""
    if was is None or now is None:
        shown = was if now is None else now
        return shown is not None and shown < 2 * LEAST - 1
    return 0 < abs(was - now) < LEAST


def _lines(content: Mapping[str, Any]) -> Iterator[tuple[str, str, bool, frozenset[str], str, int]]:
    for table in content["tables"]:
        for family in table["families"]:
            name = family["family"]
            for measure, number in (family["total"] or {}).items():
                yield table["table"], name, True, frozenset(), measure, number
            for line in family["lines"]:
                for measure, number in line["counts"].items():
                    yield table["table"], name, False, frozenset(line["rows"]), measure, number


def missing_texts(texts: Mapping[str, Mapping[str, str]], sections: Sequence[str]) -> list[str]:
    """The sections that the office has to write and has not, in either language."""
    return [
        one for one in sections if not any(texts.get(one, {}).get(lang, "").strip() for lang in ("zh", "en"))
    ]
