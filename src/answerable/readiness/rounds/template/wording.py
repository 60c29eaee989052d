"""What is wrong in a template's file, as sentences in the reader's language. Pure: translated where they are said."""

from __future__ import annotations

from answerable.core.sentences import N_
from answerable.incidents.plans import wording as of_files
from answerable.incidents.plans.faults import Fault

SENTENCES: dict[str, str] = {
    **of_files.SENTENCES,
    "too_large": N_("This is larger than 512 kB; a template is a page or two."),
    "several_documents": N_("A second document begins here (---); a file holds one template."),
    "empty_file": N_("There is nothing in this file; begin with a template that ships."),
    "no_table": N_("A template begins with fields such as “format: answerable-round/1”."),
    "forbidden_field": N_(
        "“%(name)s” has no place in a round: rounds look at places and things, and nobody is listed, photographed "
        "or called on."
    ),
    "sorts_people": N_(
        "This would sort people by %(what)s, which Answerable does not do. Ask about the place or thing."
    ),
    "names_gathering": N_(
        "This is about people who come together or bring a matter. Rounds look at places and things."
    ),
    "watches_people": N_(
        "“%(given)s”: a round looks at a place or thing; nobody is identified, photographed or listed."
    ),
    "about_persons": N_(
        "“%(given)s” is about persons. A round looks at places and things, never at persons: ask what can be seen of "
        "the place."
    ),
    "about_dwelling": N_(
        "“%(given)s” is where somebody lives. A round never goes to a dwelling: stay with stairs, exits, roads and "
        "other common parts."
    ),
    "finds_nothing": N_("No answer here would ever be a finding; say which one is wrong."),
    "not_of_kind": N_("“%(name)s” means nothing at a question of the kind %(kind)s; take it out."),
    "limits_cross": N_(
        "The least (%(least)s) is more than the most (%(most)s), so every measure would be wrong."
    ),
    "finds_missing": N_("Say what is found when the answer is wrong: finds."),
    "finds_never": N_("No answer is wrong here, so this is never found; say which answer is."),
    "all_wrong": N_("Every choice is wrong, so there is no good answer; leave one that is right."),
    "desk_keeps_no_words": N_(
        "A review from the desk keeps no photographs and no words, so that nobody's matter gets into them: ask with "
        "yes or no, a number or a choice."
    ),
    "matters_have_no_topic": N_(
        "A readiness period never selects or speeds up matters that people brought, so open matters have no topic; "
        "take it out."
    ),
    "desk_mends": N_("What a review from the desk finds is put right at the desk: becomes: repair."),
}


def located(fault: Fault) -> str:
    """The sentence with its line and field in front."""
    return of_files.located(fault, SENTENCES)
