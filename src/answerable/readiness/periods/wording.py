"""Readiness periods in words: refusals, what they are, what they ask for, and where each demand stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from answerable.core.refusals import Changed, NotYours, Refusal
from answerable.core.sentences import Said
from answerable.readiness.periods import rules
from answerable.readiness.periods.kinds import KINDS
from answerable.readiness.periods.models import Demand, Period
from answerable.readiness.periods.rhythms import RHYTHMS, TOPICS, Of, Rhythm
from answerable.readiness.periods.surprise import PassedOver
from answerable.ui.templatetags.ui import day_text


def moment_text(at: datetime | None, zone: str | None = None) -> str:
    """An instant as local day and time; in the reader's zone where none is named."""
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(zone)) if zone else timezone.localtime(at)
    return f"{day_text(local.date())} {local:%H:%M}"


def end_text(at: datetime, zone: str) -> str:
    """When something ends; at midnight as the end of the day before, as whoever typed that day meant it."""
    local = at.astimezone(ZoneInfo(zone))
    if (local.hour, local.minute) != (0, 0):
        return moment_text(at, zone)
    return f"{day_text(local.date() - timedelta(days=1))} 24:00"


def kind_text(code: str) -> str:
    kind = KINDS.get(code)
    return _(kind.name) if kind is not None else code


def joined(names: Iterable[str]) -> str:
    """A few things in a row, as the language puts them."""
    return pgettext("between the items of a list", "; ").join(names)


def where_text(period: Period) -> str:
    """The places it was announced for; the whole body where none is named."""
    names = [one.place.name for one in period.named_places.all()]
    return joined(names) if names else _("the whole body")


def rhythm_text(code: str) -> str:
    return _(RHYTHMS[Rhythm(code)]) if code in set(Rhythm) else code


def topic_text(of: str, topic: str) -> str:
    """What comes more often."""
    if of == Of.REPORTS:
        return _("reports of the units")
    return _("rounds: %(what)s") % {"what": _(TOPICS[topic])} if topic in TOPICS else _("all rounds")


#: The looks (ui.states) of where a period stands.
LOOKS = {
    rules.PLANNED: "draft",
    rules.ANNOUNCED: "soon",
    rules.BEGUN: "begun",
    rules.ENDED: "closed",
    rules.CALLED_OFF: "left_out",
}


def state_text(state: str) -> str:
    return str(Period.State(state).label)


def stands_text(period: Period, now: datetime) -> str:
    """Where it stands, in one sentence."""
    zone = period.authority.zone
    facts = {"from": moment_text(period.from_at, zone), "until": end_text(period.until_at, zone)}
    state = rules.state_at(period.state, period.from_at, period.until_at, now)
    if state == rules.PLANNED:
        return _("Planned for %(from)s to %(until)s. Nothing of it holds until it is announced.") % facts
    if state == rules.ANNOUNCED:
        return _("Announced. It begins by itself on %(from)s and lasts until %(until)s.") % facts
    if state == rules.BEGUN:
        days = max(1, -(-(period.until_at - now) // timedelta(days=1)))
        facts["left"] = ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
        return _("Running since %(from)s; it ends on %(until)s (%(left)s left).") % facts
    if state == rules.ENDED:
        return _("It ran from %(from)s to %(until)s.") % facts
    return _("Called off before it began.")


def demand_text(row: Demand) -> str:
    """What is asked for, as the record and the page say it."""
    facts = {
        "line": row.line.name if row.line else "",
        "role": row.role.name if row.role else "",
        "count": row.count or 0,
        "item": row.item.name if row.item else "",
        "plan": row.plan.name if row.plan else "",
        "what": topic_text(row.of, row.topic),
        "often": rhythm_text(row.rhythm),
        "minutes": row.answer_within_min or 0,
        "days": row.within_days or 0,
        "from": f"{row.between_from:%H:%M}" if row.between_from else "",
        "until": f"{row.between_until:%H:%M}" if row.between_until else "",
    }
    return _said(row.kind) % facts


def _said(kind: str) -> str:
    return {
        Demand.Kind.DUTY: _("%(line)s: %(role)s + %(count)s on every shift"),
        Demand.Kind.RHYTHM: _("%(what)s: %(often)s"),
        Demand.Kind.STANDBY: _("%(item)s stands by"),
        Demand.Kind.ROLL_CALLS: _(
            "%(line)s: roll call by surprise, %(count)s × a week between %(from)s and %(until)s, answered within "
            "%(minutes)s min"
        ),
        Demand.Kind.DRILL: _(
            "Plan “%(plan)s” is drilled, at most %(days)s days before the beginning or since"
        ),
        Demand.Kind.CONTACTS: _("Everybody whom an alarm would ask can be reached"),
    }.get(Demand.Kind(kind), "")


def demand_hint(kind: str, *, is_empty: bool) -> str:
    """What stands over the form of a demand; `is_empty`: the body has nothing of the kind to choose from."""
    if is_empty:
        return {
            Demand.Kind.DUTY: _("There is no duty line that you lead. Set one up under On duty first."),
            Demand.Kind.ROLL_CALLS: _("There is no further duty line that you lead."),
            Demand.Kind.STANDBY: _(
                "Nothing else stands by. Enter vehicles and equipment under On duty, Standby."
            ),
            Demand.Kind.DRILL: _("No further plan is in use. Put one into use under Emergency plans first."),
        }.get(Demand.Kind(kind), "")
    return {
        Demand.Kind.DUTY: _("Coverage counts them as needed, and a roster that is solved puts them in."),
        Demand.Kind.RHYTHM: _(
            "While it runs. Where two periods ask for different rhythms, the stricter one counts. Desk reviews of open "
            "matters keep their own."
        ),
        Demand.Kind.STANDBY: _("Ready, looked at in time, and not reserved for something else."),
        Demand.Kind.ROLL_CALLS: _(
            "Asked through the alarms, and never within four hours of another roll call."
        ),
        Demand.Kind.DRILL: _("At a table or in the field, to the end; how ready the plan is stands beside."),
        Demand.Kind.CONTACTS: _(
            "Everybody in a ladder or on a roster has a way that was shown to work lately."
        ),
    }.get(Demand.Kind(kind), "")


def passed_text(code: str) -> str:
    """Why a surprise call was not made."""
    return {
        PassedOver.NOBODY: _("nobody was on duty"),
        PassedOver.LATELY: _("the roll had been called shortly before"),
        PassedOver.MISSED: _("the system was not running"),
    }.get(PassedOver(code), "")


def refusal_words(refusal: Refusal) -> str:
    """Why it was not done, and what to do next."""
    if isinstance(refusal, Changed):
        return _("Somebody else changed this in the meantime. Look at what is there now, then send it again.")
    if isinstance(refusal, NotYours):
        return _("Leaders of its unit and above decide on a readiness period.")
    facts = {
        name: rhythm_text(value) if isinstance(value, Rhythm) else _(value) if name == "what" else value
        for name, value in refusal.facts.items()
    }
    return _(refusal.template) % facts if isinstance(refusal, Said) else str(refusal)
