"""The way in to the organisation's pages: staff look, administrators change their own bodies; the rest is 404."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.db.models import F, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from answerable.core import clock
from answerable.orgs.models import Appointment, Authority, Post, Role, Staff
from answerable.orgs.queries import posts_of
from answerable.record.actors import Actor, ActorKind
from answerable.ui.signed_in import signed_in


@dataclass(frozen=True)
class Visitor:
    """Who looks at the organisation. `bodies`: those they see; `runs`: those they administer."""

    staff: Staff
    now: datetime
    bodies: list[Authority]
    runs: list[Authority]
    post: Post | None

    @property
    def actor(self) -> Actor:
        assert self.post is not None
        return Actor(ActorKind.STAFF, staff_id=self.staff.pk, post_id=self.post.pk, unit_id=self.post.unit_id)

    @property
    def codes(self) -> set[str]:
        return {body.code for body in self.runs}

    @property
    def home(self) -> Authority:
        assert self.post is not None
        return self.post.unit.authority


def visitor_for(staff: Staff, now: datetime) -> Visitor:
    """An administrator runs the bodies of their posts, and those that nobody else administers."""
    posts = posts_of(staff, now)
    own = {post.unit.authority_id: post.unit.authority for post in posts}
    admin = [post for post in posts if post.role == Role.ADMINISTRATOR]
    runs: list[Authority] = []
    if admin:
        mine = {post.unit.authority_id for post in admin}
        taken = Post.objects.filter(role=Role.ADMINISTRATOR, closed_on=None).values("unit__authority_id")
        free = set(Authority.objects.exclude(pk__in=taken).values_list("pk", flat=True))
        runs = list(Authority.objects.filter(pk__in=mine | free).order_by("is_outside", "pk"))
    seen = [*own.values(), *(body for body in runs if body.pk not in own)]
    return Visitor(staff, now, seen, runs, admin[0] if admin else None)


P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Visitor, P], HttpResponseBase]


def staff_view(view: View[P]) -> Callable[..., HttpResponseBase]:
    """For everyone who holds a post; 403 with a sentence for others."""

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        visitor = visitor_for(cast(Staff, request.user), clock.now())
        if not visitor.bodies:
            raise PermissionDenied(_("You hold no post. Ask the administrator if you need one."))
        with timezone.override(visitor.bodies[0].zone):
            return view(request, visitor, *args, **kwargs)

    return never_cache(signed_in(entered))


def admin_view(view: View[P]) -> Callable[..., HttpResponseBase]:
    """For whoever holds an administrator's post; 403 with a sentence for others."""

    @wraps(view)
    def entered(request: HttpRequest, visitor: Visitor, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if visitor.post is None:
            raise PermissionDenied(_("Only the administrator changes the organisation."))
        return view(request, visitor, *args, **kwargs)

    return staff_view(entered)


def staff_of(visitor: Visitor) -> Any:
    """Members of staff whom this administrator looks after: who serve in their bodies alone, now and from now on.

    Whoever renews a sign-in can be that person until they notice, so a post in one body is no key to another's.
    Those who hold nothing belong to where they served last, and whoever never served to all.
    """
    held = Appointment.objects.filter(Q(until_at=None) | Q(until_at__gt=visitor.now))
    elsewhere = held.exclude(post__unit__authority__in=visitor.runs)
    last = Appointment.objects.filter(staff=OuterRef("pk")).order_by(
        F("until_at").desc(nulls_first=True), "-pk"
    )
    served = Staff.objects.annotate(served_last=Subquery(last.values("post__unit__authority")[:1]))
    return served.filter(Q(served_last=None) | Q(served_last__in=[body.pk for body in visitor.runs])).exclude(
        pk__in=elsewhere.values("staff")
    )


def staff_to_appoint(visitor: Visitor) -> Any:
    """Whom this administrator may give a post: those they look after, and who serve in their bodies among others."""
    here = Appointment.objects.filter(Q(until_at=None) | Q(until_at__gt=visitor.now)).filter(
        post__unit__authority__in=visitor.runs
    )
    return Staff.objects.filter(Q(pk__in=staff_of(visitor).values("pk")) | Q(pk__in=here.values("staff")))
