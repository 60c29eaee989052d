"""Two browsers: somebody's own page, and a desk; and what someone with the whole database would read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from answerable.cases.models import Case
from answerable.cases.services.handling import accept_case
from answerable.core import clock
from tests.cast import Cast, registered


@dataclass
class Person:
    """Somebody with a receipt, whose page is open."""

    client: Client
    case_id: object
    code: str
    secret: str

    @property
    def case(self) -> Case:
        return Case.objects.get(pk=self.case_id)

    def page(self, path: str = "now") -> str:
        response = self.client.get(f"/case/{path}")
        assert response.status_code == 200, response
        return response.content.decode()


@pytest.fixture
def now(db) -> datetime:
    return clock.now()


def _bringing(cast: Cast, now: datetime):
    def make(*, accept: bool = False, **told: object) -> Person:
        began = now - timedelta(hours=2)
        done = registered(cast, now=began, **({"language": "en"} | told))
        if accept:
            accept_case(
                case_id=done.case.pk,
                by=cast.actor(cast.clerk),
                seen_version=done.case.version,
                now=began + timedelta(hours=1),
            )
        person = Person(Client(headers={"accept-language": "en"}), done.case.pk, done.code, done.secret or "")
        response = person.client.post("/case/", {"code": done.code, "secret": done.secret})
        assert response.status_code == 303
        return person

    return make


@pytest.fixture
def bring(cast: Cast, now: datetime):
    """`bring(accept=False, **told)`: a case of two hours ago, and its person's page in a browser."""
    return _bringing(cast, now)


@pytest.fixture
def bring_cn(cn_cast: Cast, now: datetime):
    """The same under 《信访工作条例》."""
    return _bringing(cn_cast, now)


@pytest.fixture
def at_desk(settings):
    """`at_desk(staff)`: a browser in which they are signed in; the second factor has its own tests."""
    settings.DEMO = True

    def sign_in(staff) -> Client:
        browser = Client(headers={"accept-language": "en"})
        browser.force_login(staff)
        return browser

    return sign_in


@pytest.fixture
def everything_stored(db):
    """Every row of every table as text."""

    def read() -> str:
        found = []
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f'SELECT t::text FROM "{table}" t')
                found += [str(row[0]) for row in cursor.fetchall()]
        return "\n".join(found)

    return read
