"""The only door: a key, what it opens, and how often. Read once a request, with the organisation and the instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from ninja.security import HttpBearer

from answerable.api.clients import client_of, may_use, used_today
from answerable.api.faults import Rejected
from answerable.api.models import ApiClient
from answerable.api.scopes import Scope
from answerable.core import limits
from answerable.core.limits import Verdict
from answerable.orgs.queries import subtree
from answerable.orgs.standing import Standing, standing_at
from answerable.record.actors import Actor, ActorKind


@dataclass(frozen=True)
class Limit:
    """So many requests of one kind with one key within so many seconds."""

    most: int
    window_s: int
    refusal: str = "too_many_requests"


#: A hotline's busiest hour and a storm night's, several times over; a reader that asks ten times a second.
LIMITS = {
    "cases": Limit(6000, 3600, "too_often"),
    "incidents": Limit(1200, 3600, "too_often"),
    "reads": Limit(600, 60),
    "tests": Limit(60, 3600),
}
_KEPT = "_answerable_let_in"


@dataclass(frozen=True)
class LetIn:
    """A system whose key opens what it asks for, at `now`, by the organisation as it stands."""

    client: ApiClient
    organisation: Standing
    now: datetime
    limit: Limit
    verdict: Verdict

    @property
    def actor(self) -> Actor:
        return Actor(ActorKind.CLIENT, client=str(self.client.pk))

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.client.authority.zone)).date()

    @cached_property
    def unit_ids(self) -> list[int]:
        """The units that it reads about: its own and those below, or all of its office."""
        if self.client.unit_id is not None:
            return subtree([self.client.unit_id])
        units = self.organisation.units.values()
        return [unit.pk for unit in units if unit.authority_id == self.client.authority_id]

    def held(self) -> None:
        """Within `standing.held()`: go on with the organisation that was read at the door."""
        standing_at((self.organisation.token, self.now))


class Key(HttpBearer):
    """A key of one system, as `Authorization: Bearer answerable_…`, that has this scope (or the other one)."""

    openapi_description = "A key that the office gave to one system."

    def __init__(self, scope: Scope, kind: str = "reads", *, or_with: Scope | None = None) -> None:
        super().__init__()
        self.scopes = [scope] if or_with is None else [scope, or_with]
        self.kind = kind

    def authenticate(self, request: HttpRequest, token: str) -> ApiClient | None:
        """The system, or None for an unknown key. Raises Rejected for one that does not open this, or not so often."""
        client = client_of(token)
        if client is None:
            return None
        organisation, now = standing_at()
        organisation.fill(
            client, authority=organisation.authorities, unit=organisation.units, post=organisation.posts
        )
        refusals = [
            may_use(client, scope, unit=client.unit, post=client.post, now=now) for scope in self.scopes
        ]
        if all(refusals):
            refusal = refusals[0]
            facts = {"scope": self.scopes[0].value} if refusal == "scope_missing" else {}
            raise Rejected(refusal, 403 if refusal == "scope_missing" else 401, facts=facts)
        limit = LIMITS[self.kind]
        verdict = limits.allow(f"api {self.kind} {client.pk}", "", limit.most, limit.window_s, now)
        let = LetIn(client, organisation, now, limit, verdict)
        setattr(request, _KEPT, let)
        if not verdict:
            raise Rejected(limit.refusal, 429, retry_after=verdict.retry_after)
        used_today(client, let.today)
        return client


def let_in(request: HttpRequest) -> LetIn:
    """Who came through the door with this request."""
    let: LetIn = getattr(request, _KEPT)
    return let


def let_in_or_none(request: HttpRequest) -> LetIn | None:
    return getattr(request, _KEPT, None)
