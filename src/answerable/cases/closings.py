"""Posts that were closed: who has to hear of it, and what comes to one of them later."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from answerable.cases import steps
from answerable.cases.act_kinds import ActKind as A
from answerable.cases.between import watching_now
from answerable.cases.reactions import write_to_outside
from answerable.cases.services.closed_posts import hand_on_within, has_closed
from answerable.cases.telling import case_of, handling_posts, tell
from answerable.orgs.standing import standing
from answerable.record.queries import ActShown
from answerable.record.reactions import on

#: With these a matter comes, or comes back, to posts: one of them may have been closed meanwhile.
GIVES = (
    A.REGISTERED,
    A.TRANSFERRED,
    A.OBJECTION_AGREED,
    A.NATURE_SAID,
    A.CONFLICT_ESCALATED,
    A.STEPPED_ASIDE,
    A.ASSIGNED,
    A.CHARGE_TAKEN,
    A.REOPENED,
    A.WITHDRAWAL_UNDONE,
    A.REVIEW_ASKED,
    A.REREVIEW_ASKED,
    A.RAISED,
    A.LIFTED,
)


@on(*GIVES)
def hand_on_what_came(matter: UUID, act: ActShown, now: datetime) -> None:
    """What came to a closed post goes on at once. Where no post was ever closed, nothing is read."""
    case = case_of(matter) if standing().closed_posts else None
    if case is not None and has_closed(case):
        hand_on_within(steps.lock_case(matter), now)


@on(A.POST_CLOSED)
def tell_of_a_closed_post(matter: UUID, act: ActShown, now: datetime) -> None:
    """Whoever answers for it or watches over it now hears of it; where nobody works on it any more, the unit does."""
    case, body = case_of(matter), act.body or {}
    if case is None:
        return
    left, told = set(body.get("left", ())), set[int]()
    here = {row.post_id for row in watching_now(case, act) if row.post_id}
    tell(sorted(here), "watches_now", case, act)
    if "to" in body and case.unit.authority.is_outside:
        write_to_outside(case, act, case.unit.authority, "conduct" if case.stage == "handle" else "review")
        return
    if "leader_post_id" in left:
        told.add(case.leader_post_id)
        code = "answers_now" if case.unit.closed_on is None else "answers_for_closed_unit"
        tell([case.leader_post_id], code, case, act, urgent=case.is_urgent)
    if left - {"leader_post_id"} or "to" in body:
        posts = [post for post in handling_posts(case, now) if post not in told]
        tell(posts, "worker_post_closed", case, act, urgent=case.is_urgent)
