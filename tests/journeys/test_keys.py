"""An administrator gives a system a key; the system hands a case in and is told what became of it; the key goes back.
Another system's open matters are looked at, and taken over by the worker."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from answerable.api.models import Hook
from answerable.api.tests.listening import partner
from answerable.api.tests.systems import reacted, send
from answerable.cases.imports.tests.test_cases_file import LAMP as ROW
from answerable.cases.imports.tests.test_cases_file import book
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
    expect(page.locator("[name=scopes]:checked")).to_have_count(0)  # nothing is given that nobody chose
    page.locator("[name=scopes][value='cases:write']").check()
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
    take_over(page, zh=zh, axe_clean=axe_clean, shot=shot, work=work)


def take_over(page, *, zh, axe_clean, shot, work):
    page.goto(reverse("imports:home") + "?body=town")
    axe_clean()
    shot("imports-none", whole=True)
    for row in ([*ROW[:1], "soon", *ROW[2:]], ROW):
        table = {"name": "old.xlsx", "mimeType": "application/octet-stream", "buffer": book(row)}
        page.set_input_files("[name=file-content]", files=[table])
        page.fill("[name=file-source]", "旧系统" if zh else "Old desk")
        page.get_by_role("button", name="查看将转入什么" if zh else "Show what would come in").click()
        expect(page.locator("progress")).to_be_visible()
        work()
        expect(page.locator("main table").first).to_be_visible()  # the page looks again by itself
        axe_clean()
        shot(f"imports-{'faults' if row is not ROW else 'ready'}", whole=True)
        if row is not ROW:
            page.goto(reverse("imports:home") + "?body=town")
    page.get_by_role("button", name="登记这 1 件" if zh else "Register 1 matter").click()
    expect(page.locator("progress")).to_be_visible()
    shot("imports-running")
    work()
    expect(page.locator("#became")).to_be_visible()
    axe_clean()
    shot("imports-done", whole=True)
