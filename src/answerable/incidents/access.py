"""The only door to an incident: 404 for other bodies', 403 for a role.

The staff of a body read its incidents, and so do the leaders of the body above, who are told of each. Anybody of the
body takes a first call down. Who is on duty and the leaders of its unit and above activate and dismiss; who has a role
writes; who commands commands. Administrators and auditors read: they neither write nor command.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from answerable.core import clock
from answerable.duty.queries import who_is_on_duty
from answerable.incidents.models import Incident, IncidentRole
from answerable.incidents.rules import NotTheirs
from answerable.orgs.models import Authority, Hold, Post, Role, Staff, Unit
from answerable.orgs.queries import posts_of
from answerable.orgs.standing import is_in_force, standing
from answerable.record.actors import Actor, ActorKind
from answerable.ui.signed_in import signed_in

#: Posts that look on: they neither write in an incident nor command one.
LOOK_ON = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})


@dataclass(frozen=True)
class Reader:
    """A member of staff with the posts they hold right now."""

    staff: Staff
    posts: tuple[Post, ...]
    now: datetime

    @cached_property
    def working(self) -> tuple[Post, ...]:
        """Posts under which they do something, and do not only look on."""
        return tuple(post for post in self.posts if post.role not in LOOK_ON)

    @cached_property
    def body_ids(self) -> list[int]:
        """The bodies that they belong to."""
        return sorted({post.unit.authority_id for post in self.posts})

    @cached_property
    def seen_body_ids(self) -> list[int]:
        """The same, and the bodies below those where they lead."""
        leads = {post.unit.authority_id for post in self.posts if post.role == Role.LEADER}
        below = {pk for pk, body in standing().authorities.items() if body.above_id in leads}
        return sorted({*self.body_ids, *below})

    @cached_property
    def duty_body_ids(self) -> frozenset[int]:
        """The bodies that they are on duty for at this moment."""
        return frozenset(
            body
            for body in self.body_ids
            if any(
                one.staff_id == self.staff.pk
                for line in who_is_on_duty(body, self.now).values()
                for one in line
            )
        )

    @property
    def zone(self) -> str:
        return self.posts[0].unit.authority.zone

    @property
    def may_report(self) -> bool:
        """Whether they take a first call down: anybody of a body whose post does something."""
        return bool(self.working)

    def leads(self, incident: Incident) -> bool:
        return leads_unit(self.working, incident.unit)

    def is_on_duty_for(self, incident: Incident) -> bool:
        return incident.authority_id in self.duty_body_ids

    def commands(self, incident: Incident) -> bool:
        """Whether they command it, or may begin and end it while nobody does."""
        if incident.state == Incident.State.ACTIVE and incident.commander_id is not None:
            return incident.commander_id == self.staff.pk
        return self.leads(incident) or self.is_on_duty_for(incident)

    def has_role(self, incident: Incident) -> bool:
        return IncidentRole.objects.filter(incident=incident, staff=self.staff, until_at=None).exists()

    def writes(self, incident: Incident) -> bool:
        """Whether they write in it and carry out its tasks."""
        return may_write(self.staff.pk, self.working, incident, self.now)

    def actor(self, incident: Incident | None = None) -> Actor:
        """As whom their acts are recorded: the post of their role, else one in the body that works, their own first."""
        role_posts = set()
        if incident is not None:
            rows = IncidentRole.objects.filter(incident=incident, staff=self.staff, until_at=None)
            role_posts = set(rows.values_list("post_id", flat=True))
        stands_in = self._stands_in
        order = sorted(
            self.posts,
            key=lambda post: (
                post.pk not in role_posts,
                incident is not None and post.unit.authority_id != incident.authority_id,
                post.role in LOOK_ON,
                incident is not None and not leads_unit([post], incident.unit),
                post.pk in stands_in,
                post.pk,
            ),
        )
        post = order[0]
        return Actor(
            ActorKind.STAFF,
            staff_id=self.staff.pk,
            post_id=post.pk,
            unit_id=post.unit_id,
            stands_in=post.pk in stands_in,
        )

    @cached_property
    def _stands_in(self) -> frozenset[int]:
        held = [one for one in standing().by_staff.get(self.staff.pk, ()) if is_in_force(one, self.now)]
        own = {one.post_id for one in held if one.hold == Hold.HOLDER}
        return frozenset(one.post_id for one in held) - own


def leads_unit(posts: tuple[Post, ...] | list[Post], unit: Unit) -> bool:
    """Whether one of these posts is a leader's of the unit or above it in its body."""
    return any(post.role == Role.LEADER and post.unit_id in (unit.path or [unit.pk]) for post in posts)


def is_on_duty(staff_id: int, authority_id: int, at: datetime) -> bool:
    """Whether somebody is on duty for a body at an instant, on any of its lines."""
    return staff_id in on_duty_for(authority_id, at)


def on_duty_for(authority_id: int, at: datetime) -> set[int]:
    """Everybody on duty for a body at an instant."""
    return {one.staff_id for line in who_is_on_duty(authority_id, at).values() for one in line}


def may_write(staff_id: int, working: tuple[Post, ...], incident: Incident, at: datetime) -> bool:
    """Who commands, has a role of the incident, leads its unit, or is on duty for its body; nobody who only looks on."""
    if staff_id == incident.commander_id and is_of_bodies(working, incident):
        return True
    if not any(post.unit.authority_id == incident.authority_id for post in working):
        return False
    return (
        leads_unit(working, incident.unit)
        or IncidentRole.objects.filter(incident=incident, staff=staff_id, until_at=None).exists()
        or is_on_duty(staff_id, incident.authority_id, at)
    )


def is_of_bodies(working: tuple[Post, ...], incident: Incident) -> bool:
    """Whether one of these posts is of the incident's body or of the one above it, which may have taken the command."""
    bodies = (incident.authority_id, incident.authority.above_id)
    return any(post.unit.authority_id in bodies for post in working)


# ---------------------------------------------------------------- again, under the lock


def _working(by: Actor, at: datetime) -> tuple[Post, ...]:
    staff = standing(fresh=True).staff.get(by.staff)
    if staff is None or not staff.is_active:
        return ()
    return tuple(post for post in posts_of(staff, at) if post.role not in LOOK_ON)


def leads(by: Actor, incident: Incident, at: datetime) -> bool:
    """Whether the actor leads the incident's unit or above it in its body."""
    return by.staff_id is not None and leads_unit(_working(by, at), incident.unit)


def require_reporter(by: Actor, authority: Authority, at: datetime) -> None:
    """Raises NotTheirs unless the actor works in the body. Another system with a key was let in at its door."""
    if by.kind in (ActorKind.SYSTEM, ActorKind.CLIENT):
        return
    if not any(post.unit.authority_id == authority.pk for post in _working(by, at)):
        raise NotTheirs("not_of_body")


def require_writer(by: Actor, incident: Incident, at: datetime) -> None:
    """Raises NotTheirs unless the actor may write in the incident."""
    if by.kind is ActorKind.SYSTEM:
        return
    if not may_write(by.staff, _working(by, at), incident, at):
        raise NotTheirs("writes_not")


def require_director(by: Actor, incident: Incident, at: datetime) -> None:
    """Raises NotTheirs unless the actor may activate or dismiss: who leads its unit, or is on duty for its body."""
    if by.kind is ActorKind.SYSTEM:
        return
    working = _working(by, at)
    of_body = any(post.unit.authority_id == incident.authority_id for post in working)
    if not of_body or not (
        leads_unit(working, incident.unit) or is_on_duty(by.staff, incident.authority_id, at)
    ):
        raise NotTheirs("directs_not")


def require_leader(by: Actor, incident: Incident, at: datetime) -> None:
    """Raises NotTheirs unless the actor leads the incident's unit or above."""
    if by.kind is not ActorKind.SYSTEM and not leads_unit(_working(by, at), incident.unit):
        raise NotTheirs("leads_not")


def require_commander(by: Actor, incident: Incident, at: datetime) -> None:
    """Raises NotTheirs unless the actor commands the incident, and still works there."""
    if by.kind is ActorKind.SYSTEM or _commands(by, incident, at):
        return
    raise NotTheirs("commands_not")


def require_commander_or_leader(by: Actor, incident: Incident, at: datetime) -> None:
    """Raises NotTheirs unless the actor commands the incident or leads its unit or above."""
    if by.kind is ActorKind.SYSTEM or _commands(by, incident, at):
        return
    if not leads_unit(_working(by, at), incident.unit):
        raise NotTheirs("commands_not")


def _commands(by: Actor, incident: Incident, at: datetime) -> bool:
    return by.staff == incident.commander_id and is_of_bodies(_working(by, at), incident)


# ---------------------------------------------------------------- pages


def reader_for(staff: Staff, now: datetime) -> Reader:
    return Reader(staff, tuple(posts_of(staff, now)), now)


P = ParamSpec("P")
R = TypeVar("R", bound=Reader)


def entered_by(
    reader_of: Callable[[Staff, datetime], R],
) -> Callable[[Callable[Concatenate[HttpRequest, R, P], HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """For everyone who holds a post, as the reader that a room makes of them; 403 with a sentence for others. Times are
    shown in the office's zone."""

    def door(
        view: Callable[Concatenate[HttpRequest, R, P], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            reader = reader_of(cast(Staff, request.user), clock.now())
            if not reader.posts:
                raise PermissionDenied(_("You hold no post. Ask the administrator if you need one."))
            with timezone.override(reader.zone):
                return view(request, reader, *args, **kwargs)

        return never_cache(signed_in(entered))

    return door


incident_view = entered_by(reader_for)


def incidents_for(reader: Reader) -> QuerySet[Incident]:
    """The incidents of their bodies and of those below where they lead, and any in which they have a role."""
    roles = IncidentRole.objects.filter(staff=reader.staff, until_at=None).values("incident")
    rows = Incident.objects.filter(Q(authority__in=reader.seen_body_ids) | Q(pk__in=roles))
    return rows.select_related("authority", "unit", "place", "commander", "plan_version__plan")


def incident_for(reader: Reader, incident_id: UUID) -> Incident:
    """An incident that they may read; 404 for others."""
    incident = incidents_for(reader).filter(pk=incident_id).first()
    if incident is None:
        raise Http404
    return incident


def incident_to_write(reader: Reader, incident_id: UUID) -> Incident:
    """An incident in which they write and carry out tasks; 403 with a sentence."""
    incident = incident_for(reader, incident_id)
    if not reader.writes(incident):
        raise PermissionDenied(
            _("Whoever has a role in it, is on duty or leads the unit writes in an incident.")
        )
    return incident


def incident_to_direct(reader: Reader, incident_id: UUID) -> Incident:
    """A call that they may activate or dismiss; 403 with a sentence."""
    incident = incident_for(reader, incident_id)
    if not (reader.leads(incident) or reader.is_on_duty_for(incident)):
        raise PermissionDenied(
            _("Whoever is on duty for the body, or leads the unit, activates or dismisses.")
        )
    return incident


def incident_to_command(reader: Reader, incident_id: UUID, *, or_lead: bool = False) -> Incident:
    """An incident that they command (`or_lead`: or whose unit they lead); 403 with a sentence."""
    incident = incident_for(reader, incident_id)
    if incident.commander_id != reader.staff.pk and not (or_lead and reader.leads(incident)):
        raise PermissionDenied(_("Only whoever commands this incident does that."))
    return incident


def require_reporting(reader: Reader) -> None:
    if not reader.may_report:
        raise PermissionDenied(_("Administrators and auditors look on. Call whoever is on duty."))
