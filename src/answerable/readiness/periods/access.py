"""The only door to a readiness period: 404 for other bodies', 403 for a role.

The staff of a body read its periods, and so do the leaders of the body above. Leaders plan them for a unit that they
lead; they change, end and call off those of their units and below. Administrators and auditors look on.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from answerable.duty.models import Line
from answerable.incidents.access import LOOK_ON, Reader, leads_unit
from answerable.orgs.models import Post, Role, Unit
from answerable.orgs.queries import posts_of
from answerable.orgs.standing import standing
from answerable.readiness.periods.models import Period
from answerable.readiness.periods.rules import CannotPeriod, NotTheirs
from answerable.record.actors import Actor, ActorKind


def periods_for(reader: Reader) -> QuerySet[Period]:
    rows = Period.objects.filter(authority__in=reader.seen_body_ids)
    return rows.select_related("authority", "unit").prefetch_related("named_places__place")


def period_for(reader: Reader, period_id: UUID) -> Period:
    """A period that they may read; 404 for others."""
    found = periods_for(reader).filter(pk=period_id).first()
    if found is None:
        raise Http404
    return found


def leads(reader: Reader, period: Period) -> bool:
    """Whether they change, end and call it off."""
    return leads_unit(reader.working, period.unit)


def period_to_lead(reader: Reader, period_id: UUID) -> Period:
    found = period_for(reader, period_id)
    if not leads(reader, found):
        raise PermissionDenied(_("Leaders of its unit and above change a readiness period."))
    return found


def led_units(reader: Reader) -> list[Unit]:
    """The units for which they may plan a period, the highest first."""
    own = [post.unit for post in reader.working if post.role == Role.LEADER]
    found = {unit.pk: unit for unit in own if unit.closed_on is None}
    return sorted(found.values(), key=lambda unit: (len(unit.path), unit.pk))


def actor(reader: Reader, unit: Unit) -> Actor:
    """As whom their act is recorded: under the post by which they lead the unit."""
    leading = [post for post in reader.working if leads_unit([post], unit)]
    post = (leading or list(reader.working) or list(reader.posts))[0]
    return Actor(ActorKind.STAFF, staff_id=reader.staff.pk, post_id=post.pk, unit_id=post.unit_id)


# ---------------------------------------------------------------- again, under the lock


def working_posts(by: Actor, at: datetime) -> tuple[Post, ...]:
    staff = standing(fresh=True).staff.get(by.staff)
    if staff is None or not staff.is_active:
        return ()
    return tuple(post for post in posts_of(staff, at) if post.role not in LOOK_ON)


def require_leader(by: Actor, unit: Unit, at: datetime) -> None:
    """Raises NotTheirs unless the actor leads the unit or one above it. The system may."""
    if by.kind is not ActorKind.SYSTEM and not leads_unit(working_posts(by, at), unit):
        raise NotTheirs("leads_not")


def require_line(by: Actor, line: Line, at: datetime) -> None:
    """Raises CannotPeriod unless the actor leads the unit that runs the line: nobody asks more of another's people."""
    if by.kind is not ActorKind.SYSTEM and not leads_unit(working_posts(by, at), line.unit):
        raise CannotPeriod("line_not_yours", line=line.name)
