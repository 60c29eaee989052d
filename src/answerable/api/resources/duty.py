"""GET /api/v1/duty/now: which posts are on duty on each line, and where one calls. Never who (rights, rule 12)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from ninja import Router

from answerable.api.door import Key, LetIn, let_in
from answerable.api.schemas import DutyOut, RejectedOut
from answerable.api.scopes import Scope
from answerable.duty.models import Line, LineRole
from answerable.duty.queries import OnDuty, gaps, on_duty_on, open_lines
from answerable.orgs.models import Hold, Post
from answerable.orgs.standing import is_in_force, standing

router = Router(tags=["duty"])
MOMENT = timedelta(seconds=1)


@router.get(
    "/duty/now",
    auth=Key(Scope.DUTY_READ),
    response={200: DutyOut, frozenset({401, 403, 422, 429, 503}): RejectedOut},
    summary="Who is on duty now, by post",
    operation_id="get_duty",
)
def get_duty(request: HttpRequest) -> dict[str, Any]:
    """Roles and posts, and the duty telephone that the unit publishes. Nobody's name and nobody's own number."""
    let = let_in(request)
    units = set(let.unit_ids)
    lines = [
        line
        for line in open_lines(let.now, let.client.authority_id)
        if line.unit_id in units and (line.closed_on is None or line.closed_on > let.today)
    ]
    found = on_duty_on([line.pk for line in lines], let.now)
    roles = {role.pk: role for role in LineRole.objects.filter(line__in=lines)}
    return {"at": let.now, "lines": [_line(line, found[line.pk], roles, let) for line in lines]}


def _line(line: Line, people: list[OnDuty], roles: Mapping[int, LineRole], let: LetIn) -> dict[str, Any]:
    return {
        "code": line.code,
        "name": line.name,
        "unit": {"code": line.unit.code, "name": line.unit.name},
        "telephone": line.phone or None,
        "on_duty": [_person(one, roles, let) for one in people],
        "missing": sum(gap.missing for gap in gaps(line.pk, let.now, let.now + MOMENT)),
    }


def _person(one: OnDuty, roles: Mapping[int, LineRole], let: LetIn) -> dict[str, Any]:
    post = _post_of(one.staff_id, let)
    return {
        "role": roles[one.role_id].name,
        "post": {"code": post.code, "name": post.name} if post else None,
        "unit": {"code": post.unit.code, "name": post.unit.name} if post else None,
        "from_at": one.from_at,
        "until_at": one.until_at,
        "stays": one.stays,
    }


def _post_of(staff_id: int, let: LetIn) -> Post | None:
    """Their own post in the office: what they hold, before what they stand in for."""
    held = [
        one
        for one in standing().by_staff.get(staff_id, ())
        if is_in_force(one, let.now) and one.post.unit.authority_id == let.client.authority_id
    ]
    held.sort(key=lambda one: (one.hold != Hold.HOLDER, one.post_id))
    return held[0].post if held else None
