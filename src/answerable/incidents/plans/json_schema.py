"""The plan file as JSON Schema, for editors and for other programs; published in docs/reference/plan.schema.json. Pure."""

from __future__ import annotations

import json

from answerable.incidents.plans.schema import PlanFile


def json_schema() -> str:
    """The schema as text, the same on every run. It knows the form of a file; what spans its parts is in plans.md."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **PlanFile.model_json_schema()}
    schema["title"] = "Emergency plan (answerable-plan/1)"
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
