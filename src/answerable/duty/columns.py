"""Whose data each column of duty is, and what for (rights: the column register).

Duty data is for duty (rule 12): who stands when, seen by those who need it. Absences and wishes go 90 days after they are
past, who stood when after two years, the log book, hand-overs and looks at equipment after ANSWERABLE_DUTY_LOG_DAYS
(three years): `upkeep.py`.
"""

from __future__ import annotations

from answerable.core.register import NOBODY, OFFICE, STAFF, Register

_NAMED = {
    "name_zh": (OFFICE, "what it is called in Chinese"),
    "name_en": (OFFICE, "what it is called in English"),
}
_ID = {"id": (NOBODY, "to name the row")}
_VERSION = {"version": (NOBODY, "to notice that somebody else changed it")}

COLUMNS: Register = {
    "Line": _ID
    | _NAMED
    | _VERSION
    | {
        "matter": (NOBODY, "under which its acts are recorded"),
        "authority_id": (OFFICE, "of which body"),
        "unit_id": (OFFICE, "which unit runs it"),
        "place_id": (OFFICE, "for which place"),
        "code": (OFFICE, "its short name"),
        "phone": (OFFICE, "the duty room's own telephone"),
        "has_hand_over": (OFFICE, "whether the log is signed by both"),
        "is_round_the_clock": (OFFICE, "whether it is meant to be covered at every hour"),
        "relief_early_min": (OFFICE, "when the relief is to be there"),
        "unsigned_after_min": (OFFICE, "when an unsigned hand-over alarms"),
        "rest_min_h": (OFFICE, "rest after a shift"),
        "most_in_a_row": (OFFICE, "most shifts in a row"),
        "most_a_week": (OFFICE, "most shifts a week"),
        "horizon_days": (OFFICE, "how far ahead it must be covered"),
        "closed_on": (OFFICE, "since when it is no longer run"),
    },
    "LineRole": _ID
    | _NAMED
    | {
        "line_id": (OFFICE, "of which line"),
        "code": (OFFICE, "its short name"),
        "position": (OFFICE, "its order"),
        "is_lead": (OFFICE, "whether it leads the shift"),
        "post_roles": (OFFICE, "which kinds of post may fill it"),
        "posts": (OFFICE, "which posts may fill it"),
        "units": (OFFICE, "which units may fill it"),
        "qualifications": (OFFICE, "what is needed for it"),
    },
    "Pattern": _ID
    | _NAMED
    | {
        "line_id": (OFFICE, "of which line"),
        "code": (OFFICE, "its short name"),
        "day_kind": (OFFICE, "on which kind of day"),
        "weekdays": (OFFICE, "on which days of the week"),
        "starts": (OFFICE, "local time of its start"),
        "ends": (OFFICE, "local time of its end"),
        "ends_days_later": (OFFICE, "on which day it ends"),
        "is_night": (OFFICE, "whether it counts as a night"),
        "from_on": (OFFICE, "from when it holds"),
        "until_on": (OFFICE, "until when it holds"),
    },
    "PatternNeed": _ID
    | {
        "pattern_id": (OFFICE, "of which pattern"),
        "role_id": (OFFICE, "which role"),
        "count": (OFFICE, "how many"),
    },
    "ExtraNeed": _ID
    | {
        "line_id": (OFFICE, "of which line"),
        "role_id": (OFFICE, "which role"),
        "extra": (OFFICE, "how many more"),
        "day_kind": (OFFICE, "on which kind of day"),
        "from_on": (OFFICE, "from when"),
        "until_on": (OFFICE, "until when"),
        "why": (OFFICE, "for which period"),
        "because": (OFFICE, "which readiness period asks for it"),
        "from_at": (OFFICE, "from which hour"),
        "until_at": (OFFICE, "until which hour"),
    },
    "DutyPerson": _ID
    | {
        "line_id": (OFFICE, "of which line"),
        "staff_id": (STAFF, "who can be on duty"),
        "joins_on": (STAFF, "from when"),
        "leaves_on": (STAFF, "until when"),
        "share_percent": (STAFF, "how much of a full share"),
        "most_a_month": (STAFF, "how many shifts at most"),
        "can_nights": (STAFF, "whether nights too"),
    },
    "Qualification": _ID
    | {
        "staff_id": (STAFF, "who has it"),
        "code": (STAFF, "what for on duty"),
        "from_on": (STAFF, "since when"),
        "until_on": (STAFF, "until when"),
    },
    "Absence": _ID
    | {
        "staff_id": (STAFF, "who cannot be on duty"),
        "from_at": (STAFF, "from when; never why"),
        "until_at": (STAFF, "until when"),
        "told_at": (STAFF, "when it was told"),
        "taken_back_at": (STAFF, "when it was taken back"),
    },
    "Wish": _ID
    | {
        "line_id": (OFFICE, "of which line"),
        "staff_id": (STAFF, "whose wish"),
        "on": (STAFF, "for which day"),
        "weight": (STAFF, "how much, and which way"),
    },
    "Apart": _ID
    | {
        "line_id": (OFFICE, "of which line"),
        "one_id": (STAFF, "who is not put together"),
        "other_id": (STAFF, "with whom; who asked is not kept"),
    },
    "Calendar": _ID
    | {
        "staff_id": (STAFF, "whose feed"),
        "line_id": (OFFICE, "of which line, where it is one"),
        "is_team": (STAFF, "whether it is their team's"),
        "digest": (STAFF, "of the private address"),
        "made_at": (STAFF, "since when"),
        "ended_at": (STAFF, "when the address was ended"),
    },
    "Roster": _ID
    | _VERSION
    | {
        "line_id": (OFFICE, "of which line"),
        "from_on": (OFFICE, "from which day"),
        "until_on": (OFFICE, "until before which day"),
        "proposal": (STAFF, "who is proposed for which shift"),
        "undo": (STAFF, "what the last changes to the draft wrote over"),
        "proof": (STAFF, "how evenly it is shared, by count"),
        "made_at": (OFFICE, "when it was begun"),
        "published_at": (OFFICE, "since when it binds"),
        "published_by": (OFFICE, "under which post it was published"),
        "dropped_at": (OFFICE, "when the draft was thrown away"),
    },
    "Shift": _ID
    | {
        "line_id": (OFFICE, "of which line"),
        "roster_id": (OFFICE, "of which roster"),
        "pattern_id": (OFFICE, "by which pattern"),
        "from_at": (OFFICE, "its start"),
        "until_at": (OFFICE, "its end"),
        "is_night": (OFFICE, "whether it counts as a night"),
        "on": (OFFICE, "the day it counts under"),
        "is_weekend": (OFFICE, "whether that is a weekend"),
        "is_holiday": (OFFICE, "whether that is a holiday"),
    },
    "ShiftNeed": _ID
    | {
        "shift_id": (OFFICE, "of which shift"),
        "role_id": (OFFICE, "which role"),
        "count": (OFFICE, "how many"),
    },
    "Assignment": _ID
    | {
        "shift_id": (OFFICE, "which shift"),
        "role_id": (OFFICE, "in which role"),
        "staff_id": (STAFF, "who stands it"),
        "from_at": (STAFF, "from when"),
        "until_at": (STAFF, "until when"),
        "origin": (STAFF, "by roster, swap, take-over or the leader's word"),
        "made_at": (NOBODY, "when it was written"),
        "voided_at": (NOBODY, "when it stopped counting"),
        "absence_id": (STAFF, "which absence took it out, to be able to put it back"),
        "reminded_at": (STAFF, "that they were reminded"),
    },
    "Swap": _ID
    | _VERSION
    | {
        "line_id": (OFFICE, "of which line"),
        "gives_id": (STAFF, "what is given"),
        "gets_id": (STAFF, "what is got for it"),
        "asked_by_id": (STAFF, "who asks"),
        "asked_of_id": (STAFF, "who is asked"),
        "state": (STAFF, "how far it is"),
        "note": (STAFF, "a word to the other"),
        "asked_at": (STAFF, "when it was asked"),
        "agreed_at": (STAFF, "when the other agreed"),
        "decided_at": (STAFF, "when the leader decided"),
        "decided_by": (OFFICE, "under which post"),
    },
    "SolveRun": _ID
    | {
        "roster_id": (OFFICE, "for which roster"),
        "state": (NOBODY, "how far it is"),
        "seconds": (NOBODY, "how long it may take"),
        "asked_at": (NOBODY, "when it was asked for"),
        "asked_by": (OFFICE, "under which post"),
        "claimed_at": (NOBODY, "which worker has it"),
        "beat_at": (NOBODY, "to find one that died"),
        "ended_at": (NOBODY, "when it ended"),
        "keeps": (NOBODY, "whether as little as possible changes"),
        "roster_version": (NOBODY, "which draft it was asked for"),
        "progress": (NOBODY, "best so far and the bound"),
        "found": (STAFF, "who is proposed for which shift"),
        "conflicts": (OFFICE, "which rules cannot hold together"),
    },
    "HandOver": _ID
    | _VERSION
    | {
        "shift_id": (OFFICE, "of which shift"),
        "next_shift_id": (OFFICE, "to which shift"),
        "summary": (OFFICE, "what the relief must know"),
        "left_by_id": (STAFF, "who handed over"),
        "left_at": (STAFF, "when"),
        "taken_by_id": (STAFF, "who took over"),
        "taken_at": (STAFF, "when"),
        "alarmed_at": (NOBODY, "that it was told"),
    },
    "LogEntry": _ID
    | {
        "line_id": (OFFICE, "of which line"),
        "shift_id": (OFFICE, "of which shift"),
        "kind": (OFFICE, "entry, call, open item or nothing to report"),
        "text": (OFFICE, "what happened"),
        "at": (OFFICE, "when it was written"),
        "happened_at": (OFFICE, "when it happened, as told"),
        "by_id": (STAFF, "who wrote it"),
        "settled_at": (OFFICE, "when an open item was settled"),
        "settled_by_id": (STAFF, "by whom"),
        "settled_with": (OFFICE, "how"),
        "strikes_id": (NOBODY, "which entry it strikes out"),
    },
    "StandbyItem": _ID
    | _NAMED
    | _VERSION
    | {
        "matter": (NOBODY, "under which its acts are recorded"),
        "line_id": (OFFICE, "of which line"),
        "unit_id": (OFFICE, "of which unit"),
        "code": (OFFICE, "its short name"),
        "is_vehicle": (OFFICE, "whether it drives"),
        "registration": (OFFICE, "the office's own vehicle's number"),
        "state": (OFFICE, "whether it is ready"),
        "level_percent": (OFFICE, "fuel or charge"),
        "driver_role_id": (OFFICE, "which role on duty drives it"),
        "reserved_for": (OFFICE, "what it is kept for"),
        "reserved_until": (OFFICE, "until when"),
        "check_every_days": (OFFICE, "how often it is looked at"),
        "checked_at": (OFFICE, "when it was last looked at"),
        "closed_on": (OFFICE, "since when it is gone"),
    },
    "StandbyCheck": _ID
    | {
        "item_id": (OFFICE, "which item"),
        "at": (OFFICE, "when it was looked at"),
        "by_id": (STAFF, "by whom"),
        "state": (OFFICE, "as it was found"),
        "level_percent": (OFFICE, "fuel or charge"),
        "note": (OFFICE, "what was found"),
    },
}
