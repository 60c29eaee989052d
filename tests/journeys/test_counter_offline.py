"""The counter where there is no network: a printed receipt there, one registered case later."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest

from answerable.cases.models import Case, ReservedCode
from answerable.cases.services.receipts import case_behind
from answerable.orgs.models import Authority
from answerable.record.models import Act
from tests.journeys.faces import one_face, two_faces

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
WORD = "a device's word"
STORED = """async () => {
  const db = await new Promise((done) => { const r = indexedDB.open("answerable-counter"); r.onsuccess = () => done(r.result); });
  const found = {};
  for (const name of db.objectStoreNames) {
    found[name] = await new Promise((done) => { const r = db.transaction(name).objectStore(name).getAll(); r.onsuccess = () => done(r.result); });
  }
  return JSON.stringify(found);
}"""

#: The first thing that is locked from now on waits for `letGo()`, as on a device that does much else.
SLOW_LOCK = """() => {
  const lock = SubtleCrypto.prototype.encrypt;
  let first = true;
  SubtleCrypto.prototype.encrypt = async function (...all) {
    if (first) {
      first = false;
      await new Promise((done) => (window.letGo = done));
    }
    return lock.apply(this, all);
  };
}"""


def has_draft(page, wanted: bool = True) -> None:
    """Wait until something half typed lies on the device, or nothing does."""
    for _ in range(200):
        if ('"name":"draft"' in page.evaluate(STORED)) is wanted:
            return
        page.wait_for_timeout(50)
    pytest.fail("a draft is kept" if not wanted else "no draft is kept")


@pytest.fixture
def without_network(watch):
    """Loading fails where there is no network; the page says it in words."""
    seen = watch.on_console

    def on_console(page, message):
        if not re.search("net::ERR_(FAILED|INTERNET_DISCONNECTED)", message.text):
            seen(page, message)

    watch.on_console = on_console


def make_ready(page) -> None:
    page.goto("/desk/counter/ready")
    page.fill("#word", WORD)
    page.fill("#again", WORD)
    page.click("[data-ready] button")
    page.wait_for_selector("[data-go]:not([hidden])")


def begin(page) -> None:
    page.goto("/desk/counter/offline")
    page.fill("#word", WORD)
    page.click("[data-unlock] button")
    page.wait_for_selector('[data-view="form"]:not([hidden])')


def take_down(page, cast, **more: str) -> None:
    page.fill("#id_story", more.get("story", "村口的路灯坏了两个月，晚上看不见路。"))
    page.select_option("#id_subject", str(cast.lamps.pk))
    page.select_option("#id_place", str(cast.village.pk))
    page.check(f"input[name=danger][value={more.get('danger', 'no')}]")
    page.check("input[name=conduct][value=no]")
    page.check("input[name=privacy][value=confidential]")
    page.select_option("#id_kind", "complaint")
    page.fill("#id_name", "王小明")
    page.click(".counter-end button")
    page.wait_for_selector('[data-view="read"]:not([hidden])')


def hand_over(page) -> tuple[str, str]:
    page.click("[data-register]")
    page.wait_for_selector('[data-view="receipt"]:not([hidden])')
    return page.inner_text("p[data-code]"), page.inner_text("p[data-secret]")


def put_away(page) -> None:
    """The receipt is in somebody's hands; wait until the device has let go of it."""
    page.click("[data-next]")
    page.wait_for_selector('[data-view="form"]:not([hidden])')


def sent(page) -> None:
    page.wait_for_selector("[data-empty]:not([hidden])")


@two_faces
def test_without_a_network_to_the_printed_receipt_and_sent_later(
    page, cast, sign_in, axe_clean, shot, without_network
):
    Authority.objects.update(zone="Pacific/Kiritimati")  # another one than the device's
    sign_in(page, cast.clerk)
    make_ready(page)
    axe_clean()
    shot("counter-ready", whole=True)
    page.context.set_offline(True)
    page.goto("/desk/counter")  # whatever is asked for, the page that works alone answers
    page.wait_for_url("**/counter/offline")
    page.wait_for_selector('[data-view="unlock"]:not([hidden])')
    axe_clean()
    shot("counter-offline-unlock")
    begin(page)
    page.click(".counter-end button")
    page.wait_for_selector(".error-summary:not([hidden])")
    assert page.locator(".error-summary a").first.get_attribute("href") == "#id_story", (
        "as they stand on the page"
    )
    axe_clean()
    shot("counter-offline-fault", whole=True)
    take_down(page, cast, danger="yes")
    assert "村口的路灯坏了两个月" in page.inner_text("[data-said]")
    assert page.locator("[data-danger]").is_visible()
    axe_clean()
    shot("counter-offline-read", whole=True)
    code, secret = hand_over(page)
    assert re.fullmatch(r"W[0-9A-Z]{3}-[0-9A-Z]{4}-[0-9A-Z]{2}", code)
    assert page.locator(".counter-qr svg").count() == 1
    slip = page.locator(".counter-slip")
    assert secret in slip.inner_text()
    assert code not in slip.inner_text(), "what is cut off tells nobody whose it is"
    assert slip.evaluate("one => getComputedStyle(one).borderTopStyle") == "dashed"
    told = page.inner_text("[data-told]")
    axe_clean()
    shot("counter-offline-receipt", whole=True)
    page.emulate_media(media="print")
    shot("counter-offline-printed", whole=True)
    page.emulate_media(media="screen")
    put_away(page)
    page.goto("/desk/counter/waiting")
    page.wait_for_selector("[data-queue] li")
    assert code in page.inner_text("[data-queue]")
    axe_clean()
    shot("counter-waiting", whole=True)
    kept = page.evaluate(STORED)
    assert not any(word in kept for word in ("王小明", "路灯", secret))
    assert not Case.objects.exists()
    page.context.set_offline(False)
    sent(page)
    axe_clean()
    shot("counter-sent", whole=True)
    assert code not in page.evaluate(STORED)
    case = case_behind(code, secret)
    act = Act.objects.get(matter=case.pk, kind="case.registered")
    assert act.happened_at == case.received_at < case.registered_at
    assert case.is_danger_told
    assert f"{case.received_at.astimezone(ZoneInfo('Pacific/Kiritimati')):%H:%M}" in told


@one_face
def test_nothing_is_lost_when_the_session_ended_or_the_browser_was_killed(
    page, cast, sign_in, shot, without_network, watch
):
    sign_in(page, cast.clerk)
    make_ready(page)
    page.context.set_offline(True)
    begin(page)
    take_down(page, cast)
    code, secret = hand_over(page)
    again = page.context.new_page()  # the window died before the paper was printed
    page.close()
    again.goto("/desk/counter/offline")
    again.fill("#word", "another word!")
    again.click("[data-unlock] button")
    again.wait_for_selector(".error-summary:not([hidden])")
    again.fill("#word", WORD)
    again.click("[data-unlock] button")
    again.wait_for_selector('[data-view="receipt"]:not([hidden])')
    assert (again.inner_text("p[data-code]"), again.inner_text("p[data-secret]")) == (code, secret)
    put_away(again)
    again.context.clear_cookies(name="sessionid")
    again.context.set_offline(False)
    again.goto("/desk/counter/waiting")
    again.wait_for_selector("[data-sign-in]:not([hidden])")
    shot("counter-signed-out", of=again)
    assert not Case.objects.exists()
    # Killed after the server has registered it and before the device has heard of it: its answer is thrown away.
    sign_in(again, cast.clerk)
    lost = []
    again.route("**/waiting/send", lambda route: (route.fetch(), route.abort(), lost.append(route)))
    watch.on_console = lambda page, message: None
    again.click("[data-send]")
    while not lost:
        again.wait_for_timeout(50)
    assert code in again.evaluate(STORED)
    again.unroute_all(behavior="wait")  # the page tries by itself meanwhile
    again.click("[data-send]")
    sent(again)
    assert Case.objects.get().code == code
    assert case_behind(code, secret)


@one_face
def test_half_typed_it_outlives_the_browser_and_lies_locked_on_the_device(
    page, cast, sign_in, axe_clean, shot, without_network
):
    sign_in(page, cast.clerk)
    make_ready(page)
    page.context.set_offline(True)
    begin(page)
    page.select_option("#id_place", str(cast.village.pk))
    page.fill("#id_name", "王小明")
    # Last: without it nothing is kept, so with it all of it is.
    page.fill("#id_story", "村口的路灯坏了两个月。")
    has_draft(page)
    assert not any(word in page.evaluate(STORED) for word in ("王小明", "路灯"))
    again = page.context.new_page()
    page.close()  # as a killed browser does, without a question
    begin(again)
    assert again.input_value("#id_story") == "村口的路灯坏了两个月。"
    assert again.input_value("#id_name") == "王小明"
    assert again.input_value("#id_place") == str(cast.village.pk)
    again.wait_for_selector("[data-back]:not([hidden])")
    axe_clean(again)
    shot("counter-draft-back", of=again)
    # An accusation of this counter's own office is not left to the colleagues who share the password.
    again.check("input[name=conduct][value=yes]")
    again.locator("details", has=again.locator("input[name=units]")).first.locator("summary").click()
    again.check(f"input[name=units][value='{cast.roads.pk}']")
    has_draft(again, False)
    again.uncheck(f"input[name=units][value='{cast.roads.pk}']")
    again.check("input[name=conduct][value=no]")
    has_draft(again)
    take_down(again, cast)
    hand_over(again)
    has_draft(again, False)  # it is a matter now
    put_away(again)
    again.fill("#id_story", "别人的事。")
    has_draft(again)
    again.reload()
    begin(again)
    again.click("[data-back] [data-forget]")
    has_draft(again, False)
    assert again.input_value("#id_story") == ""


@one_face
def test_what_was_being_locked_when_it_became_a_matter_does_not_stay_on_the_device(
    page, cast, sign_in, without_network
):
    sign_in(page, cast.clerk)
    make_ready(page)
    page.context.set_offline(True)
    begin(page)
    page.evaluate(SLOW_LOCK)
    page.fill("#id_story", "村口的路灯坏了两个月。")
    page.wait_for_function("() => !!window.letGo")
    take_down(page, cast)
    hand_over(page)
    # Whatever else was typed has had its turn by then.
    page.evaluate("() => new Promise((done) => setTimeout(() => { letGo(); setTimeout(done, 500); }, 1500))")
    has_draft(page, False)


@one_face
def test_a_refused_one_comes_back_with_its_words_and_a_wiped_device_keeps_nothing(
    page, cast, sign_in, axe_clean, shot, without_network, watch
):
    watch.may_fail.add(422)
    sign_in(page, cast.clerk)
    make_ready(page)
    page.context.set_offline(True)
    begin(page)
    page.select_option("#id_channel", "email")
    page.fill("#id_reach", "nowhere")
    take_down(page, cast)
    code, secret = hand_over(page)
    put_away(page)
    page.context.set_offline(False)
    page.goto("/desk/counter/waiting")
    page.wait_for_selector("[data-queue] .actions a")
    axe_clean()
    shot("counter-refused")
    page.click("[data-queue] .actions a")
    page.wait_for_selector('[data-view="form"]:not([hidden])')
    assert page.input_value("#id_story").startswith("村口的路灯")
    shot("counter-mend", whole=True)
    page.fill("#id_reach", "someone@example.org")
    page.click(".counter-end button")
    page.click("[data-register]")
    page.wait_for_url("**/waiting")
    sent(page)
    assert case_behind(code, secret)
    page.goto("/desk/counter/ready")
    page.click("[data-wipe] button")
    page.wait_for_selector("text=本设备上已不再留存任何内容。")
    assert page.evaluate(STORED) == '{"codes":[],"meta":[],"receipts":[],"waiting":[]}'
    assert not page.evaluate("caches.has('answerable-counter')")
    assert ReservedCode.objects.count() == 1
