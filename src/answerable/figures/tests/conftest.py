"""A browser at the desk for each member of staff."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from answerable.core import clock


@pytest.fixture
def now(db) -> datetime:
    return clock.now()


@pytest.fixture
def at_desk(settings):
    """`at_desk(staff)`: a browser in which they are signed in, in English; the second factor is tested elsewhere."""
    settings.DEMO = True

    def sign_in(staff, language: str = "en") -> Client:
        browser = Client(headers={"accept-language": language})
        browser.force_login(staff)
        return browser

    return sign_in
