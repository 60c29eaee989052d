"""Signing in: no open sign-up, throttled once, and the desk wants a second factor outside the demo."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db.models import F
from django.test import Client
from django.utils import translation

from answerable.orgs.accounts import adapter
from answerable.orgs.models import Staff
from answerable.orgs.sheets.planning import plan_import
from answerable.orgs.sheets.reading import read_file
from answerable.orgs.sheets.snapshot import take_snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Staff:
    return Staff.objects.create_user("clerk-1", "a long enough password", name_zh="员", name_en="Clerk")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_sign_in_page_speaks_both_languages(client, language):
    client.cookies["django_language"] = language
    page = client.get("/accounts/login/").content.decode()
    assert ("Sign in to the desk" if language == "en" else "登录") in page


def test_right_password_opens_wrong_one_does_not(client, staff, settings):
    settings.DEMO = True
    wrong = client.post("/accounts/login/", {"login": "clerk-1", "password": "no"})
    assert wrong.status_code == 200
    assert "_auth_user_id" not in client.session
    right = client.post("/accounts/login/", {"login": "clerk-1", "password": "a long enough password"})
    assert right.status_code == 302
    assert client.session["_auth_user_id"] == str(staff.pk)


def test_a_sign_in_made_while_the_clock_ran_ahead_ends_when_the_clock_is_put_right(client, staff, settings):
    """Django keeps its end alone: it would last for as long as the clock was put back, and twelve hours more."""
    settings.DEMO = True
    client.force_login(staff, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert client.get("/desk/keyboard").status_code == 200
    Session.objects.update(expire_date=F("expire_date") + timedelta(days=1))
    assert client.get("/desk/keyboard").status_code == 302


def test_nobody_is_shut_out_by_a_second_name_in_other_capitals(client, staff, settings, cast):
    """allauth looks for the name whatever its capitals, and lets nobody in where it finds two."""
    settings.DEMO = True
    read = read_file(b"username,name_en\r\nCLERK-1,Somebody\r\n", "people.csv")
    made = plan_import(read, take_snapshot(), bodies={"town"})
    assert [fault.code for fault in made.faults] == ["alike"]
    client.post("/accounts/login/", {"login": "Clerk-1", "password": "a long enough password"})
    assert client.session["_auth_user_id"] == str(staff.pk)
    Staff.objects.create(username="CLERK-1", name_en="Somebody")
    again = Client()
    again.post("/accounts/login/", {"login": "clerk-1", "password": "a long enough password"})
    assert "_auth_user_id" not in again.session, "then this rule is needed no more"


def test_after_ten_wrong_tries_even_the_right_password_has_to_wait(client, staff):
    for _ in range(10):
        client.post("/accounts/login/", {"login": "clerk-1", "password": "no"})
    client.post("/accounts/login/", {"login": "clerk-1", "password": "a long enough password"})
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up(client):
    client.post("/accounts/signup/", {"username": "me", "password1": "a long enough password"})
    assert not Staff.objects.exists()


@pytest.mark.parametrize(
    "path", ["signup/", "email/", "confirm-email/", "confirm-email/abc/", "password/reset/", "password/set/"]
)
def test_accounts_addresses_and_lost_passwords_are_the_administrators_work(client, staff, path):
    assert client.get(f"/accounts/{path}").status_code == 404
    client.force_login(staff)
    assert client.post(f"/accounts/{path}", {"email": "other@example.org"}).status_code == 404


def test_without_a_second_factor_the_desk_stays_shut(client, staff, settings):
    settings.DEMO = False
    client.force_login(staff, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert client.get("/desk/").url == "/accounts/2fa/"
    page = client.get("/accounts/2fa/").content.decode()
    assert "/accounts/2fa/webauthn/add/" in page
    assert "/accounts/2fa/totp/activate/" in page
    settings.DEMO = True
    assert "2fa" not in client.get("/desk/").headers.get("Location", "")


def test_a_wrong_code_says_what_to_type_in_the_houses_own_words(client, staff):
    """allauth's Chinese for it reads “error code”, and its field is called otherwise than everything around it."""
    signs_in = {"login": "clerk-1", "password": "a long enough password"}
    client.post("/accounts/login/", signs_in)
    setting_up = "/accounts/2fa/totp/activate/"
    chinese = {"headers": {"accept-language": "zh-hans"}}
    client.get(setting_up)
    page = client.post(setting_up, {"code": "000000"}, **chinese).content.decode()
    assert "此刻显示的六位数字" in page
    assert "错误代码" not in page
    assert "认证器代码" not in page
    RecoveryCodes.activate(staff)
    TOTP.activate(staff, "A" * 32)
    other = Client()
    other.post("/accounts/login/", signs_in)
    page = other.post("/accounts/2fa/authenticate/", {"code": "000000"}, **chinese).content.decode()
    assert "还没用过的备用码" in page


def test_a_short_password_is_refused_in_ones_own_language(staff):
    with translation.override("zh-hans"), pytest.raises(ValidationError) as refused:
        validate_password("渡口的灯", staff)
    assert refused.value.messages == ["密码太短：至少要有10个字符。几个词连起来就是好密码。"]


def test_a_stranger_who_tries_a_name_does_not_lock_its_owner_out(client, staff, settings):
    settings.DEMO = True
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    for _ in range(15):
        stranger.post("/accounts/login/", {"login": "clerk-1", "password": "no"})
    client.post("/accounts/login/", {"login": "clerk-1", "password": "a long enough password"})
    assert client.session["_auth_user_id"] == str(staff.pk)


@pytest.mark.usefixtures("one_window")
def test_tries_at_one_name_from_many_networks_end_too(client, staff, monkeypatch):
    monkeypatch.setattr(adapter, "TRIES_A_NAME_OVERALL", 6)
    for n in range(7):
        Client(REMOTE_ADDR=f"203.0.113.{n}").post("/accounts/login/", {"login": "clerk-1", "password": "no"})
    client.post("/accounts/login/", {"login": "clerk-1", "password": "a long enough password"})
    assert "_auth_user_id" not in client.session
