"""The door to due reports: 404 for what is not theirs to read, 403 for a role.

A unit reads its own and those of the units below it; the unit above reads what goes to it; leaders of the body above read
the reports of the bodies below. Whoever works in a unit fills in for it, and so may the leaders above it, by telephone.
Administrators and auditors look on. Leaders and administrators of a body's first unit say what is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from answerable.core import clock
from answerable.core.refusals import NotYours
from answerable.incidents.access import LOOK_ON
from answerable.orgs.models import Authority, Post, Role, Staff, Unit
from answerable.orgs.queries import posts_of
from answerable.orgs.standing import standing
from answerable.readiness.reports.models import DueReport, Kind
from answerable.record.actors import Actor, ActorKind
from answerable.ui.signed_in import signed_in


@dataclass(frozen=True)
class Reader:
    """A member of staff with the posts they hold right now."""

    staff: Staff
    posts: tuple[Post, ...]
    now: datetime

    @cached_property
    def working(self) -> tuple[Post, ...]:
        return tuple(post for post in self.posts if post.role not in LOOK_ON)

    @property
    def unit_ids(self) -> list[int]:
        return sorted({post.unit_id for post in self.posts})

    @property
    def own_unit_ids(self) -> list[int]:
        """The units in which they do something, and do not only look on."""
        return sorted({post.unit_id for post in self.working})

    @cached_property
    def bodies(self) -> list[Authority]:
        """Their bodies, and those below where they lead."""
        own = {post.unit.authority_id for post in self.posts}
        leads = {post.unit.authority_id for post in self.posts if post.role == Role.LEADER}
        found = standing().authorities.values()
        return [one for one in found if one.pk in own or (one.above_id in leads and not one.is_outside)]

    @property
    def below_body_ids(self) -> list[int]:
        leads = {post.unit.authority_id for post in self.posts if post.role == Role.LEADER}
        return sorted(one.pk for one in standing().authorities.values() if one.above_id in leads)

    @property
    def zone(self) -> str:
        return self.posts[0].unit.authority.zone

    @property
    def kept_bodies(self) -> list[Authority]:
        """The bodies whose kinds of report they set up."""
        return [one for one in self.bodies if any(keeps(post, one) for post in self.posts)]

    def fills(self, report: DueReport) -> bool:
        return may_fill(self.working, report)

    def receives(self, report: DueReport) -> bool:
        return may_receive(self.working, report)

    def actor(self, report: DueReport) -> Actor:
        """As whom their acts are recorded: a post that fills in or receives before one that only reads."""
        order = sorted(
            self.posts,
            key=lambda post: (
                post.role in LOOK_ON,
                post.unit_id not in (report.unit_id, report.to_unit_id),
                not may_fill([post], report),
                post.pk,
            ),
        )
        return _actor(self.staff, order[0])

    def keeper(self, body: Authority) -> Actor:
        """As whom they set up a body's reports. Raises NotYours."""
        post = next((post for post in self.posts if keeps(post, body)), None)
        if post is None:
            raise NotYours("keeps_not")
        return _actor(self.staff, post)


def _actor(staff: Staff, post: Post) -> Actor:
    return Actor(ActorKind.STAFF, staff_id=staff.pk, post_id=post.pk, unit_id=post.unit_id)


def keeps(post: Post, body: Authority) -> bool:
    """Whether a post says what a body's units report: a leader or administrator of its first unit."""
    unit = post.unit
    return (
        unit.authority_id == body.pk
        and unit.parent_id is None
        and post.role in (Role.LEADER, Role.ADMINISTRATOR)
    )


def may_fill(posts: tuple[Post, ...] | list[Post], report: DueReport) -> bool:
    """Whoever works in the unit, and the leaders above it in its body."""
    path = report.unit.path or [report.unit_id]
    return any(
        post.role not in LOOK_ON
        and (post.unit_id == report.unit_id or (post.role == Role.LEADER and post.unit_id in path))
        for post in posts
    )


def may_receive(posts: tuple[Post, ...] | list[Post], report: DueReport) -> bool:
    """Whoever works in the unit that it goes to, and the leaders above that."""
    to: Unit | None = report.to_unit
    if to is None:
        return False
    path = to.path or [to.pk]
    return any(
        post.role not in LOOK_ON
        and (post.unit_id == to.pk or (post.role == Role.LEADER and post.unit_id in path))
        for post in posts
    )


# ---------------------------------------------------------------- again, under the lock


def _posts(by: Actor, at: datetime) -> list[Post]:
    staff = standing(fresh=True).staff.get(by.staff)
    return posts_of(staff, at) if staff is not None and staff.is_active else []


def require_filler(by: Actor, report: DueReport, at: datetime) -> None:
    """Raises NotYours unless the actor reports for the unit."""
    if not may_fill(_posts(by, at), report):
        raise NotYours("fills_not")


def require_receiver(by: Actor, report: DueReport, at: datetime) -> None:
    """Raises NotYours unless the actor works where the report goes."""
    if not may_receive(_posts(by, at), report):
        raise NotYours("receives_not")


def require_keeper(by: Actor, body: Authority, at: datetime) -> None:
    """Raises NotYours unless the actor sets up the body's reports."""
    if by.kind is ActorKind.SYSTEM:
        return
    if not any(keeps(post, body) for post in _posts(by, at)):
        raise NotYours("keeps_not")


# ---------------------------------------------------------------- pages

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Reader, P], HttpResponseBase]


def reader_for(staff: Staff, now: datetime) -> Reader:
    return Reader(staff, tuple(posts_of(staff, now)), now)


def report_view(view: View[P]) -> Callable[..., HttpResponseBase]:
    """For everyone who holds a post; 403 with a sentence for others. Times are shown in the office's zone."""

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        reader = reader_for(cast(Staff, request.user), clock.now())
        if not reader.posts:
            raise PermissionDenied(_("You hold no post. Ask the administrator if you need one."))
        with timezone.override(reader.zone):
            return view(request, reader, *args, **kwargs)

    return never_cache(signed_in(entered))


def reports_for(reader: Reader) -> QuerySet[DueReport]:
    """Every report that they may read."""
    mine = Q(path__overlap=reader.unit_ids) | Q(to_unit__in=reader.unit_ids)
    below = Q(kind__authority__in=reader.below_body_ids)
    rows = DueReport.objects.filter(mine | below)
    return rows.select_related("kind__authority", "unit__authority", "to_unit", "incident__place")


def report_for(reader: Reader, report_id: UUID) -> DueReport:
    """A report that they may read; 404 for others."""
    report = reports_for(reader).filter(pk=report_id).first()
    if report is None:
        raise Http404
    return report


def kinds_for(reader: Reader) -> QuerySet[Kind]:
    """The kinds of their bodies, and of the bodies below where they lead."""
    rows = Kind.objects.filter(authority__in=[one.pk for one in reader.bodies])
    return rows.select_related("authority").order_by("authority_id", "pk")


def kind_to_keep(reader: Reader, kind_id: int) -> Kind:
    """A kind that they may change; 404 for others' and 403 with a sentence for a role."""
    kind = kinds_for(reader).filter(pk=kind_id).first()
    if kind is None:
        raise Http404
    if kind.authority not in reader.kept_bodies:
        raise PermissionDenied(
            _("The leaders and administrators of the body's first unit say what is reported.")
        )
    return kind
