"""What happened on a line, in words: for those who lead it. Wishes, feeds and the log book have places of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from answerable.duty.act_kinds import DutyAct
from answerable.duty.roster_acts import RosterAct
from answerable.orgs.models import Staff
from answerable.orgs.standing import standing
from answerable.record.queries import ActShown
from answerable.ui.parts import TimelineEntry

WORDS: dict[str, Any] = {
    DutyAct.LINE_MADE: gettext_lazy("The line was made"),
    DutyAct.LINE_CHANGED: gettext_lazy("The line was changed"),
    DutyAct.LINE_CLOSED: gettext_lazy("The line was closed"),
    DutyAct.LINE_OPENED: gettext_lazy("The line was opened again"),
    DutyAct.ROLE_SET: gettext_lazy("A role was set up"),
    DutyAct.ROLE_REMOVED: gettext_lazy("A role was taken away"),
    DutyAct.PATTERN_SET: gettext_lazy("A shift pattern was set up"),
    DutyAct.PATTERN_ENDED: gettext_lazy("A shift pattern was ended"),
    DutyAct.EXTRA_SET: gettext_lazy("More were asked for on some days"),
    DutyAct.EXTRA_REMOVED: gettext_lazy("No more than usual are asked for after all"),
    DutyAct.PERSON_SET: gettext_lazy("Somebody joined the line, or their terms changed"),
    DutyAct.PERSON_LEFT: gettext_lazy("Somebody leaves the line"),
    DutyAct.QUALIFIED: gettext_lazy("A qualification was entered"),
    DutyAct.SHIFTS_OPENED: gettext_lazy("Shifts were opened without a roster"),
    DutyAct.PUT_IN: gettext_lazy("Somebody was put on a shift"),
    DutyAct.TAKEN_OUT: gettext_lazy("Somebody was taken out of a shift"),
    DutyAct.ABSENCE_TOLD: gettext_lazy("An absence was told"),
    DutyAct.ABSENCE_TAKEN_BACK: gettext_lazy("An absence was taken back"),
    DutyAct.LEFT: gettext_lazy("A shift was handed over"),
    DutyAct.TAKEN: gettext_lazy("A shift was taken over"),
    RosterAct.BEGUN: gettext_lazy("A draft of a roster was begun"),
    RosterAct.DROPPED: gettext_lazy("A draft of a roster was dropped"),
    RosterAct.PUBLISHED: gettext_lazy("A roster was published"),
    RosterAct.SWAP_ASKED: gettext_lazy("A swap was asked for"),
    RosterAct.SWAP_AGREED: gettext_lazy("A swap was agreed"),
    RosterAct.SWAP_DECLINED: gettext_lazy("A swap was declined"),
    RosterAct.SWAP_TAKEN_BACK: gettext_lazy("A swap was taken back"),
    RosterAct.SWAP_DONE: gettext_lazy("A swap was consented to"),
    RosterAct.SWAP_REFUSED: gettext_lazy("A swap was refused"),
    RosterAct.SWAP_LAPSED: gettext_lazy("A swap lapsed"),
}
#: Kept from the line's own page: wishes, feeds and drafts are somebody's own, the log book has a place of its own.
OTHERS: dict[str, Any] = {
    DutyAct.ENTRY_WRITTEN: gettext_lazy("A line was written into a log book"),
    DutyAct.ENTRY_STRUCK: gettext_lazy("A line of a log book was struck out"),
    DutyAct.ITEM_SETTLED: gettext_lazy("An open item of a log book was settled"),
    DutyAct.STANDBY_MADE: gettext_lazy("Something was put on standby"),
    DutyAct.STANDBY_CHANGED: gettext_lazy("Something on standby was changed"),
    DutyAct.STANDBY_CHECKED: gettext_lazy("Something on standby was checked"),
    RosterAct.CHANGED: gettext_lazy("A draft of a roster was changed"),
    RosterAct.UNDONE: gettext_lazy("A change in a draft of a roster was undone"),
    RosterAct.IMPORTED: gettext_lazy("A draft of a roster was read from a file"),
    RosterAct.SOLVE_ASKED: gettext_lazy("The solver was asked to fill a roster"),
    RosterAct.SOLVE_STOPPED: gettext_lazy("The solver was stopped"),
    RosterAct.SOLVED: gettext_lazy("The solver proposed a roster"),
    RosterAct.FILLED: gettext_lazy("A proposal was taken into a draft of a roster"),
    RosterAct.SET_APART: gettext_lazy("Two people are not to stand together"),
    RosterAct.APART_ENDED: gettext_lazy("Two people may stand together again"),
    RosterAct.WISHED: gettext_lazy("Somebody wrote down when they cannot or would rather not stand"),
    RosterAct.CALENDAR_MADE: gettext_lazy("A calendar feed of one's duty was made"),
    RosterAct.CALENDAR_ENDED: gettext_lazy("A calendar feed of one's duty was ended"),
}
KINDS = tuple(str(kind) for kind in WORDS)
#: Acts that name the one whom they are about.
NAMES = {str(kind) for kind in (DutyAct.PUT_IN, DutyAct.TAKEN_OUT, DutyAct.PERSON_SET, DutyAct.PERSON_LEFT)}


def timeline(acts: Iterable[ActShown]) -> list[TimelineEntry]:
    """The acts of a line, newest first."""
    acts = sorted(acts, key=lambda act: act.seq, reverse=True)
    about = {act.id: (act.body or {}).get("staff") for act in acts if act.kind in NAMES}
    names = Staff.objects.in_bulk([pk for pk in about.values() if pk is not None])
    posts = standing().posts
    return [
        TimelineEntry(
            at=act.at,
            what=str(WORDS[act.kind]),
            who=str(posts[act.post_id]) if act.post_id in posts else _("the system"),
            body=" · ".join(str(part) for part in (names.get(about.get(act.id) or 0), act.why) if part),
        )
        for act in acts
    ]
