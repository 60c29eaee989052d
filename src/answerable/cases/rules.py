"""Decisions about a case. Pure: no Django, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from answerable.cases.act_kinds import ActKind
from answerable.core.sentences import N_, Said


class CannotAct(Said):
    """The state of the case does not allow this act."""

    sentences = {
        "state_forbids": N_(
            "This is not possible now: the case is in another state. Reload the page to see it."
        ),
        "ladder_ended": N_(
            "The ladder of reviews ends here. What remains is named on the page: the court, or supervision."
        ),
        "already_so": N_("That is already so; nothing was changed."),
        "nothing_said": N_("Please write something before you send it."),
        "no_draft": N_("There is no draft to send. Write the decision first."),
        "not_by_office": N_("Only the person can do this. Ask them; their page has a button for it."),
        "no_consent": N_(
            "Mediation needs the consent of both sides. Ask the other side first; with their yes, offer it to the person."
        ),
        "mediation_open": N_(
            "Mediation has been offered already. End it first, or wait for the person's word."
        ),
        "no_mediation": N_("No mediation is open on this matter."),
        "not_transferred": N_("There is no transfer here that could be objected to or decided about."),
        "objection_late": N_(
            "The days for an objection are over. Accept the matter, or hand it over to the unit that it belongs to, with the "
            "reason."
        ),
        "no_time_left": N_(
            "No date of this matter can be extended any more: it has passed, or the rule allows no extension."
        ),
        "not_same_unit": N_("Both matters must be with the same unit. Hand one of them over first."),
        "itself": N_("This is the same matter. Type the code of another one."),
        "joined_already": N_(
            "That matter is answered together with others already. Take the code of their first."
        ),
        "joined_to": N_(
            "That matter is answered together with others already. Take the code of their first: %(lead)s."
        ),
        "leads_others": N_("Other matters are answered together with this one. Take them out first."),
        "not_joined": N_("This matter is not answered together with others."),
        "nobody_named": N_("Choose at least one person or unit."),
        "conduct_apart": N_("A matter about someone's conduct is kept apart from all others."),
        "not_shareable": N_("The person did not agree that others may see a summary of this matter."),
        "checked_already": N_("This file has been checked already."),
        "unknown_code": N_("No matter with this code is open to you. Compare it with the list."),
        "stages_differ": N_(
            "These matters stand at different stages, so one text cannot answer them all. Choose those that stand "
            "where this one stands."
        ),
        "no_level_above": N_("There is no level above to send this to. Ask the administrator to name one."),
        "other_authority": N_("This unit belongs to another body. Pass the matter on to it instead."),
        "same_unit": N_("The case is already with this unit."),
        "unit_closed": N_(
            "That unit was closed. The matter goes to the unit that does its work now: choose that, or let the level above "
            "decide."
        ),
        "nature_open": N_(
            "Say first whether this accuses somebody: whoever it may be about must not get it. Until then it stays here."
        ),
        "accused_unknown": N_(
            "It names somebody in words alone, and nobody has compared them with the staff list: whoever it may be about "
            "must not get it. Do that first, under “It is about someone's conduct”."
        ),
        "nature_said": N_("Somebody has said meanwhile whether it accuses anybody."),
        "unknown_subject": N_("There is no open subject of this kind. Choose one of the list."),
        "accused_unit": N_(
            "The accusation is about this unit, so it cannot be given the case. Choose another."
        ),
        "accused_post": N_(
            "The accusation is about somebody who acts for this post, so it cannot be given the case. Choose another."
        ),
        "post_empty": N_("Nobody holds this post now. Choose another, or ask the administrator to fill it."),
        "post_aside": N_(
            "Whoever holds this post has stepped aside from this matter, and does not see it. Choose another."
        ),
        "role_handles_none": N_("This post reads matters and handles none. Choose another."),
        "post_of_other_unit": N_("This post belongs to another unit. Hand the case over to that unit first."),
        "receipt_new": N_(
            "A new receipt was given out at the counter. Until %(until)s, withdrawing, saying “solved”, agreeing to "
            "mediation or that others see it, calling off a hearing, changing how you are told of news and erasing wait, so "
            "that nobody does it in your place. You can write, raise it and ask for a review all the time. To withdraw sooner, say so at a counter: another unit then hears it from you."
        ),
        "erased": N_(
            "This was erased: nobody can read it any more, and nothing new is written into it. The matter can be "
            "brought anew at any time."
        ),
        "why_missing": N_("Please say why. The person and the record will show your reason."),
        "file_held": N_("This file has not been checked yet. Check it first; then it can be passed on."),
        "files_held": N_(
            "Files with this matter were not checked yet (%(number)s), and nothing leaves its handlers before that. Look at "
            "each and say whether it may be shown; then do this again."
        ),
        "file_elsewhere": N_(
            "This file was not cleared for others, and stays with the unit that it came to. Ask that unit for a blurred "
            "copy, or the person to send it again."
        ),
        "letter_gone": N_(
            "Somebody recorded already that this letter was handed over; what you typed was not kept. Put it into a note."
        ),
        "no_picture": N_("This is no picture, so nothing can be blurred in it. Put a copy beside it."),
        "wrong_file": N_("That file could not be read. Choose it again."),
        "files_closed": N_(
            "Files cannot be added to this case: the key that its files are sealed with has been lost. Everything "
            "written in words goes on as before. Put the file into words, or keep it on paper."
        ),
        "file_closed": N_(
            "“%(name)s” cannot be opened: the key that it was sealed with has been lost. The case itself goes on as "
            "before. Whoever sent the file can be asked for it again."
        ),
        "too_many_files": N_("A case can hold %(limit)s files. Send the rest on paper, or in one document."),
        "submission_differs": N_(
            "This form was sent already and is registered as %(receipt)s. What you changed since was not sent: "
            "add it on the page of your case."
        ),
        "not_yours": N_("Your post may not do this with that matter."),
        "changed_after_check": N_("The case changed while you wrote. Look at what is new, then send again."),
    }


class CannotDecide(Said):
    """A decision lacks what its rule demands."""

    sentences = {
        "parts_missing": N_("The decision lacks: %(parts)s. Each of these is demanded by the rule."),
        "outcome_missing": N_("Choose the outcome of the decision."),
        "outcome_unknown": N_("This outcome is not one that the procedure knows."),
        "draft_changed": N_("Someone else changed the draft. Their version is shown beside yours."),
        "hearing_open": N_(
            "A hearing is open on this matter. Close it with its minutes first: what was said there belongs to the decision."
        ),
        "own_decision": N_(
            "You signed what is reviewed here, and nobody reviews a decision of their own. Somebody else signs this one."
        ),
        "hearing_owed": N_(
            "A hearing that the person asked for, or that a rule demands, is announced. Hold it and close it with its minutes "
            "first; only the person can call it off."
        ),
        "not_put_up": N_("No draft of this matter waits for a signature any more."),
        "member_changed": N_(
            "%(matter)s, which is answered together with this one, has changed since this page was opened. Look at it, then send."
        ),
    }


class Doing(StrEnum):
    """What a member of staff may want to do with a case."""

    READ = "read"
    ACCEPT = "accept"
    ASSIGN = "assign"
    HANDLE = "handle"
    WRITE = "write"
    SIGN = "sign"
    EXTEND = "extend"
    CHARGE = "charge"
    LOOK = "look"
    CHECK_FILE = "check_file"
    ROUTE = "route"
    EXPORT = "export"
    SAMPLE = "sample"


# Which roles may do what, where the case is one they may see at all.
ROLES: dict[Doing, frozenset[str]] = {
    Doing.READ: frozenset({"clerk", "handler", "leader", "reviewer", "auditor"}),
    Doing.ACCEPT: frozenset({"clerk", "handler", "leader", "reviewer"}),
    Doing.ASSIGN: frozenset({"clerk", "leader", "reviewer"}),
    Doing.ROUTE: frozenset({"clerk", "leader", "reviewer"}),
    Doing.HANDLE: frozenset({"clerk", "handler", "leader", "reviewer"}),
    Doing.WRITE: frozenset({"clerk", "handler", "leader", "reviewer"}),
    Doing.SIGN: frozenset({"leader", "reviewer"}),
    Doing.EXTEND: frozenset({"leader"}),
    Doing.CHARGE: frozenset({"leader"}),
    Doing.LOOK: frozenset({"clerk", "handler", "leader", "reviewer"}),
    Doing.CHECK_FILE: frozenset({"clerk", "handler", "leader", "reviewer"}),
    Doing.EXPORT: frozenset({"clerk", "handler", "leader", "reviewer", "auditor"}),
    Doing.SAMPLE: frozenset({"auditor"}),
}

# What any unit may do that sees the case; a supervising one may also write: notes, replies, stepping aside.
# Everything else belongs to the unit that holds the case and to those above it in its tree: a unit that gave
# the case away, or decided the stage before, reads it and no more.
ANY_UNIT = frozenset({Doing.READ, Doing.EXPORT, Doing.SAMPLE})
SUPERVISOR = frozenset({Doing.WRITE})

# Roles that see the units below theirs too.
SEES_BELOW = frozenset({"leader", "reviewer", "auditor"})

OPEN = frozenset({"registered", "accepted", "decided", "review", "rereview"})
WORKING = frozenset({"registered", "accepted", "review", "rereview"})
ENDED = frozenset({"passed_on", "withdrawn", "closed"})
# Where the office has said its last word, the person may say theirs (rights, rule 8).
SAYABLE = frozenset({"decided", "closed", "passed_on"})

# In which states an act is possible. What is not named here is possible in every state.
ALLOWED: dict[ActKind, frozenset[str]] = {
    ActKind.ACCEPTED: frozenset({"registered"}),
    ActKind.ASSIGNED: OPEN,
    ActKind.CHARGE_TAKEN: OPEN,
    ActKind.ASKED: OPEN,
    ActKind.EXTENDED: WORKING,
    ActKind.TRANSFERRED: frozenset({"registered", "accepted"}),
    ActKind.NATURE_SAID: OPEN,
    ActKind.TRANSFER_OBJECTED: frozenset({"registered", "accepted"}),
    ActKind.OBJECTION_AGREED: frozenset({"registered", "accepted"}),
    ActKind.OBJECTION_DECLINED: frozenset({"registered", "accepted"}),
    ActKind.PASSED_ON: frozenset({"registered", "accepted"}),
    ActKind.DECIDED: frozenset({"registered", "accepted"}),
    ActKind.REVIEW_ASKED: frozenset({"decided", "closed"}),
    ActKind.REREVIEW_ASKED: frozenset({"decided", "closed"}),
    ActKind.REVIEW_DECIDED: frozenset({"review"}),
    ActKind.REREVIEW_DECIDED: frozenset({"rereview"}),
    ActKind.CLOSED: frozenset({"decided"}),
    ActKind.REOPENED: ENDED | {"decided"},  # the latter not always: `may_be_reopened`
    ActKind.WITHDRAWN: OPEN,
    ActKind.WITHDRAWAL_UNDONE: frozenset({"withdrawn"}),
    ActKind.HEARING_ANNOUNCED: frozenset({"accepted", "review", "rereview"}),
    ActKind.HEARING_OPENED: frozenset({"accepted", "review", "rereview"}),
    ActKind.HEARING_CALLED_OFF: WORKING,
    ActKind.MEDIATION_OFFERED: WORKING,
    ActKind.SOLVED_SAID: SAYABLE,
    ActKind.UNSOLVED_SAID: SAYABLE,
    ActKind.RATED: SAYABLE,
}


#: A review's outcome after which the matter has to be decided anew.
REVOKED = "revoked"


def is_sent_back(stage: str, outcome: str) -> bool:
    """Whether this decision is a review's that leaves nothing of the one below: who decided first decides anew."""
    return stage != "handle" and outcome == REVOKED


def must_be_redone(state: str, stage: str, outcome: str) -> bool:
    """Whether a review has revoked the decision below, and nobody has taken the matter up again yet."""
    return state in ("decided", "closed") and is_sent_back(stage, outcome)


def may_be_reopened(state: str, stage: str, outcome: str, *, is_unsolved: bool) -> bool:
    """What has ended may be taken up again; what is decided only where that decision demands it, or its person says that
    it is not solved: else their days for a review would end with it."""
    is_theirs = state == "decided" and stage == "handle" and is_unsolved
    return state in ENDED or is_theirs or must_be_redone(state, stage, outcome)


def require_state(kind: ActKind, state: str) -> None:
    """Raise CannotAct("state_forbids") where the case's state does not allow the act."""
    allowed = ALLOWED.get(kind)
    if allowed is not None and state not in allowed:
        raise CannotAct("state_forbids", act=str(kind), state=state)


@dataclass(frozen=True)
class StageActs:
    """What a stage of the ladder is called in acts and states."""

    state: str
    decided: ActKind
    asked: ActKind | None
    next_stage: str | None


STAGES: dict[str, StageActs] = {
    "handle": StageActs("accepted", ActKind.DECIDED, None, "review"),
    "review": StageActs("review", ActKind.REVIEW_DECIDED, ActKind.REVIEW_ASKED, "rereview"),
    "rereview": StageActs("rereview", ActKind.REREVIEW_DECIDED, ActKind.REREVIEW_ASKED, None),
}

# The step whose days are the person's own for asking for a rung.
WINDOWS = {"review": "ask_review", "rereview": "ask_rereview"}


def missing_parts(parts: dict[str, str], required: tuple[str, ...]) -> list[str]:
    """Codes of the required parts of a decision that are empty."""
    return [code for code in required if not parts.get(code, "").strip()]


@dataclass(frozen=True)
class Candidate:
    """A unit that could handle an accusation: who heads it, and which units contain it."""

    unit_id: int
    path: frozenset[int]
    head_staff: frozenset[int]


def first_untouched(
    candidates: list[Candidate], *, accused_units: frozenset[int], accused_staff: frozenset[int]
) -> int | None:
    """The first unit that the accusation does not touch (rights, rule 5), or None.

    A unit is touched when it, or a unit it belongs to, is accused, when someone accused heads it, or when
    nobody heads it.
    """
    for candidate in candidates:
        if candidate.path & accused_units:
            continue
        if not candidate.head_staff or candidate.head_staff <= accused_staff:
            continue
        if candidate.head_staff & accused_staff:
            continue
        return candidate.unit_id
    return None


def next_due(deadlines: list[tuple[datetime, bool, bool]]) -> datetime | None:
    """The earliest late instant among (late_from, is_office, is_running) rows that bind the office."""
    return min((late for late, is_office, is_running in deadlines if is_office and is_running), default=None)
