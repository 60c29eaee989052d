"""A person takes the proof of each step, without a script, and checks it in a browser that has no network."""

from __future__ import annotations

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Page, expect

from answerable.core import clock
from answerable.record import publishing, starting
from answerable.record.tests.conftest import own_log  # noqa: F401  (a fixture)
from tests.cast import registered
from tests.journeys.faces import one_face, two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

STORY = "桥头那口井边的路灯坏了两个月。"


def save(page: Page, kind: str) -> bytes:
    with page.expect_download() as download:
        page.locator(f"a[href$='/{kind}']").click()
    return download.value.path().read_bytes()


def take_over(page: Page, other: Page) -> None:
    """The same person goes on in a browser without script."""
    cookies = [c for c in page.context.cookies() if c["name"] != django_settings.LANGUAGE_COOKIE_NAME]
    other.context.add_cookies(cookies)


@two_faces
def test_each_step_is_proved_without_the_office(face, cast, person, desk, new_context, own_log, shot):  # noqa: F811
    starting.ensure_started()
    starting.ensure_promise_key()
    somebody, clerk = person(), desk(cast.clerk)
    somebody.was_given(registered(cast, now=clock.now(), claim=STORY))
    clerk.open(somebody.code)
    clerk.do("accept")
    somebody.enter()
    plain = new_context(face, javascript=False).new_page()
    take_over(somebody.page, plain)

    plain.goto("/case/now")
    plain.locator("details.disclosure > summary").last.click()
    shot("timeline-promise", of=plain, whole=True)
    plain.locator("a[href='/case/proof/1']").click()
    shot("proof-promise", of=plain, whole=True)
    assert save(plain, "promise").startswith(b"answerable/promise/v1\n")

    publishing.publish_due()
    plain.reload()
    shot("proof-receipt", of=plain, whole=True)
    receipt, opening = save(plain, "tlog-proof"), save(plain, "opening")
    somebody.page.goto("/case/proof/1")
    somebody.seen(somebody.page)
    clerk.open(somebody.code)
    shot("desk-timeline", of=clerk.page, whole=True)
    clerk.seen(clerk.page)

    somebody.page.goto("/record/")
    shot("record", of=somebody.page, whole=True)
    key = somebody.page.locator("#key ~ p code").first
    assert "monospace" in key.evaluate("one => getComputedStyle(one).fontFamily"), "l, I and 1 differ"
    somebody.seen(somebody.page)
    policy = somebody.page.request.get("/record/policy").body()
    verifier = somebody.page
    verifier.goto("/record/verify.html")
    verifier.context.set_offline(True)
    for name, content in (("receipt", receipt), ("opening", opening), ("policy", policy)):
        verifier.locator(f"#{name}-text").fill(content.decode())
    verifier.locator("#check").click()
    shot("verify", of=verifier, whole=True)
    expect(verifier.locator("#result")).to_contain_text("case.registered")
    verifier.context.set_offline(False)


@one_face
def test_the_auditor_draws_opens_and_takes_out(face, cast, desk, own_log):  # noqa: F811
    case = registered(cast, now=clock.now()).case
    publishing.publish_due()
    auditor = desk(cast.auditor)
    auditor.page.goto("/desk/record")
    auditor.page.locator("#number").fill("4711")
    auditor.page.locator("#count").fill("100")
    auditor.page.locator("form[method=get] button.button").last.click()
    auditor.page.wait_for_url("**number=4711**")
    auditor.seen(auditor.page)
    auditor.page.locator("input[name=act]").first.check()
    auditor.page.locator("#reason").fill("年度抽查")
    auditor.page.locator("form[action$='record/open'] button").click()
    expect(auditor.page.locator("#opened ~ article")).to_contain_text(case.code)
    auditor.seen(auditor.page)
    with auditor.page.expect_download() as download:
        auditor.page.locator("form[action$='record/export'] button").click()
    assert b"entry,index,size,leaf,kind,salt" in download.value.path().read_bytes()
