"""What is printed: plain facts, already in the reader's language and in the office's local time.

Texts are taken literally: no mark-up, no HTML. Every `datetime` is aware and already in the zone in which
it shall be read; a `date` is a local day. A day in `by` or `until` is the last day still in time, never
the first late one. Empty texts and empty tuples leave their part out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The public body that writes: what stands on top of a letter."""

    name: str
    unit: str = ""
    contact: tuple[str, ...] = ()  # published lines: address, telephone, hours


@dataclass(frozen=True, slots=True, kw_only=True)
class InLog:
    """How the act behind a paper stands in the public log, and payloads of QR codes. None of it holds content.

    `number` is the entry, from 1; None while the office has only promised it, `by` when. `small` leads to the
    entry, `full` is the whole proof for a verifier, `promise` the signed promise; what is None is not printed.
    """

    log: str
    number: int | None = None
    by: datetime | None = None
    small: str | None = None
    full: str | bytes | None = None
    promise: str | bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that happens next: what, the last day for it, and how that day was computed."""

    what: str
    by: date | None = None
    why: str = ""  # trigger, rule, arithmetic, article


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """A way on for someone who does not agree."""

    what: str  # "Ask for review"
    body: str = ""  # who decides it
    until: date | None = None
    why: str = ""  # how that day was computed, with the article
    how: str = ""  # where and how to ask


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptData:
    """The receipt a person takes home. It has no field for what the matter is about (rule: no content).

    `secret` is None where the office cannot know it any more (a reprint): the slip is then left out.
    `follow_url` is what the QR code holds; `receipt()` refuses one that contains the secret.
    """

    body: Body
    code: str
    secret: str | None
    registered_at: datetime
    made_at: datetime
    follow_url: str
    answering_post: str = ""
    answering_unit: str = ""
    who_sees_you: str = ""  # anonymous, confidential or open, as a sentence
    steps: tuple[Step, ...] = ()
    how_to_raise: str = ""  # replaces the standard words
    rights: tuple[str, ...] = ()  # replace the standard words
    notes: tuple[str, ...] = ()  # e.g. that the pack's figures come from a secondary source
    in_log: InLog | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What every letter has: who writes to whom, under which number, signed by which post, when."""

    body: Body
    number: str  # the letter's own number, or the case's code
    signed_on: date
    signature_post: str
    made_at: datetime
    addressee: tuple[str, ...] = ()  # lines; empty: "the person who raised matter …"
    salutation: str = ""
    signature_name: str = ""
    case_code: str = ""
    enclosures: tuple[str, ...] = ()
    copies_to: tuple[str, ...] = ()
    preview: bool = False  # marks every page as not sent


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterData:
    """A decision, in the parts that art. 32 of 信访工作条例 and most rules ask for."""

    head: Letterhead
    claim: str
    facts: str = ""
    opinion: str = ""
    legal_basis: tuple[str, ...] = ()
    outcome: str = ""
    remedies: tuple[Remedy, ...] = ()
    in_one_sentence: str = ""  # the answer first
    title: str = ""  # what the paper is called, where it is not the first decision
    in_log: InLog | None = None


class PlainKind(Enum):
    """Which letter: decides its title and, for letters between bodies, that receipt is to be confirmed."""

    ACKNOWLEDGEMENT = "acknowledgement"
    NOTICE = "notice"
    QUESTION = "question"
    PASSED_ON = "passed_on"
    EXTENSION = "extension"
    LIFTED = "lifted"
    BODY_OUTSIDE = "body_outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainLetterData:
    """A letter of a few paragraphs: acknowledgement, notice, question, passed on, extension, lifted."""

    head: Letterhead
    kind: PlainKind
    paragraphs: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    subject: str = ""  # a line under the title
    confirm_receipt: bool = False  # a slip at the foot that the other body sends back


class ClockState(Enum):
    """Where a deadline stands; printed as a shape and a word, never as a colour alone."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    MET_LATE = "met_late"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One deadline of a case and how its date was computed."""

    what: str
    by: date
    state: ClockState
    why: str
    note: str = ""  # e.g. "lifted to the district office on …"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One act in the timeline. `claimed_at` where the act says it happened at another time than recorded."""

    recorded_at: datetime
    who: str  # the post, or "the person"
    what: str
    claimed_at: datetime | None = None
    claimed_by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message between the person and the office, word by word."""

    at: datetime
    who: str
    text: str
    from_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision as it stands in the file. `title`: which one it is, where a file may hold several."""

    decided_on: date
    post: str
    title: str = ""
    unit: str = ""
    number: str = ""
    claim: str = ""
    facts: str = ""
    opinion: str = ""
    legal_basis: tuple[str, ...] = ()
    outcome: str = ""
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that belongs to the case, by name; the file itself is not printed."""

    name: str
    size: int  # bytes
    sha256: str = ""
    note: str = ""  # e.g. "held until checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One opening of the person's identity: when, which post, why."""

    at: datetime
    post: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFileData:
    """The whole file of one case. Who may read what is decided before: this prints what it is given."""

    body: Body
    code: str
    made_at: datetime
    status: str  # the answer first: one sentence
    made_for: str = ""  # "the person", or a post
    subject: str = ""
    asked: str = ""  # what the person asks for, in their words
    facts: tuple[tuple[str, str], ...] = ()  # label, value: place, unit, post, rule, …
    clocks: tuple[Clock, ...] = ()
    decisions: tuple[Decision, ...] = ()
    messages: tuple[Message, ...] = ()
    timeline: tuple[Entry, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    looks: tuple[Look, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a printed list. `share` is its part of the width against the other columns."""

    title: str
    share: float = 1.0
    right: bool = False  # figures


@dataclass(frozen=True, slots=True, kw_only=True)
class ListData:
    """A work list as a table. `rows` hold text only, as many cells as there are columns."""

    body: Body
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    made_at: datetime
    made_by: str = ""  # the post that printed it
    filters: tuple[str, ...] = ()  # what the list shows, in words
    total: str = ""  # an honest count in words where more exist than are printed


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetData:
    """The head of the public log, for the notice board. All of it is public; `checkpoint` is what the QR code holds."""

    body: Body
    origin: str
    size: int
    root: str  # base64, as the checkpoint has it
    published_at: datetime
    made_at: datetime
    address: str  # where the log is found, with a slash at the end
    key: str
    checkpoint: bytes
    witnesses: tuple[str, ...] = ()
    stamped_at: datetime | None = None
