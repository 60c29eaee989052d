"""Forms of drills. What they say is checked again by the services, under the lock."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from answerable.incidents.drills.rules import FASTEST, LATEST_MIN, LONGEST_EXPECT, LONGEST_TEXT, SLOWEST
from answerable.incidents.models import Drill, Plan
from answerable.ui.fields import RadioCards, TypedDateField


class Plain(forms.Form):
    use_required_attribute = False


def _words(label: Any, most: int, rows: int = 2, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        widget=forms.Textarea(attrs={"rows": rows}),
        max_length=most,
        required=False,
        **more,
    )


class DrillForm(Plain):
    """What, when, how fast; the script from those that ship, from a file's text, or none."""

    plan = forms.TypedChoiceField(label=_("Plan"), coerce=int)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=Drill.Kind.choices,
        initial=Drill.Kind.TABLE_TOP,
        widget=RadioCards(
            hints={
                "full": _("People and vehicles move; time runs as it does."),
                "table_top": _("Around a table; time may run faster."),
            }
        ),
    )
    planned_on = TypedDateField(label=_("Day"))
    pace = forms.IntegerField(
        label=_("How many times faster time runs"),
        min_value=SLOWEST,
        max_value=FASTEST,
        initial=1,
        help_text=_("With 10, ten minutes of the drill pass in one. In the field always 1."),
    )
    script = forms.ChoiceField(label=_("Script"), required=False)
    own = _words(
        _("Or a script of your own"),
        100_000,
        rows=4,
        help_text=_("The text of a script file (YAML). Left empty, the one chosen above is taken."),
    )
    place_text = forms.CharField(
        label=_("Where it is supposed to be"),
        max_length=300,
        required=False,
        help_text=_("A place of the danger, never a dwelling. Left empty, the script's."),
    )

    def __init__(
        self, data: Any = None, *, plans: Iterable[Plan], scripts: Iterable[tuple[str, str]]
    ) -> None:
        super().__init__(data)
        self.fields["plan"].choices = [(plan.pk, plan.name) for plan in plans]  # type: ignore[attr-defined]
        self.fields["script"].choices = [*scripts, ("", _("None that ships"))]  # type: ignore[attr-defined]


class EventForm(Plain):
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    after_min = forms.IntegerField(label=_("Minutes after the first call"), min_value=0, max_value=LATEST_MIN)
    text_zh = _words(_("What is told, in Chinese"), LONGEST_TEXT)
    text_en = _words(_("What is told, in English"), LONGEST_TEXT)
    expect_zh = _words(_("What is expected then, in Chinese"), LONGEST_EXPECT, 1)
    expect_en = _words(_("What is expected then, in English"), LONGEST_EXPECT, 1)
