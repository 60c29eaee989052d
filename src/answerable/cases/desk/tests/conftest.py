"""The cast at the desk: a key file of its own, and a browser for each member of staff."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from answerable.core import clock
from answerable.parties.keyfile import KeyRing
from tests.cast import Cast, make_cast


@pytest.fixture
def cast(db, settings, tmp_path) -> Cast:
    settings.ANSWERABLE_KEY_FILE = str(tmp_path / "key")
    KeyRing.create(tmp_path / "key")
    return make_cast()


@pytest.fixture
def now(db) -> datetime:
    return clock.now()


@pytest.fixture
def at_desk(client):
    """`at_desk(staff)`: a browser in which they are signed in, in English."""

    def sign_in(staff, language: str = "en") -> Client:
        browser = Client(headers={"accept-language": language})
        browser.force_login(staff)
        return browser

    return sign_in
