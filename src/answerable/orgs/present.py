"""Who asks, and the posts they hold as they ask: read once a request, whoever wants to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from answerable.orgs.models import Post, Staff
from answerable.orgs.queries import posts_of
from answerable.orgs.standing import held, standing_at

_KEPT = "_answerable_present"


@dataclass(frozen=True)
class Present:
    """A member of staff with the posts they hold at `at`, the database's instant of this request."""

    staff: Staff
    at: datetime
    posts: tuple[Post, ...]


def present(request: HttpRequest) -> Present | None:
    """The member of staff who is signed in, or None. The shell, the door and the bell ask the same one."""
    user = request.user
    if not isinstance(user, Staff):
        return None
    kept: Present | None = getattr(request, _KEPT, None)
    if kept is None or kept.staff.pk != user.pk:
        with held():
            # Read with the member of staff where the sign-in brought them (orgs.accounts.backend).
            _organisation, at = standing_at(user.read_with)
            kept = Present(user, at, tuple(posts_of(user, at)))
        setattr(request, _KEPT, kept)
    return kept
