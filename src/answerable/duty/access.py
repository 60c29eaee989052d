"""The only door from a member of staff to a line: 404 for other bodies' lines, 403 for a role.

The staff of a body see who is on duty. Leaders of the line's unit or above, and the body's administrators, set lines
up. The log book is for the people of the line and those who lead it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from answerable.core import clock
from answerable.core.refusals import NotYours
from answerable.duty.models import Assignment, DutyPerson, Line, StandbyItem
from answerable.duty.queries import on_duty
from answerable.orgs.models import Hold, Post, Role, Staff, Unit
from answerable.orgs.queries import posts_of
from answerable.orgs.standing import is_in_force, standing
from answerable.record.actors import Actor, ActorKind
from answerable.ui.signed_in import signed_in

#: Whoever stood a shift of a line this long ago, or will so soon, still reads its log book.
NEAR = timedelta(days=8)


@dataclass(frozen=True)
class Reader:
    """A member of staff with the posts they hold right now."""

    staff: Staff
    posts: tuple[Post, ...]
    now: datetime

    @cached_property
    def body_ids(self) -> list[int]:
        return sorted({post.unit.authority_id for post in self.posts})

    @cached_property
    def pool_line_ids(self) -> frozenset[int]:
        """The lines whose people they are among, or whose shifts they stand about now."""
        yesterday = (self.now - timedelta(days=1)).date()
        pools = DutyPerson.objects.filter(
            Q(leaves_on=None) | Q(leaves_on__gt=yesterday), staff=self.staff
        ).values_list("line_id", flat=True)
        stands = Assignment.objects.filter(
            staff=self.staff,
            voided_at=None,
            from_at__lt=self.now + NEAR,
            until_at__gt=self.now - NEAR,
        ).values_list("shift__line_id", flat=True)
        return frozenset(pools) | frozenset(stands)

    @property
    def zone(self) -> str:
        return self.posts[0].unit.authority.zone

    def leads(self, line: Line) -> bool:
        return any(may_lead(post, line) for post in self.posts)

    def leads_unit(self, unit: Unit) -> bool:
        return any(_leads_unit(post, unit) for post in self.posts)

    def directs(self, line: Line) -> bool:
        """Whether they may put people in and out: who leads the line, and who leads the shift on duty."""
        return self.leads(line) or _is_lead_on_duty(self.staff.pk, line, self.now)

    def is_of(self, line: Line) -> bool:
        return line.pk in self.pool_line_ids or self.leads(line)

    def actor(self, line: Line | None = None) -> Actor:
        """As whom their acts are recorded: under the post that leads the line, else one in its body, their own first."""
        stands_in = self._stands_in
        order = sorted(
            self.posts,
            key=lambda post: (
                line is not None and not may_lead(post, line),
                line is not None and post.unit.authority_id != line.authority_id,
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


def may_lead(post: Post, line: Line) -> bool:
    """Whether the post sets this line up: an administrator's of its body, or a leader's of its unit or above."""
    return _leads_unit(post, line.unit) or (
        post.role == Role.ADMINISTRATOR and post.unit.authority_id == line.authority_id
    )


def _leads_unit(post: Post, unit: Unit) -> bool:
    if post.role == Role.ADMINISTRATOR:
        return post.unit.authority_id == unit.authority_id
    return post.role == Role.LEADER and post.unit_id in (unit.path or [unit.pk])


def _is_lead_on_duty(staff_id: int, line: Line, at: datetime) -> bool:
    leads = set(line.roles.filter(is_lead=True).values_list("pk", flat=True))
    return any(one.staff_id == staff_id and one.role_id in leads for one in on_duty(line.pk, at))


# ---------------------------------------------------------------- again, under the lock


def require_leader(by: Actor, line: Line) -> None:
    """Raises NotYours unless the actor's post sets this line up. The system may."""
    if by.kind is ActorKind.SYSTEM:
        return
    post = standing(fresh=True).posts.get(by.post)
    if post is None or not may_lead(post, line):
        raise NotYours("leads_not")


def require_unit_leader(by: Actor, unit: Unit) -> None:
    if by.kind is ActorKind.SYSTEM:
        return
    post = standing(fresh=True).posts.get(by.post)
    if post is None or not _leads_unit(post, unit):
        raise NotYours("leads_not")


def require_director(by: Actor, line: Line, now: datetime) -> None:
    """Raises NotYours unless the actor sets the line up or leads its shift on duty."""
    if by.kind is ActorKind.SYSTEM or _is_lead_on_duty(by.staff, line, now):
        return
    require_leader(by, line)


# ---------------------------------------------------------------- pages


def reader_for(staff: Staff, now: datetime) -> Reader:
    return Reader(staff, tuple(posts_of(staff, now)), now)


P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Reader, P], HttpResponseBase]


def duty_view(view: View[P]) -> Callable[..., HttpResponseBase]:
    """For everyone who holds a post; 403 with a sentence for others. Times are shown in the office's zone."""

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        reader = reader_for(cast(Staff, request.user), clock.now())
        if not reader.posts:
            raise PermissionDenied(_("You hold no post. Ask the administrator if you need one."))
        with timezone.override(reader.zone):
            return view(request, reader, *args, **kwargs)

    return never_cache(signed_in(entered))


def lines_for(reader: Reader) -> QuerySet[Line]:
    """The lines of their bodies, and those whose people they are among; closed ones too."""
    seen = Q(authority__in=reader.body_ids) | Q(pk__in=reader.pool_line_ids)
    return Line.objects.filter(seen).select_related("authority", "unit", "place")


def line_for(reader: Reader, line_id: int) -> Line:
    line = lines_for(reader).filter(pk=line_id).first()
    if line is None:
        raise Http404
    return line


def line_to_lead(reader: Reader, line_id: int) -> Line:
    line = line_for(reader, line_id)
    if not reader.leads(line):
        raise PermissionDenied(_("Leaders of its unit and the administrator set a duty line up."))
    return line


def line_to_direct(reader: Reader, line_id: int) -> Line:
    line = line_for(reader, line_id)
    if not reader.directs(line):
        raise PermissionDenied(
            _("Leaders of the line, and whoever leads the shift on duty, put people in and out.")
        )
    return line


def log_of(reader: Reader, line_id: int) -> Line:
    """The line whose log book they may read."""
    line = line_for(reader, line_id)
    if not reader.is_of(line):
        raise PermissionDenied(_("The log book is for the people of the line and those who lead it."))
    return line


def standby_for(reader: Reader) -> QuerySet[StandbyItem]:
    rows = StandbyItem.objects.filter(unit__authority__in=reader.body_ids, closed_on=None)
    return rows.select_related("unit__authority", "line", "driver_role").order_by("-is_vehicle", "pk")


def item_to_touch(reader: Reader, item_id: int) -> StandbyItem:
    """An item that they look after: of a line whose people they are among, or of a unit they lead."""
    item = standby_for(reader).filter(pk=item_id).first()
    if item is None:
        raise Http404
    if not reader.leads_unit(item.unit) and not (item.line_id and item.line_id in reader.pool_line_ids):
        raise PermissionDenied(_("The people of its line and the leaders of its unit look after it."))
    return item
