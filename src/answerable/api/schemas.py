"""What goes in and what comes out, as OpenAPI shows it. Unknown fields are refused, so that no typing error is lost."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

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


class NamedOut(Schema):
    """A unit or post, as it is called in the language of Accept-Language."""

    code: str
    name: str


class CaseOut(Schema):
    """How a case stands. Nothing of who brought it; `summary` is the office's, where the person agreed to share it."""

    code: str
    state: str = Field(
        description="registered, accepted, decided, review, rereview, passed_on, withdrawn, closed."
    )
    stage: str
    kind: str
    subject: str
    place: str | None
    unit: NamedOut
    post: NamedOut = Field(description="The post that answers for it.")
    received_at: datetime
    registered_at: datetime
    due_at: datetime | None = Field(description="The first late instant of the next date of the office.")
    is_lifted: bool = Field(description="A date passed without an answer, and the level above was told.")
    decided_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    office_says_solved: bool | None
    person_says_solved: bool | None
    summary: str | None


class CaseWholeOut(CaseOut):
    deadlines: list[DeadlineOut]


class ActOut(Schema):
    """An act that the person of the case is told of. `index` is its leaf's place, once the log has published it."""

    seq: int
    kind: str
    recorded_at: datetime
    leaf: str = Field(description="SHA-256 of its entry in the public log, in hexadecimal.")
    log: int | None = Field(description="The epoch of the log.")
    index: int | None


class ActProofOut(Schema):
    """One of both, and null for what is not there: the receipt once a published checkpoint covers the act; until then
    the signed promise that it will be in the log."""

    seq: int
    leaf: str
    receipt: str | None = Field(description="A c2sp.org/tlog-proof@v1, as a text.")
    promise: str | None


class LeafOut(Schema):
    """A leaf of the public log, accounted for. `act`, `matter` and `recorded_at` only of what came in with this key."""

    log: int
    index: int
    leaf: str
    kind: str = Field(description="act, erased, dummy, notice or unknown.")
    act: str | None
    matter: str | None = Field(description="The code of the case.")
    recorded_at: datetime | None


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


class LevelChangeOut(Schema):
    """Activation, raising, lowering and lifting, as published. 1 is the gravest level; null is none."""

    before: int | None
    after: int | None
    grounds: str
    measures: str
    expected_until: datetime | None
    at: datetime


class IncidentRowOut(Schema):
    """An incident without what was said in the call: nobody is named, and the place is one of the office's list."""

    code: str
    state: str = Field(description="reported, active, stood_down, closed, dismissed, same.")
    hazard: str
    place: str | None
    latitude: float | None = Field(description="Of the place in the list, not of whoever called.")
    longitude: float | None
    unit: NamedOut
    is_drill: bool
    event_grade: int | None
    warning_level: int | None
    response_level: int | None
    reported_at: datetime
    activated_at: datetime | None
    expected_until: datetime | None
    stood_down_at: datetime | None
    same_as: str | None


class IncidentWholeOut(IncidentRowOut):
    level_changes: list[LevelChangeOut]


class WarningWordsOut(Schema):
    headline: str
    description: str
    instruction: str
    area: str


class WarningOut(Schema):
    """A public warning as it was sent; `cap_url` is the CAP 1.2 message, word for word."""

    identifier: str
    kind: str = Field(description="Alert, Update, Cancel or AllClear.")
    incident: str
    hazard: str
    is_exercise: bool
    is_in_force: bool
    severity: str
    sent_at: datetime
    expires_at: datetime
    zh: WarningWordsOut
    en: WarningWordsOut
    url: str
    cap_url: str


class OnDutyOut(Schema):
    """A post on duty; never who holds it."""

    role: str
    post: NamedOut | None
    unit: NamedOut | None
    from_at: datetime
    until_at: datetime
    stays: bool = Field(description="The shift is over, and they have not been relieved.")


class LineOut(Schema):
    """A duty line now."""

    code: str
    name: str
    unit: NamedOut
    telephone: str | None = Field(description="The duty telephone, as the unit published it.")
    on_duty: list[OnDutyOut]
    missing: int = Field(description="How many more are needed at this moment.")


class DutyOut(Schema):
    at: datetime
    lines: list[LineOut]


class RoundOut(Schema):
    """A look at a place or thing. Never what was answered, written or photographed."""

    id: UUID
    plan: str
    place: str | None
    thing: str | None
    unit: NamedOut
    post: NamedOut = Field(description="The post that does it.")
    state: str = Field(description="due, done or missed.")
    due_at: datetime = Field(description="The last instant in time.")
    late_at: datetime | None
    done_at: datetime | None
    in_period: bool = Field(description="More often than always, because a readiness period asks for it.")
    findings: int


class FindingOut(Schema):
    """Something that is wrong at a place or with a thing, as the template calls it."""

    id: UUID
    round: UUID
    what: str
    place: str | None
    thing: str | None
    unit: NamedOut
    post: NamedOut = Field(description="The post that mends it.")
    severity: str = Field(description="minor, serious or danger.")
    state: str = Field(description="open, mended or closed: mended, and somebody else has looked.")
    times: int = Field(description="The how-manieth time that this is found here.")
    found_at: datetime
    due_on: date
    first_due_on: date = Field(description="The day that it had when it was found: figures count by it.")
    postponed: int = Field(description="How often its day was moved beyond the first one, with grounds.")
    late_at: datetime | None
    mended_at: datetime | None
    check_on: date | None = Field(description="Once mended: the last day for somebody else to look.")
    checked_at: datetime | None


class EditionOut(Schema):
    """A month or year as it was published; a later edition corrects an earlier one, and both stay."""

    period: str
    edition: int
    released_at: datetime
    sha256: str
    licence: str
    url: str


class FigureOut(Schema):
    """One published number. `rows`: codes of the rows that it adds up, with + between them."""

    body: str
    period: str
    edition: int
    table: str
    family: str
    rows: str
    parent: str
    name_zh: str
    name_en: str
    measure: str
    number: int


class EditionWholeOut(EditionOut):
    figures: list[FigureOut]


class IncidentOut(Schema):
    """The call as it was taken down. `similar`: codes of open incidents that it may be about."""

    code: str
    is_repeat: bool
    reported_at: datetime
    hazard: str
    state: str
    similar: list[str]
