"""An administrator gives a system a key; the system hands a case in and is told what became of it; the key goes back."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from answerable.api.models import Hook
from answerable.api.tests.listening import partner
from answerable.api.tests.systems import reacted, send
from answerable.cases.models import Case
from answerable.cases.services.handling import accept_case
from answerable.core import clock
from tests.cast import make_cast
from tests.journeys.faces import two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LAMP = {"claim": "The lamp is out.", "subject": "lamps"}


@two_faces
def test_a_system_is_let_in_and_told_of_its_case(
    page, face, sign_in, axe_clean, shot, work, settings, transactional_db
):
    settings.ALERT_HOSTS = ("127.0.0.1",)
    cast = make_cast()
    zh = face.language.startswith("zh")
    sign_in(page, cast.administrator)
    page.goto(reverse("api_keys:list"))
    axe_clean()
    shot("keys-none")
    page.get_by_role("link", name="给一个系统发密钥" if zh else "Give a system a key").click()
    page.fill("[name=name]", "热线系统" if zh else "Hotline")
    page.locator("[name=scopes][value='cases:read']").check()
    page.locator("[name=post]").select_option(str(cast.post(cast.mayor).pk))
    axe_clean()
    shot("keys-new", whole=True)
    page.get_by_role("button", name="生成密钥" if zh else "Make the key").click()
    key = page.locator(".one-time").inner_text().strip()
    axe_clean()
    shot("keys-secret")
    page.locator("main a[href*='/desk/keys/']").last.click()
    with partner() as there:
        page.locator("details.disclosure summary").click()
        page.fill("[name=url]", there.url)
        page.locator("[name=kinds]").check()
        page.get_by_role("button", name="建立推送" if zh else "Make the webhook").click()
        assert page.locator(".one-time").inner_text().startswith("whsec_")
        code = send(key, "cases", LAMP).json()["code"]
        reacted()
        case = Case.objects.get(code=code)
        accept_case(case_id=case.pk, by=cast.actor(cast.clerk), seen_version=case.version, now=clock.now())
        there.answers = [503]
        work()
        page.goto(reverse("api_keys:hook", args=[Hook.objects.get().pk]))
        expect(page.locator("tbody tr")).to_have_count(2)
        expect(page.locator("tbody")).to_contain_text(code)
        expect(page.locator("tbody")).to_contain_text("503")
        axe_clean()
        shot("keys-hook", whole=True)
        assert {one["data"]["code"] for one in there.told} == {code}
    page.locator("a.back").click()
    axe_clean()
    shot("keys-key", whole=True)
    page.get_by_role("button", name="收回密钥" if zh else "Take the key back").click()
    expect(page.locator("tbody")).to_contain_text("已收回" if zh else "taken back")
    shot("keys-list")
    assert send(key, "cases", LAMP, "number-2").status_code == 401
