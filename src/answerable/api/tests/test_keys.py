"""Keys: what they may open, until when, who answers; two secrets for a while; every refusal a sentence and a code."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.api import clients
from answerable.api.checks import check_keys_of_the_closed
from answerable.api.clients import client_of, issue_key, rotate_key
from answerable.api.cursors import CursorWrong, read, written
from answerable.api.desk import wording
from answerable.api.models import ApiClient
from answerable.api.scopes import NEEDS, CannotIssue, Event, Scope, events_for, scopes_of
from answerable.api.tests.systems import ask, system
from answerable.core import clock
from answerable.orgs.models import Post, Unit
from answerable.record.models import Act
from tests.cast import MONDAY, Cast


def test_scopes_are_of_the_list_each_once_in_its_order() -> None:
    assert scopes_of(["duty:read", "cases:write", "duty:read"]) == (Scope.CASES_WRITE, Scope.DUTY_READ)
    with pytest.raises(CannotIssue, match="no scope “everything”"):
        scopes_of(["everything", "cases:read"])
    with pytest.raises(CannotIssue, match="at least one"):
        scopes_of([])


def test_a_key_is_told_only_of_what_it_may_read() -> None:
    assert events_for(["cases:write", "webhooks"]) == []
    assert events_for(["cases:read"]) == [Event.CASE_CHANGED]
    assert set(NEEDS) == set(Event)


@pytest.mark.parametrize("change", ["", "x", "!", "é", "A" * 300])
def test_a_mark_that_is_not_ours_is_refused(change: str) -> None:
    mark = written([1, "x"], of=["key", "cases"])
    assert read(mark, of=["key", "cases"], length=2) == [1, "x"]
    with pytest.raises(CursorWrong):
        read(mark, of=["key", "incidents"], length=2)
    with pytest.raises(CursorWrong):
        read(mark[:-2] + change, of=["key", "cases"], length=2)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scopes", "unit", "answers", "code"),
    [
        (["unit-cases:read"], None, "auditor", "unit_missing"),
        (["unit-cases:read"], "county_root", "auditor", "unit_elsewhere"),
        (["cases:read"], None, None, "post_missing"),
        (["cases:read"], None, "county_leader", "post_elsewhere"),
        (["acts:read"], None, "mayor", "acts_auditor"),
        (["nothing"], None, "auditor", "unknown_scope"),
    ],
)
def test_no_key_that_nobody_may_have(cast: Cast, scopes, unit, answers, code) -> None:
    with pytest.raises(CannotIssue) as refused:
        issue_key(
            authority=cast.town,
            name="x",
            scopes=scopes,
            unit=unit and getattr(cast, unit),
            post=answers and cast.post(getattr(cast, answers)),
            by=cast.actor(cast.administrator),
            now=MONDAY,
        )
    assert refused.value.code == code
    assert not ApiClient.objects.exists()


@pytest.mark.django_db
def test_after_an_exchange_both_secrets_work_for_a_while_and_never_three(cast: Cast) -> None:
    client, first = system(cast, "duty:read")
    now, by = clock.now(), cast.actor(cast.administrator)
    second = rotate_key(client_id=client.pk, overlap=timedelta(hours=1), by=by, now=now)
    assert client_of(first) == client_of(second) == client
    third = rotate_key(client_id=client.pk, overlap=timedelta(hours=1), by=by, now=now)
    assert (client_of(first), client_of(second), client_of(third)) == (None, client, client)
    ApiClient.objects.update(old_until=now - timedelta(seconds=1))
    assert client_of(second) is None
    last = rotate_key(client_id=client.pk, overlap=timedelta(0), by=by, now=now)
    assert (client_of(third), client_of(last)) == (None, client)
    kinds = Act.objects.filter(matter_id=client.pk).order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["api.key_issued", *["api.key_rotated"] * 3]


@pytest.mark.django_db
def test_a_key_ends_and_its_post_answers(cast: Cast) -> None:
    _client, key = system(cast, "duty:read", expires_at=MONDAY + timedelta(days=1))
    said = ask(key, "duty/now")
    assert (said.status_code, said.json()["code"]) == (401, "key_expired")
    ApiClient.objects.update(expires_at=None)
    assert ask(key, "duty/now").status_code == 200
    assert (
        ApiClient.objects.get().used_on == clock.now().astimezone().date() or ApiClient.objects.get().used_on
    )
    Post.objects.filter(pk=cast.post(cast.auditor).pk).update(closed_on=MONDAY.date())
    said = ask(key, "duty/now")
    assert (said.status_code, said.json()["code"]) == (401, "post_closed")
    Post.objects.update(closed_on=None)
    ApiClient.objects.update(unit=cast.water)
    assert ask(key, "duty/now").status_code == 200
    Unit.objects.filter(pk=cast.water.pk).update(closed_on=MONDAY.date())
    said = ask(key, "duty/now")
    assert (said.status_code, said.json()["code"]) == (401, "unit_closed")
    assert "is closed" in said.json()["sentence"]
    assert [fault.code for fault in check_keys_of_the_closed()] == ["key_of_the_closed"]
    row = ApiClient.objects.select_related("unit", "post").get()
    assert wording.key_state(row, clock.now()) == ("fault", "its unit is closed")
    assert "Water office" in wording.why_stopped(row)


@pytest.mark.django_db
def test_only_an_auditors_key_reads_the_leaves_also_after_the_post_has_changed(cast: Cast) -> None:
    _client, key = system(cast, "acts:read")
    assert ask(key, "acts").status_code == 200
    Post.objects.filter(pk=cast.post(cast.auditor).pk).update(role="leader")
    assert ask(key, "acts").json()["code"] == "scope_missing"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("cases", "cases:read"),
        ("cases/2222-2222-22", "cases:read"),
        ("unit/cases", "unit-cases:read"),
        ("acts", "acts:read"),
        ("incidents", "incidents:read"),
        ("warnings", "incidents:read"),
        ("duty/now", "duty:read"),
        ("rounds", "rounds:read"),
        ("findings", "rounds:read"),
        ("figures", "figures:read"),
        ("figures/2026-03", "figures:read"),
        ("webhooks", "webhooks"),
    ],
)
def test_without_its_scope_nothing_is_read(cast: Cast, path: str, scope: str) -> None:
    others = [one for one in Scope if one != scope and one not in ("unit-cases:read", "acts:read")]
    _client, key = system(cast, *others)
    said = ask(key, path)
    assert (said.status_code, said.json()["code"]) == (403, "scope_missing")
    assert scope in said.json()["sentence"]


@pytest.mark.django_db
def test_a_problem_is_worded_as_rfc_9457_has_it_for_whoever_asks(cast: Cast) -> None:
    said = ask("answerable_x", "cases", accept="application/problem+json")
    assert said["Content-Type"] == "application/problem+json"
    assert said.json() == {
        "type": "urn:answerable:problem:key_wrong",
        "title": "Unauthorized",
        "status": 401,
        "detail": ask("answerable_x", "cases").json()["sentence"],
        "code": "key_wrong",
        "faults": [],
    }
    assert timedelta(days=30) == clients.LONGEST_OVERLAP
