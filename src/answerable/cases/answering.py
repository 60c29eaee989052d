"""Who acts for a post that a case comes to, and who does instead where its holders stepped aside or there is none."""

from __future__ import annotations

from datetime import datetime

from answerable.cases.accusation import accusation_of
from answerable.cases.models import Case
from answerable.orgs.models import Post, Role, Unit
from answerable.orgs.queries import head_of, holders_of
from answerable.orgs.standing import standing

NOBODY: frozenset[int] = frozenset()


def has_somebody(case: Case, post_id: int, now: datetime, *, but: frozenset[int] = NOBODY) -> bool:
    """Whether somebody acts for the post who has not stepped aside from the case. `but`: and who is none of these."""
    aside = _aside(case) | but
    return any(staff.pk not in aside for staff in holders_of(post_id, now))


def is_left(case: Case, post_id: int, now: datetime, *, but: frozenset[int] = NOBODY) -> bool:
    """Whether everybody who acts for the post has stepped aside, or is one of `but`. A post that nobody holds was left
    by nobody."""
    aside = _aside(case) | but
    holders = holders_of(post_id, now) if aside else []
    return bool(holders) and all(staff.pk in aside for staff in holders)


def _aside(case: Case) -> set[int]:
    return set(case.stepped_aside.values_list("staff_id", flat=True))


def answers(
    case: Case, unit: Unit, head: Post | None, now: datetime, *, but: frozenset[int] = NOBODY
) -> Post | None:
    """Who answers for a case that comes to a unit: its head's post, or who answers instead of that, none of `but`.

    Where nobody does, the head's post all the same: whoever watches from the level above sees that it stands still.
    """
    if head is not None and has_somebody(case, head.pk, now, but=but):
        return head
    return answers_instead(case, unit, now, but=but) or head


def answers_instead(case: Case, unit: Unit, now: datetime, *, but: frozenset[int] = NOBODY) -> Post | None:
    """The head of the next unit above in the same body who has no interest in it and is none of `but`; at its top,
    another leader there."""
    about, units = accusation_of(case), standing().units
    for pk in reversed((unit.path or [unit.pk])[:-1]):
        post = head_of(units[pk])
        if post is None or not has_somebody(case, post.pk, now, but=but):
            continue
        if not about.reaches(units[pk], post, now):
            return post
    return another_leader(case, unit, now, but=but)


def another_leader(
    case: Case,
    unit: Unit,
    now: datetime,
    *,
    but: frozenset[int] = NOBODY,
    role: Role = Role.LEADER,
) -> Post | None:
    """A leader's post (or one of another role) in the unit for which somebody acts whom the case neither concerns nor is
    about, and who is none of `but`."""
    about = accusation_of(case)
    posts = standing().posts_in.get(unit.pk, ())
    others = (post for post in posts if post.role == role and post.closed_on is None)
    able = (
        post
        for post in others
        if has_somebody(case, post.pk, now, but=but) and not about.is_held_by(post.pk, now)
    )
    return next(able, None)
