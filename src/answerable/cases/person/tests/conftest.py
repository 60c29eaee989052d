from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client

from answerable.cases.models import Case
from answerable.cases.services.intake import Registered
from tests.cast import Cast, registered


@dataclass
class Person:
    """Somebody with a receipt and a browser."""

    client: Client
    code: str
    secret: str

    def enter(self, **changed: str):
        return self.client.post("/case/", {"code": self.code, "secret": self.secret} | changed)

    @property
    def case(self) -> Case:
        return Case.objects.get(code=self.code)

    def page(self) -> str:
        response = self.client.get("/case/now")
        assert response.status_code == 200, response
        return response.content.decode()


def person_of(done: Registered, language: str = "en") -> Person:
    return Person(Client(headers={"accept-language": language}), done.code, done.secret or "")


@pytest.fixture
def person(cast: Cast) -> Person:
    """Someone who brought the lamp, now, and opened their page."""
    from answerable.core import clock

    person = person_of(registered(cast, now=clock.now()))
    assert person.enter().status_code == 303
    return person
