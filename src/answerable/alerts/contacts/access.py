"""Who sees whose reachability: everyone their own; a leader those of their units, an administrator those they run.

They see whether somebody can be reached, and since when not; an address alone where they are about to call a landline.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from answerable.alerts.contacts import queries
from answerable.alerts.models import ContactPoint
from answerable.alerts.models.contacts import Way
from answerable.orgs.access import Visitor, staff_of
from answerable.orgs.models import Appointment, Authority, Role, Staff, Unit
from answerable.orgs.queries import posts_of
from answerable.record.actors import Actor, ActorKind


def actor_of(visitor: Visitor) -> Actor:
    """The member of staff under their first post; everyone who may enter holds one."""
    post = posts_of(visitor.staff, visitor.now)[0]
    return Actor(ActorKind.STAFF, staff_id=visitor.staff.pk, post_id=post.pk, unit_id=post.unit_id)


def home_of(visitor: Visitor) -> Authority:
    """The body on whose matter a person's own changes are recorded."""
    return visitor.bodies[0]


def in_care(visitor: Visitor) -> QuerySet[Staff]:
    """Whose reachability this visitor looks after; nobody's, for whoever neither leads nor administers."""
    led = [post.unit_id for post in posts_of(visitor.staff, visitor.now) if post.role == Role.LEADER]
    below = Unit.objects.filter(path__overlap=led, closed_on=None) if led else Unit.objects.none()
    held = Appointment.objects.filter(Q(until_at=None) | Q(until_at__gt=visitor.now), post__unit__in=below)
    theirs = Q(pk__in=held.values("staff"))
    if visitor.runs:
        theirs |= Q(pk__in=staff_of(visitor).values("pk"))
    return queries.serving(visitor.now).filter(theirs)


def landline_in_care(visitor: Visitor, contact_id: int) -> ContactPoint | None:
    """A colleague's landline that this visitor may call to confirm; never their own."""
    rows = ContactPoint.objects.filter(pk=contact_id, way=Way.LANDLINE, removed_at=None)
    return rows.filter(staff__in=in_care(visitor)).exclude(staff=visitor.staff).first()
