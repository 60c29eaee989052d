"""Whoever watches over an office hears of it when somebody is given a post, a sign-in is renewed or a second factor taken
away: the ways in which an administrator could make themselves somebody who may read.

To the auditors and the head of the body, as a notice. It stops nobody, and leaves nobody unseen.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from answerable.alerts.telling import tell_posts
from answerable.orgs.act_kinds import OrgAct
from answerable.orgs.models import Post, Role, Staff
from answerable.orgs.standing import standing
from answerable.record.matters import matter_of
from answerable.record.queries import ActShown
from answerable.record.reactions import on

#: The code of the notice, by the act that it is about.
CODES = {
    str(OrgAct.APPOINTED): "somebody_appointed",
    str(OrgAct.SIGN_IN_RENEWED): "sign_in_renewed",
    str(OrgAct.SECOND_FACTOR_RESET): "second_factor_reset",
}


@on(OrgAct.APPOINTED, OrgAct.SIGN_IN_RENEWED, OrgAct.SECOND_FACTOR_RESET)
def tell_who_watches(matter: UUID, act: ActShown, now: datetime) -> None:
    body = act.body or {}
    posts = _watching(matter)
    if not posts:
        return
    facts: dict[str, str] = {}
    post = standing().posts.get(int(body.get("post") or 0))
    if post is not None:
        facts = {
            "step_zh": post.name_zh,
            "step_en": post.name_en,
            "unit_zh": post.unit.name_zh,
            "unit_en": post.unit.name_en,
        }
    else:
        names = Staff.objects.filter(pk=int(body.get("staff") or 0)).values_list("name_zh", "name_en").first()
        facts = {"step_zh": names[0], "step_en": names[1]} if names else {}
    tell_posts(posts, CODES[act.kind], key=f"{act.id}:{CODES[act.kind]}", at=act.at, facts=facts)


def _watching(matter: UUID) -> list[int]:
    """The auditors of the body that the act is about, and its head."""
    return [
        post.pk
        for post in standing().posts.values()
        if post.closed_on is None
        and matter_of("authority", post.unit.authority_id) == matter
        and (post.role == Role.AUDITOR or _is_head(post))
    ]


def _is_head(post: Post) -> bool:
    return post.role == Role.LEADER and post.is_head and post.unit.parent_id is None
