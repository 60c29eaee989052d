"""Whoever watches over an office hears of it when somebody is given a post, a post another role, when a sign-in is
renewed or a second factor taken away: the ways in which an administrator could make themselves somebody who may read. And
when it is changed where matters go from here: what climbs, and what accuses, must not end in somebody's own mailbox.

To the auditors and the head of the body, as a notice. It stops nobody, and leaves nobody unseen.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
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

#: Where matters go that leave a body, or climb out of it.
WAYS_OUT = frozenset({"above", "conduct_body", "is_outside", "letter_address", "letter_email"})


@on(OrgAct.IMPORTED, OrgAct.CHANGED)
def tell_of_ways_out(matter: UUID, act: ActShown, now: datetime) -> None:
    """Told to those who watch over each body here whose matters go that way; a body outside has nobody here."""
    body = act.body or {}
    rows = [
        row for row in body.get("changes", [body]) if row.get("table") == "authorities" and not row["new"]
    ]
    changed = {row["key"][0] for row in rows if WAYS_OUT & row["to"].keys()}
    bodies = standing().authorities.values()
    for there in (one for one in bodies if one.code in changed):
        ours = [
            here
            for here in bodies
            if there.is_outside or there.pk in (here.pk, here.above_id, here.conduct_body_id)
        ]
        watching = [post for here in ours for post in _watching(matter_of("authority", here.pk))]
        facts = {"step_zh": there.name_zh, "step_en": there.name_en} | _by(act)
        tell_posts(watching, "way_out_changed", key=f"{act.id}:way_out:{there.pk}", at=act.at, facts=facts)


@on(OrgAct.IMPORTED, OrgAct.CREATED, OrgAct.CHANGED)
def tell_of_posts_in_rows(matter: UUID, act: ActShown, now: datetime) -> None:
    """A file gives posts as well, and a row changed by hand lets a post read what it did not: told as any other way."""
    body = act.body or {}
    rows = [(_way(row, act.at), row) for row in body.get("changes", [body])]
    found = {(code, tuple(row["key"][:3])) for code, row in rows if code}
    if not found:
        return
    by_codes = {(one.unit.authority.code, one.unit.code, one.code): one for one in standing().posts.values()}
    watching = _watching(matter)
    for code, key in sorted(found):
        post = by_codes[key]  # rows of the organisation are closed, never deleted
        tell_posts(
            watching, code, key=f"{act.id}:{code}:{post.pk}", at=act.at, facts=_post_facts(post) | _by(act)
        )


def _way(row: Mapping[str, Any], at: datetime) -> str:
    """By which notice a changed row of the organisation is told of; "" for most."""
    to = row.get("to", {})
    if row.get("table") == "appointments":
        until = to.get("until_at")
        is_given = row["new"] or ("until_at" in to and (until is None or datetime.fromisoformat(until) > at))
        return CODES[str(OrgAct.APPOINTED)] if is_given else ""
    return "role_changed" if row.get("table") == "posts" and "role" in to and not row["new"] else ""


@on(OrgAct.APPOINTED, OrgAct.SIGN_IN_RENEWED, OrgAct.SECOND_FACTOR_RESET)
def tell_who_watches(matter: UUID, act: ActShown, now: datetime) -> None:
    body = act.body or {}
    posts = _watching(matter)
    if not posts:
        return
    facts: dict[str, str] = {}
    post = standing().posts.get(int(body.get("post") or 0))
    if post is not None:
        facts = _post_facts(post)
    else:
        names = Staff.objects.filter(pk=int(body.get("staff") or 0)).values_list("name_zh", "name_en").first()
        facts = {"step_zh": names[0], "step_en": names[1]} if names else {}
    tell_posts(posts, CODES[act.kind], key=f"{act.id}:{CODES[act.kind]}", at=act.at, facts=facts | _by(act))


def _by(act: ActShown) -> dict[str, str]:
    """Who did it: the head of the body does not read the list in which an auditor finds that. Empty: the system did, or
    whoever runs it."""
    post = standing().posts.get(act.post_id or 0)
    if post is None:
        return {}
    names = {"by_zh": post.name_zh, "by_en": post.name_en}
    return names | {"by_unit_zh": post.unit.name_zh, "by_unit_en": post.unit.name_en}


def _post_facts(post: Post) -> dict[str, str]:
    names = {"step_zh": post.name_zh, "step_en": post.name_en}
    return names | {"unit_zh": post.unit.name_zh, "unit_en": post.unit.name_en}


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
