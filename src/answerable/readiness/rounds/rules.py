"""What may be answered, found, mended and checked. Pure: no Django, no clock, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from answerable.core.refusals import NotYours
from answerable.core.sentences import N_, Said
from answerable.incidents.hazards import HAZARDS
from answerable.readiness.rounds.template.rights import refused_words
from answerable.readiness.rounds.template.schema import Question, RoundFile

YES, NO = "yes", "no"
LONGEST_NOTE = 500
#: The post that mends is reminded so many days before the last one.
REMIND_DAYS = 2


class CannotRound(Said):
    """Something cannot be done with a template, a plan, a round or a finding as it stands; nothing was changed."""

    sentences = {
        "not_due": N_("This round is not on the list any more: %(state)s. Nothing was changed."),
        "done_already": N_("This round was done on %(on)s by %(who)s. Nothing was changed."),
        "too_early": N_("This round can be done from %(at)s on."),
        "missing": N_("Not answered yet: %(ask)s"),
        "not_yes_no": N_("“%(ask)s” is answered with yes or no."),
        "not_a_number": N_("“%(ask)s” is answered with a number, such as 3.5; “%(given)s” is none."),
        "number_range": N_("“%(given)s” is no measure that can be: it has too many figures."),
        "not_a_choice": N_("“%(ask)s” has no answer “%(given)s”."),
        "unknown_question": N_(
            "This template has no question “%(given)s”. It may have changed: open the round again."
        ),
        "too_long": N_("At most %(most)s characters fit here."),
        "no_words": N_("A review from the desk keeps no words; answer with yes or no, a number or a choice."),
        "about_persons": N_(
            "A round looks at places and things, never at persons. Write what is wrong with the place: “%(given)s” "
            "cannot stand here."
        ),
        "about_dwelling": N_(
            "A round never goes to where somebody lives. Write of the place: “%(given)s” cannot stand here."
        ),
        "names_gathering": N_(
            "People who come together or bring a matter are nothing that a round finds. Write of the place."
        ),
        "sorts_people": N_("This would sort people, which Answerable does not do. Write of the place."),
        "becomes_unknown": N_("A finding becomes a repair, a case or an incident."),
        "hazard_missing": N_("Name the physical danger, so that the incident can be called in."),
        "subject_missing": N_("Choose what the case is about, so that somebody answers for it."),
        "too_many_photos": N_("A round takes up to %(most)s photographs."),
        "place_missing": N_("An incident needs a place; this is none. Make it a repair."),
        "desk_mends": N_("What a review from the desk finds is put right at the desk."),
        "id_taken": N_("Something else was sent under this number before. Nothing was changed."),
        "not_open": N_("This finding is %(state)s already. Nothing was changed."),
        "not_mended": N_("Nobody has said yet that this is mended."),
        "say_what": N_("Say what was done."),
        "say_why": N_("Say what is still wrong."),
        "day_why": N_(
            "Say why the day changes. Everybody who sees the finding reads it; left as it is, the day stays."
        ),
        "mended_it": N_("You said that it is mended, so somebody else looks whether it is."),
        "post_closed": N_("This post is closed or of another body. Choose another one."),
        "day_wrong": N_("Choose a day from today up to a year ahead."),
        "no_targets": N_("Choose at least one place or thing to look at."),
        "wrong_targets": N_("This template does not look at that: %(what)s."),
        "place_closed": N_("The place %(place)s is closed. Say by which places it was replaced."),
        "place_dwelling": N_("%(place)s is named like a dwelling. A round never goes to one."),
        "unit_unknown": N_("Choose a unit of this body that is open."),
        "template_unused": N_("No version of this template is in use. Put it to use first."),
        "template_retired": N_("This template is retired."),
        "template_has_plans": N_("Plans still use this template: %(what)s. Stop them first."),
        "plan_stopped": N_("This plan is stopped."),
        "days_wrong": N_("The last day comes before the first."),
        "hours_range": N_("Write from 1 to 744 hours in which a round can be done."),
        "name_missing": N_("Give it a name, in either language."),
        "code_taken": N_("This body already has a template “%(template)s”. Open it and change that one."),
        "other_code": N_(
            "This file is of the template “%(given)s”, not of “%(template)s”. Put its own code in it."
        ),
        "other_kind": N_(
            "A template in use goes on looking at the same kind of thing. Begin another one under another code."
        ),
        "no_draft": N_("There is no draft (any more); nothing was changed."),
        "changed": N_(
            "Somebody else saved this meanwhile. Nothing was overwritten: look at what they wrote, then save yours."
        ),
        "same": N_("This is what is in use already; there is nothing to put to use."),
        "not_split": N_(
            "Choose the place that was split or merged, and at least one other place of this body that is open."
        ),
    }


class NotTheirs(NotYours):
    """What a post may not do here (HTTP 403)."""


@dataclass(frozen=True)
class Judged:
    """One answer as it is kept."""

    question: str
    value: str
    number: Decimal | None = None
    is_finding: bool = False
    note: str = ""


@dataclass(frozen=True)
class Given:
    """One answer as it was given; `becomes`, `subject` and `hazard` where it is a finding and somebody chose."""

    value: str = ""
    note: str = ""
    becomes: str = ""
    subject: str = ""
    hazard: str = ""


def judged(file: RoundFile, given: Mapping[str, Given], language: str = "en") -> list[Judged]:
    """Every answer of a round, judged by the template. Raises CannotRound: the first that is missing or wrong."""
    known = {one.code for one in file.questions}
    for code in given:
        if code not in known:
            raise CannotRound("unknown_question", given=code[:40])
    found = []
    for question in file.questions:
        answer = given.get(question.code, Given())
        value, note = answer.value.strip(), require_words(answer.note, is_desk=file.is_desk_review)
        if question.kind == "photograph":
            continue  # it comes by itself, and is held until it was checked
        if not value:
            if question.is_needed:
                raise CannotRound("missing", ask=question.ask.in_language(language))
            if not note:
                continue
        found.append(_judge(question, value, note, language))
    return found


def require_words(text: str, *, is_desk: bool) -> str:
    """Words about a place or thing as they are kept. Raises CannotRound."""
    text = text.strip()
    if not text:
        return ""
    if is_desk:
        raise CannotRound("no_words")
    if len(text) > LONGEST_NOTE:
        raise CannotRound("too_long", most=LONGEST_NOTE)
    code, hit = refused_words(text)
    if code:
        raise CannotRound(code, given=hit)
    return text


def _judge(question: Question, value: str, note: str, language: str) -> Judged:
    ask = question.ask.in_language(language)
    if not value:
        return Judged(question.code, "", note=note)
    if question.kind == "yes_no":
        if value not in (YES, NO):
            raise CannotRound("not_yes_no", ask=ask)
        return Judged(question.code, value, is_finding=value == question.wrong, note=note)
    if question.kind == "measure":
        number = measure_of(value, ask)
        return Judged(question.code, f"{number:f}", number, is_beyond(question, number), note)
    if question.kind == "choice":
        choice = next((one for one in question.choices if one.code == value), None)
        if choice is None:
            raise CannotRound("not_a_choice", ask=ask, given=value[:40])
        return Judged(question.code, value, is_finding=choice.wrong, note=note)
    return Judged(question.code, require_words(value, is_desk=False), note=note)


def measure_of(text: str, ask: str) -> Decimal:
    """A measure as people type it: a comma for the point, full-width figures. Raises CannotRound."""
    plain = text.strip().replace("\uff0c", ",").replace("\uff0e", ".").replace("−", "-").replace(",", ".")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise CannotRound("not_a_number", ask=ask, given=text[:40]) from None
    if not number.is_finite():
        raise CannotRound("not_a_number", ask=ask, given=text[:40])
    if abs(number) >= Decimal(10) ** 10:
        raise CannotRound("number_range", given=text[:40])
    return number.quantize(Decimal("0.0001")).normalize() + 0


def is_beyond(question: Question, number: Decimal) -> bool:
    """Whether a measure is outside the limits; the limits themselves are in order."""
    least, most = question.least, question.most
    return (least is not None and number < Decimal(str(least))) or (
        most is not None and number > Decimal(str(most))
    )


@dataclass(frozen=True)
class Wish:
    """What becomes of a finding: `wanted` is the subject (its code) or the hazard."""

    becomes: str
    wanted: str = ""


def wish_of(file: RoundFile, question: Question, given: Given, *, has_place: bool) -> Wish:
    """What whoever did the round chose, else what the template says. Raises CannotRound."""
    finds = question.finds
    assert finds is not None
    becomes = given.becomes or finds.becomes
    if not given.becomes and becomes == "incident" and not has_place:
        becomes = "repair"
    if becomes not in ("repair", "case", "incident"):
        raise CannotRound("becomes_unknown")
    if becomes == "repair":
        return Wish(becomes)
    if file.is_desk_review:
        raise CannotRound("desk_mends")
    if becomes == "incident":
        hazard = given.hazard or finds.hazard or ""
        if hazard not in HAZARDS:
            raise CannotRound("hazard_missing")
        if not has_place:
            raise CannotRound("place_missing")
        return Wish(becomes, hazard)
    return Wish(becomes, given.subject or finds.subject or "")


class Chase(StrEnum):
    NOTHING = "nothing"
    REMIND = "remind"
    LATE = "late"


def chase(due_on: date, today: date, *, is_reminded: bool, is_late_told: bool) -> Chase:
    """What is due for a finding that is open: its last day is in time, the day after is late."""
    if is_late_told:
        return Chase.NOTHING
    if today > due_on:
        return Chase.LATE
    if not is_reminded and today >= due_on - timedelta(days=REMIND_DAYS):
        return Chase.REMIND
    return Chase.NOTHING


def check_day(mended_on: date, check_days: int) -> date:
    """The last day on which somebody else looks whether it is mended."""
    return mended_on + timedelta(days=check_days)


def is_check_reminded(check_days: int) -> bool:
    """Whether the word that it is mended is reminder enough: the day is no further away than a reminder would be."""
    return check_days <= REMIND_DAYS


def facts_of(kept: Any) -> dict[str, Given]:
    """Answers as a page or a telephone sends them: {question: {value, note, becomes, subject, hazard}}."""
    if not isinstance(kept, Mapping):
        return {}
    found = {}
    for code, one in kept.items():
        if isinstance(one, Mapping):
            words = {
                name: str(one.get(name) or "") for name in ("value", "note", "becomes", "subject", "hazard")
            }
            found[str(code)] = Given(**words)
    return found
