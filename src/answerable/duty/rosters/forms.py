"""The forms of the roster pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from answerable.ui.fields import TypedDateField


class BeginForm(forms.Form):
    """Which days a draft is for; both are included."""

    use_required_attribute = False
    from_on = TypedDateField(label=_("First day"))
    last_on = TypedDateField(label=_("Last day"))


#: What a wish weighs, in words.
WISHES = [
    (-5, _("please not at all")),
    (-2, _("rather not")),
    (2, _("gladly")),
    (5, _("very gladly")),
]


def wish_words(weight: int) -> str:
    """The words nearest to a weight."""
    return str(min(WISHES, key=lambda one: (abs(one[0] - weight), -abs(one[0])))[1])


class WishForm(forms.Form):
    """A wish of one's own for a day."""

    use_required_attribute = False
    line = forms.ChoiceField(label=_("Duty line"))
    on = TypedDateField(label=_("Day"))
    weight = forms.TypedChoiceField(
        label=_("What you would rather"),
        coerce=int,
        choices=[*WISHES, (0, _("no wish any more"))],
        initial=-2,
    )

    def __init__(self, *args: Any, lines: list[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["line"].choices = lines  # type: ignore[attr-defined]


class ApartForm(forms.Form):
    """Two who are never put together."""

    use_required_attribute = False
    one = forms.TypedChoiceField(label=_("One"), coerce=int)
    other = forms.TypedChoiceField(label=_("The other"), coerce=int)

    def __init__(self, *args: Any, people: list[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("one", "other"):
            self.fields[name].choices = [("", "—"), *people]  # type: ignore[attr-defined]


class SheetForm(forms.Form):
    """A workbook to read a draft from."""

    use_required_attribute = False
    sheet = forms.FileField(label=_("Workbook (XLSX)"))
