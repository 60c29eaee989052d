"""What both shells need from rooms further right: who is signed in, the office, the bell, the navigation.

The shells stand left of these rooms and may not import them; `site` fills the slots when it starts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

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
    _open_to.cache_clear()
    _html.cache_clear()


def route(name: str) -> str:
    """The address of a url name, or "" while no room serves it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


Pair = tuple[NavEntry, str]


@lru_cache(maxsize=128)
def _open_to(roles: frozenset[str], prefix: str) -> tuple[Pair, ...]:
    """The entries that these roles may see with their addresses, in order of registration.

    Kept for each set of roles (and where the site lies, `prefix`); `register` drops it.
    """
    found = ((entry, route(entry.route)) for entry in _entries.values())
    return tuple((entry, url) for entry, url in found if url and (not entry.roles or entry.roles & roles))


def sees(key: str, who: Who) -> bool:
    """Whether `who` has this entry in their navigation; so also whether a short way to it makes sense."""
    return any(entry.key == key for entry, _url in _open_to(who.roles, get_script_prefix()))


def navigation(request: HttpRequest, who: Who) -> list[tuple[object, list[NavItem]]]:
    """Groups of the entries that `who` may see, in order of registration."""
    return _groups(who.roles, _current(request, who.roles))


def navigation_html(request: HttpRequest, who: Who) -> SafeString:
    """The same as markup, kept for all who read the language, hold the same roles and are in the same place."""
    return _html(get_language(), get_script_prefix(), who.roles, _current(request, who.roles))


@lru_cache(maxsize=512)
def _html(language: str | None, prefix: str, roles: frozenset[str], best: str) -> SafeString:
    return render_to_string("ui/parts/navigation.html", {"groups": _groups(roles, best)})


def _groups(roles: frozenset[str], best: str) -> list[tuple[object, list[NavItem]]]:
    groups: dict[str, tuple[object, list[Pair]]] = {}
    for entry, url in _open_to(roles, get_script_prefix()):
        groups.setdefault(str(entry.group), (entry.group, []))[1].append((entry, url))
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


def _current(request: HttpRequest, roles: frozenset[str]) -> str:
    """The key of the entry that the request is in, or "".

    The longest address that begins the request's path (and, where an entry has a query, carries it) is current.
    """
    said = set(request.META.get("QUERY_STRING", "").split("&"))
    best, score = "", (0, 0)
    for entry, url in _open_to(roles, get_script_prefix()):
        exact = request.path == url
        if not (exact or (url.endswith("/") and url.count("/") > 2 and request.path.startswith(url))):
            continue
        wants = set(filter(None, entry.query.split("&")))
        if wants <= said and (len(url), len(wants)) > score:
            best, score = entry.key, (len(url), len(wants))
    return best
