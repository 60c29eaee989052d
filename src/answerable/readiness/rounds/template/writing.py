"""A template's file out of what a form says; what is left empty is left out. Pure."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML

from answerable.readiness.rounds.template.schema import RoundFile

#: In the order in which a file has them.
_HEAD = ("format", "code", "names", "purpose", "looks_at", "topic", "minutes", "heed", "questions")


def text_of_values(values: Mapping[str, Any]) -> str:
    """The YAML of plain values, as a person would write it. Reading it says what is wrong with them."""
    yaml = YAML(typ="rt")
    yaml.default_flow_style = False
    yaml.width = 4000
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = io.StringIO()
    yaml.dump({name: values[name] for name in _HEAD if not _is_empty(values.get(name))}, out)
    return out.getvalue()


def values_of(file: RoundFile) -> dict[str, Any]:
    """Plain values of a template, without what is as it would be anyway."""
    return _plain(file.model_dump(mode="python", exclude_defaults=True))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items() if not _is_empty(one)}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", (), [], {})
