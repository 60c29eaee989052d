"""The course of a response as a few lines in their order: what a review and a drill's result are read beside. Reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from answerable.core.names import in_language
from answerable.incidents.models import Entry, Incident, Inject, LevelChange, Report, Task
from answerable.incidents.reviews.rules import minutes
from answerable.incidents.wording import level_text

#: More are in the log; the sheet shows the course.
MOST = 400


@dataclass(frozen=True)
class Moment:
    """`minute`: of the incident's own time since the first call."""

    at: datetime
    minute: int
    what: str


def moments_of(incident: Incident) -> list[Moment]:
    """First call, levels, tasks done, reports made, decisions and events, the earliest first."""
    found = sorted(_found(incident), key=lambda one: one[0])[:MOST]
    since, pace = incident.reported_at, incident.pace
    return [Moment(at, minutes(since, at, pace) if at >= since else 0, what) for at, what in found]


def _found(incident: Incident) -> Iterator[tuple[datetime, str]]:
    yield incident.reported_at, _("The first call: %(what)s") % {"what": incident.called}
    for change in LevelChange.objects.filter(incident=incident):
        yield change.at, _level(change)
    for task in Task.objects.filter(incident=incident, state=Task.State.DONE).exclude(ended_at=None):
        assert task.ended_at is not None
        yield task.ended_at, _("Done: %(what)s") % {"what": in_language(task.title_zh, task.title_en)}
    for report in Report.objects.filter(incident=incident).exclude(sent_at=None):
        assert report.sent_at is not None
        yield (
            report.sent_at,
            _("Reported: %(what)s, to %(whom)s")
            % {
                "what": in_language(report.name_zh, report.name_en),
                "whom": in_language(report.recipient_zh, report.recipient_en),
            },
        )
    for entry in Entry.objects.filter(incident=incident, kind=Entry.Kind.DECISION, struck_by=None):
        yield entry.happened_at or entry.at, _("Decided: %(what)s") % {"what": entry.text}
    for inject in Inject.objects.filter(incident=incident).exclude(told_at=None):
        assert inject.told_at is not None
        yield (
            inject.told_at,
            _("Event of the drill: %(what)s") % {"what": in_language(inject.text_zh, inject.text_en)},
        )


def _level(change: LevelChange) -> str:
    if change.after is None:
        return _("Lifted: %(why)s") % {"why": change.grounds}
    if change.before is None:
        return _("Activated at %(level)s: %(why)s") % {
            "level": level_text(change.after),
            "why": change.grounds,
        }
    return _("Now at %(level)s: %(why)s") % {"level": level_text(change.after), "why": change.grounds}
