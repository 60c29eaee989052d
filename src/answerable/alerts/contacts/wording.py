"""What the pages say of a way, and of whether somebody can be reached. In the active language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from answerable.alerts.addresses import hint_of
from answerable.alerts.contacts.queries import known
from answerable.alerts.contacts.rules import Reach, State, reach_of, state_of
from answerable.alerts.models import ContactPoint
from answerable.alerts.models.contacts import Way
from answerable.ui.templatetags.ui import day_text

#: The look (ui.states) that each state wears.
LOOKS = {State.NEW: "draft", State.WORKS: "ok", State.STALE: "soon", State.FAILING: "fault"}
REACH_LOOKS = {Reach.YES: "ok", Reach.UNSURE: "soon", Reach.NO: "fault"}


def name_of(contact: ContactPoint) -> str:
    """The way, what tells it from others of its kind, and what its owner calls it."""
    parts = (str(contact.get_way_display()), hint_of(contact), contact.label)
    return " · ".join(part for part in parts if part)


def state_word(state: State) -> str:
    return {
        State.NEW: _("not shown to work yet"),
        State.WORKS: _("works"),
        State.STALE: _("long not tried"),
        State.FAILING: _("fails"),
    }[state]


def sentence(contact: ContactPoint, now: datetime) -> str:
    """How it stands, and what to do about it."""
    facts = {
        "on": _day(contact.verified_at),
        "last": _day(contact.answered_at),
        "since": _day(contact.failing_since),
    }
    state = state_of(known(contact), now)
    is_called = contact.way == Way.LANDLINE
    if state is State.FAILING:
        if is_called:
            return _("Nobody answered there on %(since)s. Ask for another call once somebody does.") % facts
        return _("Messages to it have failed since %(since)s. Have a code sent once it works again.") % facts
    if state is State.NEW:
        if is_called:
            return _(
                "Somebody has yet to call it and confirm that you answer there. It is used last until then."
            )
        if contact.code_until is not None and contact.code_until > now:
            return _("A code went out to it. Type it in by %(time)s.") % {"time": _time(contact.code_until)}
        return _("Have a code sent to it and type it in: it is used last until then.")
    if state is State.STALE:
        return (
            _("It was shown to work on %(on)s; nobody knows whether it still does. Have a code sent.") % facts
        )
    if contact.answered_at:
        return _("Shown to work on %(on)s; you last answered by it on %(last)s.") % facts
    return _("Shown to work on %(on)s.") % facts


def after(seconds: int | None) -> str:
    """After how long a way is tried."""
    if seconds is None:
        return _("not for this")
    if seconds == 0:
        return _("at once")
    if seconds % 60:
        return ngettext("after %(n)s second", "after %(n)s seconds", seconds) % {"n": seconds}
    return ngettext("after %(n)s minute", "after %(n)s minutes", seconds // 60) % {"n": seconds // 60}


def own_reach(contacts: Sequence[ContactPoint], now: datetime) -> tuple[str, str, str]:
    """The look, the word and the sentence with which one's own page begins."""
    reach = reach_of(map(known, contacts), now)
    said = {
        Reach.YES: _("You can be reached."),
        Reach.UNSURE: _("Nobody knows yet whether you can be reached: show that one of your ways works."),
        Reach.NO: _("You cannot be reached. Add a way, or an alarm goes past you to the next person."),
    }[reach]
    return REACH_LOOKS[reach], reach_word(reach), said


def reach_word(reach: Reach) -> str:
    return {
        Reach.YES: _("can be reached"),
        Reach.UNSURE: _("not certain"),
        Reach.NO: _("cannot be reached"),
    }[reach]


def of_colleague(contacts: Sequence[ContactPoint], now: datetime) -> str:
    """By which kinds of way somebody is reached and how they stand: no address, no number, no label."""
    if not contacts:
        return _("No way at all. Ask them to add one.")
    lines = []
    for one in contacts:
        state = state_of(known(one), now)
        since = one.failing_since if state is State.FAILING else one.answered_at or one.verified_at
        facts = {"way": one.get_way_display(), "state": state_word(state), "day": _day(since)}
        lines.append(_("%(way)s: %(state)s (%(day)s)") % facts if since else _("%(way)s: %(state)s") % facts)
    return " · ".join(lines)


def _day(at: datetime | None) -> str:
    return day_text(timezone.localtime(at).date()) if at is not None else ""


def _time(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M}"
