"""Hearings (听证): announced to the person, opened on the day, closed with minutes; or called off before they began.

A clock rests from opening to closing only where the pack says so (cn-xinfang-2022: re-review, art. 36); everywhere
else it runs. Announcing pauses nothing, and nothing opens before the day that was announced. Calling off moves no date
either: what was opened has rested a clock, and is closed with minutes, however little was heard.

One that the person asked for, or that a rule demands, is theirs: the office can move it, and only the person can call it
off. Nobody decides before it was held.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from answerable.cases import access, files, steps
from answerable.cases.act_kinds import ActKind
from answerable.cases.digests import digest
from answerable.cases.models import Case, Message
from answerable.cases.pack_types import Pack
from answerable.cases.packs import load_pack
from answerable.cases.rules import CannotAct, Doing
from answerable.core.sentences import N_, Said
from answerable.record.actors import Actor
from answerable.record.queries import acts_of

KINDS = (
    ActKind.HEARING_ANNOUNCED,
    ActKind.HEARING_OPENED,
    ActKind.HEARING_CLOSED,
    ActKind.HEARING_CALLED_OFF,
)
#: What the person is told of it: the lines of the conversation that name day, hour and place.
ANNOUNCED, MOVED = "hearing_announced", "hearing_moved"
HEARING_LINES = (ANNOUNCED, MOVED, "hearing_called_off", "hearing_declined")
#: What it is held for, where that binds the office.
OWED = ("person", "rule")
#: One that was announced before any of these does not take place any more.
ENDS = (ActKind.DECIDED, ActKind.REVIEW_DECIDED, ActKind.REREVIEW_DECIDED)


class CannotHear(Said):
    """A hearing that cannot be announced, opened, closed or called off now."""

    sentences = {
        "not_known": N_("The procedure of this matter knows no hearing."),
        "day_over": N_("A hearing is announced for a day that is still to come, or for today."),
        "no_place": N_("Say when and where: the person has to find it."),
        "not_announced": N_("Announce the hearing first: the person has to know of it."),
        "too_early": N_("This hearing is announced for a later day, and cannot be opened before."),
        "still_open": N_("A hearing is open already. Close it with its minutes first."),
        "not_open": N_("No hearing is open on this matter."),
        "none_coming": N_("No hearing is announced on this matter any more."),
        "was_opened": N_(
            "This hearing was opened, so it is not called off any more. Close it with its minutes: if nothing was heard, they "
            "say so."
        ),
        "owed": N_(
            "The person asked for this hearing, or a rule demands it: only they can call it off, on their page. You can move "
            "it to another day."
        ),
        "not_owed": N_("The office holds this hearing of its own accord. You may come, and you need not."),
        "no_minutes": N_("Put the minutes with it: what was said has to be in the file."),
    }


@dataclass(frozen=True)
class Hearing:
    """The last hearing of a matter: "announced", "open", "held" or "called_off"; `on` is the local day announced.

    `ground`: what it is held for, where that binds the office.
    """

    stands: str
    on: date
    ground: str = ""

    @property
    def is_owed(self) -> bool:
        """Whether the person asked for it, or a rule demands it."""
        return self.ground in OWED

    @property
    def is_over(self) -> bool:
        return self.stands in ("held", "called_off")

    @property
    def is_coming(self) -> bool:
        return self.stands == "announced"


def knows_hearings(pack: Pack) -> bool:
    """Whether a pack speaks of hearings: one of its clocks rests during one."""
    return any("hearing" in step.pauses for step in pack.steps)


def hearing_of(case_id: UUID) -> Hearing | None:
    """The hearing announced last, and how far it is."""
    found: Hearing | None = None
    stands = {
        str(ActKind.HEARING_OPENED): "open",
        str(ActKind.HEARING_CLOSED): "held",
        str(ActKind.HEARING_CALLED_OFF): "called_off",
    }
    for act in acts_of(case_id, kinds=tuple(str(kind) for kind in (*KINDS, *ENDS))):
        if act.kind in ENDS:
            found = found if found is not None and found.stands == "held" else None
        elif act.kind == ActKind.HEARING_ANNOUNCED:
            body = act.body or {}
            on = date.fromisoformat(str(body.get("on", act.at.date())))
            found = Hearing("announced", on, str(body.get("ground", "")))
        elif found is not None:
            found = replace(found, stands=stands[act.kind])
    return found


def stands_before_decision(case: Case) -> str:
    """Why nobody decides now: "hearing_open", or "hearing_owed" before one that the person has a right to; else empty."""
    hearing = hearing_of(case.pk) if knows_hearings(load_pack(case.pack)) else None
    if hearing is None or hearing.is_over:
        return ""
    if hearing.stands == "open":
        return "hearing_open"
    return "hearing_owed" if hearing.is_owed else ""


def _locked(case_id: UUID, by: Actor, seen_version: int, now: datetime) -> tuple[Case, date]:
    case = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, case, Doing.HANDLE, now)
    return case, now.astimezone(ZoneInfo(case.authority.zone)).date()


@transaction.atomic(durable=True)
def announce_hearing(
    *,
    case_id: UUID,
    on: date,
    at: str,
    place: str,
    text: str,
    by: Actor,
    seen_version: int,
    now: datetime,
    ground: str = "",
) -> Case:
    """Tell the person of a hearing: the day, the hour and place as they are said, and what it is about.

    Announced again, the new day takes the place of the old. `ground`: "person" where they asked for it, "rule" where one
    demands it, else the office's own; what is owed stays so when it is moved. Raises CannotHear (not_known, still_open, day_over,
    no_place), CannotAct (state_forbids, nothing_said).
    """
    case, today = _locked(case_id, by, seen_version, now)
    if not knows_hearings(load_pack(case.pack)):
        raise CannotHear("not_known")
    last = hearing_of(case.pk)
    if last is not None and last.stands == "open":
        raise CannotHear("still_open")
    if on < today:
        raise CannotHear("day_over")
    if not at.strip() or not place.strip():
        raise CannotHear("no_place")
    if not text.strip():
        raise CannotAct("nothing_said")
    moved = last is not None and last.is_coming
    if last is not None and last.is_coming and ground not in OWED:
        ground = last.ground
    body: dict[str, Any] = {"on": on.isoformat()} | ({"moved": True} if moved else {})
    body |= {"ground": ground} if ground in OWED else {}
    body["sha256"] = digest("\0".join((at.strip(), place.strip(), text.strip())))
    done = steps.act(case, ActKind.HEARING_ANNOUNCED, by=by, now=now, body=body)
    facts = {"on": on.isoformat(), "at": at.strip(), "place": place.strip()}
    steps.say(
        case, done, Message.Kind.NOTICE, text.strip(), by=by, code=MOVED if moved else ANNOUNCED, facts=facts
    )
    return case


@transaction.atomic(durable=True)
def open_hearing(*, case_id: UUID, by: Actor, seen_version: int, now: datetime) -> Case:
    """The hearing begins; a clock that the pack lets rest does so from now. Raises CannotHear."""
    case, today = _locked(case_id, by, seen_version, now)
    last = hearing_of(case.pk)
    if last is None or last.is_over:
        raise CannotHear("not_announced")
    if last.stands == "open":
        raise CannotHear("still_open")
    if today < last.on:
        raise CannotHear("too_early")
    done = steps.act(case, ActKind.HEARING_OPENED, by=by, now=now, body={"on": last.on.isoformat()})
    steps.say(case, done, Message.Kind.NOTICE, by=by, code="hearing_opened")
    return case


@transaction.atomic(durable=True)
def close_hearing(
    *,
    case_id: UUID,
    text: str,
    minutes: files.Accepted | None,
    by: Actor,
    seen_version: int,
    now: datetime,
) -> Case:
    """The hearing is over: what came of it, told to the person, and the minutes with the files, held until checked.

    A clock that rested runs on, later by the days that the hearing took. Raises CannotHear (not_open, no_minutes).
    """
    case, _today = _locked(case_id, by, seen_version, now)
    last = hearing_of(case.pk)
    if last is None or last.stands != "open":
        raise CannotHear("not_open")
    if minutes is None:
        raise CannotHear("no_minutes")
    if not text.strip():
        raise CannotAct("nothing_said")
    # Whatever else was sent: without its minutes the hearing could never be closed, nor the matter decided.
    kept = files.attach(case, [minutes], by=by, now=now, beside=True)[0]
    body = {"minutes": str(kept.pk), "sha256": digest(text.strip())}
    done = steps.act(case, ActKind.HEARING_CLOSED, by=by, now=now, body=body)
    steps.say(case, done, Message.Kind.NOTICE, text.strip(), by=by, code="hearing_closed")
    return case


@transaction.atomic(durable=True)
def call_off_hearing(*, case_id: UUID, why: str, by: Actor, seen_version: int, now: datetime) -> Case:
    """An announced hearing does not take place; the person is told, with the reason. No date moves by it.

    It can be announced anew. Raises CannotHear (none_coming, was_opened, owed), CannotAct (why_missing).
    """
    case, _today = _locked(case_id, by, seen_version, now)
    last = hearing_of(case.pk)
    if last is not None and last.stands == "open":
        raise CannotHear("was_opened")
    if last is None or last.is_over:
        raise CannotHear("none_coming")
    if last.is_owed:
        raise CannotHear("owed")
    if not why.strip():
        raise CannotAct("why_missing")
    call_off_within(case, last, by, now, why=why.strip(), code="hearing_called_off")
    return case


def call_off_within(case: Case, last: Hearing, by: Actor, now: datetime, *, code: str, why: str = "") -> None:
    """Write down that a hearing does not take place; on a locked case, inside the caller's transaction."""
    on = {"on": last.on.isoformat()}
    done = steps.act(case, ActKind.HEARING_CALLED_OFF, by=by, now=now, body=on, why=why)
    kind = Message.Kind.ADDITION if by.kind.value == "person" else Message.Kind.NOTICE
    steps.say(case, done, kind, why, by=by, code=code, facts=on)
