"""What a clerk confirms before a receipt is issued anew."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from answerable.cases.portal.fields import CleanField
from answerable.cases.services.receipts import KNOWN_THINGS
from answerable.ui.fields import CheckCards, RadioCards

TOLD = {
    "words": _("What happened, in their own words, and it fits what was written"),
    "wants": _("What they asked to be done"),
    "when": _("On which day they brought it, and how (portal, counter, telephone, letter)"),
    "place": _("The exact place"),
    "talk": _("What the office asked or wrote last, or what they answered"),
}


class ReissueForm(forms.Form):
    """`name` only where one is sealed: it is compared by the machine and never shown to the clerk."""

    name = CleanField(
        limit=100,
        lines=False,
        label=_("The name that the person says"),
        help_text=_(
            "The system compares it with the sealed one and says yes or no. The person sees this as a look, with "
            "your post."
        ),
        error_messages={"required": _("Type the name that the person says.")},
    )
    told = forms.MultipleChoiceField(
        label=_("What the person told by themselves"),
        help_text=_("Ask open questions. Do not read from the screen, and do not help."),
        choices=[(code, TOLD[code]) for code in KNOWN_THINGS],
        widget=CheckCards,
        error_messages={"required": _("Tick what the person told.")},
    )

    def __init__(self, *args: Any, has_names: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_names:
            del self.fields["name"]


class HeardForm(forms.Form):
    """What another unit heard from the person about a withdrawal that was told at a counter."""

    word = forms.ChoiceField(
        label=_("What does the person say?"),
        choices=[
            ("yes", _("They withdraw, and nobody urges them to")),
            ("no", _("They do not withdraw, or are not sure")),
        ],
        widget=RadioCards,
    )
    how = forms.ChoiceField(
        label=_("How did you speak with them?"),
        help_text=_("Only by the way they chose. Not through relatives, an employer or a landlord."),
        choices=[
            ("chosen_way", _("By the way they chose")),
            ("came", _("They came to us by themselves")),
            ("wrote", _("They wrote on their page")),
        ],
        widget=RadioCards,
    )
    told = forms.MultipleChoiceField(
        label=_("What the person told by themselves"),
        help_text=_("Where they withdraw, at least two. Ask open questions; do not read from the screen."),
        choices=[(code, TOLD[code]) for code in KNOWN_THINGS],
        widget=CheckCards,
        required=False,
    )
