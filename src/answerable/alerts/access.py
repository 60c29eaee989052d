"""The way in to alarms: who holds a post in the body, or was asked. What is kept from somebody is a 404 (rights, rule 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from answerable.alerts.models import Alert, Asked
from answerable.alerts.targets import kept_from
from answerable.duty.models import Line
from answerable.orgs.models import Authority, Hold, Post, Role, Staff
from answerable.orgs.present import Present, present
from answerable.orgs.standing import held, is_in_force, standing
from answerable.record.actors import Actor, ActorKind
from answerable.ui.signed_in import signed_in

#: Who keeps the rules of a body, plans its roll calls and sees who can be reached.
LEADS = frozenset({Role.LEADER.value, Role.ADMINISTRATOR.value})


@dataclass(frozen=True)
class Watcher:
    """A member of staff at the alarms' pages, with the posts they hold right now."""

    staff: Staff
    posts: tuple[Post, ...]
    at: datetime

    @property
    def bodies(self) -> list[Authority]:
        """The bodies in which they hold a post, each once."""
        return list({post.unit.authority_id: post.unit.authority for post in self.posts}.values())

    @property
    def led(self) -> list[Authority]:
        """Those in which they lead or administer."""
        return list({p.unit.authority_id: p.unit.authority for p in self.posts if p.role in LEADS}.values())

    def actor_in(self, authority_id: int | None, roles: frozenset[str] | None = None) -> Actor:
        """The actor for something of a body: one's own post there first. Raises PermissionDenied without a post."""
        stands_in = self._stands_in()
        able = [post for post in self.posts if roles is None or post.role in roles]
        here = [post for post in able if post.unit.authority_id == authority_id]
        post = min(here or ([] if roles else able), key=lambda p: (p.pk in stands_in, p.pk), default=None)
        if post is None:
            raise PermissionDenied(_("Only those who lead or administer this body do this."))
        return Actor(
            ActorKind.STAFF,
            staff_id=self.staff.pk,
            post_id=post.pk,
            unit_id=post.unit_id,
            stands_in=post.pk in stands_in,
        )

    def _stands_in(self) -> frozenset[int]:
        mine = [a for a in standing().by_staff.get(self.staff.pk, ()) if is_in_force(a, self.at)]
        return frozenset(a.post_id for a in mine) - {a.post_id for a in mine if a.hold == Hold.HOLDER}


P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Watcher, P], HttpResponseBase]


def watcher_view(view: View[P]) -> Callable[..., HttpResponseBase]:
    """For everyone who holds a post; 403 with a sentence for others."""

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with held():
            watcher = watcher_of(present(request))
            if not watcher.posts:
                raise PermissionDenied(_("You hold no post. Ask the administrator if you need one."))
            with timezone.override(watcher.bodies[0].zone):
                return view(request, watcher, *args, **kwargs)

    return never_cache(signed_in(entered))


def leading_view(view: View[P]) -> Callable[..., HttpResponseBase]:
    """For those who lead or administer a body; 403 with a sentence for others."""

    @wraps(view)
    def entered(request: HttpRequest, watcher: Watcher, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not watcher.led:
            raise PermissionDenied(_("Only those who lead or administer a body do this."))
        return view(request, watcher, *args, **kwargs)

    return watcher_view(entered)


def watcher_of(found: Present | None) -> Watcher:
    assert found is not None  # signed_in stands outside
    return Watcher(found.staff, found.posts, found.at)


def visible_alerts(watcher: Watcher) -> QuerySet[Alert]:
    """Alarms of the watcher's bodies, and those that asked them; without those about which they are to hear nothing.

    Rooms above keep more from them: `without_kept`.
    """
    asked = Asked.objects.filter(alert=OuterRef("pk"), staff=watcher.staff)
    bodies = [body.pk for body in watcher.bodies]
    rows = Alert.objects.filter(Q(authority__in=bodies) | Q(Exists(asked)))
    return rows.exclude(context__contains={"kept_out": [watcher.staff.pk]})


def without_kept(watcher: Watcher, alerts: Iterable[Alert]) -> list[Alert]:
    """These without the ones about a matter that is kept from the watcher."""
    alerts = list(alerts)
    pairs = {(alert.about, watcher.staff.pk) for alert in alerts if alert.about is not None}
    kept = kept_from(pairs, watcher.at)
    return [alert for alert in alerts if alert.about is None or (alert.about, watcher.staff.pk) not in kept]


def alert_for(watcher: Watcher, alert_id: UUID) -> Alert:
    """The alarm, or Http404 where it is not theirs to see."""
    rows = visible_alerts(watcher).filter(pk=alert_id).select_related("authority", "answered_by")
    found = without_kept(watcher, rows)
    if not found:
        raise Http404
    return found[0]


def body_led(watcher: Watcher, authority_id: int) -> Authority:
    """A body that the watcher leads or administers, or Http404."""
    for body in watcher.led:
        if body.pk == authority_id:
            return body
    raise Http404


def lines_of(watcher: Watcher) -> QuerySet[Line]:
    """The open duty lines of the bodies that the watcher leads or administers."""
    rows = Line.objects.filter(authority__in=[body.pk for body in watcher.led], closed_on=None)
    return rows.select_related("authority", "unit").order_by("authority_id", "pk")
