"""A round is done: its answers are judged by the version of the template that it was made with, findings follow.

Once, however often a telephone sends it and whatever became of it in between: the number of the sending is kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeGuard
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import get_language

from answerable.incidents.field.rules import Claimed
from answerable.orgs.queries import local_today
from answerable.orgs.standing import standing
from answerable.readiness.rounds import access, late, rules, steps
from answerable.readiness.rounds.act_kinds import RoundAct
from answerable.readiness.rounds.history import findings_at
from answerable.readiness.rounds.models import Answer, Finding, Round
from answerable.readiness.rounds.rules import CannotRound, Given, Judged
from answerable.readiness.rounds.services import findings
from answerable.readiness.rounds.template.reading import kept_template
from answerable.readiness.rounds.template.schema import RoundFile
from answerable.record.actors import Actor

_NO_CLAIM = Claimed(None, None)


@dataclass(frozen=True)
class Done:
    """The round, whether this very sending had been taken before, and what it found anew."""

    round: Round
    is_repeat: bool = False
    found: tuple[Finding, ...] = ()


def do_round(
    *,
    round_id: UUID,
    answers: Mapping[str, Given],
    by: Actor,
    now: datetime,
    claim: Claimed = _NO_CLAIM,
    on_paper: bool = False,
    sending_id: UUID | None = None,
) -> Done:
    """Take the answers of a round; then register the cases and call in the incidents that it asks for.

    Each of those is a transaction of its own, safe to repeat: what a process that dies leaves over, the worker does.
    Raises CannotRound, NotTheirs.
    """
    try:
        done = _do(round_id, answers, by, now, claim, on_paper, sending_id)
    except IntegrityError as error:
        # The same number sent for two rounds at once: the second one's is taken.
        if sending_id is not None and "rounds_sending_pkey" in str(error):
            raise CannotRound("id_taken") from None
        raise
    for finding in done.found:
        findings.carry_out(finding_id=finding.pk, by=by, now=now)
    return done


@transaction.atomic(durable=True)
def _do(
    round_id: UUID,
    answers: Mapping[str, Given],
    by: Actor,
    now: datetime,
    claim: Claimed,
    on_paper: bool,
    sending_id: UUID | None,
) -> Done:
    round_ = steps.lock_round(round_id)
    said = json.dumps({code: vars(one) for code, one in sorted(answers.items())}, ensure_ascii=False)
    if steps.is_known(sending_id, staff_id=by.staff, kind="round", about=round_.pk, said=said, now=now):
        return Done(round_, is_repeat=True)
    happened = claim.happened_at or now
    post_id = access.post_to_do(by, round_, happened, now)
    _require_due(round_, happened, claim)
    file = kept_template(round_.template_version.text)
    judged = rules.judged(file, answers, get_language() or "en")
    Answer.objects.bulk_create(
        Answer(
            round=round_,
            question=one.question,
            value=one.value,
            number=one.number,
            is_finding=one.is_finding,
            note=one.note,
        )
        for one in judged
    )
    found = _findings(round_, file, judged, answers, by=by, now=now)
    steps.changed(
        round_,
        state=Round.State.DONE,
        done_at=now,
        happened_at=claim.happened_at,
        clock_off_s=claim.clock_off_s,
        done_by_id=by.staff,
        done_post_id=post_id,
        on_paper=on_paper,
        findings_count=sum(one.is_finding for one in judged),
    )
    steps.act(
        RoundAct.DONE,
        round_.plan.matter,
        by=by,
        now=now,
        happened_at=claim.happened_at,
        body={
            "round": str(round_.pk),
            "template_sha256": bytes(round_.template_version.sha256).hex(),
            "answers": {one.question: one.is_finding for one in judged},
            "answers_sha256": steps.digest(said),
            "found": [str(one.pk) for one in found],
            "on_paper": on_paper,
            "clock_off_s": claim.clock_off_s,
        },
    )
    _pass_over_earlier(round_, by=by, now=now)
    late.end_where_done(round_.plan, by=by, now=now)
    return Done(round_, found=tuple(found))


def _require_due(round_: Round, happened: datetime, claim: Claimed) -> None:
    if round_.state == Round.State.DONE:
        who = standing().staff.get(round_.done_by_id or 0)
        on = local_today(round_.authority, round_.done_at or happened)
        raise CannotRound("done_already", on=on.isoformat(), who=who.name if who else "")
    if round_.state != Round.State.DUE and not _was_done_then(round_, claim):
        raise CannotRound("not_due", state=round_.get_state_display())
    if happened < round_.opens_at:
        raise CannotRound("too_early", at=round_.opens_at.isoformat(timespec="minutes"))


def _was_done_then(round_: Round, claim: Claimed) -> bool:
    """Done without a network before the next one was due, and sent after it was missed: it was done all the same."""
    if round_.state != Round.State.MISSED or claim.happened_at is None:
        return False
    later = Round.objects.filter(target=round_.target_id, due_at__gt=round_.due_at).order_by("due_at")
    next_due = later.values_list("due_at", flat=True).first()
    return next_due is None or claim.happened_at <= next_due


def _pass_over_earlier(round_: Round, *, by: Actor, now: datetime) -> None:
    """An older round at the same target that nobody did is missed: this one looked there."""
    older = Round.objects.filter(target=round_.target_id, state=Round.State.DUE, due_at__lt=round_.due_at)
    missed = [str(pk) for pk in older.order_by("pk").values_list("pk", flat=True)]
    if missed:
        older.update(state=Round.State.MISSED)
        steps.act(RoundAct.MISSED, round_.plan.matter, by=by, now=now, body={"rounds": missed})


# ---------------------------------------------------------------- what the answers mean


def _findings(
    round_: Round,
    file: RoundFile,
    judged: list[Judged],
    answers: Mapping[str, Given],
    *,
    by: Actor,
    now: datetime,
) -> list[Finding]:
    """New findings; those that are there already are seen again, sent back or, where all is well, closed."""
    asked = [one.question for one in judged if one.value]
    # Two plans may look at the same place with the same template at the same moment: the second sees what the first found.
    steps.lock_looked_at(round_)
    rows = findings_at(round_).filter(question__in=asked).select_for_update(of=("self",))
    before: dict[str, Finding] = {}
    for found in rows.order_by("found_at", "pk"):
        before[found.question] = found  # the newest stays
    made = []
    for one in judged:
        last = before.get(one.question)
        if one.is_finding:
            if last is not None and last.state != Finding.State.CLOSED:
                findings.see_again(last, round_, note=one.note, by=by, now=now)
            else:
                made.append(_make(round_, file, one, answers[one.question], last, by=by, now=now))
        elif one.value and _may_close(last, by):
            findings.close(last, round_, note=one.note, by=by, now=now)
    return made


def _may_close(last: Finding | None, by: Actor) -> TypeGuard[Finding]:
    """Mended, and whoever looks now is somebody else."""
    return last is not None and last.state == Finding.State.MENDED and last.mended_by_id != by.staff_id


def _make(
    round_: Round,
    file: RoundFile,
    answer: Judged,
    given: Given,
    last: Finding | None,
    *,
    by: Actor,
    now: datetime,
) -> Finding:
    question = file.question(answer.question)
    assert question is not None
    assert question.finds is not None
    finds = question.finds
    wish = rules.wish_of(file, question, given, has_place=round_.place_id is not None)
    becomes, wanted = findings.settled(wish, round_.authority_id, is_chosen=bool(given.becomes))
    due_on = local_today(round_.authority, now) + timedelta(days=finds.within_days)
    finding = Finding(
        name_zh=finds.names.zh,
        name_en=finds.names.en,
        round=round_,
        plan=round_.plan,
        authority=round_.authority,
        unit=round_.unit,
        place=round_.place,
        item=round_.item,
        question=answer.question,
        note=answer.note,
        severity=finds.severity,
        becomes=becomes,
        wanted=wanted,
        post_id=findings.mending_post(round_.plan),
        due_on=due_on,
        first_due_on=due_on,
        check_days=finds.check_days,
        found_at=now,
        earlier=last,
        times=last.times + 1 if last is not None else 1,
    )
    finding.save(force_insert=True)
    findings.begun(finding, by=by, now=now)
    return finding
