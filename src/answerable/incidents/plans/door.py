"""The only door to a body's plans: its staff and the leaders above read them; who works in it writes; who leads approves."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from answerable.core.sentences import sentence
from answerable.incidents.access import Reader
from answerable.incidents.models import Plan, PlanVersion
from answerable.incidents.plans.rules import CannotPlan
from answerable.incidents.services.plans import leads_body
from answerable.orgs.models import Authority
from answerable.orgs.standing import standing
from answerable.record.actors import Actor, ActorKind


def plans_for(reader: Reader) -> QuerySet[Plan]:
    return Plan.objects.filter(authority__in=reader.seen_body_ids).select_related("authority")


def plan_for(reader: Reader, plan_id: int) -> Plan:
    """A plan that they may read; 404 for others."""
    plan = plans_for(reader).filter(pk=plan_id).first()
    if plan is None:
        raise Http404
    return plan


def version_for(plan: Plan, number: int) -> PlanVersion:
    """One version of it; 404 where there is none."""
    row = (
        PlanVersion.objects.filter(plan=plan, number=number).select_related("made_by", "approved_by").first()
    )
    if row is None:
        raise Http404
    return row


def working_bodies(reader: Reader) -> list[Authority]:
    """The bodies in which they do something, and whose plans they write."""
    found = {post.unit.authority_id for post in reader.working}
    return [standing().authorities[pk] for pk in sorted(found)]


def may_write(reader: Reader, plan: Plan) -> bool:
    return any(post.unit.authority_id == plan.authority_id for post in reader.working)


def may_approve(reader: Reader, plan: Plan) -> bool:
    return leads_body(reader.working, plan.authority_id)


def plan_to_write(reader: Reader, plan_id: int) -> Plan:
    """A plan of a body in which they work; 403 with a sentence."""
    plan = plan_for(reader, plan_id)
    if not may_write(reader, plan):
        raise PermissionDenied(sentence(CannotPlan("no_worker")))
    return plan


def plan_to_approve(reader: Reader, plan_id: int) -> Plan:
    """A plan of a body that they lead; 403 with a sentence."""
    plan = plan_for(reader, plan_id)
    if not may_approve(reader, plan):
        raise PermissionDenied(sentence(CannotPlan("no_leader")))
    return plan


def actor_in(reader: Reader, authority_id: int) -> Actor:
    """As whom they act in the body: a leader's post on top first."""
    own = [post for post in reader.working if post.unit.authority_id == authority_id]
    if not own:
        raise PermissionDenied(_("Only somebody who works in this body writes its plans."))
    post = sorted(own, key=lambda one: (not leads_body([one], authority_id), one.pk))[0]
    return Actor(ActorKind.STAFF, staff_id=reader.staff.pk, post_id=post.pk, unit_id=post.unit_id)
