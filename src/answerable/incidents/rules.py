"""What may be done with an incident, and what of it is still open. Pure.

The guard: a response is lifted when nothing of it is open (`open_ends`), and by its commander alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from answerable.core.refusals import NotYours
from answerable.core.sentences import N_, Said
from answerable.core.text import as_read
from answerable.incidents.hazards import HAZARDS
from answerable.incidents.plans.rights import words_of_watching
from answerable.orgs.kept_out import names_a_gathering

#: States of an incident as the models name them.
REPORTED, ACTIVE, STOOD_DOWN, CLOSED, DISMISSED, SAME = (
    "reported",
    "active",
    "stood_down",
    "closed",
    "dismissed",
    "same",
)
#: Where words are still taken down: what a telephone without a network wrote may arrive after the stand-down.
WRITTEN_IN = frozenset({REPORTED, ACTIVE, STOOD_DOWN})
LEVELS = (1, 2, 3, 4)


class OpenKind(StrEnum):
    """What keeps a response open, in the order in which it is listed."""

    STRAND = "strand"
    TASK = "task"
    SENT = "sent"
    REQUISITION = "requisition"
    REPORT = "report"
    PROMISE = "promise"


@dataclass(frozen=True)
class Part:
    """One thing of a response as the guard sees it. `what`: in the reader's language."""

    kind: OpenKind
    id: UUID | int
    what: str
    is_ended: bool
    due_at: datetime | None = None


@dataclass(frozen=True)
class OpenEnd:
    """One thing that must end before the response is lifted."""

    kind: OpenKind
    id: UUID | int
    what: str
    due_at: datetime | None = None


def open_ends(parts: Iterable[Part]) -> list[OpenEnd]:
    """Exactly what is open, by kind; within a kind what is due first comes first, then in the order given."""
    order = {kind: place for place, kind in enumerate(OpenKind)}
    found = [part for part in parts if not part.is_ended]
    found.sort(
        key=lambda part: (
            order[part.kind],
            part.due_at is None,
            part.due_at.timestamp() if part.due_at else 0,
        )
    )
    return [OpenEnd(part.kind, part.id, part.what, part.due_at) for part in found]


def is_report_open(kind: str, state: str, due_at: datetime | None, now: datetime) -> bool:
    """Whether a report is owed at `now`: a first one from the first call on, any other from when it is due.

    A follow-up or final report whose hour has not come does not hold a response open: casualties are reported for
    thirty days, and the final report is counted from the stand-down itself.
    """
    if state != "due":
        return False
    return kind.startswith("first_") or (due_at is not None and due_at <= now)


class CannotAct(Said):
    """Something cannot be done with the incident as it stands. `code` is stable; nothing was changed."""

    sentences = {
        "no_words": N_("Write something first."),
        "too_long": N_("At most %(most)s characters fit. Write the rest as a second entry."),
        "id_taken": N_("Another entry has this number already. Nothing was changed."),
        "is_over": N_("This incident is closed; nothing more is written in it."),
        "not_active": N_("No response is under way."),
        "is_active": N_("The response is under way already. It was activated on %(at)s by %(who)s."),
        "not_reported": N_("This call has been dealt with already: %(state)s."),
        "hazard_unknown": N_(
            "Name a physical danger from the list. A gathering, a complaint or a person is not an emergency."
        ),
        "grounds_missing": N_("Write the grounds: they are published."),
        "measures_missing": N_("Write what is done: it is published."),
        "plan_not_in_use": N_("This version of the plan is not in use for this danger. Choose again."),
        "about_people": N_(
            "A gathering, and people who bring a matter, are no emergency. If somebody is in danger, say from what: "
            "fire, water, too little room, an injury. What is asked for is registered as cases."
        ),
        "watches_people": N_(
            "“%(given)s”: a response is about the danger; nobody is identified, photographed, followed or listed."
        ),
        "level_unknown": N_("There is no such level; 1 is the gravest, 4 the mildest."),
        "level_not_in_plan": N_("The plan has no level %(level)s."),
        "not_graver": N_("The response is at level %(level)s; raising means a lower number."),
        "not_milder": N_("The response is at level %(level)s; lowering means a higher number."),
        "in_the_past": N_("That time is over."),
        "far_day": N_("Type a day between the years 1900 and 2200."),
        "in_the_future": N_("That time has not come yet."),
        "no_commander": N_("Nobody can be found to command. Name who commands."),
        "not_done": N_("Say what was seen: %(check)s"),
        "reason_missing": N_("Say why."),
        "not_open": N_("This has ended already."),
        "not_ended": N_("This has not ended."),
        "needs_first": N_("First comes: %(what)s."),
        "track_has_tasks": N_("Tasks of this track are open: %(what)s."),
        "track_closed": N_("This track is closed. Open it again first."),
        "role_unknown": N_("This response has no such role."),
        "not_of_body": N_("They hold no post of this body and none above it."),
        "already_theirs": N_("They have it already."),
        "commander_there": N_(
            "%(name)s commands and has acknowledged. They hand the command over themselves, or a leader takes it."
        ),
        "still_open": N_("The response cannot be lifted while something is open: %(what)s."),
        "only_commander": N_("Only the commander lifts the response."),
        "not_a_plan": N_("The plan cannot be read: %(why)s"),
        "same_itself": N_("An incident is not the same as itself."),
        "same_over": N_("The other incident is over. Leave this one apart."),
        "other_body": N_("The other incident is another body's."),
        "number": N_("Give a whole number from 1 to %(most)s."),
        "paper_missing": N_("Write the number of the paper that the owner holds."),
        "returned_how": N_("Say how it was returned or paid for."),
        "out_already": N_("It is out already."),
        "struck_already": N_("This line was struck out already."),
        "system_line": N_("What the system wrote is not struck out."),
        "place_missing": N_("Say where: a place from the list, words, or a point on the map."),
        "what_missing": N_("Say what happened."),
        "point_wrong": N_(
            "A point on the map has a latitude from −90 to 90 and a longitude from −180 to 180."
        ),
        "submission_differs": N_(
            "This was sent before with other words; it is incident %(incident)s. Nothing was changed."
        ),
        "drill_has_no_cases": N_(
            "This is a drill: nothing that is only practised becomes a case. Write the answer down as it would be given."
        ),
        "subject_missing": N_("Choose what it is about, so that somebody answers for it."),
    }


def require_hazard(hazard: str) -> None:
    """Raises CannotAct("hazard_unknown") for anything that is not in the closed list (rights, rule 11)."""
    if hazard not in HAZARDS:
        raise CannotAct("hazard_unknown")


def require_about_hazard(*texts: str) -> None:
    """Raises CannotAct("about_people") where words speak of people who come together or bring a matter, and not of a
    danger (rights, rule 11)."""
    if any(names_a_gathering(text) for text in texts):
        raise CannotAct("about_people")


def require_of_nobody(*texts: str) -> None:
    """Raises CannotAct for what is decided or ordered: `about_people`, and `watches_people` where somebody would be
    identified, photographed, followed or listed. What no plan may hold, nobody orders by hand (rights, rule 11)."""
    require_about_hazard(*texts)
    for text in texts:
        given = words_of_watching(as_read(text))
        if given:
            raise CannotAct("watches_people", given=given)


def require_raise(before: int | None, after: int) -> None:
    """Raises CannotAct (`level_unknown`, `not_graver`): 1 is the gravest."""
    if after not in LEVELS:
        raise CannotAct("level_unknown")
    if before is not None and after >= before:
        raise CannotAct("not_graver", level=before)


def require_lower(before: int | None, after: int) -> None:
    if after not in LEVELS:
        raise CannotAct("level_unknown")
    if before is None or after <= before:
        raise CannotAct("not_milder", level=before)


def first_missing(needs: Iterable[str], ended: Mapping[str, bool]) -> str | None:
    """The first of the tasks that come before and that has not ended; tasks that the level does not have are no bar."""
    return next((code for code in needs if ended.get(code) is False), None)


class NotTheirs(NotYours):
    """What the incident's own roles may do, and this member of staff not (HTTP 403)."""
