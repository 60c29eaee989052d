"""The timeline of an incident: its acts, newest first, with the words of its log. A page at a time, however long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from answerable.incidents.act_kinds import IncidentAct as A
from answerable.incidents.models import (
    Entry,
    Incident,
    IncidentRole,
    Promise,
    Report,
    Requisition,
    Sent,
    Strand,
    Task,
)
from answerable.incidents.queries import report_text, title_of
from answerable.incidents.wording import level_text, moment_text
from answerable.orgs.standing import standing
from answerable.record.models import Act
from answerable.record.queries import ActShown, shown
from answerable.ui.parts import TimelineEntry

#: Acts on one page.
PAGE = 50


@dataclass(frozen=True)
class Page:
    """`before`: the number to ask the next page with; 0 where there is nothing older."""

    entries: list[TimelineEntry]
    before: int


def page_of(incident: Incident, *, before: int = 0, limit: int = PAGE) -> Page:
    """The acts before a number (0: the newest). Reads by the index of the matter's numbers, and no further."""
    rows = Act.objects.filter(matter_id=incident.pk).select_related("opening").order_by("-seq")
    if before:
        rows = rows.filter(seq__lt=before)
    found = list(rows[: limit + 1])
    acts = [shown(row) for row in found[:limit]]
    names = _Names(incident, acts)
    return Page([_entry(act, names) for act in acts], acts[-1].seq if len(found) > limit else 0)


class _Names:
    """What the acts of a page speak of, read once for all of them."""

    def __init__(self, incident: Incident, acts: Sequence[ActShown]) -> None:
        self.incident = incident
        bodies: list[Mapping[str, Any]] = [act.body or {} for act in acts]
        seqs = [act.seq for act in acts if act.kind in (A.WRITTEN, A.STRUCK)]
        lines = Entry.objects.filter(incident=incident, seq__in=seqs).select_related("by", "strand", "task")
        self.lines: dict[int, Entry] = {row.seq: row for row in lines}
        self.struck = set(
            Entry.objects.filter(strikes__in=[row.pk for row in self.lines.values()]).values_list(
                "strikes", flat=True
            )
        )
        self.tasks = self._texts(Task, bodies, "task", title_of)
        self.sent = self._texts(Sent, bodies, "sent", lambda row: row.what)
        self.taken = self._texts(Requisition, bodies, "requisition", lambda row: row.what)
        self.promises = self._texts(Promise, bodies, "promise", lambda row: row.what)
        self.reports = self._texts(Report, bodies, "report", report_text)
        self.strands = {row.code: row.name for row in Strand.objects.filter(incident=incident)}
        self.roles = {row.code: row.name for row in IncidentRole.objects.filter(incident=incident)}

    def _texts(self, model: Any, bodies: list[Mapping[str, Any]], key: str, text: Any) -> dict[str, str]:
        ids = {UUID(body[key]) for body in bodies if body.get(key)}
        return {str(row.pk): text(row) for row in model.objects.filter(pk__in=ids)} if ids else {}

    def staff(self, pk: int | None) -> str:
        one = standing().staff.get(pk or 0)
        return one.name if one is not None else _("nobody")

    def post(self, pk: int | None) -> str:
        one = standing().posts.get(pk or 0)
        return one.name if one is not None else ""


def _entry(act: ActShown, names: _Names) -> TimelineEntry:
    line = names.lines.get(act.seq)
    body = act.body or {}
    what, said = WORDS.get(act.kind, _OTHER), act.why
    if line is not None:
        return _line(act, line, names)
    facts = {
        "task": names.tasks.get(str(body.get("task")), ""),
        "sent": names.sent.get(str(body.get("sent")), ""),
        "taken": names.taken.get(str(body.get("requisition")), ""),
        "promise": names.promises.get(str(body.get("promise")), ""),
        "report": names.reports.get(str(body.get("report")), ""),
        "track": names.strands.get(str(body.get("strand")), str(body.get("strand", ""))),
        "role": names.roles.get(str(body.get("role")), str(body.get("role", ""))),
        "to": names.staff(body.get("to") if isinstance(body.get("to"), int) else None),
        "level": level_text(body.get("level") or body.get("to"))
        if act.kind in (A.ACTIVATED, A.RAISED, A.LOWERED)
        else "",
        "calls": body.get("calls", ""),
    }
    return TimelineEntry(
        at=act.at, what=str(what) % facts, who=names.post(act.post_id) or _("the system"), body=said,
        tone=_TONES.get(act.kind, ""),
    )  # fmt: skip


def _line(act: ActShown, line: Entry, names: _Names) -> TimelineEntry:
    words = line.text or (
        _("What was said was destroyed with the emergency's personal data.")
        if line.kind == Entry.Kind.CALL
        else ""
    )
    what = str(line.get_kind_display())
    if line.strikes_id is not None:
        what = _("A line is struck out")
    elif line.pk in names.struck:
        what = _("%(kind)s, struck out") % {"kind": what}
    about = [line.strand.name if line.strand else "", title_of(line.task) if line.task else ""]
    if line.happened_at is not None:
        about.append(_("was at %(at)s") % {"at": moment_text(line.happened_at)})
    if line.clock_off_s is not None and abs(line.clock_off_s) >= 60:
        about.append(_("the telephone's clock was off by %(seconds)s s") % {"seconds": line.clock_off_s})
    post = names.post(act.post_id)
    who = " · ".join(filter(None, [post, line.by.name if line.by else ""]))
    return TimelineEntry(
        at=line.at,
        what=" · ".join(filter(None, [what, *about])),
        who=who or _("the system"),
        body=words,
        mark=str(line.seq),
    )


_OTHER = gettext_lazy("Recorded")
_TONES: dict[str, str] = {
    A.ACTIVATED: "late",
    A.RAISED: "late",
    A.LOWERED: "soon",
    A.STOOD_DOWN: "ok",
    A.TASK_DONE: "ok",
}

WORDS: dict[str, Any] = {
    A.REPORTED: gettext_lazy("Called in"),
    A.CALLED_AGAIN: gettext_lazy("Called in again; %(calls)s calls by now"),
    A.SAME_AS: gettext_lazy("Found to be the same as another incident"),
    A.DISMISSED: gettext_lazy("No response needed"),
    A.CALL_BACK_OPENED: gettext_lazy("The number to call back was opened"),
    A.ACTIVATED: gettext_lazy("The response begins: %(level)s"),
    A.RAISED: gettext_lazy("Raised to %(level)s"),
    A.LOWERED: gettext_lazy("Lowered to %(level)s"),
    A.SCALES_SET: gettext_lazy("Grade of the event or warning level set"),
    A.PROLONGED: gettext_lazy("Expected to last longer"),
    A.STOOD_DOWN: gettext_lazy("The response is lifted"),
    A.ROLE_GIVEN: gettext_lazy("%(role)s: %(to)s from now on"),
    A.ROLE_ACKNOWLEDGED: gettext_lazy("%(role)s: acknowledged"),
    A.COMMAND_TAKEN: gettext_lazy("%(to)s takes the command"),
    A.TRACK_OPENED: gettext_lazy("Track opened: %(track)s"),
    A.TRACK_CLOSED: gettext_lazy("Track closed: %(track)s"),
    A.TRACK_REOPENED: gettext_lazy("Track opened again: %(track)s"),
    A.TASK_SET: gettext_lazy("Task set: %(task)s"),
    A.TASK_BEGUN: gettext_lazy("Begun: %(task)s"),
    A.TASK_DONE: gettext_lazy("Done: %(task)s"),
    A.TASK_LEFT_OUT: gettext_lazy("Not needed: %(task)s"),
    A.TASK_REOPENED: gettext_lazy("Open again: %(task)s"),
    A.TASK_MOVED: gettext_lazy("Another time for: %(task)s"),
    A.TASK_GIVEN: gettext_lazy("Given to another role: %(task)s"),
    A.WRITTEN: gettext_lazy("A line of the log"),
    A.STRUCK: gettext_lazy("A line is struck out"),
    A.SENT_OUT: gettext_lazy("Sent out: %(sent)s"),
    A.CAME_BACK: gettext_lazy("Back: %(sent)s"),
    A.REQUISITIONED: gettext_lazy("Taken for the response: %(taken)s"),
    A.RETURNED: gettext_lazy("Returned or paid for: %(taken)s"),
    A.ASKED: gettext_lazy("An answer was promised: %(promise)s"),
    A.ANSWERED: gettext_lazy("Answered: %(promise)s"),
    A.REPORT_OPENED: gettext_lazy("Owed from here on: %(report)s"),
    A.REPORT_CHANGE_ANNOUNCED: gettext_lazy("A change was noted that is to be reported"),
    A.REPORT_DRAFTED: gettext_lazy("Report drafted: %(report)s"),
    A.REPORT_SENT: gettext_lazy("Report sent: %(report)s"),
    A.REPORT_LATE: gettext_lazy("Report late: %(report)s"),
    A.REPORT_WAIVED: gettext_lazy("Report not required: %(report)s"),
    A.WARNED: gettext_lazy("The public was warned"),
    A.WARNING_UPDATED: gettext_lazy("The public warning was renewed"),
    A.WARNING_CANCELLED: gettext_lazy("The public warning was taken back"),
    A.ALL_CLEAR: gettext_lazy("The public was told that the danger is over"),
    A.PHOTO_KEPT: gettext_lazy("A picture came in and is held until checked"),
    A.PHOTO_SEEN: gettext_lazy("A held picture was looked at"),
    A.PHOTO_CLEARED: gettext_lazy("A picture was checked"),
    A.PHOTO_REFUSED: gettext_lazy("A picture is not shown"),
    A.INJECTED: gettext_lazy("An event of the drill"),
    A.INJECT_MET: gettext_lazy("An event of the drill was met"),
    A.DRILL_STOPPED: gettext_lazy("The drill was stopped"),
    A.REVIEW_BEGUN: gettext_lazy("The review begins"),
    A.REVIEW_SIGNED: gettext_lazy("The review is signed"),
    A.LESSON_SET: gettext_lazy("A lesson was set"),
    A.LESSON_DROPPED: gettext_lazy("A lesson was dropped"),
    A.LESSON_DONE: gettext_lazy("A lesson was carried out"),
    A.LESSON_LATE: gettext_lazy("A lesson is late"),
    A.CLOSED: gettext_lazy("The incident is closed"),
    A.ARCHIVED: gettext_lazy("Put into the archive"),
    A.ARCHIVE_TAKEN: gettext_lazy("The archive was taken out"),
    A.PERSONAL_DATA_DESTROYED: gettext_lazy("Personal data of the emergency were destroyed"),
}
