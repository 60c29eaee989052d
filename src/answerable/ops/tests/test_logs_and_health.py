"""Nothing about a person in the logs; health answers to any name."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client, RequestFactory
from django.utils import timezone

from answerable.config.health import Health
from answerable.config.logging import JsonFormatter, RequestLog, TextFormatter, request_id
from answerable.ops.models import Heartbeat

SECRET = "shibboleth"


def formatted(record: logging.LogRecord) -> dict[str, Any]:
    return dict(json.loads(JsonFormatter().format(record)))


def failure() -> logging.LogRecord:
    try:
        try:
            raise ValueError(f"invalid literal: {SECRET}")
        except ValueError as error:
            raise IntegrityError(f"Key (name)=({SECRET}) already exists") from error
    except IntegrityError as error:
        return logging.LogRecord(
            "x", logging.ERROR, "", 1, "it failed", (), (type(error), error, error.__traceback__)
        )


def test_exceptions_are_logged_without_their_messages() -> None:
    facts = formatted(failure())
    assert SECRET not in json.dumps(facts)
    assert facts["error"]["type"].endswith("IntegrityError")
    assert facts["error"]["cause"]["type"] == "ValueError"
    assert any("test_logs_and_health.py" in place for place in facts["error"]["at"])
    assert SECRET not in TextFormatter().format(failure())


def test_djangos_messages_with_paths_are_not_passed_on() -> None:
    record = logging.LogRecord("django.request", logging.ERROR, "", 1, "Not Found: %s", (f"/{SECRET}",), None)
    record.status_code = 500
    facts = formatted(record)
    assert SECRET not in json.dumps(facts)
    assert facts["status"] == 500


def test_extras_and_request_ids_are_kept() -> None:
    token = request_id.set("r-12345678")
    try:
        record = logging.makeLogRecord({"name": "answerable", "msg": "done", "loop": "send"})
        facts = formatted(record)
    finally:
        request_id.reset(token)
    assert facts["loop"] == "send"
    assert facts["request"] == "r-12345678"


@pytest.mark.django_db
def test_a_request_is_logged_by_its_pattern(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="answerable.access"):
        response = client.get(
            f"/{SECRET}?name={SECRET}", headers={"X-Request-ID": "abcdef123456"}, REMOTE_ADDR="198.51.100.7"
        )
    (record,) = [one for one in caplog.records if one.name == "answerable.access"]
    line = JsonFormatter().format(record)
    assert response["X-Request-ID"] == "abcdef123456"
    assert SECRET not in line
    assert "198.51.100.7" not in line
    assert json.loads(line)["status"] == 404


@pytest.mark.parametrize("given", ["", "short", "a" * 65, "with space 123", "line\nbreak-123"])
def test_a_request_id_that_is_none_is_replaced(given: str, rf: RequestFactory) -> None:
    from django.http import HttpResponse

    request = rf.get("/", headers={"X-Request-ID": given})
    request.resolver_match = None
    response = RequestLog(lambda _request: HttpResponse())(request)
    assert response["X-Request-ID"] != given
    assert len(response["X-Request-ID"]) == 16


def test_healthz_needs_no_database_and_takes_any_host(client: Client) -> None:
    response = client.get("/healthz", headers={"Host": "monitor.invalid"})
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert not response.cookies


@pytest.mark.django_db
def test_readyz_says_what_is_missing(client: Client, settings: Any) -> None:
    response = client.get("/readyz")
    assert response.status_code == 503
    said = {"database": "ok", "migrations": "ok", "worker": "silent", "record": "ok", "keys": "ok"}
    assert response.json() == said
    beat = Heartbeat.objects.create(name="worker", beat_at=timezone.now())
    assert client.get("/readyz").status_code == 200
    right, settings.ANSWERABLE_KEY_FILE = settings.ANSWERABLE_KEY_FILE, "/nowhere/key-file"
    assert (client.get("/readyz").status_code, client.get("/readyz").json()["keys"]) == (503, "missing")
    settings.ANSWERABLE_KEY_FILE = right
    beat.beat_at -= timezone.timedelta(minutes=5)
    beat.save()
    assert client.get("/readyz").json()["worker"] == "silent"


@pytest.mark.django_db
def test_readyz_knows_pending_migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder.Migration.objects.filter(app="ops").delete()
    assert Health(lambda _request: None).parts()["migrations"] == "pending"  # type: ignore[arg-type,return-value]
