"""Whose data each column of this room is, and what for (rights: the column register)."""

from __future__ import annotations

from answerable.core.register import NOBODY, OFFICE, PERSON, STAFF, Register

_ID = {"id": (NOBODY, "to name the row")}
_NAMES = {
    "name_zh": (OFFICE, "what it is called in Chinese"),
    "name_en": (OFFICE, "what it is called in English"),
}
_MATTER = {"matter": (NOBODY, "under which its acts are recorded")}
_VERSION = {"version": (NOBODY, "to notice that somebody else changed it")}
_LOOKED_AT = {
    "place_id": (OFFICE, "which public place was looked at"),
    "item_id": (OFFICE, "which vehicle or equipment was looked at"),
}

COLUMNS: Register = {
    "RoundTemplate": _ID
    | _NAMES
    | _MATTER
    | _VERSION
    | {
        "authority_id": (OFFICE, "of which body"),
        "code": (OFFICE, "its short name"),
        "retired_at": (OFFICE, "since when it is no longer used"),
    },
    "TemplateVersion": _ID
    | _VERSION
    | {
        "template_id": (OFFICE, "of which template"),
        "number": (OFFICE, "its running number"),
        "state": (OFFICE, "where it stands"),
        "text": (OFFICE, "the questions as they were written"),
        "sha256": (NOBODY, "digest of what was written"),
        "note": (OFFICE, "what changed"),
        "made_at": (OFFICE, "when it was made"),
        "made_by_id": (STAFF, "who made it"),
        "adopted_at": (OFFICE, "when it was put to use"),
        "adopted_by_id": (STAFF, "who put it to use"),
    },
    "RoundPlan": _ID
    | _NAMES
    | _MATTER
    | _VERSION
    | {
        "authority_id": (OFFICE, "of which body"),
        "unit_id": (OFFICE, "of which unit"),
        "template_id": (OFFICE, "which questions are asked"),
        "post_id": (OFFICE, "which post does the rounds"),
        "mend_post_id": (OFFICE, "which post repairs go to"),
        "rhythm": (OFFICE, "how often"),
        "faster": (OFFICE, "how often while a readiness period asks for more"),
        "open_hours": (OFFICE, "how many hours there are to do it"),
        "starts_on": (OFFICE, "from which day"),
        "ends_on": (OFFICE, "up to which day"),
        "stopped_at": (OFFICE, "when it was stopped"),
        "look_at": (NOBODY, "when the worker looks next"),
    },
    "Target": _ID
    | _LOOKED_AT
    | {
        "plan_id": (OFFICE, "of which plan"),
        "position": (OFFICE, "its order"),
        "made_until": (OFFICE, "up to when rounds have been made"),
        "ended_at": (OFFICE, "since when it is no longer looked at"),
    },
    "PlaceChange": _ID
    | {
        "authority_id": (OFFICE, "of which body"),
        "place_id": (OFFICE, "the place that was split or merged"),
        "into_id": (OFFICE, "the place that it became"),
        "at": (OFFICE, "when it was recorded"),
        "by_id": (STAFF, "who recorded it"),
    },
    "Round": _ID
    | _LOOKED_AT
    | _VERSION
    | {
        "plan_id": (OFFICE, "of which plan"),
        "target_id": (OFFICE, "at which target"),
        "authority_id": (OFFICE, "of which body"),
        "unit_id": (OFFICE, "of which unit"),
        "post_id": (OFFICE, "which post does it"),
        "template_version_id": (OFFICE, "on which version of the questions"),
        "state": (OFFICE, "where it stands"),
        "due_at": (OFFICE, "by when"),
        "due_on": (OFFICE, "by which day"),
        "opens_at": (OFFICE, "from when it can be done"),
        "in_period": (OFFICE, "whether a readiness period asked for it"),
        "made_at": (OFFICE, "when it was put on the list"),
        "late_at": (OFFICE, "when it was found late"),
        "done_at": (OFFICE, "when it was recorded as done"),
        "happened_at": (OFFICE, "when it was done, as it was told"),
        "clock_off_s": (NOBODY, "how far the sender's clock was off"),
        "done_by_id": (STAFF, "who did it"),
        "done_post_id": (OFFICE, "for which post"),
        "on_paper": (OFFICE, "whether it was typed in from the paper form"),
        "findings_count": (OFFICE, "how much was found"),
    },
    "Answer": _ID
    | {
        "round_id": (OFFICE, "in which round"),
        "question": (OFFICE, "to which question"),
        "value": (OFFICE, "what was answered about the place or thing"),
        "number": (OFFICE, "what was measured"),
        "is_finding": (OFFICE, "whether something is wrong"),
        "note": (OFFICE, "what was seen of the place or thing, in words"),
    },
    "Sending": _ID
    | {
        "staff_id": (STAFF, "who sent it"),
        "kind": (NOBODY, "what kind of sending it was"),
        "about": (NOBODY, "which round or finding it was about"),
        "sha256": (NOBODY, "whether a repeated sending says the same"),
        "at": (NOBODY, "when it arrived"),
    },
    "Finding": _ID
    | _NAMES
    | _LOOKED_AT
    | _VERSION
    | {
        "round_id": (OFFICE, "in which round it was found"),
        "plan_id": (OFFICE, "of which plan"),
        "authority_id": (OFFICE, "of which body"),
        "unit_id": (OFFICE, "of which unit"),
        "question": (OFFICE, "by which question"),
        "note": (OFFICE, "what was seen of the place or thing, in words"),
        "severity": (OFFICE, "how grave"),
        "becomes": (OFFICE, "what became of it"),
        "wanted": (OFFICE, "the subject of the case, or the hazard of the incident"),
        "case_id": (OFFICE, "the case that was registered for it"),
        "incident_id": (OFFICE, "the incident that was called in for it"),
        "state": (OFFICE, "where it stands"),
        "post_id": (OFFICE, "which post mends it"),
        "due_on": (OFFICE, "by which day"),
        "found_at": (OFFICE, "when it was found"),
        "earlier_id": (OFFICE, "the last time that it was found there"),
        "times": (OFFICE, "how often it was found there"),
        "seen_again": (OFFICE, "how often it was seen again while open"),
        "check_days": (OFFICE, "within how many days of that somebody else looks"),
        "first_due_on": (OFFICE, "which day it had at first: figures count by it"),
        "postponed": (OFFICE, "how often its day was moved beyond that"),
        "check_on": (OFFICE, "by which day"),
        "mended_at": (OFFICE, "when it was said to be mended"),
        "mended_by_id": (STAFF, "who said so"),
        "mended_with": (OFFICE, "what was done"),
        "sent_back": (OFFICE, "how often a check said that it was not mended"),
        "checked_at": (OFFICE, "when somebody else had looked"),
        "checked_by_id": (STAFF, "who had looked"),
        "checked_round_id": (OFFICE, "in which round"),
        "check_note": (OFFICE, "what was seen at the check"),
        "reminded_at": (OFFICE, "when its post was reminded"),
        "late_at": (OFFICE, "when it was found late"),
    },
    "RoundPhoto": _ID
    | {
        "round_id": (OFFICE, "in which round"),
        "question": (OFFICE, "to which question"),
        "state": (OFFICE, "where it stands"),
        "sealed": (
            PERSON,
            "a picture of a place or thing, sealed, in which somebody may be seen until it was checked",
        ),
        "media_type": (NOBODY, "which kind of file"),
        "size": (NOBODY, "how large"),
        "sha256": (NOBODY, "digest of the picture"),
        "at": (OFFICE, "when it came"),
        "by_id": (STAFF, "who sent it"),
        "checked_at": (OFFICE, "when it was checked"),
        "checked_by_id": (STAFF, "who checked it"),
    },
}
