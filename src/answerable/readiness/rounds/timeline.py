"""What happened to a finding, its plan or a template, as a page shows it: acts, the newest first."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.utils.translation import gettext as _

from answerable.orgs.standing import standing
from answerable.readiness.rounds.act_kinds import FindingAct as F
from answerable.readiness.rounds.act_kinds import RoundAct as R
from answerable.readiness.rounds.models import Finding
from answerable.record.queries import ActShown, acts_of
from answerable.ui.parts import TimelineEntry

WORDS: dict[str, Callable[[], str]] = {
    R.TEMPLATE_MADE: lambda: _("The template was taken over as a draft."),
    R.TEMPLATE_DRAFTED: lambda: _("A draft was saved."),
    R.TEMPLATE_ADOPTED: lambda: _("A version was put to use."),
    R.TEMPLATE_RETIRED: lambda: _("The template was retired."),
    R.PLAN_MADE: lambda: _("The plan was made."),
    R.PLAN_CHANGED: lambda: _("The plan was changed."),
    R.PLAN_STOPPED: lambda: _("The plan was stopped."),
    R.PLACE_MOVED: lambda: _("A place was split or merged."),
    R.MADE: lambda: _("Rounds were put on the list."),
    R.LATE: lambda: _("A round was late; the leader was told."),
    R.MISSED: lambda: _("A round was missed: the next one was due."),
    R.DONE: lambda: _("A round was done."),
    R.EXPORTED: lambda: _("Rows were taken out as a workbook."),
    R.PHOTO_KEPT: lambda: _("A photograph came in and is held."),
    R.PHOTO_SEEN: lambda: _("A held photograph was looked at."),
    R.PHOTO_CLEARED: lambda: _("A photograph was checked and may be shown."),
    R.PHOTO_REFUSED: lambda: _("A photograph was refused and destroyed."),
    F.FOUND: lambda: _("Found in a round."),
    F.SEEN_AGAIN: lambda: _("Seen again in a later round."),
    F.BECAME_CASE: lambda: _("A case was registered for it."),
    F.BECAME_INCIDENT: lambda: _("An incident was called in for it."),
    F.GIVEN: lambda: _("Given to a post, with a day."),
    F.DAY_MOVED: lambda: _("The day by which it is to be mended was changed."),
    F.MENDED: lambda: _("Said to be mended."),
    F.CHECKED: lambda: _("Somebody else looked: it is mended."),
    F.SENT_BACK: lambda: _("Somebody else looked: it is not mended."),
    F.LATE: lambda: _("Late; the leader was told."),
}
_TONES: dict[str, str] = {
    F.LATE: "late",
    F.SENT_BACK: "soon",
    F.DAY_MOVED: "soon",
    F.CHECKED: "ok",
    R.LATE: "late",
    R.MISSED: "late",
}


def entries_of(finding: Finding) -> list[TimelineEntry]:
    words: dict[str, str] = {
        F.MENDED: finding.mended_with,
        F.CHECKED: finding.check_note,
        F.FOUND: finding.note,
    }
    acts = acts_of(finding.pk)
    last = {act.kind: act.seq for act in acts}
    return [
        _entry(act, act.why or (words.get(act.kind, "") if last[act.kind] == act.seq else ""))
        for act in reversed(acts)
    ]


def entries_of_matter(matter: UUID, limit: int = 30) -> list[TimelineEntry]:
    return [_entry(act, act.why) for act in list(reversed(acts_of(matter)))[:limit]]


def _entry(act: ActShown, body: str) -> TimelineEntry:
    post = standing().posts.get(act.post_id or 0)
    who = f"{post.unit.name} · {post.name}" if post is not None else _("by the system")
    said = WORDS.get(act.kind)
    return TimelineEntry(
        act.at, said() if said is not None else _("Recorded."), who, body=body, tone=_TONES.get(act.kind, "")
    )
