"""What goes in and what comes out, as OpenAPI shows it. Unknown fields are refused, so that no typing error is lost."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

Code = Annotated[str, Field(max_length=60)]


class _In(Schema):
    model_config = ConfigDict(extra="forbid")


class IdentityIn(_In):
    """Who brings the case. Sealed on arrival, apart from the case."""

    name: str = Field(
        max_length=500, description="The person's name, or that of the representative they chose."
    )
    address: str = Field("", max_length=2000, description="Postal address, only where letters are wanted.")
    represented: str = Field(
        "", max_length=500, description="Name of the person represented, if there is one."
    )


class ChannelIn(_In):
    """How the person wants to be told that there is news. Leave it out for: not at all."""

    kind: Literal["email", "sms", "post"]
    address: str = Field(max_length=2000)


class ConductIn(_In):
    """Whose conduct the case is about. They can neither read nor handle it, nor learn who brought it."""

    units: list[Code] = Field(default_factory=list, max_length=50, description="Codes of units.")
    in_words: str = Field("", description="Up to 2,000 characters.")


class CaseIn(_In):
    """A case to be registered. Everything is registered; what belongs elsewhere is passed on."""

    claim: str = Field(description="What happened, as the person tells it. Up to 100,000 characters.")
    wants: str = Field("", description="What should be done. Up to 100,000 characters.")
    subject: Code = Field(description="Code of a subject.")
    place: Code | None = Field(None, description="Code of a place.")
    place_in_words: str = Field("", description="Up to 300 characters.")
    kind: Code | None = Field(None, description="Code of a kind of the procedure; its first one if left out.")
    language: Literal["zh-hans", "en"] = "zh-hans"
    privacy: Literal["anonymous", "confidential", "open"] = "anonymous"
    identity: IdentityIn | None = None
    channel: ChannelIn | None = None
    conduct: ConductIn | None = Field(None, description="Given where the case is about someone's conduct.")
    is_danger: bool = Field(
        False,
        description="The person says that someone's life or health is in danger; the office is told at once.",
    )
    is_shareable: bool = Field(
        False, description="The person agrees that others see the office's short summary of it."
    )


class DeadlineOut(Schema):
    """What happens next. `last_day` is the last day in time; `late_from` the first late instant."""

    step: str
    title: str
    last_day: date
    late_from: datetime
    sentence: str
    why: list[str]


class ReceiptOut(Schema):
    """The receipt. Hand `code` and `secret` to the person and keep neither: together they open the case."""

    code: str
    secret: str | None = Field(
        description="Given when the case is registered and to a repetition within half an hour; else null."
    )
    is_repeat: bool
    registered_at: datetime
    unit: str
    post: str
    follow_url: str
    deadlines: list[DeadlineOut]


class FaultOut(Schema):
    code: str
    field: str
    sentence: str


class RejectedOut(Schema):
    """Why a request was not taken: a stable code, a sentence in the language of Accept-Language, and each fault."""

    code: str
    sentence: str
    faults: list[FaultOut]


class IncidentIn(_In):
    """A danger that is called in. Nobody in danger is named; a number to call back is sealed on arrival."""

    hazard: Code = Field(description="A physical danger of the closed list, such as flood or fire.")
    what: str = Field(description="What happened. Up to 4,000 characters; no names.")
    place: Code | None = Field(None, description="Code of a place.")
    place_in_words: str = Field("", description="Up to 300 characters.")
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    happened_at: datetime | None = Field(None, description="When it began, with its distance from UTC.")
    in_danger: str = Field("", description="Who is in danger, in numbers and words. Up to 300 characters.")
    call_back: str = Field("", description="A number to call back. Up to 100 characters.")


class IncidentOut(Schema):
    """The call as it was taken down. `similar`: codes of open incidents that it may be about."""

    code: str
    is_repeat: bool
    reported_at: datetime
    hazard: str
    state: str
    similar: list[str]
