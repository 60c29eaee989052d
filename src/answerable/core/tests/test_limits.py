"""Rate limits: counted across processes, blind to addresses, forgotten within the hour."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from pytest_django import DjangoDbBlocker

from answerable.core import limits
from answerable.core.models import RateCount, RateKey

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HERE, ELSEWHERE = "192.0.2.7", "198.51.100.9"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_cached", None)


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Really committed rows in these two tables; a flush of all tables is what the record refuses."""
    with django_db_blocker.unblock():
        _empty()
        yield
        _empty()
        connection.close()


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE core_rate_key, core_rate_count")


def tries(count: int, source: str = HERE, now: datetime = NOON, **more: int) -> list[bool]:
    return [bool(limits.allow("look up", source, 3, 600, now, **more)) for _ in range(count)]


def relfilenodes() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_relation_filenode(t) FROM unnest('{core_rate_key,core_rate_count}'::regclass[]) t"
        )
        return [node for (node,) in cursor.fetchall()]


@pytest.mark.django_db
def test_the_limit_holds_by_source_purpose_and_window() -> None:
    assert tries(5) == [True, True, True, False, False]
    assert tries(1, ELSEWHERE) == [True]
    assert limits.allow("sign in", HERE, 3, 600, NOON)
    assert tries(1, now=NOON + timedelta(seconds=599)) == [False]
    assert tries(1, now=NOON + timedelta(seconds=600)) == [True]


@pytest.mark.django_db
def test_the_verdict_says_when_a_try_can_succeed() -> None:
    tries(3)
    verdict = limits.allow("look up", HERE, 3, 600, NOON + timedelta(seconds=170))
    assert (verdict.allowed, verdict.retry_after, verdict.is_overall) == (False, 430, False)
    with translation.override("en"):
        assert "8 minutes" in verdict.sentence()
        assert "1 minute." in limits.Verdict(False, 20).sentence()
        assert "many people" in limits.Verdict(False, 20, is_overall=True).sentence()
    assert tries(1, now=NOON + timedelta(seconds=170 + verdict.retry_after)) == [True]


@pytest.mark.django_db
def test_the_overall_limit_cannot_be_used_up_by_one_source() -> None:
    assert tries(50, HERE, overall=5).count(True) == 3
    assert tries(1, ELSEWHERE, overall=5) == [True]
    assert tries(1, "203.0.113.1", overall=5) == [True]
    verdict = limits.allow("look up", "203.0.113.2", 3, 600, NOON, overall=5)
    assert (verdict.allowed, verdict.is_overall) == (False, True)


@pytest.mark.django_db
def test_counting_is_one_statement() -> None:
    tries(1)
    with CaptureQueriesContext(connection) as queries:
        limits.allow("look up", HERE, 3, 600, NOON, overall=100)
    assert len(queries) == 1


@pytest.mark.django_db
def test_no_address_is_stored_and_the_next_hour_cannot_link_to_the_last() -> None:
    tries(2)
    first = RateKey.objects.get()
    digests = set(RateCount.objects.values_list("digest", flat=True))
    assert len(digests) == 1
    assert HERE.encode() not in bytes(next(iter(digests)))
    before = relfilenodes()
    tries(1, now=NOON + timedelta(hours=1))
    second = RateKey.objects.get()
    assert bytes(second.key) != bytes(first.key)
    assert RateCount.objects.count() == 1
    assert not digests & {bytes(d) for d in RateCount.objects.values_list("digest", flat=True)}
    assert all(one != two for one, two in zip(before, relfilenodes(), strict=True)), (
        "rows deleted, files kept"
    )


@pytest.mark.django_db
def test_a_quiet_site_forgets_too() -> None:
    tries(2)
    limits.sweep(NOON + timedelta(minutes=59, seconds=59))
    assert RateCount.objects.count() == 1
    limits.sweep(NOON + timedelta(minutes=60))
    assert RateCount.objects.count() == 0
    assert RateKey.objects.get().hour == NOON + timedelta(hours=1)


@pytest.mark.django_db
def test_neither_table_is_in_the_write_ahead_log() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relpersistence FROM pg_class WHERE relname IN ('core_rate_key', 'core_rate_count')"
        )
        assert dict(cursor.fetchall()) == {"core_rate_key": "u", "core_rate_count": "u"}


@pytest.mark.django_db
def test_a_process_that_is_a_moment_behind_does_not_wipe_the_new_hour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries(3, now=NOON)
    monkeypatch.setattr(limits, "_cached", None)
    assert tries(1, now=NOON - timedelta(milliseconds=5)) == [False]
    assert RateKey.objects.get().hour == NOON


@pytest.mark.django_db
def test_a_clock_that_jumps_far_back_starts_anew() -> None:
    tries(3)
    assert tries(1, now=NOON - timedelta(days=2)) == [True]
    assert RateKey.objects.get().hour == NOON - timedelta(days=2)


@pytest.mark.django_db
@pytest.mark.parametrize("window_s", [0, -1, 7, 3601, 7200])
def test_a_window_lies_within_an_hour(window_s: int) -> None:
    with pytest.raises(ValueError, match="3600"):
        limits.allow("x", HERE, 1, window_s, NOON)


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_one_subscriber_is_one_source(address: str, source: str) -> None:
    assert limits.network(address) == source


@pytest.mark.race
@pytest.mark.usefixtures("committed")
def test_parallel_tries_never_exceed_the_limit_nor_wait_for_each_other() -> None:
    allowed: list[bool] = []
    failed: list[BaseException] = []

    def client(source: str) -> None:
        try:
            for _ in range(20):
                allowed.append(bool(limits.allow("race", source, 15, 3600, NOON, overall=40)))
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=client, args=(f"192.0.2.{number % 4}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert allowed.count(True) == 40
    assert RateKey.objects.count() == 1


@pytest.mark.race
@pytest.mark.usefixtures("committed")
def test_where_the_table_is_held_the_key_goes_all_the_same() -> None:
    limits.allow("held", HERE, 3, 600, NOON)
    old = bytes(RateKey.objects.get().key)
    holds, go_on = threading.Event(), threading.Event()

    def holder() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN; UPDATE core_rate_count SET times = times")
            holds.set()
            go_on.wait(20)
            cursor.execute("ROLLBACK")
        connections.close_all()

    thread = threading.Thread(target=holder)
    thread.start()
    try:
        assert holds.wait(10)
        assert limits.allow("held", HERE, 3, 600, NOON + timedelta(hours=1))
        assert bytes(RateKey.objects.get().key) != old
    finally:
        go_on.set()
        thread.join()
