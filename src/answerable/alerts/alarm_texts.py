"""What an alarm says, by which way: short where it is read out or paid by the letter. In the active language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from answerable.ui.flow import in_a_row

#: Alarms that one e-mail lists; the count names all.
MOST_LINES = 40
#: Ways that carry a link to press but where each letter counts.
SHORT = frozenset({"sms", "push"})


@dataclass(frozen=True)
class Alarm:
    """One alarm in a message; `link` and `reply_code` where this person is asked and not only told."""

    line: str
    link: str = ""
    reply_code: str = ""


def message(kind: str, alarms: Sequence[Alarm], *, desk: str) -> tuple[str, str]:
    """Subject and body: of one alarm, or of a whole storm with its count."""
    first = alarms[0]
    subject = first.line
    if len(alarms) > 1:
        subject = _("%(count)s alarms. %(line)s") % {"count": len(alarms), "line": first.line}
    if kind == "voice":
        return subject, in_a_row((subject, _spoken(first)))
    if kind in SHORT:
        return subject, in_a_row((subject, _short(alarms, desk)))
    return subject, "\n\n".join(_long(alarms, desk))


def as_second(kind: str, body: str) -> str:
    """The body of a second message: it says that it may be one."""
    if kind == "voice" or kind in SHORT:
        return in_a_row((body, _("(Perhaps sent before.)")))
    return (
        body + "\n\n" + _("You may have received this message before: we could not tell whether it arrived.")
    )


def _spoken(first: Alarm) -> str:
    if not first.link:
        return _("This is for your information.")
    return _("Press 1 if you have it, 2 to pass it to the next.")


def _short(alarms: Sequence[Alarm], desk: str) -> str:
    first = alarms[0]
    if not first.link:
        return _("For your information: %(link)s") % {"link": desk}
    said = _("Have it? Reply %(code)s or open %(link)s") % {"code": first.reply_code, "link": first.link}
    if len(alarms) > 1:
        said = in_a_row((said, _("All: %(link)s") % {"link": desk}))
    return said


def _long(alarms: Sequence[Alarm], desk: str) -> list[str]:
    parts = []
    for one in alarms[:MOST_LINES]:
        if one.link:
            how = _("Press “I have it” or pass it to the next: %(link)s") % {"link": one.link}
            parts.append(f"{one.line}\n{how}")
        else:
            parts.append(one.line)
    if len(alarms) > MOST_LINES:
        parts.append(_("And %(count)s more.") % {"count": len(alarms) - MOST_LINES})
    if len(alarms) == 1 and alarms[0].reply_code:
        parts.append(_("Or reply to this message with the number %(code)s.") % {"code": alarms[0].reply_code})
    parts.append(_("All alarms: %(link)s") % {"link": desk})
    return parts
