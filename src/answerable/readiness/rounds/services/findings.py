"""What becomes of a finding: given to a post, mended, looked at by somebody else; a case or an incident.

Whoever mended is never who says that it is mended: the database refuses that too.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from answerable.alerts.telling import tell_post
from answerable.cases.models import Case
from answerable.cases.rules import CannotAct as CannotRegister
from answerable.cases.services.intake import Told, register_case
from answerable.core.names import in_language
from answerable.incidents.hazards import HAZARDS
from answerable.incidents.models import Incident
from answerable.incidents.rules import CannotAct
from answerable.incidents.services.calls import Told as Call
from answerable.incidents.services.calls import report_incident
from answerable.incidents.services.promised import told_by_office
from answerable.orgs.models import Post, Subject
from answerable.orgs.queries import head_of, local_today
from answerable.readiness.rounds import access, late, rules, steps
from answerable.readiness.rounds.act_kinds import FindingAct
from answerable.readiness.rounds.models import Finding, Round, RoundPlan
from answerable.readiness.rounds.rules import CannotRound, Wish
from answerable.record.actors import Actor

_OPEN, _MENDED, _CLOSED = Finding.State.OPEN, Finding.State.MENDED, Finding.State.CLOSED
#: Sent back by a check, it is due again after so many days, where its own day is over.
AGAIN_DAYS = 2
MOST_AHEAD = timedelta(days=366)


# ---------------------------------------------------------------- inside the transaction of a round


def mending_post(plan: RoundPlan) -> int:
    """To whom a repair goes: the plan's post for it while it is open, else the unit's leader, else who does the rounds."""
    if plan.mend_post_id is not None and Post.objects.filter(pk=plan.mend_post_id, closed_on=None).exists():
        return plan.mend_post_id
    head = head_of(plan.unit)
    return head.pk if head is not None else plan.post_id


def settled(wish: Wish, authority_id: int, *, is_chosen: bool) -> tuple[str, str]:
    """(becomes, wanted) with the subject's id. A template that names a subject which the body has not, or none, makes a
    repair; somebody who chose a case names one. Raises CannotRound("subject_missing")."""
    if wish.becomes != "case":
        return wish.becomes, wish.wanted
    subject = Subject.objects.filter(authority=authority_id, code=wish.wanted, closed_on=None).first()
    if subject is not None:
        return wish.becomes, str(subject.pk)
    if is_chosen:
        raise CannotRound("subject_missing")
    return "repair", ""


def begun(finding: Finding, *, by: Actor, now: datetime) -> None:
    """The first act of a finding, and its post hears of it."""
    steps.act(
        FindingAct.FOUND,
        finding.pk,
        by=by,
        now=now,
        body={
            "round": str(finding.round_id),
            "question": finding.question,
            "severity": finding.severity,
            "becomes": finding.becomes,
            "post": finding.post_id,
            "due_on": finding.due_on.isoformat(),
            "times": finding.times,
            "note_sha256": steps.digest(finding.note) if finding.note else "",
        },
    )
    _tell(finding, "finding_given", now)


def see_again(finding: Finding, round_: Round, *, note: str, by: Actor, now: datetime) -> None:
    """Still wrong: counted. Where it was said to be mended, it goes back to whoever mends."""
    if finding.state == _MENDED:
        _send_back(finding, note=note, by=by, now=now, round_=round_)
        return
    steps.changed(finding, seen_again=finding.seen_again + 1)
    steps.act(
        FindingAct.SEEN_AGAIN,
        finding.pk,
        by=by,
        now=now,
        body={"round": str(round_.pk), "note_sha256": steps.digest(note) if note else ""},
    )


def close(finding: Finding, round_: Round | None, *, note: str, by: Actor, now: datetime) -> None:
    """Somebody else looked, and it is mended."""
    steps.changed(
        finding, state=_CLOSED, checked_at=now, checked_by_id=by.staff, checked_round=round_, check_note=note
    )
    steps.act(
        FindingAct.CHECKED,
        finding.pk,
        by=by,
        now=now,
        body={
            "round": str(round_.pk) if round_ is not None else "",
            "note_sha256": steps.digest(note) if note else "",
        },
    )
    late.end_finding(finding, by=by, now=now)


def _send_back(finding: Finding, *, note: str, by: Actor, now: datetime, round_: Round | None = None) -> None:
    today = local_today(finding.authority, now)
    late.end_finding(finding, by=by, now=now)
    steps.changed(
        finding,
        state=_OPEN,
        mended_at=None,
        check_on=None,
        mended_by=None,
        mended_with="",
        sent_back=finding.sent_back + 1,
        seen_again=finding.seen_again + 1,
        check_note=note,
        due_on=max(finding.due_on, today + timedelta(days=AGAIN_DAYS)),
        first_due_on=finding.first_day,
        reminded_at=None,
        late_at=None,
    )
    steps.act(
        FindingAct.SENT_BACK,
        finding.pk,
        by=by,
        now=now,
        body={
            "round": str(round_.pk) if round_ is not None else "",
            "times": finding.sent_back,
            "note_sha256": steps.digest(note) if note else "",
        },
    )
    _tell(finding, "finding_sent_back", now)


# ---------------------------------------------------------------- by somebody


@transaction.atomic(durable=True)
def mend_finding(
    *,
    finding_id: UUID,
    what: str,
    by: Actor,
    now: datetime,
    sending_id: UUID | None = None,
    happened_at: datetime | None = None,
    seen_version: int | None = None,
) -> Finding:
    """Its post says that it is mended, and what was done; whoever does the rounds hears by when it is to be looked at.

    A sending that is repeated changes nothing, not even where a check has sent the finding back since.
    """
    finding = steps.lock_finding(finding_id)
    if steps.is_known(sending_id, staff_id=by.staff, kind="mended", about=finding.pk, said=what, now=now):
        return finding
    access.require_mender(by, finding, now)
    if seen_version is not None and seen_version != finding.version:
        raise CannotRound("changed")
    if finding.state != _OPEN:
        raise CannotRound("not_open", state=finding.get_state_display())
    what = rules.require_words(what, is_desk=False)
    if not what:
        raise CannotRound("say_what")
    steps.changed(
        finding,
        state=_MENDED,
        mended_at=now,
        mended_by_id=by.staff,
        mended_with=what,
        check_on=rules.check_day(local_today(finding.authority, now), finding.check_days),
        reminded_at=now if rules.is_check_reminded(finding.check_days) else None,
        late_at=None,
    )
    steps.act(
        FindingAct.MENDED,
        finding.pk,
        by=by,
        now=now,
        happened_at=happened_at,
        body={"what_sha256": steps.digest(what), "check_on": day_of_check(finding)},
    )
    late.end_finding(finding, by=by, now=now)
    _tell(finding, "finding_mended", now, post_id=finding.plan.post_id)
    return finding


@transaction.atomic(durable=True)
def check_finding(
    *,
    finding_id: UUID,
    is_mended: bool,
    by: Actor,
    now: datetime,
    note: str = "",
    sending_id: UUID | None = None,
    seen_version: int | None = None,
) -> Finding:
    """Somebody else looked: it is closed, or goes back with what is still wrong. Raises CannotRound, NotTheirs."""
    finding = steps.lock_finding(finding_id)
    said = f"{int(is_mended)} {note}"
    if steps.is_known(sending_id, staff_id=by.staff, kind="checked", about=finding.pk, said=said, now=now):
        return finding
    access.require_looker(by, finding, now)
    if seen_version is not None and seen_version != finding.version:
        raise CannotRound("changed")
    if finding.state == _OPEN:
        raise CannotRound("not_mended")
    if finding.state == _CLOSED:
        raise CannotRound("not_open", state=finding.get_state_display())
    if finding.mended_by_id == by.staff_id:
        raise CannotRound("mended_it")
    note = rules.require_words(note, is_desk=False)
    if is_mended:
        close(finding, None, note=note, by=by, now=now)
    else:
        if not note:
            raise CannotRound("say_why")
        _send_back(finding, note=note, by=by, now=now)
    return finding


@transaction.atomic(durable=True)
def give_finding(
    *,
    finding_id: UUID,
    post_id: int,
    due_on: date | None = None,
    why: str = "",
    by: Actor,
    now: datetime,
    seen_version: int | None = None,
) -> Finding:
    """Another post mends it, by the same day. By whoever does the rounds or leads.

    Another day is an act of its own, with grounds: whoever hands a finding round gains no time by it.
    """
    finding = steps.lock_finding(finding_id, seen_version)
    access.require_looker(by, finding, now)
    if finding.state != _OPEN:
        raise CannotRound("not_open", state=finding.get_state_display())
    post = Post.objects.filter(pk=post_id, unit__authority=finding.authority, closed_on=None).first()
    if post is None:
        raise CannotRound("post_closed")
    due_on = due_on or finding.due_on
    before = {"post": finding.post_id, "due_on": finding.due_on.isoformat()}
    if due_on != finding.due_on:
        _move_day(finding, due_on, why, by=by, now=now)
    # What is late stays late, and its alarm climbs on: by giving it round nobody brings that to silence.
    steps.changed(finding, post=post)
    steps.act(
        FindingAct.GIVEN,
        finding.pk,
        by=by,
        now=now,
        body={"post": post.pk, "due_on": due_on.isoformat(), "before": before},
    )
    _tell(finding, "finding_given", now)
    return finding


def _move_day(finding: Finding, due_on: date, why: str, *, by: Actor, now: datetime) -> None:
    today = local_today(finding.authority, now)
    if not today <= due_on <= today + MOST_AHEAD:
        raise CannotRound("day_wrong")
    why = rules.require_words(why, is_desk=False)
    if not why:
        raise CannotRound("day_why")
    days = {"due_on": due_on.isoformat(), "before": finding.due_on.isoformat()}
    late.end_finding(finding, by=by, now=now)
    first = finding.first_day
    steps.changed(
        finding,
        due_on=due_on,
        first_due_on=first,
        postponed=finding.postponed + (due_on > first),
        reminded_at=None,
        late_at=None,
    )
    steps.act(FindingAct.DAY_MOVED, finding.pk, by=by, now=now, why=why, body=days)


# ---------------------------------------------------------------- a case, an incident


@transaction.atomic(durable=True)
def raise_finding(*, finding_id: UUID, becomes: str, wanted: str, by: Actor, now: datetime) -> Finding:
    """A repair turns out to be more: a case (`wanted`: the subject's code) or an incident (the hazard's). See carry_out."""
    finding = steps.lock_finding(finding_id)
    access.require_looker(by, finding, now)
    if finding.state != _OPEN:
        raise CannotRound("not_open", state=finding.get_state_display())
    if finding.place_id is None and finding.item_id is None:
        raise CannotRound("desk_mends")
    if becomes == "case":
        becomes, wanted = settled(Wish(becomes, wanted), finding.authority_id, is_chosen=True)
    elif becomes == "incident":
        if wanted not in HAZARDS:
            raise CannotRound("hazard_missing")
        if finding.place_id is None:
            raise CannotRound("place_missing")
    else:
        raise CannotRound("becomes_unknown")
    if finding.case_id is None and finding.incident_id is None:
        steps.changed(finding, becomes=becomes, wanted=wanted)
    return finding


def carry_out(*, finding_id: UUID, by: Actor, now: datetime) -> Finding:
    """Register the case or call in the incident that a finding is to become, then note which: two transactions.

    A process that dies between them leaves it to be done again, and doing it again finds the same case or incident.
    What cannot be registered (nobody answers for the subject) stays with the finding's post as a repair would.
    """
    finding = Finding.objects.select_related("authority", "place", "item", "round").get(pk=finding_id)
    if finding.case_id is not None or finding.incident_id is not None:
        return finding
    if finding.becomes == Finding.Becomes.CASE:
        subject = Subject.objects.filter(pk=int(finding.wanted or 0), closed_on=None).first()
        if subject is None:
            return finding
        told = told_by_office(
            finding.authority,
            subject,
            _words(finding),
            place=finding.place,
            key=b"round finding\0" + finding.pk.bytes,
        )
        return _linked(finding_id, case_id=_registered(told, by, now), by=by, now=now)
    if finding.becomes == Finding.Becomes.INCIDENT and finding.place is not None:
        call = Call(
            authority=finding.authority,
            hazard=finding.wanted,
            what=_words(finding),
            place=finding.place,
            unit=None,
            submission=b"round finding\0" + finding.pk.bytes,
        )
        incident_id = _called_in(call, by, now)
        if incident_id is not None:
            return _linked(finding_id, incident_id=incident_id, by=by, now=now)
    return finding


def _registered(told: Told, by: Actor, now: datetime) -> UUID:
    """The case of a finding. Left over by a process that died, it may be worded in another language now: what was
    registered first stands."""
    try:
        return register_case(told, by=by, now=now).case.pk
    except CannotRegister as refusal:
        if refusal.code != "submission_differs":
            raise
        return Case.objects.values_list("pk", flat=True).get(code=refusal.facts["receipt"])


def _called_in(call: Call, by: Actor, now: datetime) -> UUID | None:
    """The same for an incident; None where it cannot be called in."""
    try:
        return report_incident(call, by=by, now=now).incident.pk
    except CannotAct as refusal:
        if refusal.code != "submission_differs":
            return None
        rows = Incident.objects.filter(authority=call.authority, code=refusal.facts["incident"])
        return rows.values_list("pk", flat=True).first()


def _words(finding: Finding) -> str:
    """What a case or an incident says of it: found in a round, where, what was seen. In the active language."""
    thing = finding.place or finding.item
    facts = {"what": finding.name, "where": thing.name if thing is not None else "", "note": finding.note}
    if finding.note:
        return gettext("Found in a round at %(where)s: %(what)s. %(note)s") % facts
    return gettext("Found in a round at %(where)s: %(what)s.") % facts


@transaction.atomic(durable=True)
def _linked(
    finding_id: UUID,
    *,
    by: Actor,
    now: datetime,
    case_id: UUID | None = None,
    incident_id: UUID | None = None,
) -> Finding:
    finding = steps.lock_finding(finding_id)
    if finding.case_id is not None or finding.incident_id is not None:
        return finding
    steps.changed(finding, case_id=case_id, incident_id=incident_id)
    kind = FindingAct.BECAME_CASE if case_id is not None else FindingAct.BECAME_INCIDENT
    # No party's data: of a case that a round begins there is none.
    steps.act(kind, finding.pk, by=by, now=now, body={"as": str(case_id or incident_id)})
    return finding


# ---------------------------------------------------------------- telling


def day_of_check(finding: Finding) -> str:
    """By which day somebody else looks; "" where that is not what it waits for."""
    return finding.check_on.isoformat() if finding.state == _MENDED and finding.check_on else ""


def facts_of(finding: Finding) -> dict[str, Any]:
    """What a notice or an alarm says of it: what, where, by when it is mended, or looked at; nobody's name, none of the
    words."""
    thing = finding.place or finding.item or finding.unit
    return {
        "step_zh": finding.name_zh,
        "step_en": finding.name_en or in_language(finding.name_zh, finding.name_en, "en"),
        "place_zh": thing.name_in("zh"),
        "place_en": thing.name_in("en"),
        "due": day_of_check(finding) or finding.due_on.isoformat(),
    }


def _tell(finding: Finding, code: str, now: datetime, post_id: int | None = None) -> None:
    key = f"{code}:{finding.pk}:{finding.version}"
    tell_post(post_id or finding.post_id, code, key=key, at=now, facts=facts_of(finding))
