"""Two sendings under one Idempotency-Key at the same instant, and a key that is taken back in between.

Real threads, each with a connection of its own. The last two were seen to fail with their row lock taken out.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from answerable.api.clients import client_of, revoke_key, rotate_key
from answerable.api.hooks import services
from answerable.api.models import ApiClient, HookMessage
from answerable.api.scopes import Event
from answerable.api.tests.listening import partner
from answerable.api.tests.systems import EVERY, send, system
from answerable.cases.models import Case
from answerable.core import clock
from answerable.record.models import Act
from tests.cast import Cast
from tests.races.test_two_at_one_case import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
LAMP = {"claim": "村口的路灯坏了两个月。", "subject": "lamps", "place": "village"}


def test_four_sendings_of_one_case_register_it_once(cast: Cast) -> None:
    key = system(cast, *EVERY, unit=cast.roads)[1]
    said = at_once(*[partial(send, key, "cases", LAMP) for _ in range(4)])
    assert sorted(one.status_code for one in said) == [200, 200, 200, 201]
    assert len({(one.json()["code"], one.json()["secret"]) for one in said}) == 1
    assert Case.objects.count() == 1
    assert Act.objects.filter(kind="case.registered").count() == 1


def test_the_same_key_with_other_words_at_the_same_instant_is_told_so(cast: Cast) -> None:
    key = system(cast, *EVERY, unit=cast.roads)[1]
    bodies = [LAMP, LAMP | {"claim": "另一件事。"}]
    said = at_once(*[partial(send, key, "cases", body) for body in bodies])
    assert sorted(one.status_code for one in said) == [201, 409]
    assert Case.objects.count() == 1


def test_a_key_taken_back_meanwhile_lets_in_whole_cases_or_none(cast: Cast) -> None:
    client, key = system(cast, *EVERY, unit=cast.roads)
    by, now = cast.actor(cast.administrator), clock.now()
    sendings = [partial(send, key, "cases", LAMP, f"number-{n}") for n in range(6)]
    taking: Any = partial(revoke_key, client_id=client.pk, by=by, now=now)
    *said, _done = at_once(*sendings, taking)
    assert {one.status_code for one in said} <= {201, 401}
    assert Case.objects.count() == sum(one.status_code == 201 for one in said)
    assert send(key, "cases", LAMP, "number-9").status_code == 401


def test_two_exchanges_at_once_leave_two_secrets_and_both_acts(cast: Cast) -> None:
    client, _key = system(cast, "duty:read")
    by, now = cast.actor(cast.administrator), clock.now()
    rotate: Any = partial(rotate_key, client_id=client.pk, overlap=timedelta(days=1), by=by, now=now)
    first, second = at_once(rotate, rotate)
    row = ApiClient.objects.get()
    assert row.old_digest is not None
    assert client_of(first) == client_of(second) == row
    assert Act.objects.filter(matter_id=client.pk, kind="api.key_rotated").count() == 2


def test_two_tests_under_one_key_are_one_message(cast: Cast, settings: Any) -> None:
    settings.ALERT_HOSTS = ("127.0.0.1",)
    client, key = system(cast, *EVERY, unit=cast.roads)
    with partner() as there:
        hook, _ = services.make_hook(
            client_id=client.pk, url=there.url, host="x", kinds=[Event.DUTY_GAP],
            by=cast.actor(cast.administrator), now=clock.now(),
        )  # fmt: skip
        said = at_once(*[partial(send, key, f"webhooks/{hook.pk}/test", {}) for _ in range(3)])
    assert {one.status_code for one in said} == {202}
    assert HookMessage.objects.count() == 1
    assert Act.objects.filter(kind="api.hook_tested").count() == 1
