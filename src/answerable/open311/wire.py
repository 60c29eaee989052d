"""GeoReport v2 on the wire: the same answer as XML and as JSON. Pure.

In XML a list stands under its own name and each item under the singular one; in JSON it is an array.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

FORMATS = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
#: What one item of a list is called in XML.
ITEMS = {
    "services": "service",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "attributes": "attribute",
    "values": "value",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}
# What XML 1.0 has no way to write (section 2.2).
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def rendered(root: str, content: Any, form: str) -> bytes:
    """The body of an answer. `root` is the outermost element; JSON has none."""
    if form == "json":
        return json.dumps(content, ensure_ascii=False, default=_plain).encode()
    return ('<?xml version="1.0" encoding="utf-8"?>\n' + _element(root, content)).encode()


def _element(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        inside = "".join(_element(str(key), one) for key, one in value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        inside = "".join(_element(ITEMS[name], one) for one in value)
    else:
        inside = escape(_UNWRITABLE.sub("\ufffd", _text(value)))
    return f"<{name}>{inside}</{name}>"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(_plain(value)) if isinstance(value, datetime) else str(value)


def _plain(value: Any) -> str:
    """An instant with its zone, to the second."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value)
