"""What can be done with a case, and what of it this reader can do now. The verbs themselves stand beside."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from answerable.cases.desk.casepage import CasePage
from answerable.cases.desk.verb import FIRST, GRAVE, GROUP, MORE, Verb
from answerable.cases.desk.verbs_apart import APART
from answerable.cases.desk.verbs_handling import HANDLING
from answerable.cases.desk.verbs_routing import ROUTING

__all__ = ["BY_CODE", "FIRST", "GRAVE", "GROUP", "MORE", "PLACES", "VERBS", "Verb", "open_verbs"]

VERBS: tuple[Verb, ...] = (*HANDLING, *ROUTING, *APART)
BY_CODE = {verb.code: verb for verb in VERBS}

PLACES = {
    MORE: pgettext_lazy("menu of verbs", "More"),
    GROUP: pgettext_lazy("menu of verbs", "Belongs together"),
    GRAVE: pgettext_lazy("menu of verbs", "Keep apart"),
}


def open_verbs(page: CasePage) -> list[Verb]:
    """The verbs that this reader can use on this case now; none where it was erased."""
    if page.case.erased_at is not None:
        return []
    return [verb for verb in VERBS if verb.is_open(page)]
