"""The office's word with a decision and the person's own beside it (rule 8), for whichever of them reads it."""

from __future__ import annotations

from django.utils.translation import gettext

from answerable.cases.models import Case
from answerable.core.sentences import N_

_OFFICE = {
    True: N_("The office says: what was asked for is done."),
    False: N_("The office does not say that it is done."),
    None: N_("The office said nothing about whether it is done."),
}
_TO_THE_PERSON = {
    True: N_("Your word: solved."),
    False: N_("Your word: not solved."),
    None: N_("You have not said yet whether it is solved."),
}
_TO_THE_OFFICE = {
    True: N_("The person says: solved."),
    False: N_("The person says: not solved."),
    None: N_("The person has not said yet whether it is solved."),
}


def solved_words(case: Case, office_solved: bool | None, *, to_person: bool = False) -> list[str]:
    """Two sentences, the office's first; empty where neither said any."""
    if office_solved is None and case.person_solved is None:
        return []
    own = (_TO_THE_PERSON if to_person else _TO_THE_OFFICE)[case.person_solved]
    return [gettext(_OFFICE[office_solved]), gettext(own)]
