"""Structured logs: one JSON object a line, with the request's id and without anything about a person.

What is logged of a request is its method, the *pattern* of its address (`cases/<uuid:case_id>/`), status and
duration; never its path, query string, body, headers or network address. Of an exception: its type, an SQL state
and where it happened; never its message, which may quote what somebody typed.
"""

from __future__ import annotations

import contextvars
import json
import logging
import re
import secrets
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse

PACKAGE = Path(__file__).resolve().parent.parent.parent
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
# Attributes of every LogRecord; whatever else a record carries was given as `extra=`.
ORDINARY = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# Loggers of Django whose messages contain paths or values.
QUOTING = ("django.request", "django.security", "django.server", "django.db")

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
access = logging.getLogger("answerable.access")


def _where(frame: traceback.FrameSummary) -> str:
    path = Path(frame.filename)
    name = path.relative_to(PACKAGE) if path.is_relative_to(PACKAGE) else Path(*path.parts[-3:])
    return f"{name}:{frame.lineno} {frame.name}"


def describe(error: BaseException) -> dict[str, Any]:
    """What may be known of an exception: type, SQL state, places in the code, innermost last; its causes."""
    facts: dict[str, Any] = {
        "type": f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins."),
        "at": [_where(frame) for frame in traceback.extract_tb(error.__traceback__)[-12:]],
    }
    if sqlstate := getattr(error, "sqlstate", None):
        facts["sqlstate"] = sqlstate
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        facts["cause"] = describe(cause)
    return facts


class JsonFormatter(logging.Formatter):
    """One record, one line of JSON."""

    def facts(self, record: logging.LogRecord) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if record.name.startswith(QUOTING):
            facts["event"] = "request refused" if record.levelno < logging.ERROR else "request failed"
            if status := getattr(record, "status_code", None):
                facts["status"] = status
        else:
            facts["event"] = record.getMessage()
            facts |= {name: value for name, value in vars(record).items() if name not in ORDINARY}
        if current := request_id.get():
            facts["request"] = current
        if record.exc_info and record.exc_info[1] is not None:
            facts["error"] = describe(record.exc_info[1])
        return facts

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(self.facts(record), ensure_ascii=False, default=str)


class TextFormatter(JsonFormatter):
    """The same facts for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        facts = self.facts(record)
        head = f"{facts.pop('at')[11:19]} {facts.pop('level'):7} {facts.pop('event')}"
        facts.pop("logger")
        return " ".join([head, *(f"{name}={value}" for name, value in facts.items())])


def configuration(level: str, form: str) -> dict[str, Any]:
    """For settings.LOGGING. Everything goes to standard error; whoever runs the process keeps it."""
    formatter = JsonFormatter if form == "json" else TextFormatter
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"main": {"()": formatter}},
        "handlers": {"main": {"class": "logging.StreamHandler", "formatter": "main"}},
        "root": {"handlers": ["main"], "level": level.upper()},
        "loggers": {
            "django": {"level": "INFO", "handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            # Refused hosts and 404s are in the access line already.
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            # Statements with values would come with DEBUG.
            "django.db.backends": {"level": "INFO"},
            "fontTools": {"level": "WARNING"},
        },
    }


class RequestLog:
    """Outermost middleware: gives the request an id (X-Request-ID is taken over if it looks like one),
    returns it in the same header, and writes one line when the answer is ready.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        current = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        token = request_id.set(current)
        request.request_id = current  # type: ignore[attr-defined]
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            match = request.resolver_match
            access.info(
                "request",
                extra={
                    "method": request.method if request.method in KNOWN_METHODS else "other",
                    "route": match.route if match else "",
                    "status": response.status_code,
                    "ms": round((time.perf_counter() - started) * 1000, 1),
                },
            )
            response["X-Request-ID"] = current
            return response
        finally:
            request_id.reset(token)


KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
