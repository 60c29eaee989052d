"""What an alarm says, and why an answer to it was refused, as sentences. In the active language.

A case stands in an alarm by its code alone; whoever may read it opens it from there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from answerable.alerts.models import Alert
from answerable.alerts.refusals import CannotAnswer
from answerable.core.names import in_language
from answerable.orgs.standing import standing
from answerable.ui.templatetags.ui import day_text

_DAY = re.compile(r"^\d{4}-\d\d-\d\d$")


def headline(code: str, facts: Mapping[str, Any], zone: str = "UTC") -> str:
    """One line: what happened. Times are those of `zone`."""
    known = {"case": "", "due": "", "text": "", "missing": 1, "incident": "", "level": ""} | dict(facts)
    if _DAY.match(str(known["due"])):
        known["due"] = day_text(date.fromisoformat(str(known["due"])))
    for name in ("line", "role", "unit", "step", "hazard", "place"):
        known[name] = in_language(str(facts.get(f"{name}_zh", "")), str(facts.get(f"{name}_en", "")))
    for name in ("from_at", "until_at", "answer_by"):
        known[name] = moment(facts.get(name), zone)
    return _HEADLINES.get(code, _HEADLINES["manual"])() % known


def headline_of(alert: Alert) -> str:
    """The same of a row, marked where it is practice."""
    return told_line(alert.code, alert.facts, zone_of(alert), is_drill=alert.is_drill)


def told_line(code: str, facts: Mapping[str, Any], zone: str, *, is_drill: bool) -> str:
    """The same of its parts."""
    line = headline(code, facts, zone)
    return _("Drill: %(line)s") % {"line": line} if is_drill else line


def zone_of(alert: Alert) -> str:
    """The zone of its body: from the row where it was read along, else from the organisation."""
    if Alert.authority.is_cached(alert):  # type: ignore[attr-defined]
        return alert.authority.zone
    return zone_of_body(alert.authority_id)


def zone_of_body(authority_id: int) -> str:
    body = standing().authorities.get(authority_id)
    return body.zone if body else "UTC"


def moment(at: object, zone: str) -> str:
    """An instant (or its ISO text) as local day and time."""
    if isinstance(at, str) and at:
        at = datetime.fromisoformat(at)
    if not isinstance(at, datetime):
        return ""
    local = at.astimezone(ZoneInfo(zone))
    return f"{day_text(local.date())} {local:%H:%M}"


_HEADLINES: dict[str, Callable[[], str]] = {
    "manual": lambda: "%(text)s",
    "danger": lambda: _(
        "Case %(case)s is new, and the person says that someone's life or health is in danger. Open it now."
    ),
    "late": lambda: _(
        "Case %(case)s is late: “%(step)s” was due %(due)s and rests with %(unit)s. See that it is done, and say "
        "that you have it."
    ),
    "keeping_failed": lambda: _(
        "Data that should be destroyed by now are not: “%(text)s” has failed since %(from_at)s. Look at the page of what "
        "is kept, and at the log of the worker."
    ),
    "uncovered": lambda: _(
        "%(line)s: nobody is on duty as %(role)s from %(from_at)s to %(until_at)s (%(missing)s missing)."
    ),
    "unsigned_hand_over": lambda: _(
        "%(line)s: the shift that ended %(until_at)s has not been handed over. Whoever leaves stays on duty until "
        "both have signed."
    ),
    "incident_reported": lambda: _(
        "Incident %(incident)s was called in: %(hazard)s, %(place)s. Open it: begin the response, or say why none is "
        "needed."
    ),
    "incident_activated": lambda: _(
        "Incident %(incident)s, %(hazard)s, %(place)s: the response has begun at level %(level)s."
    ),
    "incident_level": lambda: _(
        "Incident %(incident)s, %(hazard)s, %(place)s: the response is at level %(level)s from now on."
    ),
    "incident_lifted": lambda: _(
        "Incident %(incident)s, %(hazard)s, %(place)s: the response has been lifted."
    ),
    "incident_role": lambda: _(
        "Incident %(incident)s, %(hazard)s, %(place)s: you are %(role)s. Open it, and say that you have it."
    ),
    "report_due": lambda: _(
        "Incident %(case)s: “%(step)s” to %(unit)s is due at the latest %(until_at)s. It is not sent yet."
    ),
    "report_late": lambda: _(
        "Incident %(case)s: “%(step)s” to %(unit)s was due %(until_at)s and is late. Report now, by telephone first."
    ),
    "report_in": lambda: _(
        "%(role)s reports incident %(case)s: “%(step)s”. Read it, and say that you have it."
    ),
    "report_unsent": lambda: _(
        "Incident %(case)s: “%(step)s” may not have reached %(unit)s. Call them, or send it on paper."
    ),
    "warning_stands": lambda: _(
        "Incident %(case)s: the response has ended and its public warning is still in force. Send the all clear."
    ),
    "lesson_late": lambda: _(
        "A lesson out of incident %(case)s was due %(due)s and is not done: “%(step)s”. See that it is done."
    ),
    "unit_report_late": lambda: _(
        "%(unit)s has not sent “%(step)s”, which was due %(until_at)s. See that it is sent; nil is a report too."
    ),
    "round_late": lambda: _(
        "%(unit)s: the round “%(step)s” was due %(until_at)s and is not done (%(missing)s missing). See that it is done."
    ),
    "finding_late": lambda: _(
        "%(place)s: “%(step)s” was found in a round, was to be mended by %(due)s and is not. See that it is done."
    ),
    "finding_unchecked": lambda: _(
        "%(place)s: “%(step)s” is said to be mended, was to be looked at by %(due)s, and nobody else has. See that somebody does."
    ),
    "period_begun": lambda: _(
        "“%(step)s” has begun, %(unit)s, until %(until_at)s. Look at what it demands, and say that you have it."
    ),
    "period_missing": lambda: _(
        "“%(step)s”, from %(from_at)s: not met of its demands: %(missing)s. Each is named on its page."
    ),
    "roll_call": lambda: _("Roll call, %(line)s: please answer by %(answer_by)s that you are there."),
}


def cannot_answer(refusal: CannotAnswer, zone: str = "UTC") -> str:
    """Why an answer changed nothing."""
    at = moment(refusal.facts.get("at"), zone)
    staff = standing().staff.get(refusal.facts.get("staff") or 0)
    if refusal.code == "had" and staff is not None:
        return _("%(name)s has had it since %(at)s. Nothing was changed.") % {"name": staff.name, "at": at}
    if refusal.code in ("over", "had"):
        return _("This alarm was over on %(at)s. Nothing was changed.") % {"at": at}
    if refusal.code == "called_already":
        return _("Somebody has written down already what came of this call.")
    if refusal.code == "ends_with_matter":
        return _("Somebody has to take this. It ends when somebody has it, or with the incident itself.")
    if refusal.code == "said_nothing":
        return _("Write something first.")
    return _("This alarm does not wait for your answer, so there is nothing to pass on.")
