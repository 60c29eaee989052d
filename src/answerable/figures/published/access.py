"""The only door to publishing: a body's staff look, leaders of the whole body decide; the rest is 404 or 403."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from answerable.core import clock
from answerable.figures.published.rules import NotTheirs
from answerable.orgs.models import Authority, Hold, Post, Role, Staff
from answerable.orgs.queries import posts_of, root_unit, serving
from answerable.orgs.standing import is_in_force, standing
from answerable.record.actors import Actor, ActorKind
from answerable.ui.signed_in import signed_in

LOOKS = frozenset({Role.LEADER, Role.AUDITOR, Role.ADMINISTRATOR})
WRITES = frozenset({Role.LEADER, Role.CLERK})
SETS = frozenset({Role.LEADER, Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Reader:
    """A member of staff with the posts that let them look at what is published."""

    staff: Staff
    posts: tuple[Post, ...]
    now: datetime

    @property
    def bodies(self) -> list[Authority]:
        own = {post.unit.authority_id for post in self.posts if post.role in LOOKS | WRITES}
        return [body for body in serving() if body.pk in own]

    def body(self, code: str) -> Authority:
        """404 for another body's."""
        found = next((body for body in self.bodies if body.code == code), None)
        if found is None:
            raise Http404
        return found

    def post(self, body: Authority, roles: frozenset[Role]) -> Post | None:
        """Their post of the whole body with one of these roles."""
        root = root_unit(body)
        whole = [post for post in self.posts if post.role in roles and root and post.unit_id == root.pk]
        return whole[0] if whole else None

    def decides(self, body: Authority) -> bool:
        return self.post(body, frozenset({Role.LEADER})) is not None

    def writes(self, body: Authority) -> bool:
        return self.post(body, WRITES) is not None

    def sets(self, body: Authority) -> bool:
        return self.actor_for(body, SETS) is not None

    def actor_for(self, body: Authority, roles: frozenset[Role]) -> Actor | None:
        post = self.post(body, roles)
        if post is None and Role.ADMINISTRATOR in roles:
            own = [one for one in self.posts if one.unit.authority_id == body.pk]
            post = next((one for one in own if one.role == Role.ADMINISTRATOR), None)
        if post is None:
            return None
        return actor_of(self.staff, post, self.now)

    def actor(self, body: Authority, roles: frozenset[Role], code: str) -> Actor:
        """Raises NotTheirs."""
        found = self.actor_for(body, roles)
        if found is None:
            raise NotTheirs(code)
        return found


def actor_of(staff: Staff, post: Post, now: datetime) -> Actor:
    holds = [one for one in standing().by_staff.get(staff.pk, ()) if one.post_id == post.pk]
    own = any(is_in_force(one, now) and one.hold == Hold.HOLDER for one in holds)
    return Actor(ActorKind.STAFF, staff_id=staff.pk, post_id=post.pk, unit_id=post.unit_id, stands_in=not own)


def require_for_body(by: Actor, body: Authority, roles: frozenset[Role], code: str) -> None:
    """Again, under the lock: the post is one of the whole body's, and has one of these roles. Raises NotTheirs."""
    post = standing().posts.get(by.post_id or 0)
    root = root_unit(body)
    is_whole = post is not None and root is not None and post.unit_id == root.pk
    runs = post is not None and post.role == Role.ADMINISTRATOR and post.unit.authority_id == body.pk
    if post is None or post.role not in roles or not (is_whole or runs):
        raise NotTheirs(code)


P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Reader, P], HttpResponseBase]


def published_view(view: View[P]) -> Callable[..., HttpResponseBase]:
    """For leaders, clerks, auditors and administrators; 403 with a sentence for others."""

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        now = clock.now()
        staff = cast(Staff, request.user)
        reader = Reader(staff, tuple(posts_of(staff, now)), now)
        if not reader.bodies:
            raise PermissionDenied(_("Leaders, clerks, auditors and administrators see what is published."))
        with timezone.override(reader.bodies[0].zone):
            return view(request, reader, *args, **kwargs)

    return never_cache(signed_in(entered))
