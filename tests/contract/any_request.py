"""What tests of an OpenAPI document share: schemathesis against the whole application, in this process.

`narrowed` puts codes that are there into the document, so that requests reach further than "no such subject".
"""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from schemathesis.checks import load_all_checks
from schemathesis.config import SchemathesisConfig

load_all_checks()
#: So many requests of its own making to each operation, besides examples and the edges of every value; more by hand.
EXAMPLES = int(os.environ.get("API_TEST_REQUESTS", "5"))
#: What a request that fits the document may be answered with: it fits, and still there may be no such row.
FITTING = ["2xx", 304, 400, 403, 404, 409, 422]


@lru_cache(maxsize=1)
def _application() -> Callable[..., Iterable[bytes]]:
    return get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """The whole application, made when the first request comes. It keeps the test's connection, as Django's own test
    client does."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    try:
        answer: Any = _application()(environ, start_response)
        body = b"".join(answer)
        answer.close()
        return [body]
    finally:
        for signal in (signals.request_started, signals.request_finished):
            signal.connect(close_old_connections)


def schema_of(document: Mapping[str, Any]) -> Any:
    """The document as schemathesis reads it, in front of the application. The same requests on every run."""
    config = SchemathesisConfig.from_dict(
        {
            "checks": {"positive_data_acceptance": {"expected-statuses": FITTING}},
            "generation": {
                "max-examples": EXAMPLES,
                "deterministic": True,
                "with-security-parameters": False,
            },
        }
    )
    schema = schemathesis.openapi.from_dict(dict(document), config=config)
    schema.app = application
    return schema


def narrowed(document: Mapping[str, Any], values: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The document with the values that fields of these names may have in what is sent (schemas called `…In`)."""
    found = copy.deepcopy(dict(document))
    for name, schema in found["components"]["schemas"].items():
        if name.endswith("In"):
            for field in set(values) & set(schema["properties"]):
                schema["properties"][field] = {"type": "string", "enum": list(values[field])}
    return found
