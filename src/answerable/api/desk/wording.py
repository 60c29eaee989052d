"""How a key and a webhook stand, as a state and a sentence."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from answerable.api.models import ApiClient, Hook, HookMessage, HookTry
from answerable.api.scopes import EVENT_WORDS, PING, WORDS, Event, Scope


def key_state(row: ApiClient, now: datetime) -> tuple[str, str]:
    if row.revoked_at is not None:
        return "closed", pgettext("key", "taken back")
    if row.expires_at is not None and row.expires_at <= now:
        return "closed", pgettext("key", "over")
    if row.unit is not None and row.unit.closed_on is not None:
        return "fault", pgettext("key", "its unit is closed")
    if row.post is not None and row.post.closed_on is not None:
        return "fault", pgettext("key", "its post is closed")
    return "ok", pgettext("key", "in use")


def why_stopped(row: ApiClient) -> str:
    """What to do about a key that was not taken back and opens nothing all the same; empty where it works."""
    gone = next((one for one in (row.unit, row.post) if one is not None and one.closed_on is not None), None)
    if gone is None or row.revoked_at is not None:
        return ""
    return _(
        "%(gone)s is closed, so this key opens nothing and nothing is told to it. Give the system a key of the unit and "
        "post that do this work now, then take this one back."
    ) % {"gone": gone}


def last_day(row: ApiClient) -> date | None:
    """The last day on which the key works, as it was typed: it ends at the midnight after it."""
    if row.expires_at is None:
        return None
    return (row.expires_at - timedelta(microseconds=1)).astimezone(ZoneInfo(row.authority.zone)).date()


def scope_words(row: ApiClient) -> list[str]:
    return [_(WORDS[scope]) for scope in Scope if scope.value in row.scopes]


def event_words(kinds: list[str]) -> list[str]:
    return [_(EVENT_WORDS[event]) for event in Event if event.value in kinds]


def event_word(kind: str) -> str:
    if kind == PING:
        return pgettext("webhook", "a test")
    return _(EVENT_WORDS[Event(kind)]) if kind in set(Event) else kind


def hook_state(row: Hook) -> tuple[str, str]:
    if row.stopped_at is not None:
        return "failed" if row.stopped_why != Hook.Stop.BY_HAND else "paused", pgettext("webhook", "stopped")
    if row.failing_since is not None:
        return "soon", pgettext("webhook", "does not take what is sent")
    return "ok", pgettext("webhook", "is told")


_MESSAGES = {
    HookMessage.State.QUEUED: ("waiting", lambda: pgettext("webhook", "waits")),
    HookMessage.State.SENT: ("delivered", lambda: pgettext("webhook", "taken")),
    HookMessage.State.FAILED: ("failed", lambda: pgettext("webhook", "given up")),
}


def message_state(row: HookMessage) -> tuple[str, str]:
    look, word = _MESSAGES[HookMessage.State(row.state)]
    return look, word()


#: Why there was no answer, as the sender keeps it (alerts/channels/posting.py).
_FAULTS = {
    "it was not reached": pgettext_lazy("no answer", "it was not reached"),
    "the name is not known": pgettext_lazy("no answer", "the name is not known"),
    "the address leads into a private network": pgettext_lazy(
        "no answer", "the address leads into a private network"
    ),
    "only https addresses are used": pgettext_lazy("no answer", "only https addresses are used"),
}


def try_words(one: HookTry) -> str:
    """One try in a line: the status or why there is none, and how long it took."""
    fault = _FAULTS.get(one.fault, one.fault)
    said: dict[str, Any] = {"status": one.status, "fault": fault, "ms": one.ms}
    if one.status is None:
        return _("no answer (%(fault)s), %(ms)s ms") % said
    return _("%(status)s, %(ms)s ms") % said
