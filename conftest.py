"""Fixtures that every room's tests share: the key file, the fixed cast, a database that may be emptied."""

from __future__ import annotations

import contextlib
import gc
import os
from functools import cache
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection, transaction
from django.test import TransactionTestCase
from django.utils import translation
from whitenoise.middleware import WhiteNoiseMiddleware

from answerable.ops import messages
from answerable.ops.migrating import each_model_by_itself
from tests import chance
from tests.triggers import may_rest, resting

# A property holds or does not; how long one example takes on a busy machine says nothing about it. The examples are the
# same at each run, so that a change stands or falls by itself; HYPOTHESIS_PROFILE=search looks for others, many more.
hypothesis.settings.register_profile("any machine", deadline=None, derandomize=True)
hypothesis.settings.register_profile("search", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "any machine"))


# Before anything is said: a fresh checkout has no compiled catalogue, and what was read before it stays English.
messages.compile_stale()

#: The longest first, so that at the end no process waits for another one's.
LONG = ("test_bench.py", "test_kill_matrix.py", "test_demo_command.py", "test_postgres_major.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    def rank(item):
        if item.path.name in LONG:
            return LONG.index(item.path.name)
        return len(LONG) + (not any(item.iter_markers("crash")) and not any(item.iter_markers("journey")))

    items.sort(key=rank)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    chance.begin(item.nodeid)


def pytest_collection_finish():
    """Everything is imported: what is there stays, and need not be looked through for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def key_file(tmp_path_factory):
    """A key file for the run, as a first start makes one."""
    from answerable.parties.keyfile import KeyRing

    path = tmp_path_factory.mktemp("keys") / "key-file"
    KeyRing.create(path)
    settings.ANSWERABLE_KEY_FILE = str(path)
    return Path(path)


@pytest.fixture(scope="session")
def guard_of_this_process(tmp_path_factory):
    """Each process of a run has a database of its own, and so a file of its own that tells what was signed last."""
    return tmp_path_factory.mktemp("guard") / "record-guard"


@pytest.fixture(autouse=True)
def _no_log_before(settings, guard_of_this_process):
    """No test finds anything signed before it."""
    settings.ANSWERABLE_RECORD_GUARD = guard_of_this_process
    guard_of_this_process.unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def _language_of_the_office():
    """A page asked for before, in another test, leaves its reader's language behind."""
    translation.deactivate()


@pytest.fixture(scope="session")
def migrating_leanly():
    """While the run's database is made, and no longer: tests migrate as they say."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(each_model_by_itself())
        yield stack


@pytest.fixture(scope="session")
def django_db_use_migrations(migrating_leanly, django_db_use_migrations):
    return django_db_use_migrations


@pytest.fixture(scope="session")
def django_db_setup(migrating_leanly, django_db_setup, django_db_blocker):
    """Transactional tests empty all tables; the record's own guard against that is tested by itself."""
    migrating_leanly.close()
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for name in ("act", "opening", "entry", "checkpoint", "log", "log_key"):
            cursor.execute(f"ALTER TABLE record_{name} DISABLE TRIGGER {name}_no_truncate")
        _number_apart(cursor)


def _number_apart(cursor):
    """No row has the number of another table's row, nor one so short that it stands in any text: what takes a post for
    a unit, or looks for a number on a page, is seen.
    """
    cursor.execute(
        "SELECT format('%I.%I', schemaname, sequencename) FROM pg_sequences WHERE schemaname = current_schema()"
        " AND sequencename NOT LIKE 'django_%' AND sequencename NOT LIKE 'auth_%' ORDER BY sequencename"
    )
    for number, (name,) in enumerate(cursor.fetchall(), start=1):
        cursor.execute("SELECT setval(%s, %s)", [name, number * 1_000_000])


#: Made by `migrate`: no test changes the first two; the third one's token is new after every change (orgs/standing.py).
_STAY = {"django_content_type", "auth_permission", "orgs_state"}


@cache
def _which_are_filled() -> tuple[list[str], str]:
    """All tables, and the question which of them hold rows; asked anew, its plan is there."""
    names = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - _STAY
    return sorted(names), " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in sorted(names)
    )


def _empty_what_was_filled() -> None:
    """Empty the tables that hold rows, as Django's flush does, but for a fraction of its cost: TRUNCATE of all tables
    with their indexes, what `migrate` does afterwards, and asking of each row whether another points to it, cost more
    than many a test.

    Where triggers may not rest, the record's tables refuse DELETE: they are truncated, as few as they are.
    """
    names, question = _which_are_filled()
    record = {name for name in names if name.startswith("record_") and not may_rest()}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.cursor.execute(question, prepare=True)
        filled = [name for (name,) in cursor.fetchall()]
        if not record.isdisjoint(filled):
            cursor.execute(f"TRUNCATE {', '.join(sorted(record))}")
        emptied = ";".join(f"DELETE FROM {name}" for name in filled if name not in record)
        if emptied:
            cursor.execute(resting(emptied))


@pytest.fixture(scope="session", autouse=True)
def quick_flush():
    """Transactional tests end with `_empty_what_was_filled`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: _empty_what_was_filled())
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_passwords():
    """A million rounds a password are for whoever stole the table."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PBKDF2PasswordHasher, "iterations", 1000)
        yield


@pytest.fixture
def one_window(monkeypatch):
    """All tries of a test fall into one window of the limits: where one ends between two tries, the next is let in."""
    from answerable.core import limits

    allow, at = limits.allow, []

    def allow_then(purpose, source, limit, window_s, now, **more):
        at.append(now)
        return allow(purpose, source, limit, window_s, at[0], **more)

    monkeypatch.setattr(limits, "allow", allow_then)


@pytest.fixture(scope="session", autouse=True)
def static_files_found_once():
    """Each test client makes its middleware anew, and the one for static files would look through all folders again."""
    found = {}

    def add_files_from_finders(self):
        if not found:
            look(self)
            found.update(self.files)
        self.files = dict(found)

    look = WhiteNoiseMiddleware.add_files_from_finders
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add_files_from_finders)
        yield


@pytest.fixture
def cast(db):
    from tests.cast import make_cast

    return make_cast()


@pytest.fixture
def cn_cast(db):
    """The same cast under 《信访工作条例》."""
    from tests.cast import make_cast

    return make_cast("cn-xinfang-2022")
