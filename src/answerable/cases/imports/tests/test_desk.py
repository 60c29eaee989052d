"""The page of imports: looked at first, carried out by the worker, watched; sealed until then, destroyed after."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from answerable.alerts.models import Notice
from answerable.cases import apart
from answerable.cases.imports import carrying, deciding, keeping, sealed
from answerable.cases.imports.checks import check_imports
from answerable.cases.imports.models import Import
from answerable.cases.imports.tests.test_cases_file import LAMP, PIPE, book
from answerable.cases.models import Case
from answerable.core import clock
from answerable.orgs.models import Place
from answerable.parties.models import DataKey
from answerable.record.models import Act
from tests.cast import Cast, staffed

pytestmark = pytest.mark.django_db(transaction=True)
HOME = "/desk/imports/"


@pytest.fixture
def desk(cast: Cast, settings: Any) -> Client:
    settings.DEMO = True
    made = Client(headers={"accept-language": "en"})
    made.force_login(cast.administrator)
    return made


def text(response: Any) -> str:
    return str(response.content.decode())


def brought(desk: Client, *rows: list[Any]) -> str:
    """The page of an import of these rows that the worker has read."""
    file = SimpleUploadedFile("old.xlsx", book(*rows))
    typed = {"from": "file", "file-content": file, "file-source": "old"}
    made = desk.post(f"{HOME}?body=town", typed)
    assert made.status_code == 303, text(made)
    carrying.turn(clock.now)
    return str(made["Location"])


def kinds() -> list[str]:
    found = Act.objects.filter(kind__startswith="cases.import").order_by("seq")
    return [one.removeprefix("cases.") for one in found.values_list("kind", flat=True)]


def test_it_is_looked_at_carried_out_and_matched_and_what_came_is_destroyed(cast: Cast, desk: Client) -> None:
    empty = text(desk.get(HOME))
    assert "Nothing was taken over yet" in empty
    assert "foreign_id, received, subject, claim" in empty
    assert "原系统编号, 收到时间, 事项类别, 反映内容" in text(
        desk.get(HOME, headers={"accept-language": "zh-hans"})
    )
    page = brought(desk, LAMP, PIPE)
    row = Import.objects.get()
    assert row.content is not None
    assert "李兰".encode() not in bytes(row.content)
    shown = text(desk.get(page))
    assert "2 matters would be registered" in shown
    for said in (cast.lamps.name, cast.village.name, "1 with a name", "no place is named"):
        assert said in shown
    assert not Case.objects.exists()
    desk.post(f"{page}/confirm")
    assert "0 of 2 are registered" in text(desk.get(page))
    assert desk.post(f"{page}/leave").status_code == 303, "too late to leave it: said, and nothing changes"
    carrying.turn(clock.now)
    row.refresh_from_db()
    assert (row.state, row.done, row.content) == ("done", 2, None)
    shown = text(desk.get(page))
    codes = dict(Case.objects.values_list("text__claim", "code"))
    assert codes["路灯坏了"] in shown
    assert "/desk/case/" not in shown, "an administrator as such opens no matter"
    assert f"A-1,{codes['路灯坏了']}" in text(desk.get(f"{page}/list"))
    assert kinds() == ["import_begun", "import_confirmed", "imported"]
    keeping.tidy(clock.now() + timedelta(days=31))
    row.refresh_from_db()
    assert (row.said, DataKey.objects.filter(owner=row.pk).exists()) == (None, False)
    assert "Which became which" not in text(desk.get(page))
    again = brought(desk, LAMP, PIPE)
    assert "2 were taken over before" in text(desk.get(again))


def test_faults_are_listed_by_sheet_row_and_column_and_nothing_is_kept_but_them(desk: Client) -> None:
    wrong = ["A-4", "2026-02-02", "nothing", "x", "", "", "email", "li"]
    page = brought(desk, LAMP, ["A-3", "soon", "lamps", "x"], wrong)
    shown = text(desk.get(page))
    for said in ("cases", "received", "is no time", "subject", "neither in this file"):
        assert said in shown
    row = Import.objects.get()
    assert (row.state, row.content, row.found) == ("faulty", None, {"faults": 3})
    assert desk.post(f"{page}/confirm").status_code == 303
    carrying.turn(clock.now)
    assert not Case.objects.exists()
    refused = desk.post(f"{HOME}?body=town", {"from": "file", "file-source": ""})
    assert refused.status_code == 422


def test_stopped_it_keeps_what_came_and_the_same_file_goes_on(
    cast: Cast, desk: Client, monkeypatch: Any
) -> None:
    monkeypatch.setattr(carrying, "A_STRETCH", 1)
    page = brought(desk, LAMP, PIPE)
    desk.post(f"{page}/confirm")
    by = cast.actor(cast.administrator)
    looks = iter([False])

    def stopped_after_one() -> bool:
        if next(looks, True):
            deciding.stop_import(import_id=Import.objects.get().pk, by=by, now=clock.now())
        return False

    carrying.turn(clock.now, stopped_after_one)
    row = Import.objects.get()
    assert (row.state, row.done, Case.objects.count()) == ("stopped", 1, 1)
    assert "The rest was not taken over" in text(desk.get(page))
    assert "1 matter would be registered" in text(desk.get(brought(desk, LAMP, PIPE)))


def test_a_worker_that_ends_in_between_is_gone_on_with_and_a_place_that_closed_stops_the_rest(
    cast: Cast, desk: Client, monkeypatch: Any
) -> None:
    monkeypatch.setattr(carrying, "A_STRETCH", 1)
    first, second = LAMP, ["A-7", *LAMP[1:]]
    desk.post(f"{brought(desk, first, second)}/confirm")
    looks = iter([False])
    carrying.turn(clock.now, lambda: next(looks, True))
    row = Import.objects.get()
    assert (row.state, row.done) == ("running", 1)
    Place.objects.filter(pk=cast.village.pk).update(closed_on=clock.now().date())
    carrying.turn(clock.now)
    row.refresh_from_db()
    assert (row.state, Case.objects.count()) == ("faulty", 1)
    assert {one.column for one in sealed.faults_of(row)} == {"place"}
    assert kinds()[-1] == "imported", "what came over is in the record"


def failing(times: int) -> Import:
    """The import after so many turns of the worker, each when it is due again."""
    for _ in range(times):
        at = Import.objects.get().again_at or clock.now()
        with suppress(apart.SomeFailed):
            carrying.turn(lambda at=at: at)  # type: ignore[misc]
    return Import.objects.get()


def test_one_that_fails_each_time_stops_by_itself_is_told_of_and_goes_on_once_it_is_seen_to(
    cast: Cast, desk: Client, settings: Any
) -> None:
    """Tried for ever, it would hold the page on “is being read” and nobody would know."""
    page = brought(desk, LAMP, PIPE)
    desk.post(f"{page}/confirm")
    right, settings.ANSWERABLE_KEY_FILE = settings.ANSWERABLE_KEY_FILE, "/nowhere"
    assert failing(1).again_at is not None
    assert "It does not go on" in text(desk.get(page))
    assert failing(carrying.MOST_TRIES - 2).state == "running"
    assert (list(check_imports()), Notice.objects.count()) == ([], 0)
    assert failing(1).state == "failed"
    (fault,) = check_imports()
    for said in (fault.sentence, text(desk.get(page))):
        assert "the key that it was sealed under" in said
    assert [one.code for one in Notice.objects.all()] == ["import_stuck"]
    assert carrying.turn(clock.now) == 0, "it is tried no more"
    settings.ANSWERABLE_KEY_FILE = right
    assert desk.post(f"{page}/retry").status_code == 303
    assert failing(1).state == "done"
    assert kinds() == [
        *("import_begun", "import_confirmed", "import_failed", "import_retried", "imported"),
    ]
    DataKey.objects.all().delete()
    assert "not there: what came could not be opened" in text(desk.get(page))


def test_one_whose_own_key_is_gone_ends_at_once(cast: Cast, desk: Client) -> None:
    page = brought(desk, LAMP, PIPE)
    desk.post(f"{page}/confirm")
    DataKey.objects.filter(owner=Import.objects.get().pk).delete()  # as after a restore without the data keys
    with pytest.raises(apart.SomeFailed):
        carrying.turn(clock.now)
    assert carrying.turn(clock.now) == 0, "it is not tried again"
    assert (Import.objects.get().state, Import.objects.get().content) == ("faulty", None)
    assert "its key is gone" in text(desk.get(page))
    assert [one.code for one in Notice.objects.all()] == ["import_lost"]
    again = brought(desk, ["＝1+1", *LAMP[1:]], PIPE)  # East Asian spreadsheets read it as a formula
    desk.post(f"{again}/confirm")
    carrying.turn(clock.now)
    assert Case.objects.count() == 2
    assert "\n'＝1+1," in text(desk.get(f"{again}/list")).replace("\r", "")


def test_an_address_that_leads_into_the_offices_own_network_is_not_asked(cast: Cast, desk: Client) -> None:
    typed = {"from": "pull", "pull-since": "2026-01-01", "pull-subject": cast.pipes.pk}
    refused = desk.post(f"{HOME}?body=town", typed | {"pull-root": "https://a:b@city.example/v2"})
    assert refused.status_code == 422
    made = desk.post(f"{HOME}?body=town", typed | {"pull-root": "http://127.0.0.1:1/open311/v2"})
    carrying.turn(clock.now)
    assert "leads into a private network" in text(desk.get(made["Location"]))
    assert Import.objects.get().state == "faulty"


class _Endless(BaseHTTPRequestHandler):
    """A server that always has a hundred more."""

    def do_GET(self) -> None:
        rows = [{"service_request_id": str(uuid4()), "description": "x" * 100} for _ in range(100)]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(rows).encode())

    def log_message(self, *_said: Any) -> None:
        pass


@pytest.mark.parametrize(("step", "said"), [(0, "more text than is kept"), (20, "asked for an hour")])
def test_a_server_without_an_end_holds_nobody_up(
    cast: Cast, desk: Client, settings: Any, monkeypatch: Any, step: int, said: str
) -> None:
    settings.ALERT_HOSTS = ["127.0.0.1"]
    if not step:
        monkeypatch.setattr(carrying, "SIGNS", 50_000)
    times = (clock.now() + timedelta(minutes=step * n) for n in count())
    with ThreadingHTTPServer(("127.0.0.1", 0), _Endless) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        typed = {"from": "pull", "pull-since": "2026-01-01", "pull-subject": cast.pipes.pk}
        root = f"http://127.0.0.1:{server.server_port}/v2"
        made = desk.post(f"{HOME}?body=town", typed | {"pull-root": root})
        carrying.turn(lambda: next(times))
        server.shutdown()
    assert said in text(desk.get(made["Location"]))


def test_nobody_else_sees_imports(cast: Cast, desk: Client) -> None:
    page = brought(desk, LAMP)
    for staff in (cast.mayor, cast.clerk, cast.auditor):
        other = Client()
        other.force_login(staff)
        assert other.get(page).status_code == 403
        assert other.post(f"{page}/confirm").status_code == 403
    Import.objects.update(authority=cast.county)
    staffed(cast.county_root, "admin", "administrator", "管理", "Administrator")
    assert desk.get(page).status_code == 404
    assert desk.post(f"{page}/leave").status_code == 404


def test_one_that_ends_its_worker_each_time_is_not_begun_for_ever(cast: Cast, desk: Client) -> None:
    page = brought(desk, LAMP)
    desk.post(f"{page}/confirm")
    Import.objects.update(tries=carrying.MOST_TRIES)
    carrying.turn(clock.now)
    assert (Import.objects.get().failed, Case.objects.count()) == ("cut_off", 0)
    assert "for want of memory" in text(desk.get(page))
    desk.post(f"{page}/leave")
    assert Import.objects.get().state == "left"
