"""The context processor behind both shells. Everything is lazy: a page pays for what it shows."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from answerable.ui import shell as shells
from answerable.ui.parts import NavItem, Office, Who

THEMES = ("auto", "light", "dark")
# A language is named in itself, so that whoever needs it can read it.
LANGUAGE_NAMES = {"zh-hans": "中文", "en": "English"}


@lru_cache(maxsize=8)
def _keys_html(language: str) -> SafeString:
    """The list of keys, the same for everybody who reads the language."""
    return render_to_string("ui/parts/keys.html")


class Shell:
    """What templates know as `shell`."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def theme(self) -> str:
        chosen = self.request.COOKIES.get("theme", "auto")
        return chosen if chosen in THEMES else "auto"

    @property
    def languages(self) -> list[dict[str, Any]]:
        now = get_language()
        return [
            {"code": code, "name": LANGUAGE_NAMES.get(code, str(name)), "is_current": code == now}
            for code, name in settings.LANGUAGES
        ]

    @property
    def is_demo(self) -> bool:
        return bool(getattr(settings, "DEMO", False))

    @property
    def request_id(self) -> str:
        return str(getattr(self.request, "request_id", ""))

    @cached_property
    def who(self) -> Who:
        return shells.slots.who(self.request)

    @cached_property
    def office(self) -> Office:
        return shells.slots.office(self.request)

    @cached_property
    def bell(self) -> int | None:
        return shells.slots.bell(self.request)

    @cached_property
    def navigation_html(self) -> SafeString:
        """The navigation as markup: it stands twice on a page of the desk, once for narrow screens."""
        return shells.navigation_html(self.request, self.who)

    @property
    def can_search(self) -> bool:
        """A box that leads to a refusal is none: whoever reads no matters is offered no search in them."""
        return shells.sees("worklist", self.who)

    @property
    def keys_html(self) -> SafeString:
        return _keys_html(get_language() or "")

    @cached_property
    def navigation(self) -> list[tuple[object, list[NavItem]]]:
        return shells.navigation(self.request, self.who)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor `answerable.ui.context.shell`."""
    return {"shell": Shell(request)}
