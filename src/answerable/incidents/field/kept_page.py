"""A page that a telephone keeps and opens without a network: its service worker, and the addresses that it keeps."""

from __future__ import annotations

import json
from pathlib import Path

from django.http import HttpResponse
from django.templatetags.static import static

_WORKER = Path(__file__).parent.parent / "static" / "field" / "worker.js"
#: What every such page loads.
_SCRIPTS = (
    "field/store",
    "field/queue",
    "field/device",
    "field/page",
    "field/photo",
    "field/clock",
    "counter/seal",
)
_STYLES = ("ui/tokens.css", "ui/base.css", "ui/parts.css", "ui/desk.css", "ui/print.css", "field/field.css")


def worker(kept: str, page: str) -> HttpResponse:
    """The service worker of one page; `kept`: the name of what the browser keeps for it."""
    head = f"const KEPT = {json.dumps(kept)};\nconst PAGE = {json.dumps(page)};\n"
    response = HttpResponse(
        head.encode() + _WORKER.read_bytes(), content_type="text/javascript; charset=utf-8"
    )
    response["Service-Worker-Allowed"] = page
    return response


def addresses(page: str, *scripts: str) -> list[str]:
    """What it keeps: the page, and everything that the page loads."""
    return [
        page,
        *(static(name) for name in _STYLES),
        *(static(f"{name}.js") for name in (*_SCRIPTS, *scripts)),
        static("ui/mark.svg"),
        static("ui/js/textarea.js"),
    ]
