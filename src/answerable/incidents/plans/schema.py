"""The plan file, `answerable-plan/1`: what a body does when a hazard becomes real. Pure.

The law meant is China's Emergency Response Law as revised in 2024: it asks of a plan command and duties, prevention
and warning, procedures, support and recovery (art. 28), and keeps three scales apart: the grade of the event (art. 3),
the warning level (art. 63) and the response level (art. 71). A body elsewhere fills in its own criteria.

Units are in the names: `_min` minutes, `_months`, `_days`. Levels count from 1, the gravest, to 4. References are
codes: within the file (`role`, `track`, `needs`), or of the body (`unit/post`, `line/role`, `unit/item`).
`reading.py` checks what spans the parts: references, cycles, levels off the scale, rights.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, TypeVar, get_args

from pydantic import Field

from answerable.incidents.hazards import HAZARDS
from answerable.incidents.plans.parts import (
    LISTED,
    MOST_ACTIONS,
    MOST_ELSE,
    MOST_ROLES,
    Code,
    Colour,
    Content,
    DrillKind,
    DutyRef,
    Group,
    Level,
    Line,
    Minutes,
    Names,
    Part,
    PlaceRef,
    PostRef,
    RecipientRef,
    ReportKind,
    StandbyRef,
    Text,
    Verified,
)

FORMAT: Literal["answerable-plan/1"] = "answerable-plan/1"

Hazard = Literal[
    "flood",
    "storm",
    "landslide",
    "earthquake",
    "drought",
    "extreme_heat",
    "cold",
    "fire",
    "explosion",
    "chemical",
    "building_collapse",
    "work_accident",
    "road_accident",
    "transport_accident",
    "disease",
    "animal_disease",
    "food_safety",
    "outage_power",
    "outage_water",
    "outage_gas",
    "outage_network",
    "school_safety",
    "crowd_crush",
    "other_physical",
]


class EventGrade(Part):
    """How grave what happened is: 特别重大, 重大, 较大, 一般 (art. 3). Given afterwards too, it starts nothing."""

    level: Level
    names: Names
    criteria: Text


class WarningLevel(Part):
    """How likely and how near it is: red, orange, yellow, blue (art. 63). `measures`: what is done while it holds."""

    level: Level
    colour: Colour
    names: Names
    criteria: Text
    measures: Text | None = None


class ResponseLevel(Part):
    """How much the body sets in motion (art. 71): decided and published with its grounds (art. 72), lifted (art. 86).

    `criteria`: when it is activated. `raise_when`: when the next graver one is due (none at the gravest);
    `lower_when`: when the next milder one will do (none at the mildest); `lift_when`: when it ends.
    """

    level: Level
    names: Names
    criteria: Text
    raise_when: Text | None = None
    lower_when: Text | None = None
    lift_when: Text


class Scales(Part):
    """Three scales that are never merged; each has one to four steps, the gravest first."""

    event: Annotated[tuple[EventGrade, ...], LISTED, Field(min_length=1, max_length=4)]
    warning: Annotated[tuple[WarningLevel, ...], LISTED, Field(min_length=1, max_length=4)]
    response: Annotated[tuple[ResponseLevel, ...], LISTED, Field(min_length=1, max_length=4)]


class PlanRole(Part):
    """Who does what: by post, or by who is on duty. Never by a person's name.

    `group`: the leading group, its office, or a member. `post` holds it; `duty`: whoever is on duty in that role of a
    line goes first, at any hour. `deputies`: posts, in their order. `backs`: the role whose work this one takes over
    when nobody there acknowledges. `track`: the one it leads. `ask`: minutes to acknowledge, then the next is asked.
    """

    code: Code
    names: Names
    task: Line
    group: Group
    is_commander: bool = False
    post: PostRef | None = None
    duty: DutyRef | None = None
    deputies: Annotated[tuple[PostRef, ...], LISTED, Field(max_length=10)] = ()
    backs: Code | None = None
    track: Code | None = None
    ask: Minutes = 10


class PlanTrack(Part):
    """A strand of the response. `safety`, `information` and `coordination` are in every plan."""

    code: Code
    names: Names


class Action(Part):
    """One thing to be done. `levels`: at which response levels; `target_min`: minutes from activation until it is done.

    `check`: how one sees that it is done. `needs`: actions that come before it.
    """

    code: Code
    names: Names
    levels: Annotated[tuple[Level, ...], LISTED, Field(min_length=1, max_length=4)]
    track: Code
    role: Code | None
    target_min: Minutes
    check: Line | None
    needs: Annotated[tuple[Code, ...], LISTED, Field(max_length=20)] = ()


class PlanContact(Part):
    """Another body and how it is reached; never a private person. `verified_on`: when somebody there last answered;
    `silent_since`: since when nobody has (blank once somebody answers again)."""

    code: Code
    names: Names
    phone: Annotated[str, Field(max_length=64)] = ""
    email: Annotated[str, Field(max_length=254)] = ""
    verified_on: date | None = None
    silent_since: date | None = None


class Resource(Part):
    """What is needed, and how many of it. `standby`: the item of the duty room that provides it, where there is one."""

    code: Code
    names: Names
    standby: StandbyRef | None = None
    count: Annotated[int, Field(ge=1, le=1_000_000)] = 1


class Report(Part):
    """A duty to report: late, false, concealed or omitted reports are forbidden (art. 61).

    `within_min`: minutes, of a first report from the first call, of a final one from stand-down. `every_min`: between
    follow-ups. `follow_days`: days from the event during which changes (in casualties) are still reported.
    `contents`: what must be in it. `source`: the article or rule; `verified` as in a procedure pack: `primary` its
    text was read, `secondary` somebody else's account of it, `ours` a default that the body replaces.
    `role` drafts it.
    """

    code: Code
    names: Names
    kind: ReportKind
    recipient: RecipientRef
    role: Code | None = None
    within_min: Minutes | None = None
    every_min: Minutes | None = None
    follow_days: Annotated[int, Field(ge=1, le=366)] | None = None
    contents: Annotated[tuple[Content, ...], LISTED, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1, max_length=300)]
    verified: Verified = "ours"


class Announce(Part):
    """Plain words for the public (art. 72), with places in braces; see `PLACES_IN_WORDS`.

    `advice`: what everybody can do; `heard`: where to ask and be heard, with a receipt (art. 9).
    """

    activated: Text
    updated: Text
    lifted: Text
    advice: Text
    heard: Text


class Recovery(Part):
    """A step after the danger: losses counted (art. 87), what was requisitioned returned (art. 12)."""

    code: Code
    names: Names
    role: Code | None
    check: Line | None


class Drill(Part):
    """How often the plan is practised, in months, and how; a plan is revised after drills (art. 28)."""

    every_months: Annotated[int, Field(ge=1, le=60)]
    kind: DrillKind


class PlanFile(Part):
    """A plan for one hazard, and for those of `also` that are met in the same way.

    `places`: where it applies; empty for the whole body. `retention_days`: personal data gathered for the emergency
    is destroyed so many days after stand-down (art. 85).
    """

    format: Literal["answerable-plan/1"]
    code: Code
    names: Names
    hazard: Hazard
    also: Annotated[tuple[Hazard, ...], LISTED, Field(max_length=10)] = ()
    purpose: Text
    places: Annotated[tuple[PlaceRef, ...], LISTED, Field(max_length=MOST_ELSE)] = ()
    scales: Scales
    roles: Annotated[tuple[PlanRole, ...], LISTED, Field(min_length=1, max_length=MOST_ROLES)]
    tracks: Annotated[tuple[PlanTrack, ...], LISTED, Field(min_length=3, max_length=20)]
    actions: Annotated[tuple[Action, ...], LISTED, Field(min_length=1, max_length=MOST_ACTIONS)]
    contacts: Annotated[tuple[PlanContact, ...], LISTED, Field(max_length=MOST_ELSE)] = ()
    resources: Annotated[tuple[Resource, ...], LISTED, Field(max_length=MOST_ELSE)] = ()
    reports: Annotated[tuple[Report, ...], LISTED, Field(min_length=1, max_length=50)]
    announce: Announce
    recovery: Annotated[tuple[Recovery, ...], LISTED, Field(min_length=1, max_length=50)]
    drill: Drill
    retention_days: Annotated[int, Field(ge=1, le=1096)]

    @property
    def commander(self) -> PlanRole:
        """Who commands; a plan that was read has exactly one."""
        return next(role for role in self.roles if role.is_commander)

    def role(self, code: str) -> PlanRole:
        """The role named `code`; KeyError where there is none."""
        return _named(self.roles, code)

    def action(self, code: str) -> Action:
        """The action named `code`; KeyError where there is none."""
        return _named(self.actions, code)

    def contact(self, code: str) -> PlanContact:
        """The contact named `code`; KeyError where there is none."""
        return _named(self.contacts, code)

    def response(self, level: int) -> ResponseLevel:
        """The response level numbered `level`; KeyError where the scale has none."""
        for step in self.scales.response:
            if step.level == level:
                return step
        raise KeyError(level)

    def actions_at(self, level: int) -> tuple[Action, ...]:
        """What is to be done at a response level, in the order of the file."""
        return tuple(action for action in self.actions if level in action.levels)


T = TypeVar("T", PlanRole, Action, PlanContact)


def _named(parts: tuple[T, ...], code: str) -> T:
    for part in parts:
        if part.code == code:
            return part
    raise KeyError(code)


assert set(HAZARDS) == set(get_args(Hazard)), "the plans' list of hazards is the incidents' list"
