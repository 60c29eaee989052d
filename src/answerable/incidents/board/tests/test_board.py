"""The board: what it shows, who sees it, and that what changed is all that is sent."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from answerable.alerts.live import streaming
from answerable.alerts.live.sources import Watched
from answerable.alerts.live.tests.test_live import Browser, cookie_of, in_thread, opened, streams  # noqa: F401
from answerable.core import clock
from answerable.core.ids import uuid7
from answerable.incidents.board import clocks, live, reading, rows
from answerable.incidents.models import Entry, Incident, IncidentRole, Report, Sent, Task
from answerable.incidents.services.entries import strike_entry, write_entry
from answerable.incidents.services.roles import acknowledge_role
from answerable.incidents.services.sent_out import send_out
from answerable.incidents.services.tasks import finish_task
from answerable.incidents.tests.responses import make_plan, respond
from tests.cast import MONDAY

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def without_second_factor(settings):
    settings.DEMO = True


@pytest.fixture
def incident(cast):
    return respond(cast, make_plan(cast), now=clock.now() - timedelta(minutes=5))


def write(cast, incident, text, **more):
    return write_entry(incident_id=incident.pk, text=text, by=cast.actor(cast.mayor), now=clock.now(), **more)


def board(client, incident, **asked):
    return client.get(reverse("board:show", args=[incident.pk]), asked)


def html(client, incident, **asked):
    return board(client, incident, **asked).content.decode()


# --- the page


def test_the_board_says_level_and_commander_in_one_sentence(client, cast, incident):
    client.force_login(cast.mayor)
    text = html(client, incident)
    assert "三级响应，由" in text
    assert cast.mayor.name_zh in text


def test_roles_tasks_reports_and_what_is_out_stand_on_it(client, cast, incident):
    send_out(
        incident_id=incident.pk,
        kind=Sent.Kind.PEOPLE,
        what="抢险队",
        count=12,
        where="东村桥",
        by=cast.actor(cast.mayor),
        now=clock.now(),
    )
    write(cast, incident, "水位每小时涨 10 厘米")
    client.force_login(cast.mayor)
    text = html(client, incident)
    for words in ("抢险队", "× 12", "水位每小时涨", "do look", "nobody is left behind", "engineer"):
        assert words in text, words
    assert len(re.findall(r'id="task-', text)) == Task.objects.filter(incident=incident).count() > 0
    assert len(re.findall(r'id="role-', text)) == 3


def test_whose_body_it_is_not_finds_no_board(client, cast, incident):
    client.force_login(cast.county_reviewer)
    assert board(client, incident).status_code == 404
    client.force_login(cast.county_leader)
    assert board(client, incident).status_code == 200, "the level above reads"
    client.logout()
    assert board(client, incident).status_code == 302


def test_only_who_writes_has_the_form_and_a_line_is_written_from_it(client, cast, incident):
    client.force_login(cast.auditor)
    assert "board-write" not in html(client, incident)
    client.force_login(cast.mayor)
    assert "board-write" in html(client, incident)
    address = reverse("board:show", args=[incident.pk])
    assert client.post(address, {"text": "  "}).status_code == 422
    assert client.post(address, {"text": "桥已封闭"}).status_code == 303
    assert Entry.objects.filter(incident=incident, text="桥已封闭", by=cast.mayor).count() == 1
    client.force_login(cast.auditor)
    assert client.post(address, {"text": "x"}).status_code == 403


def test_the_wall_shows_only_what_needs_doing(client, cast, incident):
    client.force_login(cast.mayor)
    text = html(client, incident, screen=1)
    assert 'data-theme="dark"' in text
    assert "board-wall" in text
    assert 'data-list="tasks"' in text
    assert 'data-list="ended"' not in text
    assert 'data-list="strands"' not in text


def test_a_page_that_asks_is_told_only_what_is_newer(client, cast, incident):
    client.force_login(cast.mayor)
    seq = reading.marks([incident.pk])[incident.pk]
    asks = {"headers": {"HX-Request": "true"}}
    address = reverse("board:show", args=[incident.pk])
    assert client.get(address, {"since": seq}, **asks).status_code == 204
    write(cast, incident, "新的一行")
    told = client.get(address, {"since": seq}, **asks)
    assert told.status_code == 200
    assert "新的一行" in told.content.decode()
    assert "<html" not in told.content.decode()


def fill(incident, count):
    """A log that has grown long, as rows alone."""
    seq = reading.marks([incident.pk])[incident.pk]
    Entry.objects.bulk_create(
        Entry(id=uuid7(), incident=incident, seq=seq + n, text=f"line {n}", at=MONDAY)
        for n in range(1, count + 1)
    )


def test_a_long_log_is_read_by_pages_and_costs_no_more(client, cast, incident):
    client.force_login(cast.mayor)
    fill(incident, 30)
    with CaptureQueriesContext(connection) as short:
        html(client, incident)
    fill_from = 30
    Entry.objects.bulk_create(
        Entry(id=uuid7(), incident=incident, seq=10_000 + n, text=f"more {n}", at=MONDAY) for n in range(200)
    )
    with CaptureQueriesContext(connection) as long:
        text = html(client, incident)
    assert len(long) == len(short)
    assert len(re.findall(r'id="entry-', text)) == reading.PAGE
    before = int(re.search(r"board/log\?before=(\d+)", text)[1])
    seen = len(re.findall(r'id="entry-', text))
    while before:
        page = client.get(reverse("board:log", args=[incident.pk]), {"before": before}).content.decode()
        seen += len(re.findall(r'id="entry-', page))
        more = re.search(r'hx-get="[^"]*log\?before=(\d+)', page)
        before = int(more[1]) if more else 0
    assert seen == Entry.objects.filter(incident=incident).count() == 200 + fill_from


def test_the_newest_lines_come_out_of_the_index(cast, incident):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT * FROM incidents_entry WHERE incident_id = %s AND seq < 9000 ORDER BY seq DESC LIMIT 50",
            [incident.pk],
        )
        assert "Sort" not in " ".join(row[0] for row in cursor.fetchall())


def test_nonsense_in_the_address_is_not_found(client, cast, incident):
    client.force_login(cast.mayor)
    assert client.get(reverse("board:log", args=[incident.pk]), {"before": "-1"}).status_code == 404
    assert client.get(reverse("board:log", args=[incident.pk]), {"before": "9" * 30}).status_code == 404
    assert client.get(reverse("board:show", args=[uuid4()])).status_code == 404
    assert client.get(reverse("board:map", args=[incident.pk])).status_code == 404, (
        "there is no point to draw"
    )


def test_the_map_shows_the_hazard_among_the_places(client, cast, incident):
    type(cast.village).objects.filter(pk=cast.village.pk).update(latitude="30.10000", longitude="120.10000")
    Incident.objects.filter(pk=incident.pk).update(latitude="30.12000", longitude="120.13000")
    client.force_login(cast.mayor)
    answer = client.get(reverse("board:map", args=[incident.pk]))
    assert answer["Content-Type"] == "image/svg+xml"
    assert cast.village.name_zh in answer.content.decode()
    assert live is not None
    assert "board:map" not in html(client, incident)
    assert "map.svg" in html(client, incident)


# --- clocks


@pytest.mark.parametrize(
    ("left_s", "state", "english"),
    [
        (3600, "ontime", "due in 60 min"),
        (600, "soon", "due in 10 min"),
        (61, "soon", "due in 2 min"),
        (1, "soon", "due in 1 min"),
        (0, "late", "late by 1 min"),
        (-59, "late", "late by 1 min"),
        (-60, "late", "late by 1 min"),
        (-61, "late", "late by 2 min"),
        (-7500, "late", "late by 2 h 5 min"),
    ],
)
def test_a_clock_is_a_word_and_a_shape(left_s, state, english):
    due = MONDAY + timedelta(seconds=left_s)
    assert clocks.clock_of(due, MONDAY) == state
    with translation.override("en"):
        assert rows.clock_words(due, MONDAY) == english


# --- the stream


def test_what_changed_is_all_that_is_sent(cast, incident):
    boards = live.Boards()
    assert b'"seq"' in boards.news(incident.pk, "1", {"en"})["en"]
    task = Task.objects.filter(incident=incident, code="warn").get()
    finish_task(
        incident_id=incident.pk, task_id=task.pk, result="told", by=cast.actor(cast.mayor), now=clock.now()
    )
    said = boards.news(incident.pk, "2", {"en"})["en"].decode()
    body = json.loads(said.split("data: ")[1])
    assert {one[0] for one in body["rows"]} == {f"task-{task.pk}", f"strand-{task.strand_id}"}
    assert ("ended", True) in {(one[1], "told" in one[3]) for one in body["rows"]}
    assert f"id: {body['seq']}" in said


def test_each_language_is_made_once_whoever_looks(cast, incident):
    boards = live.Boards()
    boards.news(incident.pk, "1", {"en", "zh-hans"})
    write(cast, incident, "桥已封闭")
    with CaptureQueriesContext(connection) as asked:
        said = boards.news(incident.pk, "2", {"en", "zh-hans"})
    assert all("桥已封闭".encode() in one or "桥" in one.decode() for one in said.values())
    assert len(asked) < 16


def test_a_line_that_is_struck_out_is_sent_again(cast, incident):
    boards = live.Boards()
    entry = write(cast, incident, "错误的一行")
    boards.news(incident.pk, "1", {"zh-hans"})
    strike_entry(
        incident_id=incident.pk, entry_id=entry.pk, why="写错", by=cast.actor(cast.mayor), now=clock.now()
    )
    said = boards.news(incident.pk, "2", {"zh-hans"})["zh-hans"].decode()
    body = json.loads(said.split("data: ")[1])
    assert next(one[0] for one in body["rows"] if one[1] == "log") == f"entry-{entry.pk}"
    assert "is-struck" in said


def test_who_was_away_for_a_moment_is_sent_what_they_missed(cast, incident):
    boards = live.Boards()
    boards.news(incident.pk, "1", {"en"})
    seen = reading.marks([incident.pk])[incident.pk]
    for text in ("one", "two"):
        write(cast, incident, text)
        boards.news(incident.pk, text, {"en"})
    missed = boards.first(Watched(incident.pk, "en", str(seen)), "x").decode()
    assert missed.count("event: rows") == 2
    assert missed.index("one") < missed.index("two")
    now = reading.marks([incident.pk])[incident.pk]
    assert boards.first(Watched(incident.pk, "en", str(now)), "x") == b""
    assert boards.first(Watched(incident.pk, "zh-hans", str(seen)), "x").count(b"event: rows") == 2
    assert "event: stands" in boards.first(Watched(incident.pk, "en", str(seen - 1)), "x").decode()


def test_an_acknowledged_role_appears_at_once(cast, incident):
    boards = live.Boards()
    boards.news(incident.pk, "1", {"en"})
    role = IncidentRole.objects.filter(incident=incident, acknowledged_at=None).first()
    acknowledge_role(incident_id=incident.pk, code=role.code, by=cast.actor(role.staff), now=clock.now())
    assert f"role-{role.code}" in boards.news(incident.pk, "2", {"en"})["en"].decode()


def watching(cookie, incident, language="en", **more):
    browser = Browser(cookie, **more)
    browser.scope["query_string"] = f"of=board&id={incident.pk}&in={language}&seen=0".encode()
    return browser


def test_every_watcher_of_a_board_hears_an_entry(cast, incident, streams):  # noqa: F811
    cookies = [cookie_of(cast.mayor), cookie_of(cast.county_leader)]

    async def what() -> None:
        all_ = [watching(cookie, incident, language) for cookie in cookies for language in ("en", "zh-hans")]
        tasks = [await opened(one) for one in all_]
        for one in all_:
            await one.until("event: stands")
        await asyncio.to_thread(in_thread, lambda: write(cast, incident, "桥已封闭"))
        for one in all_:
            assert "桥已封闭" in await one.until("桥已封闭")
            one.goes.set()
        await asyncio.gather(*tasks)

    streams(what)


def test_no_stream_of_another_bodys_board(cast, incident, streams):  # noqa: F811
    outsider, mayor = cookie_of(cast.county_reviewer), cookie_of(cast.mayor)

    async def what() -> None:
        for one in (watching(outsider, incident), watching(mayor, incident, "xx")):
            await streaming.application(one.scope, one.receive, one.sent.put)
            await one.until("404")

    streams(what)


def test_a_report_that_is_due_counts_down_on_the_board(client, cast, incident):
    assert Report.objects.filter(incident=incident).count() >= 0
    client.force_login(cast.mayor)
    assert 'data-list="reports"' in html(client, incident)
