"""What both shells need from rooms further right: who is signed in, the office, the bell, the navigation.

The shells stand left of these rooms and may not import them; `site` fills the slots when it starts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from answerable.ui.parts import NavEntry, NavItem, Office, Who


def _nobody(request: HttpRequest) -> Who:
    return Who(name=str(getattr(request, "user", "")))


@dataclass
class Slots:
    """Each slot is called at most once a page, and only by a page that shows it."""

    who: Callable[[HttpRequest], Who] = _nobody
    office: Callable[[HttpRequest], Office] = lambda request: Office()
    #: How many notices wait; None for whoever may not open them, and the page then shows no bell.
    bell: Callable[[HttpRequest], int | None] = lambda request: 0


slots = Slots()
_entries: dict[str, NavEntry] = {}


def register(*entries: NavEntry) -> None:
    """Add entries to the desk's navigation, in the order given. A key registered twice keeps the newer one."""
    for entry in entries:
        _entries[entry.key] = entry


def route(name: str) -> str:
    """The address of a url name, or "" while no room serves it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def navigation(request: HttpRequest, who: Who) -> list[tuple[object, list[NavItem]]]:
    """Groups of the entries that `who` may see, in order of registration.

    The longest address that begins the request's path (and, where an entry has a query, carries it) is current.
    """
    groups: dict[str, tuple[object, list[tuple[NavEntry, str]]]] = {}
    for entry in _entries.values():
        url = route(entry.route)
        if url and (not entry.roles or entry.roles & who.roles):
            groups.setdefault(str(entry.group), (entry.group, []))[1].append((entry, url))
    best = _current(request, [pair for _, pairs in groups.values() for pair in pairs])
    return [
        (
            title,
            [
                NavItem(
                    label=entry.label,
                    url=url + (f"?{entry.query}" if entry.query else ""),
                    icon=entry.icon,
                    hint=entry.hint,
                    is_current=entry.key == best,
                )
                for entry, url in pairs
            ],
        )
        for title, pairs in groups.values()
    ]


def _current(request: HttpRequest, pairs: list[tuple[NavEntry, str]]) -> str:
    said = set(request.META.get("QUERY_STRING", "").split("&"))
    best, score = "", (0, 0)
    for entry, url in pairs:
        exact = request.path == url
        if not (exact or (url.endswith("/") and url.count("/") > 2 and request.path.startswith(url))):
            continue
        wants = set(filter(None, entry.query.split("&")))
        if wants <= said and (len(url), len(wants)) > score:
            best, score = entry.key, (len(url), len(wants))
    return best
