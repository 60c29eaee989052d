"""Fixtures that every room's tests share: the key file, the fixed cast, a database that may be emptied."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.db import connection

# A property holds or does not; how long one example takes on a busy machine says nothing about it.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")


@pytest.fixture(scope="session", autouse=True)
def key_file(tmp_path_factory):
    """A key file for the run, as a first start makes one."""
    from answerable.parties.keyfile import KeyRing

    path = tmp_path_factory.mktemp("keys") / "key-file"
    KeyRing.create(path)
    settings.ANSWERABLE_KEY_FILE = str(path)
    return Path(path)


@pytest.fixture(autouse=True)
def _no_log_before(settings):
    """Each test has a database of its own, and so none of them has signed anything before."""
    Path(settings.ANSWERABLE_RECORD_GUARD).unlink(missing_ok=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Transactional tests empty all tables; the record's own guard against that is tested by itself."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for name in ("act", "opening", "entry", "checkpoint", "log", "log_key"):
            cursor.execute(f"ALTER TABLE record_{name} DISABLE TRIGGER {name}_no_truncate")


@pytest.fixture
def cast(db):
    from tests.cast import make_cast

    return make_cast()


@pytest.fixture
def cn_cast(db):
    """The same cast under 《信访工作条例》."""
    from tests.cast import make_cast

    return make_cast("cn-xinfang-2022")
