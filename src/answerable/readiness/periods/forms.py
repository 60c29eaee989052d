"""Forms of readiness periods. What they say is checked again by the services, under the lock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from answerable.duty.forms import Plain, TypedTimeField
from answerable.duty.shifts import instant
from answerable.readiness.periods import rules
from answerable.readiness.periods.demand_steps import Ask
from answerable.readiness.periods.kinds import KINDS
from answerable.readiness.periods.models import Demand
from answerable.readiness.periods.rhythms import RHYTHMS, TOPICS, USUAL, Of, is_stricter
from answerable.readiness.periods.services import Wish
from answerable.ui.fields import CheckCards, TypedDateField

Choices = Iterable[tuple[Any, Any]]
MIDNIGHT = time(0)


class Seen(Plain):
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)


def _words(label: Any, most: int, rows: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **more)


def _choices(form: forms.Form, name: str, choices: Choices) -> None:
    form.fields[name].choices = list(choices)  # type: ignore[attr-defined]


def _places(**more: Any) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=_("Where"), coerce=int, required=False, widget=CheckCards, empty_value=[], **more
    )


class PeriodForm(Seen):
    """What it is, when and where."""

    unit = forms.TypedChoiceField(label=_("Which unit answers for it"), coerce=int)
    kind = forms.ChoiceField(
        label=_("Which danger"),
        help_text=_("A physical danger. A gathering, a meeting or a date is no readiness period."),
    )
    name_zh = forms.CharField(
        label=_("Name in Chinese"),
        max_length=rules.LONGEST_NAME,
        required=False,
        help_text=_("Left empty, it is called after the danger."),
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=rules.LONGEST_NAME, required=False)
    from_on = TypedDateField(label=_("From (day)"))
    from_clock = TypedTimeField(label=_("From (time)"), required=False, help_text=_("Empty: 00:00."))
    until_on = TypedDateField(label=_("Until (day)"))
    until_clock = TypedTimeField(
        label=_("Until (time)"), required=False, help_text=_("Empty: to the end of that day.")
    )
    places = _places(
        help_text=_("A place covers those below it. None chosen: the whole body."),
    )
    grounds = _words(
        _("Why"),
        rules.LONGEST_WORDS,
        3,
        help_text=_("What is expected, and who forecasts it. Nobody by name."),
    )
    is_usual = forms.BooleanField(
        label=_("Begin with what this danger usually demands"), required=False, initial=True
    )

    def __init__(
        self, *args: Any, units: Choices, places: Choices, zone: str, is_new: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        units = list(units)
        _choices(self, "unit", units)
        _choices(self, "kind", [("", "—"), *((code, _(kind.name)) for code, kind in KINDS.items())])
        _choices(self, "places", places)
        if len(units) == 1:
            self.fields["unit"].widget = forms.HiddenInput()
            self.initial.setdefault("unit", units[0][0])
        if not is_new:
            self.fields.pop("is_usual")

    def wish(self) -> Wish:
        given = self.cleaned_data
        return Wish(
            unit_id=given["unit"],
            kind=given["kind"],
            from_at=instant(self.zone, given["from_on"], given["from_clock"] or MIDNIGHT),
            until_at=until_instant(self.zone, given["until_on"], given["until_clock"]),
            grounds=given["grounds"],
            name_zh=given["name_zh"],
            name_en=given["name_en"],
            place_ids=tuple(given["places"]),
        )


def until_instant(zone: str, on: date, clock: time | None) -> datetime:
    """The first instant that is no longer in it: without a time the midnight that ends the day."""
    return instant(zone, on, clock) if clock is not None else instant(zone, on + timedelta(days=1), MIDNIGHT)


class WhyForm(Seen):
    why = _words(_("Why"), rules.LONGEST_WHY, 2, help_text=_("It stands in the record. Nobody by name."))


class ProlongForm(WhyForm):
    until_on = TypedDateField(label=_("Until (day)"))
    until_clock = TypedTimeField(
        label=_("Until (time)"), required=False, help_text=_("Empty: to the end of that day.")
    )
    field_order = ("until_on", "until_clock", "why")


class PlacesForm(WhyForm):
    places = _places(help_text=_("A place covers those below it. None chosen: the whole body."))
    field_order = ("places", "why")

    def __init__(self, *args: Any, places: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "places", places)


# ---------------------------------------------------------------- what it asks for


class AskForm(Seen):
    """One kind of demand. `choices`: what can be chosen, as `choosing` gives it for the kind."""

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_up(list(choices))

    def set_up(self, choices: list[tuple[Any, Any]]) -> None:
        """Nothing to choose from."""

    def asks(self) -> list[Ask]:
        raise NotImplementedError


class DutyForm(AskForm):
    role = forms.ChoiceField(
        label=_("Which role, of which duty line"),
        help_text=_("Of each shift that runs at any time of the period."),
    )
    count = forms.IntegerField(label=_("How many more"), min_value=1, max_value=rules.MOST_MORE, initial=1)

    def set_up(self, choices: list[tuple[Any, Any]]) -> None:
        _choices(self, "role", choices)

    def asks(self) -> list[Ask]:
        line, role = self.cleaned_data["role"].split(":")
        return [Ask(Demand.Kind.DUTY, line_id=int(line), role_id=int(role), count=self.cleaned_data["count"])]


class RhythmForm(AskForm):
    what = forms.ChoiceField(label=_("What comes more often"))
    rhythm = forms.ChoiceField(label=pgettext_lazy("rhythm", "How often"))

    def set_up(self, choices: list[tuple[Any, Any]]) -> None:
        what = [(f"{Of.REPORTS}:", _("reports of the units")), (f"{Of.ROUNDS}:", _("all rounds"))]
        what += [(f"{Of.ROUNDS}:{topic}", _(name)) for topic, name in TOPICS.items()]
        _choices(self, "what", what)
        longest = max(USUAL.values(), key=lambda one: one.order)
        _choices(
            self,
            "rhythm",
            [(one.value, _(name)) for one, name in RHYTHMS.items() if is_stricter(one, longest)],
        )

    def asks(self) -> list[Ask]:
        of, topic = self.cleaned_data["what"].split(":")
        return [Ask(Demand.Kind.RHYTHM, of=of, topic=topic, rhythm=self.cleaned_data["rhythm"])]


class StandbyForm(AskForm):
    items = forms.TypedMultipleChoiceField(
        label=_("Which vehicles and equipment"), coerce=int, widget=CheckCards
    )

    def set_up(self, choices: list[tuple[Any, Any]]) -> None:
        _choices(self, "items", choices)

    def asks(self) -> list[Ask]:
        return [Ask(Demand.Kind.STANDBY, item_id=pk) for pk in self.cleaned_data["items"]]


class RollCallsForm(AskForm):
    line = forms.TypedChoiceField(label=_("Which duty line"), coerce=int)
    count = forms.IntegerField(
        label=_("How many a week"), min_value=1, max_value=rules.MOST_CALLS, initial=2,
        help_text=_("Each on another day, at a minute that nobody can foresee."),
    )  # fmt: skip
    between_from = TypedTimeField(label=_("Between (time)"), initial=time(8))
    between_until = TypedTimeField(label=_("and (time)"), initial=time(22))
    answer_within_min = forms.IntegerField(
        label=_("Answered within how many minutes"),
        min_value=1,
        max_value=rules.LONGEST_ANSWER_MIN,
        initial=10,
    )

    def set_up(self, choices: list[tuple[Any, Any]]) -> None:
        _choices(self, "line", choices)

    def asks(self) -> list[Ask]:
        given = self.cleaned_data
        names = ("count", "between_from", "between_until", "answer_within_min")
        return [Ask(Demand.Kind.ROLL_CALLS, line_id=given["line"], **{name: given[name] for name in names})]


class DrillForm(AskForm):
    plan = forms.TypedChoiceField(label=_("Which plan"), coerce=int)
    within_days = forms.IntegerField(
        label=_("A drill so many days before the beginning still counts"),
        min_value=0,
        max_value=rules.LONGEST.days,
        initial=90,
    )

    def set_up(self, choices: list[tuple[Any, Any]]) -> None:
        _choices(self, "plan", choices)

    def asks(self) -> list[Ask]:
        given = self.cleaned_data
        return [Ask(Demand.Kind.DRILL, plan_id=given["plan"], within_days=given["within_days"])]


class ContactsForm(AskForm):
    def asks(self) -> list[Ask]:
        return [Ask(Demand.Kind.CONTACTS)]


FORMS: dict[str, type[AskForm]] = {
    Demand.Kind.DUTY: DutyForm,
    Demand.Kind.RHYTHM: RhythmForm,
    Demand.Kind.STANDBY: StandbyForm,
    Demand.Kind.ROLL_CALLS: RollCallsForm,
    Demand.Kind.DRILL: DrillForm,
    Demand.Kind.CONTACTS: ContactsForm,
}
