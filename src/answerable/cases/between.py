"""What those who share a matter have to hear of one another: of a draft, an objection, mediation, a hearing, a stepping
aside."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from answerable.cases import rules
from answerable.cases.act_kinds import ActKind as A
from answerable.cases.models import Case, Deadline, Decision
from answerable.cases.packs import load_pack
from answerable.cases.reactions import step_facts, write_to_outside
from answerable.cases.services.transfers import transfer_of
from answerable.cases.telling import case_of, clerks_of, handling_posts, tell
from answerable.orgs.models import Unit
from answerable.orgs.queries import head_of
from answerable.record.queries import ActShown
from answerable.record.reactions import on


@on(A.NOTED)
def tell_of_a_returned_draft(matter: UUID, act: ActShown, now: datetime) -> None:
    """Whoever wrote the draft hears that it has to change, and so does whoever works on the matter now."""
    case, body = case_of(matter), act.body or {}
    if case is not None and body.get("draft_returned"):
        posts = {int(body.get("writer") or 0), case.handler_post_id or 0} - {0, act.post_id}
        tell(sorted(posts) or handling_posts(case, now), "draft_returned", case, act)


@on(A.STEPPED_ASIDE)
def tell_that_somebody_is_needed(matter: UUID, act: ActShown, now: datetime) -> None:
    """Where nobody works on it any more, or somebody else answers for it or watches over it now, they have to know."""
    case, body = case_of(matter), act.body or {}
    if case is None:
        return
    posts = [row.post_id for row in watching_now(case, act) if row.post_id]
    if "to" in body and case.unit.authority.is_outside:
        write_to_outside(case, act, case.unit.authority, "conduct" if case.stage == "handle" else "review")
    elif set(body.get("left", ())) - {"supervision"}:
        posts += [*handling_posts(case, now), case.leader_post_id]
    if posts:
        tell(posts, "stepped_aside", case, act)


def watching_now(case: Case, act: ActShown) -> list[Deadline]:
    """The dates by which an act lets others watch, where those are here; a body outside is written to."""
    rows = Deadline.objects.filter(pk__in=(act.body or {}).get("watch", [])).select_related("unit__authority")
    here = [row for row in rows if not row.unit.authority.is_outside]
    for row in rows:
        if row not in here:
            write_to_outside(case, act, row.unit.authority, "late_above" if row.lifted_from_id else "raised")
    return here


@on(A.CONFLICT_ESCALATED)
def tell_who_watches_over_it_now(matter: UUID, act: ActShown, now: datetime) -> None:
    """The level that watched is one that it is about: whoever watches instead has to know, and by when."""
    case = case_of(matter)
    if case is None:
        return
    above = Unit.objects.select_related("authority").filter(pk=(act.body or {}).get("superior") or 0).first()
    if above is not None and above.authority.is_outside:  # it decides which of two units here is competent
        write_to_outside(case, act, above.authority, "dispute")
    for row in watching_now(case, act):
        late = Deadline.objects.filter(pk=row.lifted_from_id or 0).first()
        code, facts = ("late_above", step_facts(case, late)) if late is not None else ("raised", {})
        tell([row.post_id] if row.post_id else [], code, case, act, facts, urgent=code == "raised")


@on(A.TRANSFER_OBJECTED)
def tell_the_sender_of_an_objection(matter: UUID, act: ActShown, now: datetime) -> None:
    """Whoever handed it over has to agree or decline within days: they are told on the first."""
    case, transfer = case_of(matter), transfer_of(matter)
    if case is not None and transfer is not None and transfer.stands == "objected":
        tell(_desk_of(transfer.from_unit), "transfer_objected", case, act)


@on(A.OBJECTION_AGREED, A.OBJECTION_DECLINED)
def tell_the_objector(matter: UUID, act: ActShown, now: datetime) -> None:
    case, body = case_of(matter), act.body or {}
    if case is None:
        return
    if act.kind == A.OBJECTION_AGREED:
        tell(_desk_of(int(body.get("from") or 0)), "objection_agreed", case, act)
    elif case.unit_id == body.get("unit"):
        tell([*handling_posts(case, now), case.leader_post_id], "objection_declined", case, act)


def _desk_of(unit_id: int) -> list[int]:
    """Who of a unit hears of what concerns it: its clerks and its head."""
    unit = Unit.objects.filter(pk=unit_id).first()
    head = head_of(unit) if unit is not None else None
    return [*clerks_of(unit_id), *([head.pk] if head is not None else [])]


@on(A.REOPENED)
def tell_who_has_it_again(matter: UUID, act: ActShown, now: datetime) -> None:
    """After a review it is back with the unit that decided first: it has to decide anew, and to know. So has whoever
    answers for it instead of the head there."""
    case, body = case_of(matter), act.body or {}
    if case is not None and body.get("to") == case.unit_id:
        tell([*_desk_of(case.unit_id), case.leader_post_id], "reopened_back", case, act)


@on(A.REVIEW_ASKED, A.REREVIEW_ASKED)
def tell_whose_decision_is_reviewed(matter: UUID, act: ActShown, now: datetime) -> None:
    """The matter goes from their lists to the level above: those who decided below hear why, and where it is."""
    case = case_of(matter)
    to = Unit.objects.filter(pk=(act.body or {}).get("to") or 0).first()
    if case is not None and to is not None:
        tell(_those_below(case, act), "under_review", case, act, _unit_facts(to))


@on(A.REVIEW_DECIDED, A.REREVIEW_DECIDED)
def tell_whose_decision_was_reviewed(matter: UUID, act: ActShown, now: datetime) -> None:
    """Whether it stands, was changed or is gone: those who decided below go by it. Who has to decide anew is told so with
    that (`tell_who_has_it_again`)."""
    case, body = case_of(matter), act.body or {}
    review = Decision.objects.filter(case_id=matter, act_seq=act.seq).select_related("unit").first()
    if case is None or review is None:
        return
    outcome = next((o.title for o in load_pack(case.pack).outcomes if o.code == body.get("outcome")), None)
    words = {"zh": "", "en": ""} if outcome is None else {"zh": outcome.zh, "en": outcome.en}
    anew = case.unit_id if rules.is_sent_back(str(body.get("stage")), str(body.get("outcome"))) else 0
    facts = _unit_facts(review.unit) | {"step_zh": words["zh"], "step_en": words["en"]}
    tell(_those_below(case, act, but=anew), "reviewed", case, act, facts)


def _those_below(case: Case, act: ActShown, *, but: int = 0) -> list[int]:
    """Those who gave the decisions that a review is about, one of each level below, and the desks of their units (not of
    unit `but`); of an accusation, whoever signed alone."""
    stage = "rereview" if act.kind in (A.REREVIEW_ASKED, A.REREVIEW_DECIDED) else "review"
    rows = Decision.objects.filter(case=case, act_seq__lt=act.seq).exclude(stage=stage).defer("letter")
    newest = {row.stage: row for row in rows.select_related("unit__authority").order_by("act_seq")}
    posts: list[int] = []
    for row in newest.values():
        if row.unit_id != but and not row.unit.authority.is_outside:
            posts += [row.post_id] if case.is_conduct else [row.post_id, *_desk_of(row.unit_id)]
    return list(dict.fromkeys(posts))


def _unit_facts(unit: Unit) -> dict[str, str]:
    return {"unit_zh": unit.name_zh, "unit_en": unit.name_en}


@on(A.MEDIATION_CONSENTED, A.MEDIATION_ENDED)
def tell_of_the_persons_word_on_mediation(matter: UUID, act: ActShown, now: datetime) -> None:
    """Agreed, declined or left: those at work go on from there. What the office ended itself it knows."""
    case = case_of(matter)
    if case is not None and act.actor_kind == "person":
        code = "mediation_consented" if act.kind == A.MEDIATION_CONSENTED else "mediation_declined"
        tell(handling_posts(case, now), code, case, act)


@on(A.HEARING_CALLED_OFF)
def tell_that_the_person_called_off(matter: UUID, act: ActShown, now: datetime) -> None:
    """Those who prepare a hearing hear that it does not take place; what the office called off itself it knows."""
    case = case_of(matter)
    if case is not None and act.actor_kind == "person":
        tell(handling_posts(case, now), "hearing_declined", case, act)
