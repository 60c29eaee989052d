"""A passkey in a real browser with a virtual authenticator: made, used at the sign-in, removed, lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page

from answerable.core import clock
from answerable.orgs.act_kinds import OrgAct
from answerable.orgs.services.sign_ins import reset_second_factor
from answerable.record.models import Act
from tests.cast import Cast
from tests.journeys.faces import one_face

PASSWORD = "a long enough phrase"


@pytest.fixture
def authenticator(page: Page) -> tuple[Any, str]:
    """A device that says yes to everything, as Chromium's developer tools offer it."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    made = tools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return tools, made["authenticatorId"]


def sign_in(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")
    page.goto("/desk/")
    page.fill("[name=login]", "roads-clerk")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")


@one_face
@pytest.mark.journey
def test_a_passkey_is_made_used_removed_and_lost(
    page: Page, cast: Cast, settings: Any, authenticator: tuple[Any, str], axe_clean: Callable[..., None],
    shot: Callable[..., None],
) -> None:  # fmt: skip
    settings.DEMO = False
    cast.clerk.set_password(PASSWORD)
    cast.clerk.save()

    sign_in(page)
    page.wait_for_url("**/accounts/2fa/")
    axe_clean()
    shot("passkey-none")
    page.click("a[href$='/webauthn/add/']")
    page.wait_for_url("**/webauthn/add/")
    axe_clean()
    shot("passkey-add")
    page.fill("[name=name]", "Front desk")
    page.click("form[data-passkey] button")
    page.wait_for_url("**/recovery-codes/")
    key = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    assert key.data["credential"]["response"]["attestationObject"]
    assert key.wrap().name == "Front desk"

    sign_in(page)
    page.wait_for_url("**/2fa/authenticate/")
    axe_clean()
    shot("passkey-ask")
    page.click("form[data-passkey] button")
    page.wait_for_url("**/desk/")
    key.refresh_from_db()
    assert key.last_used_at is not None

    # without the device the other way stays open
    tools, device = authenticator
    tools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device})
    sign_in(page)
    page.wait_for_url("**/2fa/authenticate/")
    assert page.locator("[name=code]").is_visible()

    # lost: the administrator takes it away, and the desk asks for a new one
    reset_second_factor(
        staff_id=cast.clerk.pk,
        home=cast.town,
        by=cast.actor(cast.administrator),
        now=clock.now(),
        why="came in person",
    )
    sign_in(page)
    page.wait_for_url("**/accounts/2fa/")
    kinds = set(Act.objects.filter(kind__startswith="organisation.second").values_list("kind", flat=True))
    assert kinds == {OrgAct.SECOND_FACTOR_ADDED, OrgAct.SECOND_FACTOR_RESET}


@one_face
@pytest.mark.journey
def test_a_passkey_is_removed_by_its_owner(
    page: Page, cast: Cast, settings: Any, authenticator: tuple[Any, str], axe_clean: Callable[..., None]
) -> None:
    settings.DEMO = False
    cast.clerk.set_password(PASSWORD)
    cast.clerk.save()
    sign_in(page)
    page.goto("/accounts/2fa/webauthn/add/")
    page.click("form[data-passkey] button")
    page.wait_for_url("**/recovery-codes/")
    page.goto("/accounts/2fa/webauthn/")
    axe_clean()
    page.click("a[href$='/remove/']")
    axe_clean()
    page.click("main button[type=submit]")
    page.wait_for_url("**/accounts/2fa/webauthn/")
    assert not Authenticator.objects.exists()
    assert Act.objects.filter(kind=OrgAct.SECOND_FACTOR_REMOVED).exists()
    page.goto("/desk/")
    assert page.url.endswith("/accounts/2fa/")
