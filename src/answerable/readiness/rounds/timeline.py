"""What happened to a finding, its plan or a template, as a page shows it: acts, the newest first."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from answerable.orgs.standing import standing
from answerable.readiness.rounds.act_kinds import FindingAct as F
from answerable.readiness.rounds.act_kinds import RoundAct as R
from answerable.readiness.rounds.act_words import WORDS
from answerable.readiness.rounds.models import Finding
from answerable.record.queries import ActShown, acts_of
from answerable.ui.parts import TimelineEntry

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
        act.at,
        str(said) if said is not None else _("Recorded."),
        who,
        body=body,
        tone=_TONES.get(act.kind, ""),
    )
