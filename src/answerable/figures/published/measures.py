"""What is counted for the public, in which tables, and which counts are parts of which. Pure; words are marked only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from answerable.core.sentences import N_
from answerable.figures.published.suppression import Family


class TableName(StrEnum):
    UNIT = "unit"
    SUBJECT = "subject"
    PLACE = "place"
    CHANNEL = "channel"
    PROMISE = "promise"


@dataclass(frozen=True)
class Said:
    """A measure or a table in words: its name, and what exactly is counted."""

    name: str
    means: str


TABLES: dict[TableName, Said] = {
    TableName.UNIT: Said(
        N_("By unit"),
        N_("The unit that received the matter first, or that gave the answer."),
    ),
    TableName.SUBJECT: Said(
        N_("By subject"), N_("What the matter is about, as it stood on the day of counting.")
    ),
    TableName.PLACE: Said(N_("By place"), N_("The place that the matter names; a list of the office's own.")),
    TableName.CHANNEL: Said(N_("By channel"), N_("How the matter came in.")),
    TableName.PROMISE: Said(
        N_("By promise"),
        N_("The time limits of the procedure that the office works by, each counted by itself."),
    ),
}

#: What a line of the table is.
HEADS: dict[str, str] = {
    TableName.UNIT: N_("Unit"),
    TableName.SUBJECT: N_("Subject"),
    TableName.PLACE: N_("Place"),
    TableName.CHANNEL: N_("Channel"),
    TableName.PROMISE: N_("Promise"),
}

MEASURES: dict[str, Said] = {
    "received": Said(N_("Came in"), N_("Matters received in the month.")),
    "answered": Said(
        N_("Answers given"),
        N_("Answers sent in the month. A matter that was opened again and answered once more counts again."),
    ),
    "kept": Said(N_("Date kept"), N_("Answers sent before the matter's date, whoever had it before.")),
    "missed": Said(N_("Date missed"), N_("Answers sent after the matter's date.")),
    "no_date": Said(N_("No date ran"), N_("Answers for which no date ran when they were sent.")),
    "in_time": Said(
        N_("Unit in time"),
        N_(
            "Answers sent before the unit's own date. A unit that was handed the matter has at least half of the "
            "time; what others used up does not count against it."
        ),
    ),
    "late": Said(N_("Unit late"), N_("Answers sent after the unit's own date.")),
    "no_own_date": Said(N_("No date of its own"), N_("Answers for which the unit had no date.")),
    "days_15": Said(
        N_("Within 15 days"),
        N_("The person's own time from first receipt to the final answer, never paused."),
    ),
    "days_30": Said(N_("16 to 30 days"), N_("The same.")),
    "days_60": Said(N_("31 to 60 days"), N_("The same.")),
    "days_more": Said(N_("More than 60 days"), N_("The same.")),
    "not_final": Said(
        N_("Not the final answer"),
        N_("Answers after which the matter was opened again, or reviewed, before the day of counting."),
    ),
    "supported": Said(N_("Supported"), N_("Decisions that support what was asked.")),
    "partly": Said(N_("Supported in part"), N_("Decisions that support a part of what was asked.")),
    "explained": Said(N_("Explained"), N_("Decisions that explain why it cannot be done.")),
    "not_supported": Said(N_("Not supported"), N_("Decisions that do not support what was asked.")),
    "other_outcome": Said(N_("Other"), N_("Every other decision, those of reviews among them.")),
    "office_solved": Said(N_("Office says solved"), N_("Answers of which the office said: solved.")),
    "office_unsolved": Said(
        N_("Office says not solved"), N_("Answers of which the office said: not solved.")
    ),
    "office_silent": Said(N_("Office says nothing"), N_("Answers of which the office said neither.")),
    "person_solved": Said(
        N_("Person says solved"), N_("Answers of which the person had said by the day of counting: solved.")
    ),
    "person_unsolved": Said(N_("Person says not solved"), N_("The same: not solved.")),
    "person_silent": Said(N_("Person has not said"), N_("The same: neither yet.")),
    "owed": Said(
        N_("Dates that came due"),
        N_("Dates of the procedure that were met in the month, or passed in it without being met."),
    ),
    "promise_kept": Said(N_("Promise kept"), N_("Dates that were met before they had passed.")),
    "promise_missed": Said(
        N_("Promise not kept"), N_("Dates that passed in the month before they were met.")
    ),
    "reviewed": Said(
        N_("Reviews decided"),
        N_("Answers of which a review was decided in the month, by the unit that had answered."),
    ),
    "stood": Said(N_("Answer upheld"), N_("Reviews that let the answer stand.")),
    "changed": Said(N_("Answer changed"), N_("Reviews that changed or revoked the answer.")),
}

RECEIVED = Family("received", name="received")
ANSWERED = Family("answered", name="answered")
DATE = Family("answered", ("kept", "missed", "no_date"), "date")
OWN_DATE = Family("answered", ("in_time", "late", "no_own_date"), "own_date")
TIME = Family("answered", ("days_15", "days_30", "days_60", "days_more", "not_final"), "time")
OUTCOME = Family(
    "answered",
    ("supported", "partly", "explained", "not_supported", "other_outcome"),
    "outcome",
    is_personal=True,
)
OFFICE_WORD = Family("answered", ("office_solved", "office_unsolved", "office_silent"), "office_word")
PERSON_WORD = Family(
    "answered", ("person_solved", "person_unsolved", "person_silent"), "person_word", is_personal=True
)
REVIEWED = Family("reviewed", name="reviewed")
REVIEW = Family("reviewed", ("stood", "changed"), "review")
OWED = Family("owed", name="owed")
PROMISE = Family("owed", ("promise_kept", "promise_missed"), "promise")

#: Counts alone stand before the same with their parts.
FAMILIES = (RECEIVED, ANSWERED, DATE, OWN_DATE, TIME, OUTCOME, OFFICE_WORD, PERSON_WORD, REVIEWED, REVIEW)
PROMISES = (OWED, PROMISE)
BY_NAME = {family.name: family for family in (*FAMILIES, *PROMISES)}

FAMILY_WORDS: dict[str, str] = {
    "received": N_("Matters received"),
    "answered": N_("Answers given"),
    "date": N_("The date of the matter"),
    "own_date": N_("The unit's own date"),
    "time": N_("How long the person waited"),
    "outcome": N_("What was decided"),
    "office_word": N_("Solved? What the office says"),
    "person_word": N_("Solved? What the person says"),
    "reviewed": N_("Reviews decided"),
    "review": N_("What reviews came to"),
    "owed": N_("Dates that came due"),
    "promise": N_("Promises and how they were kept"),
}


def families_of(table: TableName) -> tuple[Family, ...]:
    """A unit's own date is the unit's: no other table has it. What reviews say is said of units and the whole alone."""
    if table is TableName.PROMISE:
        return PROMISES
    if table is TableName.UNIT:
        return FAMILIES
    return tuple(one for one in FAMILIES if one not in (OWN_DATE, REVIEWED, REVIEW))


#: Sums of a year and the whole body that are in no table.
EXTRA: dict[str, str] = {
    "handed_over": N_("Handed to another unit of the body"),
    "passed_on": N_("Passed on to another body"),
    "lifted": N_("Lifted to the level above because a date had passed"),
}

#: What is counted of matters about someone's conduct: by the whole body and the year, nothing finer (rights, rule 5).
CONDUCT = (RECEIVED, ANSWERED)
#: A median is given from so many answers on, in whole days, for the whole body.
MEDIAN_FROM = 20
