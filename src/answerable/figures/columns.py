"""Whose data each column of figures is, and what for (rights: the column register).

What is counted of a case, without a word of it and without whoever brought it (rules 9 and 10).
"""

from __future__ import annotations

from answerable.core.register import NOBODY, OFFICE, PERSON, Register

COLUMNS: Register = {
    "Due": {
        "id": (NOBODY, "to name the row"),
        "case_id": (NOBODY, "which case has to be counted anew; gone once it is"),
    },
    "Fact": {
        "case_id": (PERSON, "the one case it belongs to"),
        "authority_id": (OFFICE, "which body it was brought to"),
        "first_unit_id": (OFFICE, "which unit received it"),
        "unit_id": (OFFICE, "which unit has it"),
        "subject_id": (PERSON, "what it is about, from the office's own list"),
        "place_id": (PERSON, "where, from the office's own list"),
        "intake": (OFFICE, "by which way it came"),
        "is_conduct": (PERSON, "that it is counted apart (rule 5)"),
        "received_at": (PERSON, "from when their own time runs"),
        "state": (OFFICE, "whether it is open, or how it went out"),
        "first_answer_at": (OFFICE, "when the office first said something of the matter"),
        "first_decided_at": (OFFICE, "when it was first decided"),
        "is_date_kept": (OFFICE, "whether that was in time"),
        "date_missed_by": (OFFICE, "by how much it was not"),
        "answered_at": (OFFICE, "when the final answer was given"),
        "elapsed": (PERSON, "how long they waited in all"),
        "turns": (OFFICE, "how many units had it, one after the other"),
        "handed_over": (OFFICE, "how often it was handed over"),
        "reopened": (OFFICE, "how often it was opened again"),
        "raised": (PERSON, "how often they raised it; a measure of nobody (rule 3)"),
        "reviews_asked": (PERSON, "how often they asked for a review; a measure of nobody (rule 3)"),
        "reviews_stood": (OFFICE, "how often the decision below stood"),
        "reviews_changed": (OFFICE, "how often it did not"),
        "office_solved": (OFFICE, "the office's word"),
        "person_solved": (PERSON, "their own word"),
        "dates_met": (OFFICE, "how many of the office's dates were met"),
        "dates_kept": (OFFICE, "how many of these in time"),
    },
    "Turn": {
        "id": (NOBODY, "to name the row"),
        "case_id": (PERSON, "the one case it belongs to"),
        "number": (NOBODY, "which turn of the case"),
        "stage": (OFFICE, "which rung of the ladder"),
        "unit_id": (OFFICE, "which unit had it"),
        "post_id": (OFFICE, "which leader's post answered for it"),
        "is_conduct": (PERSON, "that it is counted apart (rule 5)"),
        "beginning": (OFFICE, "how it came"),
        "began_at": (OFFICE, "when it came"),
        "ending": (OFFICE, "how it went"),
        "ended_at": (OFFICE, "when it went"),
        "due_at": (OFFICE, "the date of the case, whoever had it"),
        "own_due_at": (OFFICE, "the date of this unit"),
        "first_answer_at": (OFFICE, "when this unit first said something of the matter"),
        "elapsed": (PERSON, "how long they waited in all, for the final answer"),
        "review": (OFFICE, "what became of the answer on the ladder above"),
        "review_asked_at": (OFFICE, "when it was asked for"),
        "reviewed_at": (OFFICE, "when it was decided"),
        "office_solved": (OFFICE, "the office's word about this answer"),
        "person_solved": (PERSON, "their own word about it"),
    },
    "Tally": {
        "id": (NOBODY, "to name the row"),
        "face": (NOBODY, "which columns the sum is over"),
        "measure": (OFFICE, "what was counted"),
        "unit_id": (OFFICE, "of which unit"),
        "post_id": (OFFICE, "of which leader's post"),
        "subject_id": (OFFICE, "of which subject"),
        "place_id": (OFFICE, "of which place of the office's own list"),
        "on": (OFFICE, "of which month, or day"),
        "bucket": (NOBODY, "which class of length"),
        "n": (OFFICE, "how many"),
    },
}
