"""Forms of the incident pages. What they say is checked again by the services, under the lock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from answerable.duty.forms import TypedTimeField
from answerable.incidents.hazards import HAZARDS
from answerable.incidents.models import Entry, Sent
from answerable.incidents.steps import LONGEST_ENTRY
from answerable.ui.fields import RadioCards, TypedDateField

NO_CHOICE = [("", "—")]
LEVELS = [
    (1, _("level I (gravest)")),
    (2, _("level II")),
    (3, _("level III")),
    (4, _("level IV (mildest)")),
]
GRADES = [(1, _("extraordinarily serious")), (2, _("serious")), (3, _("considerable")), (4, _("ordinary"))]
COLOURS = [(1, _("red")), (2, _("orange")), (3, _("yellow")), (4, _("blue"))]


class Plain(forms.Form):
    use_required_attribute = False
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)


def _words(label: Any, *, rows: int = 3, most: int = LONGEST_ENTRY, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **more)


def _choice(label: Any, **more: Any) -> forms.TypedChoiceField:
    """An optional choice of a number."""
    return forms.TypedChoiceField(label=label, coerce=int, required=False, empty_value=None, **more)


def set_choices(form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    form.fields[name].choices = list(choices)  # type: ignore[attr-defined]


class WhenMixin(forms.Form):
    """A day and a time in the office's zone; `at` gives the instant."""

    on = TypedDateField(label=_("Day"))
    clock = TypedTimeField(label=_("Time"))

    def at(self) -> datetime:
        return local_instant(self.cleaned_data["on"], self.cleaned_data["clock"])


def local_instant(on: date, clock: time) -> datetime:
    return datetime.combine(on, clock, timezone.get_current_timezone())


# ---------------------------------------------------------------- the first call


class CallForm(Plain):
    """Half a minute: what, where, when, who is in danger, call back."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    authority = forms.TypedChoiceField(label=_("For which body"), coerce=int)
    hazard = forms.ChoiceField(label=_("Which danger"))
    what = _words(_("What has happened?"), rows=2, help_text=_("As the caller says it. No names."))
    place = _choice(_("Where: a place from the list"))
    place_text = forms.CharField(
        label=_("Where, in words"),
        max_length=300,
        required=False,
        help_text=_("Road, gauge, building: enough for the first vehicle to find it."),
    )
    clock = TypedTimeField(
        label=_("When did it begin?"), required=False, help_text=_("Empty: just now or unknown.")
    )
    in_danger = forms.CharField(
        label=_("Who is in danger?"),
        max_length=300,
        required=False,
        help_text=_("Numbers and words, nobody by name: “about 20 people on the roof”."),
    )
    call_back = forms.CharField(
        label=_("Number to call back"),
        max_length=100,
        required=False,
        help_text=_("Sealed; opened for a reason only, and destroyed on schedule."),
    )
    latitude = forms.DecimalField(
        label=_("Latitude"), required=False, min_value=-90, max_value=90, decimal_places=5
    )
    longitude = forms.DecimalField(
        label=_("Longitude"), required=False, min_value=-180, max_value=180, decimal_places=5
    )
    anyway = forms.BooleanField(required=False, widget=forms.HiddenInput)
    case = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, bodies: list[tuple[int, str]], places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "hazard", NO_CHOICE + [(code, _(name)) for code, name in HAZARDS.items()])
        set_choices(self, "place", [*NO_CHOICE, *places])
        set_choices(self, "authority", bodies)
        if len(bodies) == 1:
            self.fields["authority"].widget = forms.HiddenInput()
            self.initial.setdefault("authority", bodies[0][0])

    def happened_at(self, now: datetime) -> datetime | None:
        """The last time that the clock showed what was typed."""
        clock = self.cleaned_data.get("clock")
        if clock is None:
            return None
        at = local_instant(timezone.localdate(now), clock)
        return at if at <= now + timedelta(minutes=2) else at - timedelta(days=1)


class AgainForm(Plain):
    text = _words(_("What the caller said"), rows=2, required=False)
    call_back = forms.CharField(
        label=_("Number to call back"),
        max_length=100,
        required=False,
        help_text=_("Sealed; opened for a reason only, and destroyed on schedule."),
    )


# ---------------------------------------------------------------- decisions


class DecisionForm(WhenMixin, Plain):
    """Activation. `on` and `clock`: until when it is expected to last."""

    hazard = forms.CharField(widget=forms.HiddenInput)
    plan = _choice(_("Plan"), help_text=_("Without a plan there are three tracks and no tasks."))
    level = forms.TypedChoiceField(
        label=_("Level of the response"), coerce=int, choices=LEVELS, widget=RadioCards
    )
    grounds = _words(_("Grounds"), help_text=_("What is known of the danger. Published."))
    measures = _words(
        _("Measures"),
        help_text=_(
            "What is done, in words that everybody understands. Published. The draft that stands here follows the level until you change it; without scripts it is for the mildest one."
        ),
    )
    event_grade = _choice(
        _("Grade of the event"), choices=NO_CHOICE + GRADES, help_text=_("A scale of its own; leave it open.")
    )
    warning_level = _choice(
        _("Warning level"), choices=NO_CHOICE + COLOURS, help_text=_("A scale of its own; leave it open.")
    )
    field_order = (
        "plan",
        "level",
        "grounds",
        "measures",
        "on",
        "clock",
        "event_grade",
        "warning_level",
    )

    def __init__(self, *args: Any, plans: Iterable[tuple[Any, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "plan", [*plans, ("", _("no plan"))])
        self.fields["on"].label = _("Expected to last until (day)")
        self.fields["clock"].label = _("Expected to last until (time)")


class LevelForm(WhenMixin, Plain):
    level = forms.TypedChoiceField(
        label=_("Level of the response"), coerce=int, choices=LEVELS, widget=RadioCards
    )
    grounds = _words(_("Grounds"), help_text=_("What is known of the danger. Published."))
    measures = _words(_("Measures"), help_text=_("What is done. Published."))
    field_order = ("level", "grounds", "measures", "on", "clock")

    def __init__(self, *args: Any, now_at: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "level", [one for one in LEVELS if one[0] != now_at])
        self.fields["on"].label = _("Expected to last until (day)")
        self.fields["clock"].label = _("Expected to last until (time)")


class EndForm(Plain):
    grounds = _words(_("Why the danger is over"), help_text=_("Published."))
    measures = _words(
        _("What goes on afterwards"),
        required=False,
        help_text=_("Cleaning, support, where to ask. Published."),
    )


class ProlongForm(WhenMixin, Plain):
    why = _words(_("Why"), rows=2, most=500)
    field_order = ("on", "clock", "why")


class ScalesForm(Plain):
    event_grade = _choice(_("Grade of the event"), choices=NO_CHOICE + GRADES)
    warning_level = _choice(_("Warning level"), choices=NO_CHOICE + COLOURS)


class WhyForm(Plain):
    why = _words(_("Why"), rows=2, most=500)


class SameForm(Plain):
    other = forms.UUIDField(widget=forms.HiddenInput)


# ---------------------------------------------------------------- what is done


class DoneForm(Plain):
    result = _words(_("What was seen"), rows=2, most=500, required=False)


class MoveForm(WhenMixin, Plain):
    why = _words(_("Why"), rows=2, most=500)
    field_order = ("on", "clock", "why")


class GiveTaskForm(Plain):
    role = forms.ChoiceField(label=_("Which role does it"))

    def __init__(self, *args: Any, roles: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "role", roles)


class TaskForm(Plain):
    title = forms.CharField(label=_("What is to be done"), max_length=300)
    strand = forms.ChoiceField(label=_("Track"))
    role = forms.ChoiceField(label=_("Which role does it"), required=False)
    minutes = forms.IntegerField(
        label=_("Within how many minutes"), min_value=1, max_value=43_200, required=False
    )
    check = forms.CharField(label=_("How one sees that it is done"), max_length=300, required=False)

    def __init__(
        self,
        *args: Any,
        strands: Iterable[tuple[str, str]],
        roles: Iterable[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "strand", strands)
        set_choices(self, "role", [*NO_CHOICE, *roles])


class SaidForm(Plain):
    said = forms.CharField(label=_("What there is to say"), max_length=300, required=False)


class HowForm(Plain):
    said = forms.CharField(label=_("How it was returned or paid for"), max_length=300)


class TrackForm(Plain):
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120, required=False)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    code = forms.SlugField(
        label=_("Short name"), max_length=40, help_text=_("Latin letters, digits and hyphens; it stays.")
    )


class GiveRoleForm(Plain):
    to = forms.TypedChoiceField(label=_("To whom"), coerce=int)
    why = forms.CharField(label=_("Why"), max_length=500, required=False)

    def __init__(self, *args: Any, people: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "to", people)


class CommandForm(Plain):
    why = forms.CharField(label=_("Why"), max_length=500, required=False)


class SendForm(Plain):
    kind = forms.ChoiceField(label=_("What goes out"), choices=Sent.Kind.choices, widget=RadioCards)
    item = _choice(_("From standby"))
    what = forms.CharField(
        label=_("What or who, in words"),
        max_length=200,
        required=False,
        help_text=_("Helpers as a team and a number, nobody by name."),
    )
    count = forms.IntegerField(
        label=pgettext_lazy("a part of a plan", "How many"), min_value=1, max_value=10_000, initial=1
    )
    where = forms.CharField(label=_("Where to"), max_length=200, required=False)

    def __init__(self, *args: Any, items: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "item", [*NO_CHOICE, *items])


class TakeForm(Plain):
    what = forms.CharField(label=_("What is taken"), max_length=200)
    paper = forms.CharField(
        label=_("Number of the paper that its owner holds"),
        max_length=60,
        help_text=_("The owner's name stands on the paper and not here."),
    )


class PromiseForm(Plain):
    what = forms.CharField(
        label=_("What was asked"), max_length=500, help_text=_("The question, not who asked it.")
    )
    hours = forms.IntegerField(
        label=_("Answered within how many hours"), min_value=1, max_value=720, initial=24
    )


class AnswerForm(Plain):
    text = _words(_("What they were told"), rows=2)


class RegisterForm(Plain):
    """A promise becomes a case: what is asked, and what it is about."""

    claim = _words(_("What is asked"), rows=3)
    subject = forms.TypedChoiceField(label=_("What it is about"), coerce=int)

    def __init__(self, *args: Any, subjects: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "subject", subjects)


class EntryForm(Plain):
    key = forms.UUIDField(widget=forms.HiddenInput)
    text = _words(_("Write in the log"), rows=2)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            (Entry.Kind.ENTRY, _("entry")),
            (Entry.Kind.DECISION, _("decision")),
            (Entry.Kind.CALL, _("call")),
        ],
        required=False,
    )
    clock = TypedTimeField(label=_("When it was, if earlier"), required=False)

    def happened_at(self, now: datetime) -> datetime | None:
        clock = self.cleaned_data.get("clock")
        if clock is None:
            return None
        at = local_instant(timezone.localdate(now), clock)
        return at if at <= now else at - timedelta(days=1)
