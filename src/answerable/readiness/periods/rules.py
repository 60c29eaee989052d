"""What a readiness period may be, what it may ask for, and what contradicts itself. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from answerable.core import days
from answerable.core.refusals import NotYours
from answerable.core.sentences import N_, Said
from answerable.core.text import as_read
from answerable.incidents.plans.rights import words_of_watching
from answerable.orgs.kept_out import KINDS as SORTS
from answerable.orgs.kept_out import names_a_gathering, sorts_people_by
from answerable.readiness.periods.cover import touches
from answerable.readiness.periods.kinds import KINDS
from answerable.readiness.periods.rhythms import TOPICS, USUAL, Of, Rhythm, is_stricter

#: States as the model names them.
PLANNED, ANNOUNCED, BEGUN, ENDED, CALLED_OFF = ("planned", "announced", "begun", "ended", "called_off")
OPEN = frozenset({PLANNED, ANNOUNCED, BEGUN})
STANDS = frozenset({ANNOUNCED, BEGUN})

SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=366)
#: A period may be entered so long after it began: the storm was quicker than the desk.
LATE_ENTRY = timedelta(hours=24)
LONGEST_NAME, LONGEST_WORDS, LONGEST_WHY = 100, 2000, 300
A_MOMENT = timedelta(microseconds=1)
MOST_DEMANDS = 80
MOST_MORE, MOST_CALLS, LONGEST_ANSWER_MIN = 20, 7, 240
SHORTEST_HOURS = timedelta(hours=1)
#: The plan for crowd safety is about room and exits, whoever comes; no season asks for it (rights, rule 11).
NO_SEASON = frozenset({"crowd_crush"})

#: A date in the calendar of politics is no danger: no period is announced for a meeting, a visit or an anniversary.
#: Words run together in Chinese: a safety meeting (安全|会议), a crest that will come (洪峰|会到), a consultation that is
#: called (召集|会商) and an active fault (活动|断层) are of no such calendar.
_CALENDAR = re.compile(
    r"两会(?!商)|党代会|人代会|(?<![安健完齐周保])全会|(?<![洪雨沙潮高])峰会|高峰(会议|论坛)|(?<![收召征采])集会|"
    r"(重大|大型|重要)活动(?!板房|断层|断裂)|重要(会议|节点|时段)|敏感(期|日|时段|节点|时期)|特护期|特防期|"
    r"周年|国庆|选举|换届|视察|来访|安保|维稳|信访|"
    r"\b(party congress|two sessions|summits?|anniversar(y|ies)|national day|elections?|(state|official) visits?|"
    r"sensitive (dates?|days?|periods?|times?)|rall(y|ies)|mass events?|public order|petition\w*|stability)\b",
    re.IGNORECASE,
)


class CannotPeriod(Said):
    """A readiness period cannot be that, or cannot be done with. `code` is stable; nothing was changed."""

    sentences = {
        "kind_unknown": N_(
            "Choose a danger from the list. A gathering, a festival, a meeting or a person is no readiness period."
        ),
        "grounds_missing": N_("Write why: what is expected, and who forecasts it."),
        "too_long": N_("At most %(most)s characters fit."),
        "about_people": N_(
            "A readiness period is about a physical danger. People who come together or bring a matter are none, and "
            "a period does nothing about them."
        ),
        "about_calendar": N_(
            "“%(given)s” is no danger. A readiness period is for what water, wind, fire, cold or an illness may do, "
            "never for a meeting, a visit or a date."
        ),
        "sorts_people": N_("This would sort people by %(what)s. Name the danger instead."),
        "watches_people": N_("Nobody is identified, followed or listed in a readiness period: “%(given)s”."),
        "ends_first": N_("It would end before it begins."),
        "too_short": N_("A period lasts an hour at least."),
        "lasts_too_long": N_("A period lasts a year at most. Plan the next one when this one ends."),
        "in_the_past": N_("That time is over."),
        "far_day": N_("Type a day between the years 1900 and 2200."),
        "other_body_unit": N_("That unit belongs to another body."),
        "other_body_place": N_("%(place)s is a place of another body."),
        "place_closed": N_("%(place)s was closed. Choose what took its place."),
        "overlaps": N_(
            "“%(name)s” is of the same kind and covers the same place from %(from)s to %(until)s. Prolong that one, or "
            "choose other times or places."
        ),
        "unknown_demand": N_("Choose what it asks for."),
        "too_many": N_("At most %(most)s things fit into one period."),
        "demand_there": N_("The period asks for this already. Take that out first."),
        "number": N_("Give a whole number from 1 to %(most)s."),
        "line_missing": N_("Choose a duty line."),
        "role_missing": N_("Choose a role of this duty line."),
        "other_body_line": N_("%(line)s is a duty line of another body."),
        "line_closed": N_("%(line)s is closed. Open it again first."),
        "other_line_role": N_("That role belongs to another duty line."),
        "line_not_yours": N_(
            "%(line)s is led by another unit. Its leader, or one above you both, may ask more of it."
        ),
        "item_missing": N_("Choose a vehicle or a piece of equipment."),
        "other_body_item": N_("%(item)s belongs to another body."),
        "item_gone": N_("%(item)s is not on standby any more."),
        "plan_missing": N_("Choose a plan."),
        "other_body_plan": N_("“%(plan)s” is a plan of another body."),
        "plan_retired": N_("“%(plan)s” is no longer in use."),
        "plan_of_no_season": N_(
            "The plan for crowd safety is about room and exits, whenever people come. No readiness period asks for it."
        ),
        "rhythm_unknown": N_("Choose how often."),
        "rhythm_of_matters": N_(
            "Desk reviews of open matters keep their own rhythm: a readiness period never selects, speeds up or closes "
            "cases."
        ),
        "rhythm_longer": N_(
            "That is no oftener than usual (%(usual)s). A period asks for more often, never for less."
        ),
        "rhythm_contradicts": N_(
            "This contradicts what the period asks for already: %(other)s for all rounds. One kind of round comes at "
            "least as often as all of them."
        ),
        "hours_first": N_("The hours would end before they begin."),
        "hours_short": N_("Leave at least an hour, so that nobody can tell the minute."),
        "days_wrong": N_("Give a number of days from 0 to 366."),
        "demand_gone": N_("The period does not ask for this any more."),
        "not_planned": N_("It has been announced already. End it or call it off, and plan another one."),
        "is_over": N_("This period is over; nothing of it changes any more."),
        "nothing_demanded": N_("It asks for nothing yet. Say what it demands, then announce it."),
        "why_missing": N_("Say why."),
        "not_later": N_("It lasts until %(until)s already. To end it sooner, end it."),
        "not_begun": N_("It has not begun. Call it off instead."),
        "has_begun": N_("It has begun. End it instead."),
    }


class NotTheirs(NotYours):
    """What leaders may do, and this member of staff not (HTTP 403)."""


# ---------------------------------------------------------------- what it is


def require_kind(kind: str) -> None:
    """Raises CannotPeriod("kind_unknown") for anything that is not in the closed list (rights, rule 11)."""
    if kind not in KINDS:
        raise CannotPeriod("kind_unknown")


def require_about_hazard(*texts: str) -> None:
    """Raises CannotPeriod where words are of people who come together, sort them, or have them watched (rule 11).

    An epidemic may name the illness and the places where people live close together: health and dwellings are in danger
    there, and are not what anybody is sorted by.
    """
    for text in texts:
        plain = as_read(text)
        if names_a_gathering(plain):
            raise CannotPeriod("about_people")
        dated = _CALENDAR.search(plain)
        if dated:
            raise CannotPeriod("about_calendar", given=dated.group())
        sorts = sorts_people_by(plain, among=SORTS.keys() - {"health"})
        if sorts:
            raise CannotPeriod("sorts_people", what=SORTS[sorts])
        watched = words_of_watching(plain)
        if watched:
            raise CannotPeriod("watches_people", given=watched)


def require_span(from_at: datetime, until_at: datetime, *, now: datetime) -> None:
    """Raises CannotPeriod where a period cannot have these ends."""
    if not days.is_kept(from_at.date()) or not days.is_kept(until_at.date()):
        raise CannotPeriod("far_day")
    if until_at <= from_at:
        raise CannotPeriod("ends_first")
    if until_at - from_at < SHORTEST:
        raise CannotPeriod("too_short")
    require_length(from_at, until_at)
    if until_at <= now or from_at < now - LATE_ENTRY:
        raise CannotPeriod("in_the_past")


def require_length(from_at: datetime, until_at: datetime) -> None:
    """Raises CannotPeriod where it would be longer than a period may be, also by being prolonged."""
    if not days.is_kept(until_at.date()):
        raise CannotPeriod("far_day")
    if until_at - from_at > LONGEST:
        raise CannotPeriod("lasts_too_long")


@dataclass(frozen=True)
class Standing:
    """One period as another may overlap it. `cover`: ids of places; None: the whole body."""

    id: UUID
    kind: str
    from_at: datetime
    until_at: datetime
    cover: set[int] | None


def overlapped(mine: Standing, others: Iterable[Standing]) -> Standing | None:
    """The first other period of the same kind that is over the same place at the same time; ends do not touch."""
    found = [
        one
        for one in others
        if one.id != mine.id
        and one.kind == mine.kind
        and one.from_at < mine.until_at
        and mine.from_at < one.until_at
        and touches(mine.cover, one.cover)
    ]
    return min(found, key=lambda one: (one.from_at, one.id), default=None)


# ---------------------------------------------------------------- what it asks for


def require_rhythm(of: str, topic: str, rhythm: str, known: Iterable[tuple[str, str, str]]) -> None:
    """Raises CannotPeriod where a rhythm is none, is not oftener than usual, or contradicts one asked for already.

    `known`: what the period asks for already, as (of, topic, rhythm).
    """
    if of not in set(Of) or rhythm not in set(Rhythm):
        raise CannotPeriod("rhythm_unknown")
    if topic and (of != Of.ROUNDS or topic not in TOPICS):
        raise CannotPeriod("rhythm_of_matters")
    asked, usual = Rhythm(rhythm), USUAL[Of(of)]
    if not is_stricter(asked, usual):
        raise CannotPeriod("rhythm_longer", usual=usual)
    for other_of, other_topic, other in known:
        if other_of != of or bool(topic) == bool(other_topic):
            continue
        narrow, wide = (asked, Rhythm(other)) if topic else (Rhythm(other), asked)
        if is_stricter(wide, narrow):
            raise CannotPeriod("rhythm_contradicts", other=wide)


def require_hours(between_from: time, between_until: time) -> None:
    """Raises CannotPeriod where surprise calls cannot come between these local hours."""
    if between_until <= between_from:
        raise CannotPeriod("hours_first")
    length = timedelta(
        hours=between_until.hour - between_from.hour, minutes=between_until.minute - between_from.minute
    )
    if length < SHORTEST_HOURS:
        raise CannotPeriod("hours_short")


def require_number(number: int | None, *, most: int) -> None:
    if number is None or not 1 <= number <= most:
        raise CannotPeriod("number", most=most)


def require_plan_hazard(hazard: str) -> None:
    if hazard in NO_SEASON:
        raise CannotPeriod("plan_of_no_season")


# ---------------------------------------------------------------- where it stands


def state_at(state: str, from_at: datetime, until_at: datetime, now: datetime) -> str:
    """Where it stands at an instant, whether or not the worker has written that down."""
    if state in STANDS:
        return ENDED if now >= until_at else BEGUN if now >= from_at else ANNOUNCED
    return state


def require_open(state: str, from_at: datetime, until_at: datetime, now: datetime) -> str:
    """Where it stands. Raises CannotPeriod("is_over")."""
    found = state_at(state, from_at, until_at, now)
    if found not in OPEN:
        raise CannotPeriod("is_over")
    return found


def require_later(until_at: datetime, new_until: datetime, shown: str) -> None:
    """Raises CannotPeriod("not_later"). `shown`: its end, in words."""
    if new_until <= until_at:
        raise CannotPeriod("not_later", until=shown)
