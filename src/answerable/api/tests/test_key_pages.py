"""The desk's page of keys: made and taken back by administrators of the body; a secret is shown once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from answerable.api.clients import client_of
from answerable.api.desk import hooks as hook_pages
from answerable.api.hooks.sending import Sender
from answerable.api.hooks.services import end_hook
from answerable.api.models import ApiClient, Hook, HookMessage
from answerable.api.tests.listening import partner
from answerable.api.tests.systems import system
from answerable.core import clock
from tests.cast import Cast, staffed

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/desk/keys/"


@pytest.fixture
def desk(cast: Cast, settings: Any) -> Client:
    settings.DEMO = True
    return browser(cast.administrator)


def browser(staff: Any, language: str = "en") -> Client:
    made = Client(headers={"accept-language": language})
    made.force_login(staff)
    return made


def text(response: Any) -> str:
    return str(response.content.decode())


def key_in(response: Any) -> str:
    found = re.search(r"answerable_[A-Za-z0-9_-]{43}", text(response))
    assert found, text(response)
    return found[0]


def test_a_key_is_made_shown_once_exchanged_and_taken_back(cast: Cast, desk: Client) -> None:
    assert "No system has a key" in text(desk.get(LIST))
    typed = {
        "name": "Hotline",
        "scopes": ["cases:write", "cases:read"],
        "post": cast.post(cast.mayor).pk,
        "until": "2027-03-09",
    }
    made = desk.post(f"{LIST}new", typed)
    assert "no-store" in made["Cache-Control"]
    first, row = key_in(made), ApiClient.objects.get()
    assert client_of(first) == row
    assert (row.scopes, row.post) == (["cases:write", "cases:read"], cast.post(cast.mayor))
    assert row.expires_at is not None
    assert row.expires_at.isoformat() == "2027-03-09T16:00:00+00:00", "the whole last day counts, in Shanghai"
    page = f"{LIST}{row.pk}"
    assert first not in text(desk.get(page)) + text(desk.get(LIST))
    second = key_in(desk.post(f"{page}/rotate", {"overlap": "1"}))
    assert client_of(first) == client_of(second) == row
    desk.post(f"{page}/revoke")
    assert client_of(second) is None
    assert "taken back" in text(desk.get(LIST))
    open311 = desk.post(f"{LIST}new", {"name": "Streets", "scopes": ["open311:write"]})
    assert "api_key=" in text(open311), "a program that hands in by Open311 needs no post, and is told how"
    assert "Authorization" not in text(open311)
    assert desk.post(f"{page}/rotate", {"overlap": "1"}).status_code == 303
    assert ApiClient.objects.get(name="Hotline").revoked_at is not None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "Please fill this in"),
        ({"scopes": []}, "Please choose an answer"),
        ({"post": ""}, "Choose the post that answers for the key"),
        ({"scopes": ["unit-cases:read"]}, "Choose the unit whose cases"),
        ({"scopes": ["acts:read"]}, "an auditor’s post must answer"),
        ({"until": "2020-01-01"}, "must end later than today"),
        ({"until": "soon"}, "not a day of the calendar"),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    cast: Cast, desk: Client, change: dict[str, Any], said: str
) -> None:
    typed = {"name": "x", "scopes": ["cases:read"], "post": cast.post(cast.mayor).pk} | change
    response = desk.post(f"{LIST}new", typed)
    assert response.status_code == 422
    assert said.replace("’", "&#x27;") in text(response)
    assert not ApiClient.objects.exists()


def test_nobody_else_sees_or_changes_keys(cast: Cast, desk: Client) -> None:
    row, _key = system(cast, "cases:read")
    for staff in (cast.mayor, cast.clerk, cast.auditor):
        other = browser(staff)
        assert other.get(LIST).status_code == 403
        assert other.post(f"{LIST}{row.pk}/revoke").status_code == 403
    ApiClient.objects.update(authority=cast.county)
    staffed(cast.county_root, "admin", "administrator", "管理", "Administrator")
    assert desk.get(f"{LIST}{row.pk}").status_code == 404
    assert desk.post(f"{LIST}{row.pk}/revoke").status_code == 404
    assert Client().get(LIST).status_code == 302


def ended_by_another(cast: Cast, find: Any) -> Any:
    """Finds the webhook; then, before anything is done with it, somebody else ends it."""

    def found(visitor: Any, hook_id: Any) -> Hook:
        hook = find(visitor, hook_id)
        end_hook(hook_id=hook_id, by=cast.actor(cast.administrator), now=clock.now())
        return hook

    return found


def test_a_webhook_is_made_tested_read_in_its_log_and_ended(
    cast: Cast, desk: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ALERT_HOSTS = ("127.0.0.1",)
    row, _key = system(cast, "incidents:read")
    page = f"{LIST}{row.pk}"
    refused = desk.post(f"{page}/webhooks", {"url": "https://192.168.0.1/", "kinds": ["warning.sent"]})
    assert refused.status_code == 422
    assert "leads into a private network" in text(refused)
    assert "a case that it handed in" not in text(refused), "what the key may not read is not offered"
    with partner() as there:
        made = desk.post(f"{page}/webhooks", {"url": there.url, "kinds": ["warning.sent"]})
        assert "whsec_" in text(made)
        hook = Hook.objects.get()
        address = reverse("api_keys:hook", args=[hook.pk])
        assert "Nothing was sent yet" in text(desk.get(address))
        there.answers = [410]
        assert desk.post(f"{address}/test").status_code == 303
        now = clock.now()
        Sender().send_due(lambda: now)
        log = text(desk.get(address))
        assert "410, " in log
        assert "the other side said that it is gone" in log
        assert "whsec_" not in log
        desk.post(f"{address}/resume")
        message = HookMessage.objects.get()
        desk.post(reverse("api_keys:again", args=[message.pk]))
        Sender().send_due(clock.now)
        assert "204, " in text(desk.get(address))
        desk.post(f"{address}/stop")
        assert "whsec_" in text(desk.post(f"{address}/rotate"))
        monkeypatch.setattr(hook_pages, "hook_for", ended_by_another(cast, hook_pages.hook_for))
        assert desk.post(f"{address}/rotate").status_code == 303, "somebody ended it in this moment"
        monkeypatch.undo()
        assert desk.get(address).status_code == 404
        assert desk.post(f"{address}/nothing").status_code == 404


def test_it_reads_as_chinese(cast: Cast, desk: Client) -> None:
    row, _key = system(cast, "incidents:read")
    chinese = browser(cast.administrator, "zh-CN")
    pages = text(chinese.get(LIST)) + text(chinese.get(f"{LIST}new")) + text(chinese.get(f"{LIST}{row.pk}"))
    for said in ("外部系统密钥", "代交事项", "换发密钥"):
        assert said in pages
