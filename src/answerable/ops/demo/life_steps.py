"""The steps that a life in the demo town takes, by its path; each returns False when the life stops there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from answerable.cases.models import Deadline
from answerable.cases.rules import Doing
from answerable.cases.services import (
    deciding,
    erasure,
    handling,
    looks,
    mediation,
    persons,
)
from answerable.ops.demo.life import Life
from answerable.ops.demo.stories import Path


def accept(life: Life) -> bool:
    if not life.wait(0.3 + life.dice.random() * 1.5):
        return False
    by = life.by(Doing.ACCEPT)
    if by is None:
        return False
    case = life.fresh()
    handling.accept_case(
        case_id=case.pk, by=by, seen_version=case.version, now=life.at, title=life.story.title[:200]
    )
    return True


def assign(life: Life) -> bool:
    if not life.wait(0.1 + life.dice.random()):
        return False
    case, by = life.fresh(), life.by(Doing.ASSIGN)
    posts = life.staffing.posts.get(case.unit_id, ())
    able = [p for p in posts if p.role in ("handler", "clerk") and life.staffing.holders(p.pk, life.at)]
    if by is not None and able:
        to = life.dice.choice(able)
        handling.assign_case(case_id=case.pk, to_post=to.pk, by=by, seen_version=case.version, now=life.at)
    return True


def talk(life: Life) -> bool:
    """The conversation as the story tells it; a waiting one ends with the office's question."""
    for turn in life.story.turns:
        if not life.wait(0.8 + life.dice.random() * 2):
            return False
        if turn.by == "person":
            persons.write(case_id=life.pk, text=turn.text, now=life.at)
            continue
        by = life.by(Doing.HANDLE)
        if by is None:
            return True
        case = life.fresh()
        asks = "？" in turn.text or "?" in turn.text
        do = handling.ask_person if asks else handling.reply_to_person
        do(case_id=case.pk, text=turn.text, by=by, seen_version=case.version, now=life.at)
    return True


def note(life: Life) -> bool:
    for text in life.story.notes:
        if not life.wait(0.5 + life.dice.random() * 2):
            return True
        by = life.by(Doing.HANDLE)
        if by is not None:
            handling.note_case(case_id=life.pk, text=text, by=by, now=life.at)
    return True


def extend(life: Life) -> bool:
    wish = life.story.extension
    row = Deadline.objects.filter(
        case_id=life.pk, is_office=True, is_supervising=False, met_seq=None
    ).order_by("-late_from")[0]
    left = (row.late_from - life.at).days - 4
    if wish is None or not life.wait(max(1, left)):
        return True
    by = life.by(Doing.EXTEND)
    if by is not None and life.at < row.late_from:
        case = life.fresh()
        handling.extend_case(
            case_id=case.pk, number=wish.days, why=wish.why, by=by, seen_version=case.version, now=life.at
        )
    return True


def _send(life: Life, outcome: str, parts: dict[str, str]) -> bool:
    by = life.by(Doing.SIGN)
    if by is None:
        return False
    case = life.fresh()
    deciding.send_decision(
        case_id=case.pk,
        outcome=outcome,
        parts=parts,
        by=by,
        seen_version=case.version,
        now=life.at,
        office_solved=outcome == "supported" if case.stage == "handle" else None,
    )
    return True


def decide(life: Life) -> bool:
    decision = life.story.decision
    if decision is None or not life.wait(3 + life.dice.random() * min(18, life.story.age / 3)):
        return False
    return _send(life, decision.outcome, decision.parts())


def read(life: Life) -> bool:
    if not life.wait(0.5 + life.dice.random() * 2):
        return False
    persons.see_decisions(case_id=life.pk, now=life.at)
    return True


def word(life: Life) -> bool:
    said = life.story.word
    if said is None or not life.wait(1 + life.dice.random() * 4):
        return False
    persons.say_solved(
        case_id=life.pk, solved=said.solved, rating=said.rating, text=said.comment, now=life.at
    )
    return True


def close(life: Life) -> bool:
    if not life.wait(1 + life.dice.random() * 6):
        return False
    case, by = life.fresh(), life.by(Doing.HANDLE)
    if by is None or case.state != "decided":
        return False
    deciding.close_case(case_id=case.pk, by=by, seen_version=case.version, now=life.at)
    return True


def withdraw(life: Life) -> bool:
    if not life.wait(2):
        return False
    if life.story.withdrawal:
        persons.write(case_id=life.pk, text=life.story.withdrawal, now=life.at)
    persons.withdraw(case_id=life.pk, now=life.at + timedelta(minutes=3))
    if life.story.withdrawn_undone and life.wait(1):
        persons.undo_withdrawal(case_id=life.pk, now=life.at)
    return True


def _rung(name: str, *, decided: bool) -> Callable[[Life], bool]:
    def step(life: Life) -> bool:
        rung = getattr(life.story, name)
        if rung is None or not life.wait(6 + life.dice.random() * 12):
            return False
        persons.ask_review(case_id=life.pk, text=rung.asks, now=life.at)
        if not decided or not rung.is_decided or not life.wait(9 + life.dice.random() * 12):
            return decided is False
        return _send(life, rung.outcome, rung.parts()) and read(life)

    return step


def pass_on(life: Life) -> bool:
    passed = life.story.passed
    if passed is None or not life.wait(1.5):
        return False
    by = life.by(Doing.ROUTE)
    if by is None:
        return False
    case = life.fresh()
    to = life.settled.authorities[passed.to]
    handling.pass_on(case_id=case.pk, to=to.pk, why=passed.why, by=by, seen_version=case.version, now=life.at)
    return True


def raise_up(life: Life) -> bool:
    if not life.wait(5 + life.dice.random() * 5):
        return False
    persons.raise_case(case_id=life.pk, text=life.story.raised, now=life.at)
    return True


def reopen(life: Life) -> bool:
    if not life.wait(5 + life.dice.random() * 8):
        return False
    case, by = life.fresh(), life.by(Doing.ASSIGN)
    if by is None or case.state != "closed":
        return False
    deciding.reopen_case(
        case_id=case.pk, by=by, seen_version=case.version, now=life.at, why=life.story.reopened
    )
    return True


def mediate(life: Life) -> bool:
    if not life.wait(2):
        return False
    by = life.by(Doing.HANDLE)
    if by is None:
        return False
    case = life.fresh()
    mediation.offer_mediation(
        case_id=case.pk,
        text=life.story.mediation,
        other_side=True,
        by=by,
        seen_version=case.version,
        now=life.at,
    )
    if life.wait(2):
        mediation.answer_mediation(case_id=life.pk, agrees=True, now=life.at)
    return True


def look(life: Life) -> bool:
    """Where a letter has to be addressed, someone looks; the person sees it."""
    case = life.fresh()
    if case.privacy == "anonymous" or life.number % 4:
        return True
    by = life.by(Doing.LOOK)
    if by is not None:
        why = "To address the written answer" if case.language == "en" else "寄送书面答复需要姓名"
        looks.look_at_identity(case_id=case.pk, reason=why, by=by, now=life.at)
    return True


def erase(life: Life) -> bool:
    if life.wait(10):
        erasure.ask_erasure(case_id=life.pk, now=life.at)
    return True


Step = Callable[[Life], bool]
_HAND: tuple[Step, ...] = (accept, assign, note, talk)
_DECIDED: tuple[Step, ...] = (*_HAND, look, decide)
STEPS: dict[Path, tuple[Step, ...]] = {
    Path.FRESH: (),
    Path.ACCEPTED: (accept,),
    Path.ASSIGNED: (accept, assign, note),
    Path.ASKED: _HAND,
    Path.WAITING: _HAND,
    Path.HALF: _HAND,
    Path.NEARLY_LATE: _HAND,
    Path.LATE_LIFTED: _HAND,
    Path.EXTENDED: (*_HAND, extend),
    Path.DECIDED: (*_DECIDED, read),
    Path.CLOSED_SOLVED: (*_DECIDED, read, word, close),
    Path.CLOSED_UNSOLVED: (*_DECIDED, read, word, close),
    Path.WITHDRAWN: (accept, assign, withdraw),
    Path.REVIEW: (*_DECIDED, read, _rung("review", decided=False)),
    Path.REVIEW_DECIDED: (*_DECIDED, read, _rung("review", decided=True)),
    Path.REREVIEW: (*_DECIDED, read, _rung("review", decided=True), _rung("rereview", decided=False)),
    Path.LADDER_END: (*_DECIDED, read, _rung("review", decided=True), _rung("rereview", decided=True)),
    Path.PASSED_ON: (pass_on,),
    Path.RAISED: (*_HAND, raise_up),
    Path.REOPENED: (*_DECIDED, read, close, reopen),
    Path.MEDIATED: (accept, assign, mediate, decide, read, word, close),
    Path.ERASED: (*_DECIDED, read, word, close, erase),
}
