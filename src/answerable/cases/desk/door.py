"""The way in to every page of the desk: signed in, with a post that reads matters, in the office's own time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from answerable.cases.access import Reader, reader_of
from answerable.core.refusals import NotYours
from answerable.orgs.calendars import WorkCalendar
from answerable.orgs.models import Authority
from answerable.orgs.queries import calendar_of
from answerable.orgs.standing import held
from answerable.ui.signed_in import signed_in


@dataclass
class Desk:
    """Who works here and now. `now` is read once a request, from the database."""

    reader: Reader
    now: datetime

    @cached_property
    def authority(self) -> Authority:
        """The body of the first post that reads matters."""
        return next(p.unit.authority for p in self.reader.posts if p.unit_id in self.reader.unit_ids)

    def calendar(self, authority: Authority) -> WorkCalendar:
        """The authority's working days."""
        return calendar_of(authority)


P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Desk, P], HttpResponseBase]


def desk_view(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Give a view its `Desk`. Nobody signed in: the sign-in page; no post that reads matters: 403 with a sentence."""

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with held():
            return _enter(view, request, *args, **kwargs)

    return never_cache(signed_in(entered))


def _enter(view: View[P], request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
    found = reader_of(request)
    assert found is not None  # signed_in stands outside
    reader, now = found
    if not reader.unit_ids:
        match = request.resolver_match
        if match is not None and match.view_name == "desk:worklist":
            # The sign-in leads here; whoever has no lists begins at the start page instead of at a refusal.
            return HttpResponseRedirect(reverse("site:desk"))
        raise PermissionDenied(
            _("The posts you hold open no matters. Ask the administrator if you need to handle them.")
        )
    desk = Desk(reader, now)
    with timezone.override(desk.authority.zone):
        try:
            return view(request, desk, *args, **kwargs)
        except NotYours as refusal:
            raise PermissionDenied(not_yours(refusal)) from refusal


def not_yours(refusal: NotYours) -> str:
    """Why a member of staff may not do something with a matter that they can see."""
    if refusal.code == "post_not_held":
        return _("You do not hold the post any more under which you began this.")
    return _("None of your posts may do this here: another role, or the unit that has the matter, does it.")
