"""What the person does. Their receipt is the door; nothing here asks who they are."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.cases import answering, files, routing, rules, steps
from answerable.cases.act_kinds import ActKind
from answerable.cases.digests import digest
from answerable.cases.joins import joined_with, lock_cases, stand_apart
from answerable.cases.models import Case, Decision, Involvement, Message, Submission
from answerable.cases.packs import load_pack
from answerable.cases.reviewing import review_above
from answerable.cases.rules import CannotAct
from answerable.cases.services.deciding import deliver_decision
from answerable.cases.services.new_receipt import require_settled, settles_at
from answerable.orgs.models import Unit
from answerable.orgs.queries import head_of
from answerable.parties.models import Channel
from answerable.parties.steps import ChannelWish, replace_channel
from answerable.record.actors import Actor, ActorKind

PERSON = Actor.person()


def _only_person(by: Actor) -> None:
    """Withdrawing, saying solved and its like are the person's own word (rule 4): never a clerk's, not even when
    it was said at the counter. There the person opens their own page with code and secret; a withdrawal may also be
    recorded and confirmed through another unit (services.withdrawing)."""
    if by.kind is not ActorKind.PERSON:
        raise CannotAct("not_by_office")


def _is_first_time(case: Case, once: bytes, now: datetime, kind: ActKind, *said: bytes) -> bool:
    """Whether this was not sent before from this page; a double click and a replay are the same sending.

    What is done and what is said belong to it: whoever goes back and presses another button, or sends other words,
    sends something new, which must not be lost.
    """
    if not once:
        return True
    parts = [str(kind).encode(), once, *(hashlib.sha256(one).digest() for one in said)]
    key = hashlib.sha256(b"answerable/person/v2\0" + case.pk.bytes + b"\0".join(parts)).digest()
    _row, is_first = Submission.objects.get_or_create(
        key=key, defaults={"case": case, "digest": b"", "at": now}
    )
    return is_first


@transaction.atomic(durable=True)
def write(
    *,
    case_id: UUID,
    text: str,
    now: datetime,
    by: Actor = PERSON,
    attached: tuple[files.Accepted, ...] = (),
    once: bytes = b"",
) -> Message | None:
    """The person writes: an answer while the office waits for one, else an addition. Possible in any state.

    `once` is the form's own token: the same sent a second time changes nothing and gives None. Raises CannotAct
    (nothing_said, too_many_files, erased).
    """
    case = steps.lock_case(case_id)
    if not text.strip() and not attached:
        raise CannotAct("nothing_said")
    files_said = [one.sha256 for one in attached]
    steps.require_kept(case, by)
    if not _is_first_time(case, once, now, ActKind.ADDED_TO, text.strip().encode(), *files_said):
        return None
    kind = ActKind.ANSWERED if case.is_waiting else ActKind.ADDED_TO
    done = steps.act(
        case, kind, by=by, now=now, set={"is_waiting": False}, body={"sha256": digest(text.strip())}
    )
    if attached:
        files.attach(case, attached, by=by, now=done.at)
    shown = Message.Kind.ANSWER if kind is ActKind.ANSWERED else Message.Kind.ADDITION
    return steps.say(case, done, shown, text.strip(), by=by)


@transaction.atomic(durable=True)
def withdraw(*, case_id: UUID, now: datetime, by: Actor = PERSON) -> Case:
    """Only the person withdraws (rule 4). Undone by one click; counted apart. Raises CannotAct("receipt_new")."""
    _only_person(by)
    case = steps.lock_case(case_id)
    require_settled(case, now)
    before = case.state
    done = steps.act(
        case,
        ActKind.WITHDRAWN,
        by=by,
        now=now,
        set={"state": "withdrawn", "ended_at": now, "withdrawn_from": before, "withdrawn_at": now},
        body={"from": before},
    )
    Case.objects.filter(pk=case.pk).update(withdrawn_seq=done.seq)
    case.withdrawn_seq = done.seq
    return case


@transaction.atomic(durable=True)
def undo_withdrawal(*, case_id: UUID, now: datetime, by: Actor = PERSON) -> Case:
    """Take a withdrawal back: the case stands where it stood, with the clocks it had."""
    _only_person(by)
    case = steps.lock_case(case_id)
    steps.act(
        case,
        ActKind.WITHDRAWAL_UNDONE,
        by=by,
        now=now,
        set={"state": case.withdrawn_from or "accepted", "ended_at": None},
        facts={"withdrawn_at": case.withdrawn_at},
        restores=case.withdrawn_seq,
    )
    return case


@transaction.atomic(durable=True)
def raise_case(
    *, case_id: UUID, now: datetime, text: str = "", by: Actor = PERSON, once: bytes = b""
) -> Case | None:
    """Raise the case to the level above: at any time, one click (rule 3). The lower post and its date stay.

    Each level that it goes up to has a date of its own from then on, whatever those below it still have. `once` is the form's own token: a double click raises by one level, not by two, and gives None.
    """
    case = steps.lock_case(case_id)
    if text.strip():
        steps.require_kept(case, by)
    if not _is_first_time(case, once, now, ActKind.RAISED, text.strip().encode()):
        return None
    to = next_level(case, now) or present_top(case, now)
    done = steps.act(
        case,
        ActKind.RAISED,
        by=by,
        now=now,
        body={"to": to.unit.pk, "sha256": digest(text.strip())},
        to=to,
        facts={"level_watches": steps.is_watched(case, to.unit)},
        # Nothing can be written into an erased matter: a clock would be one that nobody can ever meet.
        clocks=case.erased_at is None,
    )
    steps.involve(case, to.unit, Involvement.Capacity.SUPERVISES, at=done.at)
    steps.say(
        case, done, Message.Kind.ADDITION, text.strip(), by=by, code="raised", facts={"unit": to.unit.pk}
    )
    return case


def next_level(case: Case, now: datetime) -> routing.Route | None:
    """The level above the highest one that has the case already; passes over levels that the accusation touches
    (rule 5). None at the top."""
    return steps.level_to_watch(case, _highest(case), now)


def present_top(case: Case, now: datetime) -> routing.Route:
    """The highest level that has the case, and who answers there: where it stays when there is none above."""
    unit = _highest(case)
    head = answering.answers(case, unit, head_of(unit), now)
    return routing.Route(unit, head) if head is not None else routing.Route(case.unit, case.leader_post)


def _highest(case: Case) -> Unit:
    """The highest unit that handles or supervises the case. After a review it may be the handling one itself."""
    involved = case.involvements.filter(capacity=Involvement.Capacity.SUPERVISES).select_related("unit")
    waiting = {row.unit_id: row.unit for row in involved}
    highest, above = case.unit, routing.route_above(case.unit) if waiting else None
    while above is not None:
        highest = waiting.get(above.unit.pk, highest)
        above = routing.route_above(above.unit)
    return highest


@transaction.atomic(durable=True)
def ask_review(*, case_id: UUID, text: str, now: datetime, by: Actor = PERSON) -> Case:
    """Ask for the next rung of the ladder: review by the next level up, then re-review (art. 35, 36).

    A late request is registered all the same and marked; the level above decides about it. Raises
    CannotAct("ladder_ended") after the last rung.
    """
    cases = lock_cases([case_id, *joined_with(case_id)])
    case = cases.pop(case_id)
    rung = load_pack(case.pack).rung_above(case.stage)
    if rung is None:
        raise CannotAct("ladder_ended")
    stage = rules.STAGES[rung.code]
    rules.require_state(stage.asked or ActKind.REVIEW_ASKED, case.state)
    to = review_above(case, now) or routing.Route(case.unit, case.leader_post)
    in_window = not _window_over(case, now)
    steps.involve(case, case.unit, Involvement.Capacity.RECEIVED, at=now)
    steps.move_to_unit(case, to.unit, to.leader_post)
    files.hand_on(case, to.unit)
    case.stage = rung.code
    done = steps.act(
        case,
        stage.asked or ActKind.REVIEW_ASKED,
        by=by,
        now=now,
        set={
            "state": stage.state,
            "stage": rung.code,
            "unit": to.unit,
            "leader_post": to.leader_post,
            "handler_post_id": None,
            "charge_post_id": None,  # whoever carried it below does not answer for, nor sign, the review of it
            "ended_at": None,
        },
        body={"to": to.unit.pk, "in_window": in_window, "sha256": digest(text.strip())},
        to=to,
    )
    steps.say(
        case,
        done,
        Message.Kind.ADDITION,
        text.strip(),
        by=by,
        code=f"{rung.code}_asked",
        facts={"unit": to.unit.pk} | ({} if in_window else {"late": True}),
    )
    stand_apart(case, list(cases.values()), by=Actor.system(), now=now)
    return case


def _window_over(case: Case, now: datetime) -> bool:
    """Whether the person's own days have run out. Those that a page opened by a receipt just given out at the counter do
    not count against them: it may have been whoever gave it out that read the decision (rule 7)."""
    windows = case.deadlines.filter(is_office=False, voided_seq=None, met_seq=None, late_from__lte=now)
    return any(settles_at(case.pk, row.started_at) is None for row in windows)


@transaction.atomic(durable=True)
def say_solved(
    *,
    case_id: UUID,
    solved: bool,
    now: datetime,
    text: str = "",
    rating: int | None = None,
    by: Actor = PERSON,
    once: bytes = b"",
) -> Case:
    """The person's own word: solved or not (rule 8). It can be said again; the last word counts. `once` is the form's
    own token: the same sent a second time says nothing anew.

    Raises CannotAct("receipt_new") for "solved", which would speak for the office.
    """
    _only_person(by)
    case = steps.lock_case(case_id)
    if solved:
        require_settled(case, now)
    kind = ActKind.SOLVED_SAID if solved else ActKind.UNSOLVED_SAID
    if not _is_first_time(case, once, now, kind, text.strip().encode(), str(rating).encode()):
        return case
    done = steps.act(
        case,
        kind,
        by=by,
        now=now,
        set={"person_solved": solved},
        body={"solved": solved, "sha256": digest(text.strip())},
    )
    if rating is not None:
        steps.act(
            case, ActKind.RATED, by=by, now=now, set={"rating": rating}, body={"rating": rating}, clocks=False
        )
    steps.say(case, done, Message.Kind.ADDITION, text.strip(), by=by, code="solved" if solved else "unsolved")
    return case


@transaction.atomic(durable=True)
def change_channel(
    *, case_id: UUID, wish: ChannelWish | None, now: datetime, by: Actor = PERSON, once: bytes = b""
) -> None:
    """Change how the person is reached, or drop it: the old address is destroyed, not kept. `once` is the form's own token.

    Raises CannotAct("receipt_new"): whoever gave out a new receipt would silence what tells the person of it.
    """
    _only_person(by)
    case = steps.lock_case(case_id)
    steps.require_kept(case, by)
    if Channel.objects.filter(case_id=case.pk, dropped_at=None).exists():
        require_settled(case, now)
    kind = ActKind.CHANNEL_CHANGED if wish else ActKind.CHANNEL_DROPPED
    if not _is_first_time(case, once, now, kind, f"{wish.kind} {wish.address}".encode() if wish else b""):
        return
    replace_channel(case.pk, wish, now=now)
    steps.act(case, kind, by=by, now=now, body={"kind": wish.kind if wish else ""}, clocks=False)


@transaction.atomic(durable=True)
def change_sharing(
    *, case_id: UUID, shareable: bool, publishable: bool, now: datetime, by: Actor = PERSON
) -> Case:
    """Agree, or agree no more, that others see the office's short summary, and that it is published for everybody.

    What is published includes what others may see. Taken back, it is gone from the next answer on; what somebody
    copied meanwhile is out of the office's hands, as the page says. Raises CannotAct (conduct_apart, erased, receipt_new).
    """
    _only_person(by)
    case = steps.lock_case(case_id)
    steps.require_kept(case, by)
    if case.is_conduct and (shareable or publishable):
        raise CannotAct("conduct_apart")
    wish = {"is_shareable": shareable or publishable, "is_publishable": publishable}
    if all(getattr(case, name) == value for name, value in wish.items()):
        return case
    if any(wish[name] and not getattr(case, name) for name in wish):
        require_settled(case, now)
    steps.act(case, ActKind.SHARING_CHANGED, by=by, now=now, set=wish, body=dict(wish), clocks=False)
    return case


def see_decisions(*, case_id: UUID, now: datetime) -> None:
    """The person opened the page that shows a decision: that proves its delivery (rule 7)."""
    sent = Decision.objects.filter(case_id=case_id, sent_at__isnull=False, delivered_at=None)
    for pk in sent.values_list("pk", flat=True):
        deliver_decision(decision_id=pk, how="page", by=PERSON, now=now)
