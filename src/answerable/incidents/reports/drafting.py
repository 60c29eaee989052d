"""A first draft of a report out of what the incident knows: what is there need not be typed at three in the morning.

Words of people who call or are affected are not taken over: they stand in the log, and whoever writes decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from answerable.core.names import in_language
from answerable.incidents.models import Entry, Incident, LevelChange, Report, Requisition, Sent, Task
from answerable.incidents.reports import rules, steps, wording
from answerable.incidents.wording import level_text
from answerable.ui.flow import in_a_row

#: Lines of the log that are shown beside the form.
MOST_LINES = 40


@dataclass(frozen=True)
class Since:
    """What happened in an incident after an instant (None: from its beginning)."""

    at: datetime | None
    levels: list[LevelChange]
    sent: list[Sent]
    done: list[Task]
    entries: list[Entry]
    taken: list[Requisition]


def since_last(row: Report) -> datetime | None:
    """When the same recipient was last told something; a follow-up carries what came after."""
    if row.kind != Report.Kind.FOLLOW_UP:
        return None
    sent = Report.objects.filter(
        incident=row.incident_id, recipient=row.recipient, state=Report.State.SENT
    ).exclude(pk=row.pk)
    return sent.order_by("-sent_at").values_list("sent_at", flat=True).first()


def gathered(incident: Incident, after: datetime | None) -> Since:
    """Read what a draft is made of."""

    def later(field: str) -> dict[str, datetime]:
        return {} if after is None else {f"{field}__gt": after}

    entries = Entry.objects.filter(incident=incident, strikes=None, struck_by=None, **later("at")).exclude(
        kind__in=[Entry.Kind.SYSTEM, Entry.Kind.INJECT]
    )
    return Since(
        at=after,
        levels=list(LevelChange.objects.filter(incident=incident, **later("at")).order_by("at", "pk")),
        sent=list(Sent.objects.filter(incident=incident, **later("at")).order_by("at", "pk")),
        done=list(
            Task.objects.filter(incident=incident, state=Task.State.DONE, **later("ended_at")).order_by(
                "ended_at", "pk"
            )
        ),
        entries=list(entries.order_by("-seq")[:MOST_LINES])[::-1],
        taken=list(Requisition.objects.filter(incident=incident, **later("at")).order_by("at", "pk")),
    )


def draft(incident: Incident, row: Report, found: Since) -> dict[str, str]:
    """The parts that the report asks for, as far as the incident knows them; in the active language.

    A follow-up leaves out what the recipient was told already.
    """
    texts = {code: _PARTS[code](incident, row, found) for code in row.contents if code in _PARTS}
    if row.kind == Report.Kind.FOLLOW_UP:
        texts = rules.changes(texts, rules.told_before(steps.sent_before(row)))
    return {code: text[: rules.MOST_TEXT] for code, text in texts.items() if text}


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(line for line in lines if line)


def _clock(incident: Incident, at: datetime | None) -> str:
    return wording.at_text(at, incident.authority.zone) if at is not None else ""


def _source(incident: Incident, row: Report, found: Since) -> str:
    facts = {"unit": incident.unit.name, "at": _clock(incident, incident.reported_at)}
    if found.at is not None:
        return ""
    if incident.from_case is not None:
        return _("From a matter registered with us; recorded by %(unit)s on %(at)s.") % facts
    return _("First call, taken by %(unit)s on %(at)s.") % facts


def _time(incident: Incident, row: Report, found: Since) -> str:
    if incident.happened_at is not None:
        return _clock(incident, incident.happened_at)
    return _("Not known exactly; reported on %(at)s.") % {"at": _clock(incident, incident.reported_at)}


def _place(incident: Incident, row: Report, found: Since) -> str:
    parts = [incident.authority.name, incident.place.name if incident.place else "", incident.place_text]
    return _(", ").join(part for part in parts if part)


def _casualties(incident: Incident, row: Report, found: Since) -> str:
    return incident.in_danger if found.at is None else ""


def _measures(incident: Incident, row: Report, found: Since) -> str:
    lines = [in_a_row((_level_line(incident, one), one.measures)) for one in found.levels]
    lines += [
        _("%(at)s: %(what)s sent out (%(count)s).")
        % {"at": _clock(incident, one.at), "what": one.what, "count": one.count}
        for one in found.sent
    ]
    lines += [
        _("%(at)s: done: %(what)s.")
        % {"at": _clock(incident, one.ended_at), "what": in_language(one.title_zh, one.title_en)}
        for one in found.done
    ]
    lines += [
        f"{_clock(incident, one.at)}: {one.text}" for one in found.entries if one.kind == Entry.Kind.DECISION
    ]
    return _lines(lines)


def _level_line(incident: Incident, one: LevelChange) -> str:
    facts = {"at": _clock(incident, one.at), "level": level_text(one.after), "before": level_text(one.before)}
    if one.after is None:
        return _("%(at)s: response ended.") % facts
    if one.before is None:
        return _("%(at)s: response begun at %(level)s.") % facts
    if one.after < one.before:
        return _("%(at)s: response raised from %(before)s to %(level)s.") % facts
    return _("%(at)s: response lowered from %(before)s to %(level)s.") % facts


def _needs(incident: Incident, row: Report, found: Since) -> str:
    return _lines(_("Requisitioned: %(what)s.") % {"what": one.what} for one in found.taken)


def _contact(incident: Incident, row: Report, found: Since) -> str:
    post = incident.commander_post
    where = post.unit if post is not None else incident.unit
    phone = (post.contact_phone if post else "") or where.phone or incident.authority.phone
    name = f"{where.name} {post.name}" if post is not None else where.name
    return " ".join(part for part in (name, phone) if part)


def _assessment(incident: Incident, row: Report, found: Since) -> str:
    tasks = Task.objects.filter(incident=incident)
    done = tasks.filter(state=Task.State.DONE).count()
    count = tasks.count()
    if not count:
        return ""
    return ngettext("%(done)s of %(count)s task done.", "%(done)s of %(count)s tasks done.", count) % {
        "done": done,
        "count": count,
    }


_PARTS: dict[str, Callable[[Incident, Report, Since], str]] = {
    "source": _source,
    "time": _time,
    "place": _place,
    "casualties": _casualties,
    "measures": _measures,
    "needs": _needs,
    "contact": _contact,
    "assessment": _assessment,
}
