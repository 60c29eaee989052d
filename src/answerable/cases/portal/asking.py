"""What every question's form has in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from answerable.cases.portal.draft import Draft
from answerable.cases.portal.office import Office
from answerable.ui.fields import RadioCards

CHOOSE = _("Choose one of the answers.")
#: Where a choice is "none of these": the office sorts it.
NOT_LISTED = "none"


class Question(forms.Form):
    """A page's form. Subclasses set `step`; the field that makes the page's heading comes first."""

    step = ""
    #: What the button says.
    button: Any = pgettext_lazy("to the next question", "Continue")
    #: Whether what was sent only changes this page (a search, a click on the map, another language) and answers
    #: nothing yet; then nothing is found wrong with it either.
    stays = False

    def __init__(self, data: Any = None, *, draft: Draft, office: Office) -> None:
        self.draft, self.office = draft, office
        initial = {key: value for key, value in draft.answers.get(self.step, {}).items() if key != "done"}
        super().__init__(data, initial=initial, auto_id="id_%s")
        self.build()

    def build(self) -> None:
        """Fill in choices and words that depend on the office or on earlier answers."""

    def full_clean(self) -> None:
        if self.stays:
            self._errors, self.cleaned_data = ErrorDict(), {}
        else:
            super().full_clean()

    def answer(self) -> dict[str, Any]:
        """The cleaned answer as JSON values."""
        return dict(self.cleaned_data)

    @property
    def heading(self) -> str:
        """The page's title: what is asked."""
        return str(next(iter(self)).label)


def radio(
    label: Any, choices: Sequence[tuple[str, Any]], *, hint: Any = "", hints: Any = None
) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        help_text=hint,
        choices=choices,
        widget=RadioCards(hints=hints),
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )
