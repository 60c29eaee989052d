"""Who reviews: the next level up, and nobody what they have signed themselves (art. 35 and 36; docs/adr/0091)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from answerable.cases import routing
from answerable.cases.accusation import accusation_of
from answerable.cases.act_kinds import ActKind
from answerable.cases.answering import NOBODY, another_leader, answers_instead, has_somebody, is_left
from answerable.cases.models import Case
from answerable.cases.routing import Route
from answerable.cases.rules import ROLES, Doing
from answerable.orgs.models import Post, Role, Unit
from answerable.orgs.standing import standing
from answerable.record.queries import acts_of

DECISIONS = (ActKind.DECIDED, ActKind.REVIEW_DECIDED, ActKind.REREVIEW_DECIDED)
REVIEWS = frozenset({"review", "rereview"})


def signers_of(case: Case) -> frozenset[int]:
    """The members of staff who signed a decision of this matter that stands: since it was last taken up anew."""
    acts = acts_of(case.pk, kinds=tuple(map(str, DECISIONS)), after_seq=case.reopened_seq)
    return frozenset(act.staff_id for act in acts if act.staff_id is not None)


def review_above(
    case: Case, now: datetime, *, unit: Unit | None = None, signing: frozenset[int] = NOBODY
) -> Route | None:
    """Where the next rung of the ladder lies, past what the accusation touches (rule 5). `unit`: that decided; `signing`:
    who is about to.

    A level where all who could answer for it have stepped aside, or signed what is reviewed, is passed over; at the top
    somebody else there reviews; where nobody is left, the outside body that is named for such matters. None where there
    is none: `check` says so, and the desk.
    """
    start = unit or case.unit
    about, body, signed = accusation_of(case), case.authority.conduct_body, signers_of(case) | signing
    to, seen = routing.route_review(start, about, conduct_body=body, now=now), {start.pk}
    while to is not None and to.unit.pk not in seen:
        post = to.leader_post if to.is_outside else _answers(case, to, signed, now)
        if post is not None:
            return replace(to, leader_post=post)
        seen.add(to.unit.pk)
        to = routing.route_review(to.unit, about, conduct_body=body, now=now)
    if start.authority.is_outside:
        return None
    here = _somebody_else(case, start, signed, now)
    if here is not None and not about.reaches(here.unit, here, now):
        return Route(here.unit, here)
    return routing.outside_route(body)


def _answers(case: Case, to: Route, signed: frozenset[int], now: datetime) -> Post | None:
    """Who answers for a review that comes to this level: its head, or whoever does instead."""
    if not is_left(case, to.leader_post.pk, now, but=signed):
        return to.leader_post
    return _somebody_else(case, to.unit, signed, now)


def _somebody_else(case: Case, unit: Unit, signed: frozenset[int], now: datetime) -> Post | None:
    return answers_instead(case, unit, now, but=signed) or another_leader(
        case, unit, now, but=signed, role=Role.REVIEWER
    )


def instead(case: Case, now: datetime) -> Route | None:
    """Who answers for a case whose leader has stepped aside: somebody else here or above in the same body. Of a review
    it is nobody who signed what is reviewed, and where nobody here is left, it goes on up the ladder's levels."""
    if case.stage == "handle":
        post = answers_instead(case, case.unit, now)
    else:
        post = _somebody_else(case, case.unit, signers_of(case), now)
    if post is not None:
        return Route(case.unit, post)
    return review_above(case, now) if case.state in REVIEWS else None


def has_no_reviewer(case: Case, now: datetime) -> bool:
    """Whether a review lies where nobody may decide it: all who could have signed what is reviewed, or stepped aside."""
    if case.state not in REVIEWS or case.unit.authority.is_outside:
        return False
    about, signed, found = accusation_of(case), signers_of(case), standing()
    posts = [post for unit in case.unit.path or [case.unit_id] for post in found.posts_in.get(unit, ())]
    return not any(
        post.role in ROLES[Doing.SIGN]
        and post.closed_on is None
        and has_somebody(case, post.pk, now, but=signed)
        and not about.is_held_by(post.pk, now)
        for post in posts
    )
