"""Walks through the form as a browser without JavaScript would: post, follow, read where one stands."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.cast import Cast

CLAIM = "村口的路灯坏了两个月，晚上看不见路。"


def answers(cast: Cast, **changed: Any) -> dict[str, dict[str, Any]]:
    """The shortest way in: a lamp at East village, anonymous, no channel, no files."""
    base: dict[str, Any] = {
        "who": {"who": "self"},
        "story": {"story": CLAIM, "wants": "修好路灯。"},
        "danger": {"danger": "no"},
        "help": {},
        "conduct": {"conduct": "no"},
        "about": {"units": [], "in_words": ""},
        "kind": {"kind": "complaint"},
        "subject": {"subject": cast.lamps.pk},
        "place": {"place": cast.village.pk, "in_words": "村委会门口"},
        "privacy": {"privacy": "anonymous"},
        "name": {"name": "王小明", "address": ""},
        "channel": {"channel": "none"},
        "reach": {"reach": "someone@example.org"},
        "files": {"do": "continue"},
        "similar": {"similar": "none"},
    }
    return base | changed


def step_of(response: HttpResponse) -> str:
    """The step that a redirect leads to."""
    assert response.status_code == 303, (response.status_code, response.content.decode()[:3000])
    return str(response["Location"]).rstrip("/").split("/")[-1]


def walk(client: Client, given: dict[str, dict[str, Any]], until: str = "check") -> list[str]:
    """Answer question after question until `until` comes up; gives the steps that were asked."""
    client.get("/new/")
    step, asked = ("body" if "body" in given else "who"), []
    while step != until:
        asked.append(step)
        assert client.get(f"/new/{step}").status_code == 200, step
        step = step_of(client.post(f"/new/{step}", given[step]))
        assert len(asked) < 30
    return asked
