"""A board as rows: each has a key, the list in which it stands, and what it says. What differs is what is sent.

Rows hold words of the active language and nothing about the reader, so that one row serves everybody who looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from answerable.core.names import in_language
from answerable.incidents.board import clocks
from answerable.incidents.board.reading import Loaded
from answerable.incidents.hazards import HAZARDS
from answerable.incidents.models import Entry, Incident, IncidentRole, Report, Sent, Strand, Task
from answerable.incidents.queries import title_of
from answerable.incidents.wording import level_text

#: A claimed time nearer than this to the arrival is not shown beside it.
SAME_TIME_S = 90
#: From here on a writer's clock is said to have been wrong.
CLOCK_OFF_S = 120
_SENT_WORDS = {
    Sent.Kind.PEOPLE: _("helpers"),
    Sent.Kind.VEHICLE: _("vehicle"),
    Sent.Kind.EQUIPMENT: _("equipment"),
    Sent.Kind.MATERIAL: _("material"),
}


@dataclass(frozen=True)
class Row:
    """One thing on the board. `order`: its place in its list, compared as text; the same facts are the same row."""

    kind: str
    key: str
    list: str
    order: str
    facts: tuple[tuple[str, Any], ...]

    def html(self, now: datetime) -> str:
        """The row as markup, its clock as it stands now; the page's script lets the clock go on."""
        facts = dict(self.facts)
        context = facts | {"key": self.key, "list": self.list, "order": self.order}
        due_at = facts.get("due_at")
        if due_at is not None:
            context |= {"clock_state": clocks.clock_of(due_at, now), "clock_words": clock_words(due_at, now)}
        return render_to_string(f"board/rows/{self.kind}.html", context).strip()


def clock_words(due_at: datetime, now: datetime) -> str:
    """ "due in 12 min", "late by 1 h 5 min"."""
    left = clocks.minutes_between(due_at, now)
    words = due_words()
    span = max(1, abs(left)) if left < 0 or now >= due_at else left
    hours, minutes = divmod(span, 60)
    text = words["hours"] if span >= 100 else words["minutes"]
    text = text.replace("{n}", str(span)).replace("{h}", str(hours)).replace("{m}", str(minutes))
    return words["late" if now >= due_at else "left"].replace("{t}", text)


def due_words() -> dict[str, str]:
    """The same words for the page's script."""
    return {
        "left": gettext("due in {t}"),
        "late": gettext("late by {t}"),
        "minutes": gettext("{n} min"),
        "hours": gettext("{h} h {m} min"),
    }


def _row(kind: str, key: object, list_: str, order: str, **facts: Any) -> Row:
    return Row(kind, f"{kind}-{key}", list_, order, tuple(facts.items()))


def all_rows(loaded: Loaded, now: datetime) -> Iterator[Row]:
    """Every row of a board but those of its log, in the active language and time zone."""
    names = role_names(loaded.roles)
    strands = {one.pk: one.name for one in loaded.strands}
    yield head(loaded.incident)
    for place, report in enumerate(loaded.reports):
        yield _report(report, place)
    for role in loaded.roles:
        yield _role(role)
    open_by: dict[int, int] = {}
    for task in loaded.tasks:
        if task.state in clocks.ENDED:
            yield _task(task, strands, names, now, "ended")
        else:
            open_by[task.strand_id] = open_by.get(task.strand_id, 0) + 1
            yield _task(task, strands, names, now, "tasks")
    for strand in loaded.strands:
        yield _strand(strand, open_by.get(strand.pk, 0), loaded.ended.get(strand.pk, 0))
    for sent in loaded.sent:
        yield _sent(sent)


def role_names(roles: Iterable[IncidentRole]) -> dict[str, str]:
    """By the code of each role, its name and who has it."""
    found = {}
    for role in roles:
        who = role.staff.name if role.staff is not None else gettext("nobody")
        found[role.code] = gettext("%(role)s: %(who)s") % {"role": role.name, "who": who}
    return found


# ---------------------------------------------------------------- the sentence on top


def head(incident: Incident) -> Row:
    level = incident.response_level
    return _row(
        "head",
        "top",
        "head",
        "",
        sentence=sentence_of(incident),
        hazard=gettext(HAZARDS.get(incident.hazard, incident.hazard)),
        place=incident.place.name if incident.place is not None else incident.place_text,
        level=level if incident.state == Incident.State.ACTIVE else None,
        since=incident.activated_at,
        until=incident.expected_until if incident.state == Incident.State.ACTIVE else None,
        is_drill=incident.is_drill,
        state=str(incident.get_state_display()),
    )


def sentence_of(incident: Incident) -> str:
    """Level and commander in one sentence."""
    if incident.state == Incident.State.REPORTED:
        return gettext("Reported; nobody has decided about it yet.")
    if incident.state != Incident.State.ACTIVE:
        return gettext("No response is under way: %(state)s.") % {"state": incident.get_state_display()}
    who = incident.commander
    facts = {"level": level_text(incident.response_level), "who": who.name if who is not None else ""}
    if incident.response_level is None:
        sentence = (
            gettext("A response is under way; %(who)s commands.")
            if who
            else gettext("A response is under way; nobody commands.")
        )
    else:
        sentence = (
            gettext("Response at %(level)s; %(who)s commands.")
            if who
            else gettext("Response at %(level)s; nobody commands.")
        )
    return sentence % facts


# ---------------------------------------------------------------- roles, tracks, tasks


def _role(role: IncidentRole) -> Row:
    has = role.acknowledged_at is not None
    state = "acknowledged" if has else "open"
    word = (
        gettext("has it")
        if has
        else gettext("not answered yet")
        if role.staff_id
        else gettext("nobody found")
    )
    return _row(
        "role",
        role.code,
        "roles",
        f"{int(has)}{role.position:06d}",
        name=role.name,
        who=role.staff.name if role.staff is not None else "",
        post=role.post.name if role.post is not None else "",
        stands_in=role.stands_in,
        state=state,
        word=word,
        at=role.acknowledged_at,
    )


def _strand(strand: Strand, open_: int, ended: int) -> Row:
    total = open_ + ended
    count = ngettext("%(ended)s of %(total)s task ended", "%(ended)s of %(total)s tasks ended", total) % {
        "ended": ended,
        "total": total,
    }
    closed = strand.closed_at is not None
    return _row(
        "strand",
        strand.pk,
        "strands",
        f"{strand.position:06d}{strand.pk:012d}",
        name=strand.name,
        count=count if total else gettext("no tasks"),
        closed=closed,
    )


def _task(task: Task, strands: dict[int, str], names: dict[str, str], now: datetime, list_: str) -> Row:
    over = list_ == "ended"
    due = task.due_at.isoformat() if task.due_at else "9"
    ended = 10**11 - int(task.ended_at.timestamp()) if task.ended_at else 0
    return _row(
        "task",
        task.pk,
        list_,
        f"{ended:012d}" if over else f"{due}{task.position:06d}",
        title=title_of(task),
        check=in_language(task.check_zh, task.check_en),
        strand=strands.get(task.strand_id, ""),
        role=names.get(task.role_code, ""),
        begun=task.state == Task.State.BEGUN,
        over=over,
        # An open task's clock is told by time alone: what the stream compares must not change with each minute.
        state=clocks.state_of(task.state, task.due_at, task.ended_at, now) if over else "",
        due_at=task.due_at,
        result=task.result,
    )


# ---------------------------------------------------------------- reports and what was sent out


def _report(report: Report, place: int) -> Row:
    to = in_language(report.recipient_zh, report.recipient_en)
    what = str(report.get_kind_display())
    return _row("report", report.pk, "reports", f"{place}", what=what, to=to, due_at=report.due_at)


def _sent(sent: Sent) -> Row:
    back = sent.back_at is not None
    return _row(
        "sent",
        sent.pk,
        "sent",
        f"{int(back)}{sent.at.isoformat()}",
        what=sent.what,
        kind_word=str(_SENT_WORDS[Sent.Kind(sent.kind)]),
        count=sent.count,
        where=sent.where,
        at=sent.at,
        back_at=sent.back_at,
    )


# ---------------------------------------------------------------- the log


def log_rows(entries: Iterable[Entry]) -> Iterator[Row]:
    for entry in entries:
        yield log_row(entry)


def log_row(entry: Entry) -> Row:
    struck = getattr(entry, "struck_by", None)
    told = entry.happened_at
    if told is not None and abs((entry.at - told).total_seconds()) < SAME_TIME_S:
        told = None
    off = (
        entry.clock_off_s if entry.clock_off_s is not None and abs(entry.clock_off_s) >= CLOCK_OFF_S else None
    )
    return _row(
        "entry",
        entry.pk,
        "log",
        f"{10**9 - entry.seq:010d}",
        seq=entry.seq,
        entry_kind=entry.kind if entry.kind != Entry.Kind.ENTRY else "",
        kind_word=str(entry.get_kind_display()),
        text=entry.text,
        at=entry.at,
        told=told,
        clock=_clock_words(off) if off is not None else "",
        who=entry.by.name if entry.by is not None else "",
        post=entry.post.name if entry.post is not None else "",
        strand=entry.strand.name if entry.strand is not None else "",
        task=title_of(entry.task) if entry.task is not None else "",
        struck_by=struck.seq if struck is not None else None,
        strikes=entry.strikes.seq if entry.strikes is not None else None,
        photos=tuple(str(photo.pk) for photo in entry.photos.all()),
        incident=str(entry.incident_id),
    )


def _clock_words(off_s: int) -> str:
    """How far the writer's clock was off, as a sentence."""
    minutes = max(1, round(abs(off_s) / 60))
    if off_s > 0:
        return ngettext(
            "The device's clock was %(n)s minute ahead; that was taken into account.",
            "The device's clock was %(n)s minutes ahead; that was taken into account.",
            minutes,
        ) % {"n": minutes}
    return ngettext(
        "The device's clock was %(n)s minute behind; that was taken into account.",
        "The device's clock was %(n)s minutes behind; that was taken into account.",
        minutes,
    ) % {"n": minutes}
