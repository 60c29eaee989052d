"""Forms of the duty pages. What they say is checked again by the services, under the lock."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import time
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from answerable.core.text import clean_line
from answerable.duty.models import LogEntry, StandbyItem
from answerable.duty.models.lines import DayKind
from answerable.duty.services.handing import LONGEST_TEXT
from answerable.orgs.models import Role
from answerable.ui.fields import CheckCards, RadioCards, TypedDateField

_TIME = re.compile(r"^(\d{1,2})(?:[:：.点时](\d{1,2})?分?)?$|^(\d{2})(\d{2})$")
WEEKDAYS = [
    (0, pgettext_lazy("day of the week", "Monday")),
    (1, pgettext_lazy("day of the week", "Tuesday")),
    (2, pgettext_lazy("day of the week", "Wednesday")),
    (3, pgettext_lazy("day of the week", "Thursday")),
    (4, pgettext_lazy("day of the week", "Friday")),
    (5, pgettext_lazy("day of the week", "Saturday")),
    (6, pgettext_lazy("day of the week", "Sunday")),
]


class TypedTimeField(forms.CharField):
    """A time of day as typed: 8:00, 08：00, 0800, 8点, full-width digits too."""

    default_error_messages = {
        "invalid": _("This is not a time of day. Type hours and minutes, for example 08:00.")
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "size": 5}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        typed = re.sub(r"\s", "", unicodedata.normalize("NFKC", str(super().clean(value) or "")))
        if not typed:
            return None
        match = _TIME.match(typed)
        if match:
            hour, minute = (match[1], match[2]) if match[1] else (match[3], match[4])
            if int(hour) < 24 and int(minute or 0) < 60:
                return time(int(hour), int(minute or 0))
        raise forms.ValidationError(self.error_messages["invalid"], code="invalid")

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%H:%M}" if isinstance(value, time) else value


class Plain(forms.Form):
    """What is typed into a field of one line is one line: a name goes into headers, feeds and cells."""

    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        for name, value in typed.items():
            if isinstance(value, str) and not isinstance(self.fields[name].widget, forms.Textarea):
                typed[name] = clean_line(value, limit=4 * len(value) + 1).text
        return typed


class Named(Plain):
    name_zh = forms.CharField(
        label=_("Name in Chinese"),
        max_length=200,
        required=False,
        help_text=_("One of the two names is needed."),
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    code = forms.CharField(
        label=_("Short name"), max_length=40, help_text=_("Latin letters, digits and hyphens; it stays.")
    )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if slugify(code) != code.lower():
            raise forms.ValidationError(_("Use Latin letters, digits and hyphens only."))
        return code.lower()

    def fix_code(self) -> None:
        """The short name of what is there already stays."""
        self.fields.pop("code")


def _number(label: Any, least: int, most: int, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, **more)


class LineForm(Named):
    unit = forms.TypedChoiceField(label=_("Which unit runs it"), coerce=int)
    place = forms.TypedChoiceField(label=_("For which place"), coerce=int, required=False, empty_value=None)
    phone = forms.CharField(
        label=_("Telephone of the line"),
        max_length=64,
        required=False,
        help_text=_("Answered by whoever is on duty."),
    )
    is_round_the_clock = forms.BooleanField(
        label=_("It is meant to be covered at every hour of every day"), required=False
    )
    has_hand_over = forms.BooleanField(
        label=_("Whoever leaves stays until relieved, and both sign"), required=False, initial=True
    )
    relief_early_min = _number(_("The relief is there so many minutes before"), 0, 240, initial=10)
    unsigned_after_min = _number(_("An unsigned hand-over alarms after so many minutes"), 1, 1440, initial=15)
    rest_min_h = _number(_("Hours of rest after a shift"), 0, 168, initial=11)
    most_in_a_row = _number(_("Most shifts in a row"), 1, 31, initial=1)
    most_a_week = _number(_("Most shifts a week"), 1, 7, initial=3)
    horizon_days = _number(_("Days ahead for which it must be covered"), 1, 120, initial=14)
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, units: Iterable[Any], places: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [(row.pk, str(row)) for row in units]  # type: ignore[attr-defined]
        self.fields["place"].choices = [("", "—"), *((row.pk, str(row)) for row in places)]  # type: ignore[attr-defined]


class RoleForm(Named):
    is_lead = forms.BooleanField(
        label=_("It leads the shift: signs the hand-over and consents to swaps"), required=False
    )
    position = _number(_("Its place in the order"), 0, 99, initial=1)
    post_roles = forms.MultipleChoiceField(
        label=_("Which kinds of post may fill it"),
        choices=Role.choices,
        widget=CheckCards,
        required=False,
        help_text=_("Choose nothing here and below, and anybody of the line may."),
    )
    units = forms.TypedMultipleChoiceField(
        label=_("Which units may fill it"), coerce=int, widget=CheckCards, required=False
    )
    qualifications = forms.CharField(
        label=_("What is needed on top"),
        max_length=200,
        required=False,
        help_text=_("Short names such as driving-licence, with spaces between."),
    )

    def __init__(self, *args: Any, all_units: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].choices = [(row.pk, str(row)) for row in all_units]  # type: ignore[attr-defined]

    def clean_qualifications(self) -> list[str]:
        codes = re.split(r"[\s,，、;；]+", self.cleaned_data["qualifications"].strip())
        found = [code.lower() for code in codes if code]
        if any(slugify(code) != code for code in found):
            raise forms.ValidationError(_("Use Latin letters, digits and hyphens only."))
        return found


class PatternForm(Named):
    """`need_<role>`: how many of each role."""

    starts = TypedTimeField(label=_("Begins at"))
    ends = TypedTimeField(label=_("Ends at"))
    ends_days_later = forms.TypedChoiceField(
        label=_("Ends on"),
        coerce=int,
        initial=1,
        choices=[
            (0, _("the same day")),
            (1, _("the next day")),
            (2, _("two days later")),
            (3, _("three days later")),
            (7, _("a week later")),
        ],
    )
    day_kind = forms.ChoiceField(
        label=_("On which days"), choices=DayKind.choices, widget=RadioCards, initial="any"
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Of these, on"), coerce=int, choices=WEEKDAYS, widget=CheckCards, initial=range(7)
    )
    is_night = forms.BooleanField(label=_("It counts as a night"), required=False)
    from_on = TypedDateField(label=_("From"))
    until_on = TypedDateField(label=_("Up to and including"), required=False)

    def __init__(self, *args: Any, roles: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for role in roles:
            self.fields[f"need_{role.pk}"] = forms.IntegerField(
                label=_("How many: %(role)s") % {"role": role},
                min_value=0,
                max_value=50,
                initial=0,
                required=False,
            )

    @property
    def needs(self) -> dict[int, int]:
        return {
            int(name.removeprefix("need_")): value or 0
            for name, value in self.cleaned_data.items()
            if name.startswith("need_")
        }


class ExtraForm(Plain):
    role = forms.TypedChoiceField(label=_("Which role"), coerce=int)
    extra = _number(_("How many more"), 1, 50, initial=1)
    day_kind = forms.ChoiceField(label=_("On which days"), choices=DayKind.choices)
    from_on = TypedDateField(label=_("From"))
    until_on = TypedDateField(label=_("Up to and including"))
    why = forms.CharField(label=_("For what"), max_length=200, required=False)

    def __init__(self, *args: Any, roles: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(row.pk, str(row)) for row in roles]  # type: ignore[attr-defined]


class TermsForm(Plain):
    """On which terms somebody can be on duty."""

    joins_on = TypedDateField(label=_("Joins on"))
    leaves_on = TypedDateField(
        label=_("Leaves on"), required=False, help_text=_("The first day without them.")
    )
    share_percent = _number(_("Share of a full turn, in per cent"), 1, 100, initial=100)
    most_a_month = _number(_("Most shifts a month"), 0, 31, required=False)
    can_nights = forms.BooleanField(label=_("Nights too"), required=False, initial=True)


class PersonForm(TermsForm):
    staff = forms.TypedChoiceField(label=_("Who"), coerce=int)
    field_order = ("staff",)

    def __init__(self, *args: Any, people: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff"].choices = [(row.pk, str(row)) for row in people]  # type: ignore[attr-defined]


class PeopleForm(TermsForm):
    """Several who join on the same terms. `people`: (id, name, which posts they hold)."""

    staff = forms.TypedMultipleChoiceField(
        label=_("Who"),
        coerce=int,
        widget=CheckCards,
        error_messages={"required": _("Choose at least one person.")},
    )
    field_order = ("staff",)

    def __init__(self, *args: Any, people: Iterable[tuple[int, str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = list(people)
        choice: Any = self.fields["staff"]
        choice.choices = [(pk, name) for pk, name, _posts in rows]
        choice.widget.hints = {str(pk): posts for pk, _name, posts in rows}


class QualifyForm(Plain):
    staff = forms.TypedChoiceField(label=_("Who"), coerce=int)
    code = forms.SlugField(
        label=_("What for"), max_length=40, help_text=_("As the role says it, for example driving-licence.")
    )
    from_on = TypedDateField(label=_("Holds from"))
    until_on = TypedDateField(label=_("Holds up to and including"), required=False)

    def __init__(self, *args: Any, people: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["staff"].choices = [(row.pk, str(row)) for row in people]  # type: ignore[attr-defined]


class EndForm(Plain):
    on = TypedDateField(label=_("Day"))


class PutForm(Plain):
    """Times are local; empty: the whole of what is still to come."""

    role = forms.TypedChoiceField(label=_("In which role"), coerce=int)
    staff = forms.TypedChoiceField(label=_("Who"), coerce=int)
    from_on = TypedDateField(label=_("From (day)"), required=False, help_text="")
    from_time = TypedTimeField(label=_("From (time)"), required=False)
    until_on = TypedDateField(label=_("Until (day)"), required=False, help_text="")
    until_time = TypedTimeField(label=_("Until (time)"), required=False)
    rest_anyway = forms.CharField(
        label=_("Why they may rest less"),
        max_length=300,
        required=False,
        help_text=_("Only where their rest would be too short."),
    )

    def __init__(self, *args: Any, roles: Iterable[Any], people: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(row.pk, str(row)) for row in roles]  # type: ignore[attr-defined]
        self.fields["staff"].choices = [(row.pk, str(row)) for row in people]  # type: ignore[attr-defined]


class AbsenceForm(Plain):
    """From–until in local time; without times, whole days."""

    from_on = TypedDateField(label=_("From (day)"))
    from_time = TypedTimeField(
        label=_("From (time)"), required=False, help_text=_("Empty: from the beginning of the day.")
    )
    until_on = TypedDateField(
        label=_("Until (day)"), help_text=_("That day included, unless you type a time.")
    )
    until_time = TypedTimeField(label=_("Until (time)"), required=False)
    staff = forms.TypedChoiceField(label=_("Who"), coerce=int, required=False, empty_value=None)

    def __init__(self, *args: Any, people: Iterable[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(row.pk, str(row)) for row in people]
        if choices:
            self.fields["staff"].choices = [("", _("myself")), *choices]  # type: ignore[attr-defined]
        else:
            self.fields.pop("staff")


class EntryForm(Plain):
    kind = forms.ChoiceField(
        label=_("What kind of entry"),
        choices=LogEntry.Kind.choices,
        initial=LogEntry.Kind.ENTRY,
        widget=RadioCards(
            hints={
                "call": _("Who rang is not written here: a grievance is registered as a matter of its own."),
                "open_item": _("It is carried over from shift to shift until somebody settles it."),
                "nil": _("For a shift in which nothing happened; that is an entry too."),
            }
        ),
    )
    text = forms.CharField(
        label=_("Text of the entry"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    happened_at = TypedTimeField(
        label=_("When, if earlier"), required=False, help_text=_("Hours and minutes, for example 02:30.")
    )


class LeaveForm(Plain):
    summary = forms.CharField(
        label=_("What the relief must know"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ItemForm(Named):
    unit = forms.TypedChoiceField(label=_("Whose it is"), coerce=int)
    is_vehicle = forms.BooleanField(label=_("It drives"), required=False)
    registration = forms.CharField(label=_("Registration"), max_length=40, required=False)
    line = forms.TypedChoiceField(label=_("Of which line"), coerce=int, required=False, empty_value=None)
    driver_role = forms.TypedChoiceField(label=_("Driven by"), coerce=int, required=False, empty_value=None)
    check_every_days = _number(_("Looked at every so many days"), 1, 366, initial=7)
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, units: Iterable[Any], lines: Iterable[Any], roles: Iterable[Any], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [(row.pk, str(row)) for row in units]  # type: ignore[attr-defined]
        self.fields["line"].choices = [("", "—"), *((row.pk, str(row)) for row in lines)]  # type: ignore[attr-defined]
        self.fields["driver_role"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            *((row.pk, f"{row} · {row.line}") for row in roles),
        ]


class CheckForm(Plain):
    state = forms.ChoiceField(label=_("State"), choices=StandbyItem.State.choices)
    level_percent = _number(_("Fuel or charge, in per cent"), 0, 100, required=False)
    note = forms.CharField(label=_("What was found"), max_length=300, required=False)


class ReserveForm(Plain):
    purpose = forms.CharField(label=_("Kept for"), max_length=200, required=False)
    until_on = TypedDateField(label=_("Until (day)"), required=False, help_text="")
    until_time = TypedTimeField(label=_("Until (time)"), required=False)
