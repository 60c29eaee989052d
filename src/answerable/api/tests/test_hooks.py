"""Webhooks end to end: an act is told, signed, once; tried again under its id; in order; stopped when nobody listens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation

from answerable.alerts.models import Alert, Notice
from answerable.alerts.wording import notice
from answerable.api.clients import revoke_key
from answerable.api.hooks import reactions, rules, services, upkeep
from answerable.api.hooks.rules import PAUSES
from answerable.api.hooks.sealed import unseal
from answerable.api.hooks.sending import LEASE, Sender, take
from answerable.api.models import ApiClient, Hook, HookMessage, HookTry
from answerable.api.scopes import Event
from answerable.api.tests.listening import Partner, partner
from answerable.api.tests.systems import EVERY, ask, reacted, send, system
from answerable.cases.act_kinds import ActKind
from answerable.cases.models import Case
from answerable.cases.services.handling import accept_case
from answerable.core import clock
from answerable.duty.models import LineRole
from answerable.duty.tests.rooms import make_line
from answerable.incidents.tests.responses import make_plan, respond
from answerable.orgs.models import Post
from answerable.record.actors import Actor
from answerable.record.append import append
from answerable.record.models import Act
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
LAMP = {"claim": "村口的路灯坏了两个月。", "subject": "lamps", "place": "village"}


@pytest.fixture
def there(settings: Any) -> Iterator[Partner]:
    settings.ALERT_HOSTS = ("127.0.0.1",)
    with partner() as server:
        yield server


@pytest.fixture
def hooked(cast: Cast, there: Partner) -> tuple[str, Hook, str]:
    """A key with every scope, and a hook of it that is told of everything."""
    client, key = system(cast, *EVERY, unit=cast.town_root)
    hook, secret = services.make_hook(
        client_id=client.pk,
        url=there.url,
        host=services.check_address(there.url),
        kinds=list(Event),
        by=cast.actor(cast.administrator),
        now=clock.now(),
    )
    return key, hook, secret


def told(now: datetime | None = None, after: timedelta = timedelta(0)) -> int:
    """Everything that is due at `now` has been tried."""
    at = (now or clock.now()) + after
    return Sender().send_due(lambda: at)


def handed_in(cast: Cast, key: str) -> Case:
    return Case.objects.get(code=send(key, "cases", LAMP).json()["code"])


def test_what_changes_in_a_case_is_told_signed_and_says_nothing_of_anybody(cast, hooked, there) -> None:
    key, _hook, secret = hooked
    case = handed_in(cast, key)
    accept_case(case_id=case.pk, by=cast.actor(cast.clerk), seen_version=case.version, now=clock.now())
    reacted()
    reacted()
    assert told() == 2, "it was accepted, and so acknowledged"
    (headers, body), _second = there.came
    signed = rules.signatures(
        [secret], name=headers["webhook-id"], at=int(headers["webhook-timestamp"]), body=body
    )
    assert headers["webhook-signature"] == signed
    assert abs(int(headers["webhook-timestamp"]) - clock.now().timestamp()) < 60
    said, acknowledged = there.told
    assert (said["data"]["act"], acknowledged["data"]["act"]) == ("case.accepted", "case.acknowledged")
    assert (said["type"], said["data"]["code"], said["data"]["state"]) == (
        "case.changed",
        case.code,
        "accepted",
    )
    assert set(said["data"]) == {"code", "act", "seq", "state", "stage", "unit", "due_at", "ended_at"}
    assert LAMP["claim"] not in body.decode()
    assert set(HookMessage.objects.values_list("state", "attempts__status")) == {("sent", 204)}
    assert told() == 0, "told once"


def test_a_case_about_conduct_is_told_to_nobody(cast, hooked, there) -> None:
    key, _hook, _secret = hooked
    case = handed_in(cast, key)
    reacted()
    Case.objects.filter(pk=case.pk).update(is_conduct=True)
    accept_case(case_id=case.pk, by=cast.actor(cast.clerk), seen_version=case.version, now=clock.now())
    reacted()
    assert not HookMessage.objects.exists()


def test_it_is_tried_again_under_the_same_id_and_later_ones_of_the_matter_wait(cast, hooked, there) -> None:
    _key, hook, _secret = hooked
    there.answers = [500, 500]
    respond(cast, make_plan(cast))
    reacted()
    now = clock.now()
    assert [one.kind for one in HookMessage.objects.order_by("pk")] == [
        "incident.reported",
        "incident.activated",
    ]
    assert told(now) + told(now, timedelta(seconds=1)) == 1, "the activation waits for the call"
    hook.refresh_from_db()
    assert hook.failing_since is not None
    assert told(now, PAUSES[0] + timedelta(seconds=2)) == 1
    assert told(now, PAUSES[0] + PAUSES[1] + timedelta(seconds=9)) == 2
    assert len(set(there.ids)) == 2
    assert there.ids[0] == there.ids[1] == there.ids[2] != there.ids[3]
    assert [one["type"] for one in there.told[2:]] == ["incident.reported", "incident.activated"]
    hook.refresh_from_db()
    assert hook.failing_since is None


def test_killed_after_it_was_claimed_it_is_tried_again(cast, hooked, there) -> None:
    _key, hook, _secret = hooked
    services.ping_hook(hook_id=hook.pk, key="1", by=cast.actor(cast.administrator), now=clock.now())
    now = clock.now()
    assert len(take(8, Counter(), now)) == 1  # and the worker dies
    assert told(now) == 0
    assert told(now, LEASE + timedelta(seconds=1)) == 1


def test_nobody_listens_for_days_it_is_stopped_and_the_post_is_told(cast, hooked, there) -> None:
    key, hook, _secret = hooked
    services.ping_hook(hook_id=hook.pk, key="1", by=cast.actor(cast.administrator), now=clock.now())
    there.answers = [500] * (len(PAUSES) + 1)
    now = clock.now()
    for pause in (timedelta(0), *PAUSES):
        now += pause + timedelta(seconds=1)
        assert told(now) == 1
    hook.refresh_from_db()
    assert (hook.stopped_why, HookMessage.objects.get().state) == ("failed", "failed")
    assert HookTry.objects.count() == len(PAUSES) + 1
    row = Notice.objects.get(code="hook_stopped")
    assert row.post_id == cast.post(cast.auditor).pk
    with translation.override("en"):
        assert "“hotline”: nothing is sent to 127.0.0.1" in notice(row.code, row.facts)
    handed_in(cast, key)
    respond(cast, make_plan(cast))
    reacted()
    assert HookMessage.objects.count() == 1, "what happens meanwhile is not told"
    by = cast.actor(cast.administrator)
    services.resume_hook(hook_id=hook.pk, by=by, now=now)
    services.send_again(message_id=HookMessage.objects.get().pk, by=by, now=now)
    assert told(now) == 1
    assert len(set(there.ids)) == 1
    kinds = list(Act.objects.filter(matter_id=hook.client_id).order_by("seq").values_list("kind", flat=True))
    assert kinds[-3:] == ["api.hook_stopped", "api.hook_resumed", "api.hook_sent_again"]


def test_gone_is_gone_at_once_and_a_redirect_is_not_followed(cast, hooked, there) -> None:
    _key, hook, _secret = hooked
    by = cast.actor(cast.administrator)
    there.answers = [(302, {"Location": there.url})]
    services.ping_hook(hook_id=hook.pk, key="1", by=by, now=clock.now())
    assert told() == 1
    assert len(there.came) == 1
    there.answers = [410]
    services.ping_hook(hook_id=hook.pk, key="2", by=by, now=clock.now())
    told()
    hook.refresh_from_db()
    assert hook.stopped_why == "gone"
    with pytest.raises(rules.CannotHook, match="stopped"):
        services.ping_hook(hook_id=hook.pk, key="3", by=by, now=clock.now())


def test_where_it_leads_is_looked_at_again_at_each_try(cast, hooked, there, settings) -> None:
    _key, hook, _secret = hooked
    services.ping_hook(hook_id=hook.pk, key="1", by=cast.actor(cast.administrator), now=clock.now())
    settings.ALERT_HOSTS = ()
    assert told() == 1
    assert there.came == []
    assert HookTry.objects.get().fault == "only https addresses are used"


def test_one_that_hangs_holds_up_no_other(cast, hooked, there, settings) -> None:
    _key, hook, _secret = hooked
    by = cast.actor(cast.administrator)
    with partner() as other:
        second, _ = services.make_hook(
            client_id=hook.client_id,
            url=other.url,
            host="other",
            kinds=[Event.DUTY_GAP],
            by=by,
            now=clock.now(),
        )
        other.hangs.set()
        for number in range(5):
            services.ping_hook(hook_id=second.pk, key=str(number), by=by, now=clock.now())
        services.ping_hook(hook_id=hook.pk, key="1", by=by, now=clock.now())
        sender, now = Sender(), clock.now()

        def has_come() -> bool:
            """And a third one has had the time to come too."""
            return bool(there.came) and len(other.came) > 1 and not other.let_go.wait(0.2)

        sender.send_due(lambda: now, until=has_come)
        assert len(there.came) == 1
        assert len(other.came) == 2, "two at once, no more"
        other.let_go.set()
        sender.send_due(lambda: now)
        assert len(other.came) == 5


def test_a_hole_in_duty_is_told_and_that_it_is_filled(cast, hooked, there) -> None:
    line = make_line(cast)
    role = LineRole.objects.create(line=line, code="lead", name_zh="带班", name_en="Leader", is_lead=True)
    facts = {"from_at": "2026-12-07T00:00:00+00:00", "until_at": "2026-12-08T00:00:00+00:00", "missing": 1}
    now = clock.now()
    alert = Alert.objects.create(
        authority=cast.town, code="uncovered", key="x", facts=facts, opened_at=now, taken_at=now, ladder={},
        context={"line": line.pk, "role": role.pk},
    )  # fmt: skip
    assert reactions.look_at_gaps(now) == 1
    assert reactions.look_at_gaps(now) == 0
    Alert.objects.filter(pk=alert.pk).update(state="resolved", ended_at=now)
    assert reactions.look_at_gaps(now) == 1
    told()
    assert [one["type"] for one in there.told] == ["duty.gap", "duty.gap_closed"]
    assert there.told[0]["data"] == {"line": "room", "role": "lead", **facts}


def test_a_key_taken_back_is_told_nothing_more(cast, hooked, there) -> None:
    _key, hook, _secret = hooked
    services.ping_hook(hook_id=hook.pk, key="1", by=cast.actor(cast.administrator), now=clock.now())
    revoke_key(client_id=hook.client_id, by=cast.actor(cast.administrator), now=clock.now())
    respond(cast, make_plan(cast))
    reacted()
    assert told() == 0
    upkeep.tidy(clock.now())
    assert HookMessage.objects.get().state == "failed"


def test_secrets_lie_sealed_overlap_and_go_with_the_hook(cast, hooked) -> None:
    _key, hook, secret = hooked
    by = cast.actor(cast.administrator)
    assert secret.encode() not in bytes(hook.sealed)
    new = services.rotate_secret(hook_id=hook.pk, by=by, now=clock.now())
    hook.refresh_from_db()
    inside = unseal(hook)
    assert inside.live(hook.old_until, clock.now()) == [new, secret]
    assert inside.live(hook.old_until, clock.now() + rules.OVERLAP + timedelta(seconds=1)) == [new]
    services.end_hook(hook_id=hook.pk, by=by, now=clock.now())
    hook.refresh_from_db()
    assert hook.sealed is None
    assert new not in str(list(Act.objects.values_list("opening__body", flat=True)))


def test_the_log_is_read_and_a_test_sent_through_the_api_once_a_key(cast, hooked, there) -> None:
    key, hook, _secret = hooked
    other = system(cast, "webhooks", name="other")[1]
    path = f"webhooks/{hook.pk}"
    first, second = (send(key, f"{path}/test", {}, "once-only-1") for _ in range(2))
    assert (first.status_code, first.json()["id"]) == (202, second.json()["id"])
    told()
    (listed,) = ask(key, f"{path}/deliveries").json()["items"]
    assert (listed["event"], listed["state"], listed["tries"][0]["status"]) == ("ping", "sent", 204)
    assert ask(key, "webhooks").json()["items"][0]["host"] == "127.0.0.1"
    assert ask(other, f"{path}/deliveries").status_code == 404
    assert send(other, f"{path}/test", {}, "once-only-2").status_code == 404
    assert send(key, f"{path}/test", {}, "").json()["code"] == "idempotency_missing"


@pytest.mark.parametrize(
    ("kinds", "code"), [([], "no_event"), (["case.changed"], "unreadable"), (["nothing"], "no_event")]
)
def test_it_is_told_only_of_what_its_key_reads(cast, there, kinds, code) -> None:
    client, _key = system(cast, "duty:read")
    with pytest.raises(rules.CannotHook) as refused:
        services.make_hook(
            client_id=client.pk, url=there.url, host="x", kinds=kinds,
            by=cast.actor(cast.administrator), now=clock.now(),
        )  # fmt: skip
    assert refused.value.code == code
    assert not Hook.objects.exists()


def test_before_a_key_ends_its_post_hears_of_it_once(cast) -> None:
    now = clock.now()
    system(cast, "duty:read", expires_at=now + timedelta(days=10))
    upkeep.tell_of_ends(now)
    upkeep.tell_of_ends(now + timedelta(days=1))
    row = Notice.objects.get(code="key_ends")
    assert "“hotline”" in notice(row.code, row.facts)
    assert ApiClient.objects.get().post_id == row.post_id


@pytest.mark.parametrize("kind", [ActKind.ERASED, ActKind.CONFLICT_ESCALATED])
def test_rule_09_no_log_of_webhooks_knows_a_case_that_is_erased_or_accuses_somebody(
    cast, hooked, kind
) -> None:
    key, _hook, _secret = hooked
    case = handed_in(cast, key)
    accept_case(case_id=case.pk, by=cast.actor(cast.clerk), seen_version=case.version, now=clock.now())
    respond(cast, make_plan(cast))
    reacted()
    assert HookMessage.objects.filter(matter=case.pk).exists()
    with transaction.atomic():
        append(kind, matter=case.pk, by=Actor.system(), at=clock.now(), body={})
    reacted()
    assert not HookMessage.objects.filter(matter=case.pk).exists()
    assert HookMessage.objects.filter(kind=Event.INCIDENT_REPORTED).exists(), "others stay"


@pytest.mark.parametrize("what", ["expired", "post closed"])
def test_what_waits_for_a_key_that_opens_nothing_any_more_is_not_sent(cast, hooked, there, what) -> None:
    _key, hook, _secret = hooked
    services.ping_hook(hook_id=hook.pk, key="1", by=cast.actor(cast.administrator), now=clock.now())
    if what == "expired":
        ApiClient.objects.update(expires_at=clock.now())
    else:
        Post.objects.filter(pk=hook.client.post_id).update(closed_on=clock.now().date())
    assert told() == 0
    assert not there.came
