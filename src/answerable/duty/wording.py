"""Duty in words: refusals, gaps, holes, patterns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from answerable.core.refusals import Changed, NotYours, Refusal
from answerable.core.sentences import Said, sentence
from answerable.duty.coverage import Gap
from answerable.duty.models import LineRole, Pattern
from answerable.duty.models.lines import DayKind
from answerable.duty.shifts import EVERY_DAY, Clash, Hole
from answerable.ui.templatetags.ui import day_text


def refusal_words(refusal: Refusal) -> str:
    """A refusal as a sentence."""
    if isinstance(refusal, Said):
        return sentence(refusal)
    if isinstance(refusal, Changed):
        return _(
            "Somebody changed this meanwhile. Here it is as it stands now; what you typed is still in the form."
        )
    if isinstance(refusal, NotYours):
        return _("Leaders of its unit and the administrator set a duty line up.")
    raise refusal


def at_text(at: datetime) -> str:
    """An instant in the reader's words: the day, hours and minutes, and seconds where there are any."""
    local = timezone.localtime(at)
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return f"{day_text(local.date())} {clock}"


def stretch_text(from_at: datetime, until_at: datetime) -> str:
    """From–until; the day is said once where it is the same."""
    start, end = timezone.localtime(from_at), timezone.localtime(until_at)
    if start.date() == end.date():
        clock = f"{end:%H:%M:%S}" if end.second else f"{end:%H:%M}"
        return _("%(from)s to %(until)s") % {"from": at_text(from_at), "until": clock}
    return _("%(from)s to %(until)s") % {"from": at_text(from_at), "until": at_text(until_at)}


def length_text(length: timedelta) -> str:
    """How long: days and hours from two days on, hours and minutes, or seconds where it is less than a minute."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 48:
        return _("%(days)s days %(hours)s h") % {"days": hours // 24, "hours": hours % 24}
    if hours and minutes:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    if hours:
        return _("%(hours)s h") % {"hours": hours}
    if minutes:
        return _("%(minutes)s min") % {"minutes": minutes}
    return _("%(seconds)s s") % {"seconds": seconds}


def hours_text(length: timedelta) -> str:
    """A sum of duty in hours, to a tenth, as it is counted by hand from a sheet."""
    return _("%(hours)s h") % {"hours": f"{length / timedelta(hours=1):.1f}".removesuffix(".0")}


def gap_text(gap: Gap, roles: Mapping[int, LineRole]) -> str:
    """A gap as a sentence."""
    return ngettext(
        "%(role)s: %(missing)s is missing, %(when)s (%(length)s).",
        "%(role)s: %(missing)s are missing, %(when)s (%(length)s).",
        gap.missing,
    ) % {
        "role": roles[gap.role_id],
        "missing": gap.missing,
        "when": stretch_text(gap.from_at, gap.until_at),
        "length": length_text(gap.length),
    }


def hole_text(hole: Hole, roles: Mapping[int, LineRole]) -> str:
    """A hole of a line's patterns as a sentence."""
    facts = {"when": stretch_text(hole.from_at, hole.until_at)}
    if hole.role_id is None:
        return _("No shift at all: %(when)s.") % facts
    return _("No shift needs “%(role)s”: %(when)s.") % (facts | {"role": roles[hole.role_id]})


def clash_text(clash: Clash, patterns: Mapping[int, Pattern], roles: Mapping[int, LineRole]) -> str:
    """Two patterns that contradict each other, as a sentence."""
    facts: dict[str, Any] = {
        "one": patterns[clash.one_id],
        "other": patterns[clash.other_id],
        "role": roles[clash.role_id],
        "when": stretch_text(clash.from_at, clash.until_at),
    }
    if clash.one_id == clash.other_id:
        return (
            _(
                "“%(one)s” begins again before it has ended, so “%(role)s” is needed twice, for the first time %(when)s."
            )
            % facts
        )
    return _("“%(one)s” and “%(other)s” overlap: both need “%(role)s”, for the first time %(when)s.") % facts


def pattern_text(pattern: Pattern) -> str:
    """When a pattern's shifts are: "08:00 to 08:00 the next day, every day"."""
    facts: dict[str, Any] = {
        "from": f"{pattern.starts:%H:%M}",
        "until": f"{pattern.ends:%H:%M}",
        "days": DayKind(pattern.day_kind).label,
        "count": pattern.ends_days_later,
    }
    if pattern.ends_days_later == 0:
        when = _("%(from)s to %(until)s, %(days)s") % facts
    elif pattern.ends_days_later == 1:
        when = _("%(from)s to %(until)s the next day, %(days)s") % facts
    else:
        when = _("%(from)s to %(until)s %(count)s days later, %(days)s") % facts
    if pattern.weekdays == EVERY_DAY:
        return when
    return _("%(when)s (%(weekdays)s)") % {"when": when, "weekdays": weekdays_text(pattern.weekdays)}


def weekdays_text(bits: int) -> str:
    from answerable.duty.forms import WEEKDAYS

    return listed(str(name) for number, name in WEEKDAYS if bits >> number & 1)


def listed(names: Iterable[object]) -> str:
    return _(", ").join(str(name) for name in names)
