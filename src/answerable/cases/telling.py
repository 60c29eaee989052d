"""Who is told of a case, and how: the posts at work on it, those who sign, the clerks of a unit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from answerable.alerts.services import tell_posts
from answerable.cases.models import Case
from answerable.cases.naming import named
from answerable.core.statements import fetch
from answerable.orgs.models import Role
from answerable.orgs.queries import calendar_of, is_filled
from answerable.orgs.standing import standing
from answerable.record.queries import ActShown

_TICK = timedelta(microseconds=1)


def case_of(matter: UUID) -> Case | None:
    found = fetch(Case, "id = %s", [matter])
    return named(found[0]) if found else None


def facts_of(case: Case) -> dict[str, str]:
    """What a notice line needs; `due` is the office's local day, last day in time."""
    due = ""
    if case.due_at:
        due = str(calendar_of(case.authority).local_day(case.due_at - _TICK))
    names = {"unit_zh": case.unit.name_zh, "unit_en": case.unit.name_en}
    return {"case": case.code, "due": due} | names


def handling_posts(case: Case, at: datetime) -> list[int]:
    """The post at work on the case, and the leader who took charge of it; the unit's clerks, where nobody has it or
    nobody holds the post that does."""
    posts = [post for post in (case.handler_post_id, case.charge_post_id) if post]
    if not case.handler_post_id or not is_filled(case.handler_post_id, at):
        posts += clerks_of(case.unit_id)
    return list(dict.fromkeys(posts)) or [case.leader_post_id]


def signing_post(case: Case, at: datetime) -> int:
    """The leader who carries it to its end, as long as somebody holds that post; else the one who answers for it."""
    charge = case.charge_post_id
    return charge if charge and is_filled(charge, at) else case.leader_post_id


def clerks_of(unit_id: int) -> list[int]:
    posts = standing().posts_in.get(unit_id, ())
    return [post.pk for post in posts if post.role == Role.CLERK and post.closed_on is None]


def tell(
    posts: list[int],
    code: str,
    case: Case,
    act: ActShown,
    facts: Mapping[str, str] | None = None,
    *,
    urgent: bool = False,
) -> None:
    tell_posts(
        posts,
        code,
        key=f"{act.id}:{code}",
        at=act.at,
        matter=case.pk,
        facts=facts_of(case) | dict(facts or {}),
        is_urgent=urgent,
    )
