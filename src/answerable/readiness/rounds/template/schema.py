"""The file of a template, `answerable-round/1`: what is asked of one kind of place or thing. Pure.

docs/reference/rounds.md shows it with an example of each kind of question.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from answerable.incidents.plans.parts import LISTED, Code, Line, Names, Part, PlaceRef, Text
from answerable.incidents.plans.schema import Hazard

MOST_QUESTIONS = 60
MOST_CHOICES = 12
#: Where a template does not say within how many days a mended finding is looked at.
CHECK_DAYS = 7
#: What a measure may be; beyond it a finger slipped.
GREATEST = 1_000_000_000

LooksAt = Literal["place", "item", "contacts", "matters"]
Kind = Literal["yes_no", "measure", "choice", "photograph", "note"]
Severity = Literal["minor", "serious", "danger"]
Becomes = Literal["repair", "case", "incident"]
Number = Annotated[float, Field(ge=-GREATEST, le=GREATEST, allow_inf_nan=False)]

#: Under which a readiness period may ask for these rounds more often; open matters have none (rights, rule 11).
Topic = Literal[
    "dams",
    "fire_exits",
    "schools",
    "boarding_houses",
    "building_sites",
    "markets",
    "roads",
    "vehicles",
    "contact_lists",
]

#: Looked at from the desk: without place, photograph or words (rights, rule 11).
DESK_REVIEWS = frozenset({"contacts", "matters"})


class Short(Text):
    """A unit of measure, in both languages; at most 20 characters each."""

    zh: Annotated[str, Field(min_length=1, max_length=20)]
    en: Annotated[str, Field(min_length=1, max_length=20)]


class Finds(Part):
    """What it means when the answer is wrong: what it is called, how grave, what becomes of it, in how many days."""

    names: Names
    severity: Severity = "minor"
    becomes: Becomes = "repair"
    within_days: Annotated[int, Field(ge=0, le=180)] = 7
    #: Once it is said to be mended, somebody else looks within so many days.
    check_days: Annotated[int, Field(ge=1, le=180)] = CHECK_DAYS
    #: For `becomes: incident`: which physical danger.
    hazard: Hazard | None = None
    #: For `becomes: case`: the code of a subject of the body; without it whoever does the round chooses.
    subject: PlaceRef | None = None


class Choice(Part):
    code: Code
    names: Names
    wrong: bool = False


class Question(Part):
    """One question. `wrong`: the answer that is a finding; `least` and `most`: beyond them it is one."""

    code: Code
    ask: Line
    hint: Line | None = None
    kind: Kind
    wrong: Literal["yes", "no"] | None = None
    unit: Short | None = None
    least: Number | None = None
    most: Number | None = None
    choices: Annotated[tuple[Choice, ...], LISTED, Field(max_length=MOST_CHOICES)] = ()
    finds: Finds | None = None
    #: Whether the round cannot be sent without an answer. A photograph or a note never holds one up.
    needed: bool = True

    @property
    def is_needed(self) -> bool:
        return self.needed and self.kind not in ("photograph", "note")

    @property
    def can_find(self) -> bool:
        return (
            self.wrong is not None
            or self.least is not None
            or self.most is not None
            or any(one.wrong for one in self.choices)
        )


class RoundFile(Part):
    """A template as its file says it."""

    format: Literal["answerable-round/1"]
    code: Code
    names: Names
    purpose: Text
    looks_at: LooksAt
    topic: Topic | None = None
    #: About how long it takes.
    minutes: Annotated[int, Field(ge=1, le=600)] = 15
    #: What whoever goes must heed to come back unhurt.
    heed: Line | None = None
    questions: Annotated[tuple[Question, ...], LISTED, Field(min_length=1, max_length=MOST_QUESTIONS)]

    @property
    def is_desk_review(self) -> bool:
        return self.looks_at in DESK_REVIEWS

    def question(self, code: str) -> Question | None:
        return next((one for one in self.questions if one.code == code), None)
