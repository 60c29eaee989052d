"""What the description at /open311/openapi.json promises holds for whatever a program sends."""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import load_all_checks
from schemathesis.config import SchemathesisConfig

from answerable.api.clients import issue_key
from answerable.api.scopes import Scope
from tests.cast import MONDAY, Cast

pytestmark = pytest.mark.django_db(transaction=True)
load_all_checks()
#: So many requests of each kind to an operation; more by hand.
EXAMPLES = int(os.environ.get("TEST_REQUESTS", "4"))
#: What a request that fits the description may be answered with: it fits, and still there may be no such row.
FITTING = ["2xx", 400, 403, 404, 409]


@pytest.fixture
def document(cast: Cast, settings: Any) -> Any:
    """The description with codes that are there, so that requests reach further than "no such service"."""
    settings.ALLOWED_HOSTS = ["*"]
    key = issue_key(
        authority=cast.town,
        scopes=[Scope.OPEN311_WRITE],
        name="app",
        by=cast.actor(cast.administrator),
        now=MONDAY,
    )[1]
    said = Client().get("/open311/openapi.json").json()
    there = {
        "api_key": [key],
        "service_code": ["lamps", "pipes"],
        "address_id": ["village"],
        "code": ["lamps"],
    }
    for path in said["paths"].values():
        for operation in path.values():
            for one in operation.get("parameters", []):
                if one["name"] in there and one["in"] == "path":
                    one["schema"] = {"enum": there[one["name"]]}
            form = (
                operation.get("requestBody", {}).get("content", {}).get("application/x-www-form-urlencoded")
            )
            for name in there.keys() & (form["schema"]["properties"] if form else {}).keys():
                form["schema"]["properties"][name] = {"enum": there[name]}
    config = SchemathesisConfig.from_dict(
        {
            "checks": {
                "positive_data_acceptance": {"expected-statuses": FITTING},
                # Unknown fields and parameters are kept or passed over, as GeoReport's programs expect.
                "negative_data_rejection": {"enabled": False},
            },
            "generation": {"max-examples": EXAMPLES, "deterministic": True},
        }
    )
    schema = schemathesis.openapi.from_dict(said, config=config)
    schema.app = get_wsgi_application()
    return schema


def test_no_request_meets_an_answer_that_is_not_described(document: Any) -> None:
    for found in document.get_all_operations():
        _ask(found.ok())


def _ask(operation: Any) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        case.call_and_validate()

    ask()
