"""By which way somebody is reached, and when: for what is urgent and for the rest, around quiet hours. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

#: A way that nobody has shown to work, or that fails, is tried so long after the ones that do.
LAST_AFTER = timedelta(seconds=60)
BY_HAND = "landline"


@dataclass(frozen=True)
class Contact:
    """One way to reach somebody. `urgent_after_s`, `calm_after_s`: None where it is not for these."""

    id: int
    way: str
    position: int = 0
    urgent_after_s: int | None = 0
    calm_after_s: int | None = 0
    is_verified: bool = True
    is_failing: bool = False

    @property
    def is_trusted(self) -> bool:
        return self.is_verified and not self.is_failing


@dataclass(frozen=True)
class Quiet:
    """Local times at which only what is urgent comes through; past midnight where `until` is not after `begins`."""

    begins: time
    until: time
    zone: ZoneInfo

    def end_after(self, at: datetime) -> datetime:
        """The end of the quiet hours in which `at` lies; `at` itself where it lies in none."""
        local = at.astimezone(self.zone)
        clock, day = local.time(), local.date()
        if self.begins < self.until:
            is_quiet, ends_on = self.begins <= clock < self.until, day
        else:
            is_quiet = clock >= self.begins or clock < self.until
            ends_on = day + timedelta(days=1) if clock >= self.begins else day
        if not is_quiet:
            return at
        # An end that the clocks skip or show twice: the first instant that is not before it.
        return max(at, datetime.combine(ends_on, self.until, tzinfo=self.zone).astimezone(at.tzinfo))


@dataclass(frozen=True)
class Try:
    """One way and the instant at which it is tried."""

    contact: int
    way: str
    at: datetime


def can_be_reached(contacts: Iterable[Contact]) -> bool:
    """Whether there is any way at all; who has none is not waited for."""
    return next(iter(contacts), None) is not None


def tries(
    contacts: Iterable[Contact],
    *,
    is_urgent: bool,
    at: datetime,
    quiet: Quiet | None = None,
    is_told_only: bool = False,
) -> list[Try]:
    """Every way in its order. What is urgent overrides quiet hours, and uses any way where none is set for it.

    Ways that were shown to work come first, the others after them. Whoever is only told gets it once.
    """
    known = list(contacts)
    meant = [(c, c.urgent_after_s if is_urgent else c.calm_after_s) for c in known]
    usable = [(c, after) for c, after in meant if after is not None]
    if not is_urgent:
        # Nobody is asked to call somebody by hand for what can wait, while a machine reaches them.
        usable = [(c, after) for c, after in usable if c.way != BY_HAND] or usable
    if not usable:
        usable = [(c, 0) for c in known]
    trusted = [after for c, after in usable if c.is_trusted]
    behind = timedelta(seconds=max(trusted)) + LAST_AFTER if trusted else timedelta()
    found = []
    for contact, after in usable:
        when = at + timedelta(seconds=after)
        if not contact.is_trusted:
            when = max(when, at + behind)
        if quiet is not None and not is_urgent:
            when = quiet.end_after(when)
        found.append((when, not contact.is_trusted, contact.position, contact.id, contact.way))
    ordered = [Try(id_, way, when) for when, _last, _position, id_, way in sorted(found)]
    return ordered[:1] if is_told_only else ordered
