"""The feeds: Atom (RFC 4287) and JSON Feed 1.1. Pure: plain values in, text out; no reader needs anything of ours.

Each entry leads to the page in plain words and to the CAP message as it was sent.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

ATOM = "http://www.w3.org/2005/Atom"
JSON_FEED = "https://jsonfeed.org/version/1.1"
CAP_TYPE = "application/cap+xml"


@dataclass(frozen=True)
class Entry:
    """One message. `other`: the same text in the other language, said after it."""

    identifier: str
    page: str
    cap: str
    title: str
    text: str
    sent_at: datetime
    expires_at: datetime
    author: str
    kind: str
    status: str
    severity: str
    area: str


@dataclass(frozen=True)
class Feed:
    """`home`: the page; `address`: the feed's own; `language`: zh-Hans or en."""

    title: str
    home: str
    address: str
    language: str
    author: str
    entries: Sequence[Entry]

    @property
    def updated_at(self) -> datetime:
        return max((one.sent_at for one in self.entries), default=datetime(2020, 1, 1, tzinfo=UTC))


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def atom(feed: Feed) -> bytes:
    """The feed as Atom."""
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": feed.language})
    _text(root, "id", feed.home)
    _text(root, "title", feed.title)
    _text(root, "updated", _rfc3339(feed.updated_at))
    _link(root, "self", feed.address, "application/atom+xml")
    _link(root, "alternate", feed.home, "text/html")
    _text(ET.SubElement(root, f"{{{ATOM}}}author"), "name", feed.author)
    for one in feed.entries:
        node = ET.SubElement(root, f"{{{ATOM}}}entry")
        _text(node, "id", one.page)
        _text(node, "title", one.title)
        _text(node, "updated", _rfc3339(one.sent_at))
        _text(node, "published", _rfc3339(one.sent_at))
        _text(ET.SubElement(node, f"{{{ATOM}}}author"), "name", one.author)
        _link(node, "alternate", one.page, "text/html")
        _link(node, "enclosure", one.cap, CAP_TYPE)
        for term in (one.kind, one.status):
            ET.SubElement(node, f"{{{ATOM}}}category", {"term": term})
        _text(node, "summary", one.text)
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{name}").text = text


def _link(parent: ET.Element, rel: str, href: str, kind: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}link", {"rel": rel, "href": href, "type": kind})


def json_feed(feed: Feed) -> bytes:
    """The feed as JSON Feed; what CAP says besides stands under `_cap`."""
    items = [
        {
            "id": one.page,
            "url": one.page,
            "title": one.title,
            "content_text": one.text,
            "date_published": _rfc3339(one.sent_at),
            "authors": [{"name": one.author}],
            "language": feed.language,
            "tags": [one.kind, one.status],
            "attachments": [{"url": one.cap, "mime_type": CAP_TYPE}],
            "_cap": {
                "identifier": one.identifier,
                "expires": _rfc3339(one.expires_at),
                "severity": one.severity,
                "area": one.area,
            },
        }
        for one in feed.entries
    ]
    whole = {
        "version": JSON_FEED,
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.address,
        "language": feed.language,
        "authors": [{"name": feed.author}],
        "items": items,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()
