"""What a procedure pack holds: the rule that binds an office, as data. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from answerable.cases.act_kinds import ActKind
from answerable.orgs.calendars import DayKind

Span = Literal["hours", "days", "weeks", "months", "years"]
Whose = Literal["office", "person"]
Verified = Literal["primary", "secondary", "ours"]
Role = Literal["head", "leader", "level_above"]

SPANS: tuple[Span, ...] = ("hours", "days", "weeks", "months", "years")
WHOSE: tuple[Whose, ...] = ("office", "person")
VERIFIED: tuple[Verified, ...] = ("primary", "secondary", "ours")
ROLES: tuple[Role, ...] = ("head", "leader", "level_above")

# Which act begins and which ends each kind of pause that a pack may allow.
PAUSES: dict[str, tuple[ActKind, ActKind]] = {
    "hearing": (ActKind.HEARING_OPENED, ActKind.HEARING_CLOSED),
    "asked": (ActKind.ASKED, ActKind.ANSWERED),
    "mediation": (ActKind.MEDIATION_CONSENTED, ActKind.MEDIATION_ENDED),
}

# What a condition may speak of, beside "kind:CODE" and "rung:CODE". Each may be preceded by "not".
CONDITION_TERMS = ("brought", "transferred", "petition_office", "reachable", "urgent")

# The acts that may end a clock without the step being done. Nothing an office can do alone to its own case
# is among them, except passing it on, of which the person is told.
ALWAYS_VOIDS: tuple[str, ...] = (ActKind.WITHDRAWN.value, ActKind.ERASED.value)
# A window of the person's belongs to a decision that stands; taken up again, the matter gets another one, and with the
# proof of its delivery another window.
WINDOW_VOIDS: tuple[str, ...] = (*ALWAYS_VOIDS, ActKind.REOPENED.value)
# The days to object belong to the unit that a matter was handed to: where it goes on, whoever gets it has their own.
OBJECTION_VOIDS: tuple[str, ...] = (*ALWAYS_VOIDS, ActKind.TRANSFERRED.value, ActKind.PASSED_ON.value)
# An objection is answered as long as it stands: whoever takes the matter all the same, hands it on, or has it moved out
# of reach of those it is about, leaves nothing to be answered, and no act could meet that date any more.
ANSWER_VOIDS: tuple[str, ...] = (
    *OBJECTION_VOIDS,
    ActKind.ACCEPTED.value,
    ActKind.CONFLICT_ESCALATED.value,
)


@dataclass(frozen=True)
class Text:
    """One text in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The text for an IETF language tag; any Chinese tag gives the Chinese one."""
        return (self.zh or self.en) if language.lower().startswith("zh") else (self.en or self.zh)


EMPTY = Text("", "")


@dataclass(frozen=True)
class Extension:
    """How far a step may be extended: `max_number` in all (in the step's own span), `max_times` times."""

    max_number: int
    max_times: int
    approver_role: Role
    notice: bool
    article: str


@dataclass(frozen=True)
class Step:
    """One time limit.

    `whose` says who has to act; a `window` merely ends (nobody is late when it passes). `opened_by`, `met_by`
    and `voided_by` are act kinds. `number` counts in `span`; `day_kind` matters for days. `on_delivery`: it
    opens on proven delivery only. `pauses` are codes of `PAUSES`; empty means that nothing pauses it.
    `condition` is a closed little language, see `Condition`. `by_order`: the work order may state its own
    number. `supervises`: it is the clock of the level above.
    """

    code: str
    title: Text
    whose: Whose
    opened_by: tuple[str, ...]
    met_by: tuple[str, ...]
    voided_by: tuple[str, ...]
    number: int
    span: Span
    day_kind: DayKind
    article: str
    source: str
    verified: Verified
    verified_on: date | None = None
    on_delivery: bool = False
    pauses: tuple[str, ...] = ()
    extension: Extension | None = None
    condition: str | None = None
    supervises: bool = False
    window: bool = False
    by_order: bool = False
    next_remedy: Text = EMPTY
    note: Text = EMPTY

    @property
    def is_objection(self) -> bool:
        """Whether these are the days in which a unit may object to what was handed to it."""
        return self.whose == "office" and self.window and ActKind.TRANSFER_OBJECTED in self.met_by

    @property
    def always_voided_by(self) -> tuple[str, ...]:
        """The acts that end it undone whatever its pack says."""
        if self.is_objection:
            return OBJECTION_VOIDS
        if self.whose == "office" and set(self.opened_by) == {ActKind.TRANSFER_OBJECTED.value}:
            return ANSWER_VOIDS
        voids = WINDOW_VOIDS if self.whose == "person" else ALWAYS_VOIDS
        return tuple(act for act in voids if act not in self.opened_by)


@dataclass(frozen=True)
class Kind:
    """A kind of matter. `about_conduct`: rule 5 (the accused does not hold the file) applies."""

    code: str
    title: Text
    article: str
    about_conduct: bool
    hint: Text = EMPTY


@dataclass(frozen=True)
class Outcome:
    """How a decision can turn out. `rungs`: of which rungs' decisions; empty: of all that have none of their own."""

    code: str
    title: Text
    rungs: tuple[str, ...] = ()


@dataclass(frozen=True)
class DecisionPart:
    """A part that a written decision has; `required` ones are checked before it is sent."""

    code: str
    title: Text
    required: bool
    article: str


# What a rung's decision is called where the pack does not say.
PAPERS: dict[str, Text] = {
    "handle": Text("处理意见", "decision"),
    "review": Text("复查意见", "review decision"),
    "rereview": Text("复核意见", "re-review decision"),
}


@dataclass(frozen=True)
class Rung:
    """A level of the ladder. `who` decides there; after a `final` one the ladder ends. `paper`: what its decision
    is called."""

    code: str
    title: Text
    who: Literal["handler", "level_above"]
    final: bool
    article: str
    paper: Text = EMPTY


@dataclass(frozen=True)
class Rule:
    """What the text says without a date: who decides a dispute, how many may come, what is forbidden."""

    code: str
    title: Text
    article: str
    text: Text
    verified: Verified


@dataclass(frozen=True)
class Notice:
    """What a person is told, with its article ("" where it is ours)."""

    code: str
    text: Text
    article: str


@dataclass(frozen=True)
class Pack:
    """A procedure. `steps` includes the supervising one made from `[lift]` (code "supervise")."""

    code: str
    title: Text
    version: int
    in_force_from: date | None
    source: str
    verified: Verified
    verified_on: date | None
    note: Text
    kinds: tuple[Kind, ...]
    outcomes: tuple[Outcome, ...]
    decision_parts: tuple[DecisionPart, ...]
    ladder: tuple[Rung, ...]
    steps: tuple[Step, ...]
    remedies: dict[str, Text] = field(default_factory=dict)  # by stage, i.e. by the code of a rung
    numbers: dict[str, str] = field(
        default_factory=dict
    )  # by stage: a paper's number, with {year} and {number}
    told: tuple[Notice, ...] = ()
    rights_notice: tuple[Notice, ...] = ()
    paths: tuple[Rule, ...] = ()  # other lawful ways to settle a matter, which the desk tells the person
    rules: tuple[Rule, ...] = ()

    def step(self, code: str) -> Step:
        """The step named `code`; KeyError where this pack has none."""
        for step in self.steps:
            if step.code == code:
                return step
        raise KeyError(code)

    def step_title(self, code: str) -> Text:
        """What a step is called. A clock may run by one that a later edition has lost: it keeps its code as a name."""
        return next((step.title for step in self.steps if step.code == code), Text(code, code))

    def kind(self, code: str) -> Kind:
        """The kind named `code`; KeyError where this pack has none."""
        for kind in self.kinds:
            if kind.code == code:
                return kind
        raise KeyError(code)

    def rung(self, code: str) -> Rung:
        """The rung named `code`; KeyError where this pack has none."""
        for rung in self.ladder:
            if rung.code == code:
                return rung
        raise KeyError(code)

    def outcomes_at(self, rung: str) -> tuple[Outcome, ...]:
        """The outcomes that a decision of this rung may have: its own, else those of every rung."""
        own = tuple(outcome for outcome in self.outcomes if rung in outcome.rungs)
        return own or tuple(outcome for outcome in self.outcomes if not outcome.rungs)

    def paper(self, rung: str) -> Text:
        """What a decision of this rung is called, in the middle of a sentence."""
        own = next((r.paper for r in self.ladder if r.code == rung), EMPTY)
        return own if own != EMPTY else PAPERS[rung]

    def rung_above(self, code: str) -> Rung | None:
        """Where a person may go next from `code`; None at the end of the ladder, or off it: a rung was lost since."""
        codes = [rung.code for rung in self.ladder]
        if code not in codes:
            return None
        place = codes.index(code)
        if self.ladder[place].final or place + 1 == len(codes):
            return None
        return self.ladder[place + 1]

    @property
    def supervision(self) -> Step:
        """The step that the level above gets when a case is lifted or raised."""
        return next(step for step in self.steps if step.supervises)

    @property
    def is_secondary(self) -> bool:
        """Whether a page that uses this pack has to say that its numbers come from secondary sources."""
        return self.verified == "secondary" or any(step.verified == "secondary" for step in self.steps)


@dataclass(frozen=True)
class Condition:
    """A step's condition, parsed: all `terms` must hold; each is (wanted, name, argument).

    Written as "brought and reachable", "not petition_office", "kind:enquiry", "rung:review", "kind:none".
    """

    terms: tuple[tuple[bool, str, str], ...]

    @classmethod
    def parse(cls, text: str | None) -> Condition:
        """Raises ValueError naming the first word that is not in the vocabulary."""
        terms = []
        for raw in (text or "").split(" and ") if text else ():
            word = raw.strip()
            wanted = not word.startswith("not ")
            name, _, argument = word.removeprefix("not ").strip().partition(":")
            if not (name in CONDITION_TERMS and not argument) and not (name in ("kind", "rung") and argument):
                raise ValueError(word)
            terms.append((wanted, name, argument))
        return cls(tuple(terms))

    def holds(self, known: Mapping[str, object]) -> bool:
        """Whether it holds for `known`: a bool for each plain term, a code or None for "kind" and "rung"."""
        for wanted, name, argument in self.terms:
            value = (known[name] or "none") == argument if argument else bool(known[name])
            if value is not wanted:
                return False
        return True
