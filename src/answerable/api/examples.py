"""Examples for the OpenAPI document: one request and one answer each, made up."""

from __future__ import annotations

from typing import Any

_AT = "2026-03-02T02:00:00Z"
_UNIT = {"code": "roads", "name": "Roads office"}
_DEADLINE = {
    "step": "answer",
    "title": "Answer",
    "last_day": "2026-03-30",
    "late_from": "2026-03-30T16:00:00Z",
    "sentence": "Due Monday 30 March (20 working days left).",
    "why": ["20 working days from 2 March 2026."],
}
_CASE: dict[str, Any] = {
    "code": "4K7T-M2XR-7R",
    "state": "accepted",
    "stage": "handle",
    "kind": "complaint",
    "subject": "lamps",
    "place": "east-village",
    "unit": _UNIT,
    "post": {"code": "head", "name": "Head of roads"},
    "received_at": _AT,
    "registered_at": _AT,
    "due_at": "2026-03-30T16:00:00Z",
    "is_lifted": False,
    "decided_at": None,
    "ended_at": None,
    "outcome": None,
    "office_says_solved": None,
    "person_says_solved": None,
    "summary": None,
}
_INCIDENT: dict[str, Any] = {
    "code": "2026-017",
    "state": "active",
    "hazard": "flood",
    "place": "ferry",
    "latitude": 30.51,
    "longitude": 114.3,
    "unit": {"code": "town", "name": "Town government"},
    "is_drill": False,
    "event_grade": None,
    "warning_level": 3,
    "response_level": 3,
    "reported_at": _AT,
    "activated_at": _AT,
    "expected_until": None,
    "stood_down_at": None,
    "same_as": None,
}
_LEAF = "9f" * 32
_EDITION: dict[str, Any] = {
    "period": "2026-02",
    "edition": 1,
    "released_at": "2026-03-17T01:00:00Z",
    "sha256": _LEAF,
    "licence": "CC BY 4.0",
    "url": "https://cases.example.org/figures/town/2026-02/1",
}


def _page(*items: dict[str, Any]) -> dict[str, Any]:
    return {"items": list(items), "next": "pT3v…", "has_more": False}


#: By operation: the body of a request.
REQUESTS: dict[str, Any] = {
    "register_case": {
        "claim": "The lamp at the village entrance is out.",
        "subject": "lamps",
        "place": "east-village",
        "language": "en",
    },
    "report_incident": {
        "hazard": "flood",
        "what": "The gauge at the ferry says 4.1 m and rises.",
        "place": "ferry",
    },
}
#: By operation: a status and its body.
EXAMPLES: dict[str, tuple[str, Any]] = {
    "register_case": (
        "201",
        {
            "code": "4K7T-M2XR-7R",
            "secret": "7KHM-2TRX-9W4F-YK3M",
            "is_repeat": False,
            "registered_at": _AT,
            "unit": "Roads office",
            "post": "Head of roads",
            "follow_url": "https://cases.example.org/case/",
            "deadlines": [_DEADLINE],
        },
    ),
    "list_cases": ("200", _page(_CASE)),
    "list_unit_cases": ("200", _page(_CASE)),
    "get_case": ("200", _CASE | {"deadlines": [_DEADLINE]}),
    "list_case_acts": (
        "200",
        _page(
            {"seq": 1, "kind": "case.registered", "recorded_at": _AT, "leaf": _LEAF, "log": 1, "index": 4211}
        ),
    ),
    "get_act_proof": (
        "200",
        {"seq": 1, "leaf": _LEAF, "receipt": "c2sp.org/tlog-proof@v1\n…", "promise": None},
    ),
    "list_acts": (
        "200",
        _page(
            {
                "log": 1,
                "index": 4211,
                "leaf": _LEAF,
                "kind": "act",
                "act": None,
                "matter": None,
                "recorded_at": None,
            }
        ),
    ),
    "report_incident": (
        "201",
        {
            "code": "2026-017",
            "is_repeat": False,
            "reported_at": _AT,
            "hazard": "flood",
            "state": "reported",
            "similar": [],
        },
    ),
    "list_incidents": ("200", _page(_INCIDENT)),
    "get_incident": (
        "200",
        _INCIDENT
        | {
            "level_changes": [
                {
                    "before": None,
                    "after": 3,
                    "grounds": "The gauge at the ferry is above the warning mark.",
                    "measures": "The ferry does not run. The dyke is watched.",
                    "expected_until": None,
                    "at": _AT,
                }
            ]
        },
    ),
    "get_duty": (
        "200",
        {
            "at": _AT,
            "lines": [
                {
                    "code": "duty-room",
                    "name": "Duty room",
                    "unit": {"code": "town", "name": "Town government"},
                    "telephone": "0000-12345",
                    "on_duty": [
                        {
                            "role": "Leader",
                            "post": {"code": "head", "name": "Head of roads"},
                            "unit": _UNIT,
                            "from_at": "2026-03-02T00:00:00Z",
                            "until_at": "2026-03-03T00:00:00Z",
                            "stays": False,
                        }
                    ],
                    "missing": 0,
                }
            ],
        },
    ),
    "list_figures": ("200", {"items": [_EDITION]}),
    "get_figures": (
        "200",
        _EDITION
        | {
            "figures": [
                {
                    "body": "town",
                    "period": "2026-02",
                    "edition": 1,
                    "table": "unit",
                    "family": "received",
                    "rows": "roads",
                    "parent": "town",
                    "name_zh": "规划建设办",
                    "name_en": "Roads office",
                    "measure": "received",
                    "number": 31,
                }
            ]
        },
    ),
    "list_rounds": (
        "200",
        _page(
            {
                "id": "0195548e-6a00-7000-8000-000000000001",
                "plan": "Dams and ditches",
                "place": "ferry",
                "thing": None,
                "unit": _UNIT,
                "post": {"code": "handler", "name": "Handler"},
                "state": "done",
                "due_at": "2026-03-02T15:59:59Z",
                "late_at": None,
                "done_at": _AT,
                "in_period": False,
                "findings": 1,
            }
        ),
    ),
    "list_findings": (
        "200",
        _page(
            {
                "id": "0195548e-6a00-7000-8000-000000000002",
                "round": "0195548e-6a00-7000-8000-000000000001",
                "what": "The gate does not close",
                "place": "ferry",
                "thing": None,
                "unit": _UNIT,
                "post": {"code": "head", "name": "Head of roads"},
                "severity": "serious",
                "state": "open",
                "times": 1,
                "found_at": _AT,
                "due_on": "2026-03-09",
                "first_due_on": "2026-03-09",
                "postponed": 0,
                "late_at": None,
                "mended_at": None,
                "check_on": None,
                "checked_at": None,
            }
        ),
    ),
    "list_webhooks": (
        "200",
        {
            "items": [
                {
                    "id": "0195548e-6a00-7000-8000-000000000000",
                    "host": "partner.example.org",
                    "events": ["case.changed"],
                    "made_at": _AT,
                    "failing_since": None,
                    "stopped_at": None,
                    "stopped_because": None,
                }
            ]
        },
    ),
}
