"""How often something is owed, and which of several rhythms is the stricter. Pure.

The closed list that periods, rounds and reports share. Open matters are not in it: a period never selects, speeds up or
closes cases (rights, rule 11), so what looks at them keeps its own rhythm.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from answerable.core.sentences import N_


class Rhythm(StrEnum):
    """Strictest first."""

    TWICE_DAILY = "twice_daily"
    DAILY = "daily"
    TWICE_WEEKLY = "twice_weekly"
    WEEKLY = "weekly"
    FORTNIGHTLY = "fortnightly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"

    @property
    def order(self) -> int:
        """0 is the strictest."""
        return list(Rhythm).index(self)


RHYTHMS: dict[Rhythm, str] = {
    Rhythm.TWICE_DAILY: N_("twice a day"),
    Rhythm.DAILY: N_("daily"),
    Rhythm.TWICE_WEEKLY: N_("twice a week"),
    Rhythm.WEEKLY: N_("weekly"),
    Rhythm.FORTNIGHTLY: N_("every two weeks"),
    Rhythm.MONTHLY: N_("monthly"),
    Rhythm.QUARTERLY: N_("quarterly"),
    Rhythm.YEARLY: N_("yearly"),
}


class Of(StrEnum):
    """What has a rhythm."""

    REPORTS = "reports"
    ROUNDS = "rounds"


#: What rounds look at; "" is all of these. Desk reviews of open matters are left out on purpose.
TOPICS: dict[str, str] = {
    "dams": N_("dams and ditches"),
    "fire_exits": N_("fire exits"),
    "schools": N_("schools"),
    "boarding_houses": N_("boarding houses"),
    "building_sites": N_("building sites"),
    "markets": N_("markets"),
    "roads": N_("roads and bridges"),
    "vehicles": N_("vehicles"),
    "contact_lists": N_("contact lists"),
}

#: How often each is usual, where nothing else is said: a period may ask for it more often, never less.
USUAL: dict[Of, Rhythm] = {Of.REPORTS: Rhythm.WEEKLY, Of.ROUNDS: Rhythm.MONTHLY}


def is_stricter(one: Rhythm, other: Rhythm) -> bool:
    return one.order < other.order


def strictest(rhythms: Iterable[Rhythm]) -> Rhythm | None:
    """The one that asks most often; None of none."""
    return min(rhythms, key=lambda one: one.order, default=None)
