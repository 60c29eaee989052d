"""The bar on the desk's pages: what it is told, how it answers, and the stream that tells it at once."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from answerable.alerts.live import streaming
from answerable.alerts.models import Asked
from answerable.alerts.services import acknowledge
from answerable.alerts.tests.climbers import alarm, reached_by, steps
from answerable.core import clock

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 30.0


@pytest.fixture(autouse=True)
def without_second_factor(settings):
    settings.DEMO = True


def raised(cast, *people, key="k"):
    return alarm(
        cast, steps(*({"staff": one.pk} for one in people)), key=key, now=clock.now(), facts={"text": "塌方"}
    )


def ask(client, mark=""):
    return client.get(reverse("live:now"), headers={"If-None-Match": mark} if mark else {})


def test_nobody_signed_in_is_told_nothing(client):
    assert ask(client).status_code == 204
    assert (
        client.post(reverse("live:answer", args=["01234567-89ab-7def-8123-456789abcdef"])).status_code == 401
    )


def test_what_is_as_it_was_is_not_said_again(client, cast, django_assert_max_num_queries):
    client.force_login(cast.handler)
    first = ask(client)
    assert first.json()["alarms"] == []
    with django_assert_max_num_queries(5):  # one of them counts what is not urgent
        assert ask(client, first["ETag"]).status_code == 304
    raised(cast, cast.handler)
    told = ask(client, first["ETag"])
    assert [one["text"] for one in told.json()["alarms"]] == ["塌方"]
    assert ask(client, told["ETag"]).status_code == 304


def test_what_is_not_urgent_is_a_number_and_rings_nowhere(client, cast):
    client.force_login(cast.handler)
    for n in range(3):
        one = raised(cast, cast.handler, key=f"calm-{n}")
        type(one).objects.filter(pk=one.pk).update(is_urgent=False)
    raised(cast, cast.handler, key="urgent")
    told = ask(client).json()
    assert len(told["alarms"]) == 1
    assert told["calm"]["text"].startswith("3 ") or "3" in told["calm"]["text"]
    page = client.get(told["calm"]["link"])
    assert page.content.decode().count("塌方") == 3
    assert client.get("/desk/alerts/").content.decode().count("塌方") == 1
    # All of them with one press; the urgent one still asks.
    assert client.post("/desk/alerts/calm/have").status_code == 303
    told = ask(client).json()
    assert (len(told["alarms"]), told["calm"]) == (1, {})
    assert client.post("/desk/alerts/calm/have").status_code == 303, "pressed twice, nothing more happens"


def test_only_those_who_are_asked_are_told(client, cast):
    raised(cast, cast.handler)
    client.force_login(cast.clerk)
    assert ask(client).json()["alarms"] == []


def test_the_bar_says_the_office_s_hour(client, cast):
    raised(cast, cast.handler)
    client.force_login(cast.handler)
    local = Asked.objects.get().at.astimezone(ZoneInfo("Asia/Shanghai"))
    assert [one["at"] for one in ask(client).json()["alarms"]] == [f"{local:%H:%M}"]


def test_the_bar_answers(client, cast):
    alert = raised(cast, cast.handler, cast.clerk)
    client.force_login(cast.handler)
    (one,) = ask(client).json()["alarms"]
    done = client.post(one["answer"], {"answer": "passed"})
    assert done.json()["alarms"] == []
    client.force_login(cast.clerk)
    (one,) = ask(client).json()["alarms"]
    client.post(one["answer"], {"answer": "have_it"})
    alert.refresh_from_db()
    assert (alert.state, alert.answered_by) == ("acknowledged", cast.clerk)
    assert Asked.objects.get(alert=alert, staff=cast.clerk).way == "bar"


def test_too_late_says_who_has_it(client, cast):
    alert = raised(cast, cast.handler)
    client.force_login(cast.handler)
    (one,) = ask(client).json()["alarms"]
    acknowledge(alert_id=alert.pk, by=cast.actor(cast.leader), now=clock.now())
    assert str(cast.leader) in client.post(one["answer"], {"answer": "have_it"}).json()["said"]


def test_nobody_answers_for_another(client, cast):
    alert = raised(cast, cast.handler)
    client.force_login(cast.clerk)
    assert client.post(reverse("live:answer", args=[alert.pk]), {"answer": "have_it"}).status_code == 404


def test_answers_want_the_form_s_token(cast):
    alert = raised(cast, cast.handler)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.handler)
    assert strict.post(reverse("live:answer", args=[alert.pk]), {"answer": "have_it"}).status_code == 403


def test_a_page_of_the_desk_asks_nothing_about_alarms(client, cast):
    from django.test.utils import CaptureQueriesContext

    client.force_login(cast.handler)
    client.get("/desk/start")
    with CaptureQueriesContext(connection) as asked:
        page = client.get("/desk/start").content.decode()
    assert "data-alarms" in page
    assert not [one["sql"] for one in asked.captured_queries if "alerts_a" in one["sql"]]


def test_without_a_streaming_process_the_address_ends_the_tries(client, cast):
    client.force_login(cast.handler)
    assert client.get(reverse("live:stream")).status_code == 204
    assert ask(client).json()["stream"] == ""


# --- the stream


class Browser:
    """The other side of an ASGI connection."""

    def __init__(self, cookie: str = "", **headers: str) -> None:
        given = {"cookie": cookie} | headers
        self.scope = {
            "type": "http",
            "method": "GET",
            "path": "/desk/alerts/live/stream",
            "headers": [(name.encode(), value.encode()) for name, value in given.items() if value],
        }
        self.sent: asyncio.Queue = asyncio.Queue()
        self.goes = asyncio.Event()

    async def receive(self):
        await self.goes.wait()
        return {"type": "http.disconnect"}

    async def until(self, text: str, seconds: float = PATIENCE_S) -> str:
        said = ""
        async with asyncio.timeout(seconds):
            while text not in said:
                message = await self.sent.get()
                said += str(message.get("status", "")) + message.get("body", b"").decode()
        return said


@pytest.fixture
def streams(monkeypatch):
    """`streams(what)`: run it beside a fresh streaming process in this one."""
    monkeypatch.setattr(streaming, "LOOK_S", 0.05)

    def run(what):
        async def all_() -> None:
            desks = streaming.Desks()
            monkeypatch.setattr(streaming, "desks", desks)
            try:
                await what()
            finally:
                desks.database.submit(lambda: connection.close()).result()
                desks.database.shutdown()

        # In a thread of its own: in this one a browser's loop may run already.
        with ThreadPoolExecutor(1) as apart:
            apart.submit(lambda: asyncio.run(all_())).result()

    return run


def cookie_of(staff) -> str:
    client = Client()
    client.force_login(staff)
    name = django_settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


async def opened(browser: Browser):
    return asyncio.create_task(streaming.application(browser.scope, browser.receive, browser.sent.put))


def test_an_open_desk_hears_at_once(cast, streams):
    cookie = cookie_of(cast.handler)
    reached_by(cast.handler)

    async def what() -> None:
        browser = Browser(cookie)
        task = await opened(browser)
        await browser.until("event: alive")
        alert = await asyncio.to_thread(in_thread, lambda: raised(cast, cast.handler))
        await browser.until("event: changed")
        await asyncio.to_thread(
            in_thread,
            lambda: acknowledge(alert_id=alert.pk, by=cast.actor(cast.handler), now=clock.now()),
        )
        await browser.until("event: changed")
        browser.goes.set()
        await asyncio.wait_for(task, PATIENCE_S)

    streams(what)


def in_thread(doing):
    try:
        return doing()
    finally:
        connection.close()


def test_whoever_is_asked_already_hears_when_they_come(cast, streams):
    raised(cast, cast.handler)
    cookie = cookie_of(cast.handler)

    async def what() -> None:
        browser = Browser(cookie)
        task = await opened(browser)
        await browser.until("event: changed")
        browser.goes.set()
        await task

    streams(what)


@pytest.mark.parametrize("cookie", ["", "sessionid=forged", "sessionid", "=;;\x00"])
def test_no_stream_without_a_session(cast, streams, cookie):
    async def what() -> None:
        browser = Browser(cookie)
        await streaming.application(browser.scope, browser.receive, browser.sent.put)
        assert "401" in await browser.until("401")

    streams(what)


def test_no_stream_without_the_second_factor(cast, streams, settings):
    settings.DEMO = False
    cookie = cookie_of(cast.handler)

    async def what() -> None:
        browser = Browser(cookie)
        await streaming.application(browser.scope, browser.receive, browser.sent.put)
        await browser.until("401")

    streams(what)


def test_no_stream_for_another_site_s_page(cast, streams):
    cookie = cookie_of(cast.handler)

    async def what() -> None:
        browser = Browser(cookie, origin="https://evil.example")
        await streaming.application(browser.scope, browser.receive, browser.sent.put)
        await browser.until("403")

    streams(what)


def test_one_person_opens_so_many(cast, streams, monkeypatch):
    monkeypatch.setattr(streaming, "MOST_OF_ONE", 1)
    cookie = cookie_of(cast.handler)

    async def what() -> None:
        first, second = Browser(cookie), Browser(cookie)
        task = await opened(first)
        await first.until("alive")
        await streaming.application(second.scope, second.receive, second.sent.put)
        await second.until("503")
        first.goes.set()
        await task

    streams(what)


def test_a_stream_ends_by_itself_and_nobody_is_looked_for_then(cast, streams, monkeypatch):
    monkeypatch.setattr(streaming, "ENDS_AFTER_S", 0.2)
    monkeypatch.setattr(streaming, "ALIVE_S", 0.1)
    cookie = cookie_of(cast.handler)

    async def what() -> None:
        browser = Browser(cookie)
        task = await opened(browser)
        await asyncio.wait_for(task, PATIENCE_S)
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(asyncio.gather(*streaming.desks._looking.values()), PATIENCE_S)
        assert streaming.desks._listening == {}

    streams(what)
