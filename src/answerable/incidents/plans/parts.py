"""What the parts of a plan are made of: texts in both languages, codes, references, closed lists. Pure."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

#: A plan with more is not a plan that anybody carries out; the bench activates one of 200 roles and 400 actions.
MOST_ROLES = 250
MOST_ACTIONS = 500
MOST_ELSE = 200

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
#: A post of the body as `unit/post`, a role on its duty as `line/role`, what stands by as `unit/item`.
PostRef = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,60}/[A-Za-z0-9_-]{1,60}$")]
DutyRef = PostRef
StandbyRef = PostRef
#: A place of the body by its code; never a dwelling (rights, rule 11).
PlaceRef = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,60}$")]
#: Whom a report goes to: a contact of this plan, a post, the body above, or another body by its code.
RecipientRef = Annotated[
    str,
    StringConstraints(
        pattern=r"^(contact:[a-z0-9][a-z0-9_-]{0,39}|post:[A-Za-z0-9_-]{1,60}/[A-Za-z0-9_-]{1,60}"
        r"|authority:[A-Za-z0-9_-]{1,60})$"
    ),
]
#: The reference to whichever body stands above the one whose plan it is.
ABOVE = "authority:above"

Name = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"\S")]
Brief = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"\S")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=r"\S")]
#: Minutes, up to thirty days.
Minutes = Annotated[int, Field(ge=1, le=43_200)]
#: Where one stands on one of the scales: 1 is the gravest, 4 the mildest.
Level = Annotated[int, Field(ge=1, le=4)]


def _listed(value: Any) -> Any:
    """A file's list as the tuple that a frozen plan holds; anything else stays and is refused by its type."""
    return tuple(value) if isinstance(value, list) else value


#: Makes `tuple[X, ...]` take a list from a file, and nothing else.
LISTED = BeforeValidator(_listed)


class Part(BaseModel):
    """Base of everything in a plan: nothing unknown, nothing converted, nothing changed once read."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Both(Part):
    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The text for an IETF language tag; any Chinese tag gives the Chinese one."""
        return self.zh if language.lower().startswith("zh") else self.en


class Names(_Both):
    """What something is called, in both languages; at most 120 characters each."""

    zh: Name
    en: Name


class Line(_Both):
    """One line that is read on a telephone in the rain; at most 300 characters each."""

    zh: Brief
    en: Brief


class Text(_Both):
    """A sentence or a paragraph, in both languages; at most 4,000 characters each."""

    zh: Words
    en: Words


Colour = Literal["red", "orange", "yellow", "blue"]
#: The colour of each warning level (Emergency Response Law of 2024, art. 63).
COLOURS: dict[int, Colour] = {1: "red", 2: "orange", 3: "yellow", 4: "blue"}

#: The three tracks that every plan has. The second is also where those affected are heard.
TRACKS = ("safety", "information", "coordination")

#: What a report says; see `Report`.
Content = Literal[
    "source",
    "time",
    "place",
    "casualties",
    "cause",
    "measures",
    "trend",
    "needs",
    "contact",
    "loss",
    "assessment",
]
ReportKind = Literal["first_phone", "first_written", "follow_up", "final"]
DrillKind = Literal["table_top", "full"]
Verified = Literal["primary", "secondary", "ours"]
Group = Literal["leading", "office", "member"]

#: What the words of `Announce` may name; filled in when they are published.
PLACES_IN_WORDS = ("what", "place", "level", "since", "until", "measures", "advice", "phone", "body")
