"""What is written about the API is what it does: the page names every scope, event and code; examples fit their form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from answerable.api.description import EVENTS
from answerable.api.faults import SENTENCES
from answerable.api.scopes import PING, Event, Scope
from answerable.api.urls import api

DOCS = Path(__file__).resolve().parents[4] / "docs" / "reference"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = api.get_openapi_schema()
    return found


def test_the_page_names_every_scope_and_code() -> None:
    page = (DOCS / "api.md").read_text()
    for name in [*Scope, *SENTENCES]:
        assert f"`{name}`" in page, name


def test_the_page_of_webhooks_names_every_event() -> None:
    page = (DOCS / "webhooks.md").read_text()
    for event in [*Event, PING]:
        room, _dot, what = event.partition(".")
        assert f"`{event}`" in page or (f"`{room}." in page and f"`.{what}`" in page), event
        for field in EVENTS[event]["data"]:
            assert f"`{field}`" in page, (event, field)


def test_every_operation_is_described_whole(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            where = f"{method} {path}"
            assert one["summary"], where
            assert one["security"], where
            assert {"401", "403", "422", "429", "503"} <= set(one["responses"]), where
            for status, response in one["responses"].items():
                assert response["description"], (where, status)
                has_limits = "RateLimit-Limit" in response.get("headers", {})
                assert has_limits is (status not in ("401", "403", "503")), (where, status)
            assert ("304" in one["responses"]) is (method == "get"), where
    assert set(document["webhooks"]) == {*map(str, Event), PING}


def test_examples_fit_their_form(document: dict[str, Any]) -> None:
    seen = 0
    for methods in document["paths"].values():
        for one in methods.values():
            bodies = [one["requestBody"]] if "requestBody" in one else []
            for part in [*bodies, *one["responses"].values()]:
                said = part.get("content", {}).get("application/json", {})
                if "example" in said:
                    seen += 1
                    whole = {**said["schema"], "components": document["components"]}
                    jsonschema.validate(said["example"], whole)
    assert seen >= 17
