"""What is known of a clock and of an act on its case, and what an act can change about it. Pure: no Django, no clock."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime

from answerable.cases.derivations import Derivation


@dataclass(frozen=True)
class OpenDeadline:
    """A deadline that is neither met nor voided. `of`: the deadline that a supervising one watches over. `lifted`: the
    level above was told that it is late."""

    id: Hashable
    step_code: str
    derivation: Derivation
    supervising: bool = False
    of: Hashable | None = None
    lifted: bool = False


@dataclass(frozen=True)
class ActFacts:
    """What the rules ask about an act, beside its kind and instant.

    `received_at`: when the office first received the matter (a letter: the day it arrived).
    `happened_at`: when this act truly happened, where it was recorded later; only ever makes a date earlier.
    `delivered_at`: proven delivery to the person; None while there is no proof.
    `rung`: which rung's decision this is about (None: the first). `extension`: the number asked for.
    `step`: the one step that an extension or an order is about (None: every one that allows it).
    `order_number`: the number on the work order, for steps that take it from there.
    `lifted`: the id of the late deadline, with case.lifted.
    `done`: codes of steps already met since the case was registered or last reopened.
    `unheard`: the supervising deadlines that the words do not end: they are those of whoever is watched over there.
    `level_watches`: with case.raised, whether the level that it goes to has a supervising deadline of its own already
    (None: not asked; then there is one for all that the person raises).
    `restored`: the deadlines that the act had voided which this one takes back (case.withdrawal_undone, or
    case.reopened after the matter was passed on); `withdrawn_at`: since when the person had withdrawn.
    """

    received_at: datetime | None = None
    happened_at: datetime | None = None
    delivered_at: datetime | None = None
    channel: str = "brought"
    kind: str | None = None
    urgent: bool = False
    reachable: bool = True
    petition_office: bool = False
    rung: str | None = None
    extension: int | None = None
    step: str | None = None
    order_number: int | None = None
    act_seq: int = 0
    lifted: Hashable | None = None
    done: frozenset[str] = frozenset()
    unheard: frozenset[Hashable] = frozenset()
    level_watches: bool | None = None
    restored: tuple[OpenDeadline, ...] = ()
    withdrawn_at: datetime | None = None


@dataclass(frozen=True)
class Opened:
    """A clock begins. `of`: the deadline it supervises. `restores`: the id of the voided one that runs on."""

    step_code: str
    derivation: Derivation
    supervising: bool = False
    of: Hashable | None = None
    restores: Hashable | None = None


@dataclass(frozen=True)
class Met:
    deadline_id: Hashable


@dataclass(frozen=True)
class Moved:
    """A date moves, or a pause begins or ends on it; `why_act` is the sequence number of the act."""

    deadline_id: Hashable
    derivation: Derivation
    why_act: int


@dataclass(frozen=True)
class Voided:
    """A clock ends undone; `reason` is the act kind, or "nothing_left_to_supervise"."""

    deadline_id: Hashable
    reason: str


@dataclass(frozen=True)
class Turned:
    """A watch that would end turns to another clock that the same level was told of as late; its date stays."""

    deadline_id: Hashable
    of: Hashable


Change = Opened | Met | Moved | Voided | Turned
