"""What the tests of this room share: a system with a key, asking."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from answerable.api.clients import issue_key
from answerable.api.models import ApiClient
from answerable.api.scopes import Scope
from answerable.record import reactions
from tests.cast import MONDAY, Cast

EVERY = tuple(Scope)


def system(
    cast: Cast, *scopes: str, name: str = "hotline", unit: Any = None, post: Any = None, **more: Any
) -> tuple[ApiClient, str]:
    """A key with these scopes that the town's auditor answers for."""
    return issue_key(
        authority=cast.town,
        name=name,
        scopes=scopes,
        unit=unit,
        post=post or cast.post(cast.auditor),
        by=cast.actor(cast.administrator),
        now=MONDAY,
        **more,
    )


def ask(key: str, path: str, language: str = "en", **headers: str) -> Any:
    sent = {"authorization": f"Bearer {key}", "accept-language": language}
    return Client().get(
        f"/api/v1/{path}", headers=sent | {n.replace("_", "-"): v for n, v in headers.items()}
    )


def send(key: str, path: str, body: Any, idempotency: str = "number-1") -> Any:
    sent = {"authorization": f"Bearer {key}", "accept-language": "en", "idempotency-key": idempotency}
    return Client().post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=sent)


def reacted() -> None:
    """Every reaction that waits has run."""
    from answerable.core import clock

    while reactions.dispatch(clock.now()):
        pass
