"""The organisation's and the accounts' pages: nothing that axe finds, nothing wider than the screen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.urls import reverse

from answerable.core import clock
from answerable.orgs.labels import TABLES
from answerable.orgs.models import Post, SpecialDay
from tests.journeys.faces import one_face, two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PASSWORD = "a long enough phrase"
BAD_FILE = "authority,code,name_zh,name_en,parent\ntown,bridges,桥梁站,Bridges,nowhere\ntown,,无,None,town\n".encode()
GOOD_FILE = "authority,code,name_zh,name_en,parent\ntown,bridges,桥梁站,Bridges office,town\n".encode()


@pytest.fixture
def half_minute(monkeypatch):
    """A code is shown and taken for half a minute; this one does not end while it is typed and sent."""
    now = list(totp.yield_hotp_counters_from_time())
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter(now))


def code_of(secret: str) -> str:
    """What the authenticator app shows now."""
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


@two_faces
def test_the_organisations_pages(page, face, cast, sign_in, axe_clean, shot, watch):
    watch.may_fail.add(422)
    SpecialDay.objects.create(authority=cast.town, on=clock.now().date() + timedelta(days=20), why="镇庆日")
    sign_in(page, cast.administrator)

    def look(name: str, path: str) -> None:
        page.goto(path)
        axe_clean()
        shot(f"organisation-{name}", whole=True)

    for name in ("map", "calendar", "overview", "lists", "people", "files", "first_steps"):
        look(name, reverse(f"orgs:{name}"))
    look("post", reverse("orgs:post", args=[Post.objects.get(unit=cast.roads, code="clerk").pk]))
    for table in TABLES if face.width < 500 else ["people"]:  # one column of fields at any width
        look(f"new-{table}", reverse("orgs:new", args=[table]))
    page.click("form.form .actions button")
    axe_clean()
    shot("organisation-fault", whole=True)
    look("change-unit", reverse("orgs:edit", args=["units", "town~roads"]))
    page.goto(reverse("orgs:people"))
    page.locator("main summary").first.click()
    row = page.locator("form[action$='/code']").first
    row.locator("[name=why]").fill("本人到窗口出示证件。")
    row.locator("button").first.click()
    page.wait_for_selector(".code")
    axe_clean()
    shot("organisation-code", whole=True)
    for name, content in (("faults", BAD_FILE), ("preview", GOOD_FILE)):
        page.goto(reverse("orgs:files"))
        page.set_input_files("[name=file]", {"name": "units.csv", "mimeType": "text/csv", "buffer": content})
        page.click("form[enctype] button")
        page.wait_for_load_state()
        axe_clean()
        shot(f"organisation-{name}", whole=True)
    page.click("form[action$='/file/in'] button")
    page.goto(reverse("orgs:overview"))
    assert page.get_by_text(
        "桥梁站" if page.locator("html").get_attribute("lang") == "zh-hans" else "Bridges office"
    ).count()


@one_face
@pytest.mark.usefixtures("half_minute")
def test_the_accounts_pages(page, cast, axe_clean, shot, watch, settings):
    settings.DEMO = False
    cast.clerk.set_password(PASSWORD)
    cast.clerk.save()

    def look(name: str) -> None:
        page.wait_for_load_state()
        axe_clean()
        shot(f"account-{name}", whole=True)

    page.goto(reverse("orgs:first_sign_in"))
    look("first-sign-in")
    page.goto("/desk/")
    look("sign-in")
    page.fill("[name=login]", "roads-clerk")
    page.fill("[name=password]", "not the password")
    page.click("main button[type=submit]")
    page.wait_for_selector(".error-summary")
    look("sign-in-refused")
    page.fill("[name=login]", "roads-clerk")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/accounts/2fa/")
    look("second-factor")
    page.click("a[href$='/totp/activate/']")
    page.wait_for_url("**/totp/activate/")
    look("totp")
    secret = page.locator("main .code").first.inner_text()
    page.fill("[name=code]", code_of(secret))
    page.click("main form button")
    page.wait_for_url("**/recovery-codes/**")
    look("recovery-codes")
    for name, path in (
        ("factors", "/accounts/2fa/"),
        ("recovery-new", "/accounts/2fa/recovery-codes/generate/"),
        ("totp-off", "/accounts/2fa/totp/deactivate/"),
        ("passkeys", "/accounts/2fa/webauthn/"),
        ("password", "/accounts/password/change/"),
        ("sign-out", "/accounts/logout/"),
    ):
        page.goto(path)
        look(name)
