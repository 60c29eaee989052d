"""What came without anybody having been asked whether it accuses somebody (an e-mail): the answer of who read it first.

Until then only the unit that received it reads it, as with every accusation whose aim is not known (rights, rule 5).
That it does accuse somebody is said as everywhere, by naming them (`accusing.name_accused`).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from answerable.cases import access, files, routing, rules, steps
from answerable.cases.act_kinds import ActKind
from answerable.cases.answering import answers
from answerable.cases.models import Case, Involvement, Message
from answerable.cases.rules import CannotAct, Doing
from answerable.orgs.models import Subject
from answerable.record.actors import Actor


@transaction.atomic(durable=True)
def say_no_conduct(*, case_id: UUID, subject: int, by: Actor, seen_version: int, now: datetime) -> Case:
    """It accuses nobody: it goes where its subject belongs, as if it had come there. No clock restarts.

    What was answered meanwhile, or lies before the level above, stays there: its state and its dates go with it.

    Raises CannotAct (nature_said, unknown_subject, files_held).
    """
    case = steps.lock_case(case_id, seen_version=seen_version)
    access.require(by, case, Doing.ROUTE, now)
    if not case.is_nature_open:
        raise CannotAct("nature_said")
    chosen = Subject.objects.filter(authority=case.authority_id, closed_on=None, pk=subject).first()
    if chosen is None:
        raise CannotAct("unknown_subject")
    before, route = case.unit, routing.route_mapped(case.authority, chosen, case.place)
    is_fresh = case.state in rules.ALLOWED[ActKind.TRANSFERRED]
    if not is_fresh:
        route = routing.Route(before, case.leader_post)
    else:
        case.is_conduct = False
        post = answers(case, route.unit, route.leader_post, now) or route.leader_post
        route = routing.Route(route.unit, post)
    moved = route.unit.pk != before.pk
    if moved:
        files.require_checked(case)
        files.leave_with(case, before)
        steps.involve(case, before, Involvement.Capacity.RECEIVED, at=now)
    steps.move_to_unit(case, route.unit, route.leader_post)
    changes = {
        "is_conduct": False,
        "is_accused_unknown": False,
        "is_nature_open": False,
        "subject": chosen,
        "unit": route.unit,
        "leader_post": route.leader_post,
    }
    if moved:
        changes |= {"handler_post_id": None, "charge_post_id": None, "is_draft_ready": False}
        changes |= {"state": "registered"}
    body = {"conduct": False, "subject": chosen.pk, "from": before.pk, "to": route.unit.pk}
    done = steps.act(case, ActKind.NATURE_SAID, by=by, now=now, set=changes, body=body, clocks=False)
    if moved:
        facts = {"unit": route.unit.pk}
        steps.say(case, done, Message.Kind.NOTICE, "", by=by, code="transferred", facts=facts)
    return case
