"""Forms of rounds. What they say is checked again by the services, under the lock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from answerable.incidents.hazards import HAZARDS
from answerable.incidents.plans.forms import FileForm, UploadForm
from answerable.orgs.models import Authority
from answerable.orgs.standing import standing
from answerable.readiness.rounds import rhythm as rhythms
from answerable.readiness.rounds.models import Finding
from answerable.readiness.rounds.rhythm import Rhythm, rhythm_of
from answerable.readiness.rounds.rules import LONGEST_NOTE, Given
from answerable.readiness.rounds.services.plans import PlanDraft
from answerable.readiness.rounds.template.schema import Question, RoundFile
from answerable.readiness.rounds.wording import language, limits_text, weekday_name
from answerable.ui.fields import CheckCards, RadioCards, TypedDateField

__all__ = ["FileForm", "UploadForm"]


class Plain(forms.Form):
    use_required_attribute = False


def posts_of_body(body: Authority) -> list[tuple[int, str]]:
    """Open posts of a body, by unit."""
    rows = [
        (post.unit.path, post.pk, f"{post.unit.name} · {post.name}")
        for post in standing().posts.values()
        if post.unit.authority_id == body.pk and post.closed_on is None and post.unit.closed_on is None
    ]
    return [(pk, name) for _path, pk, name in sorted(rows)]


def subjects_of_body(body: Authority) -> list[tuple[str, str]]:
    rows = [
        (one.path, one.code, one.name)
        for one in standing().subjects.values()
        if one.authority_id == body.pk and one.closed_on is None
    ]
    return [(code, name) for _path, code, name in sorted(rows)]


def hazard_choices() -> list[tuple[str, str]]:
    return [(code, _(name)) for code, name in HAZARDS.items()]


# ---------------------------------------------------------------- one round


class RoundForm(Plain):
    """The questions of one round, as its version of the template asks them."""

    def __init__(
        self,
        data: Any = None,
        *,
        file: RoundFile,
        body: Authority,
        answers: Mapping[str, Given] | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(answers or {}))
        self.file = file
        self._subjects = subjects_of_body(body)
        for question in file.questions:
            if question.kind != "photograph":
                self._add(question)

    def _add(self, question: Question) -> None:
        code, tongue = question.code, language()
        hint = question.hint.in_language(tongue) if question.hint else limits_text(question)
        self.fields[f"a-{code}"] = _answer_field(question, question.ask.in_language(tongue), hint)
        if self.file.is_desk_review or question.kind == "note":
            return
        self.fields[f"n-{code}"] = forms.CharField(
            label=_("What is seen of it"),
            required=False,
            max_length=LONGEST_NOTE,
            help_text=_("Of the place or thing, nothing about persons."),
        )
        if not question.can_find:
            return
        self.fields[f"b-{code}"] = forms.ChoiceField(
            label=_("If it is wrong, it becomes"),
            required=False,
            choices=[("", _("what the template says")), *Finding.Becomes.choices],
        )
        self.fields[f"s-{code}"] = forms.ChoiceField(
            label=_("Subject of the case"), required=False, choices=[("", "—"), *self._subjects]
        )
        self.fields[f"h-{code}"] = forms.ChoiceField(
            label=_("Danger of the incident"), required=False, choices=[("", "—"), *hazard_choices()]
        )

    def rows(self) -> list[dict[str, Any]]:
        """Each question with its fields, for the page."""
        found = []
        for question in self.file.questions:
            code = question.code
            more = [self[f"{part}-{code}"] for part in "nbsh" if f"{part}-{code}" in self.fields]
            found.append(
                {
                    "question": question,
                    "ask": question.ask.in_language(language()),
                    "field": self[f"a-{code}"] if f"a-{code}" in self.fields else None,
                    "more": more,
                    "open": any(bound.value() for bound in more),
                }
            )
        return found

    def given(self) -> dict[str, Given]:
        """What was answered; questions left open are left out."""
        found = {}
        for question in self.file.questions:
            words = {
                name: str(self.cleaned_data.get(f"{part}-{question.code}") or "")
                for part, name in zip("anbsh", ("value", "note", "becomes", "subject", "hazard"), strict=True)
            }
            if any(words.values()):
                found[question.code] = Given(**words)
        return found


def _initial(answers: Mapping[str, Given]) -> dict[str, str]:
    parts = {"a": "value", "n": "note", "b": "becomes", "s": "subject", "h": "hazard"}
    return {f"{p}-{code}": getattr(one, name) for code, one in answers.items() for p, name in parts.items()}


def _answer_field(question: Question, label: str, hint: str) -> forms.Field:
    said = _("Not answered yet: %(ask)s") % {"ask": label}
    common: dict[str, Any] = {
        "label": label,
        "help_text": hint,
        "required": question.is_needed,
        "error_messages": {"required": said},
    }
    if question.kind in ("yes_no", "choice"):
        options = [(one.code, one.names.in_language(language())) for one in question.choices]
        choices = options or [("yes", _("yes")), ("no", _("no"))]
        return forms.ChoiceField(choices=choices, widget=RadioCards(), **common)
    if question.kind == "measure":
        unit = question.unit.in_language(language()) if question.unit else ""
        common["label"] = f"{label} ({unit})" if unit else label
        box = forms.TextInput(attrs={"inputmode": "decimal", "size": 10, "class": "input-short"})
        return forms.CharField(max_length=40, widget=box, **common)
    return forms.CharField(max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 2}), **common)


# ---------------------------------------------------------------- a finding


class MendForm(Plain):
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    what = forms.CharField(
        label=gettext_lazy("What was done"), max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 2})
    )


class CheckForm(Plain):
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    is_mended = forms.ChoiceField(
        label=gettext_lazy("Somebody else looks: is it mended?"),
        choices=[("yes", gettext_lazy("Yes, it is mended")), ("no", gettext_lazy("No, not yet"))],
        widget=RadioCards(),
    )
    note = forms.CharField(
        label=gettext_lazy("What was seen"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class GiveForm(Plain):
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    post = forms.TypedChoiceField(label=gettext_lazy("Which post mends it"), coerce=int)
    due_on = TypedDateField(label=gettext_lazy("By which day"))

    def __init__(self, data: Any = None, *, body: Authority, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["post"].choices = posts_of_body(body)  # type: ignore[attr-defined]


class RaiseForm(Plain):
    becomes = forms.ChoiceField(
        label=gettext_lazy("It becomes"),
        choices=[("case", gettext_lazy("a case")), ("incident", gettext_lazy("an incident"))],
        widget=RadioCards(),
    )
    subject = forms.ChoiceField(label=gettext_lazy("Subject of the case"), required=False)
    hazard = forms.ChoiceField(label=gettext_lazy("Danger of the incident"), required=False)

    def __init__(self, data: Any = None, *, body: Authority) -> None:
        super().__init__(data)
        self.fields["subject"].choices = [("", "—"), *subjects_of_body(body)]  # type: ignore[attr-defined]
        self.fields["hazard"].choices = [("", "—"), *hazard_choices()]  # type: ignore[attr-defined]

    @property
    def wanted(self) -> str:
        return str(self.cleaned_data["subject" if self.cleaned_data["becomes"] == "case" else "hazard"] or "")


# ---------------------------------------------------------------- a plan


def _rhythm_fields(prefix: str, *, may_be_none: bool) -> dict[str, forms.Field]:
    every: list[tuple[str, Any]] = [
        (rhythms.DAY, _("every day")),
        (rhythms.WEEK, _("on days of the week")),
        (rhythms.MONTH, _("on days of the month")),
        (rhythms.DAYS, _("every so many days")),
    ]
    if may_be_none:
        every = [("", _("as always")), *every]
    return {
        f"{prefix}every": forms.ChoiceField(
            label=_("In a readiness period") if may_be_none else _("How often"),
            choices=every,
            required=not may_be_none,
        ),
        f"{prefix}weekdays": forms.TypedMultipleChoiceField(
            label=_("Days of the week"),
            choices=[(day, weekday_name(day)) for day in range(7)],
            coerce=int,
            required=False,
            widget=CheckCards(),
        ),
        f"{prefix}month_days": forms.CharField(
            label=_("Days of the month"),
            required=False,
            max_length=100,
            help_text=_("From 1 to 28, or “last”, with commas between: 1, 15, last."),
        ),
        f"{prefix}n": forms.IntegerField(label=_("Every how many days"), required=False),
        f"{prefix}times": forms.CharField(
            label=_("By what time of the day"),
            required=False,
            max_length=80,
            help_text=_("One or several, such as 18:00 or 08:00, 20:00. Left empty: 18:00."),
        ),
    }


class PlanForm(Plain):
    """A plan of rounds: what, where, how often, by which post."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name_zh = forms.CharField(label=gettext_lazy("Name in Chinese"), max_length=200, required=False)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=200, required=False)
    unit = forms.TypedChoiceField(label=gettext_lazy("Unit"), coerce=int)
    post = forms.TypedChoiceField(
        label=gettext_lazy("Which post does the rounds"),
        coerce=int,
        help_text=gettext_lazy("Its holder, or whoever is its deputy on that day."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        body: Authority,
        looks_at: str,
        units: Iterable[tuple[int, str]],
        places: Iterable[tuple[int, str]] = (),
        items: Iterable[tuple[int, str]] = (),
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        posts = posts_of_body(body)
        self.fields["unit"].choices = list(units)  # type: ignore[attr-defined]
        self.fields["post"].choices = posts  # type: ignore[attr-defined]
        if looks_at in ("place", "item"):
            self.fields["targets"] = forms.TypedMultipleChoiceField(
                label=_("Which places") if looks_at == "place" else _("Which vehicles and equipment"),
                choices=list(places if looks_at == "place" else items),
                coerce=int,
                widget=CheckCards(),
            )
        self.looks_at = looks_at
        self.fields.update(_rhythm_fields("", may_be_none=False))
        if looks_at != "matters":
            self.fields.update(_rhythm_fields("faster_", may_be_none=True))
        self.fields["open_hours"] = forms.IntegerField(
            label=_("Hours in which it can be done"),
            help_text=_("So long before its time a round stands on the list."),
            initial=24,
        )
        self.fields["starts_on"] = TypedDateField(label=_("From which day"))
        self.fields["ends_on"] = TypedDateField(label=_("Up to which day (empty: for good)"), required=False)
        self.fields["mend_post"] = forms.TypedChoiceField(
            label=_("Which post mends what is found"),
            choices=[("", _("the leader of the unit")), *posts],
            coerce=int,
            empty_value=None,
            required=False,
        )

    @property
    def faster_open(self) -> bool:
        """Whether a rhythm of its own for readiness periods is chosen, or something of it is wrong."""
        return bool(self["faster_every"].value()) or any(name.startswith("faster_") for name in self.errors)

    def draft(self, template_id: int) -> PlanDraft:
        """Raises CannotKeepRhythm."""
        given = self.cleaned_data
        targets = tuple(given.get("targets") or ())
        normal = _rhythm(given, "")
        assert normal is not None
        return PlanDraft(
            template_id=template_id,
            unit_id=given["unit"],
            post_id=given["post"],
            mend_post_id=given["mend_post"],
            rhythm=normal,
            faster=_rhythm(given, "faster_"),
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
            name_zh=given["name_zh"],
            name_en=given["name_en"],
            open_hours=given["open_hours"],
            place_ids=targets if self.looks_at == "place" else (),
            item_ids=targets if self.looks_at == "item" else (),
        )


def _rhythm(given: Mapping[str, Any], prefix: str) -> Rhythm | None:
    every = given.get(f"{prefix}every") or ""
    if prefix and not every:
        return None
    return rhythm_of(
        {
            "every": every,
            "n": given.get(f"{prefix}n"),
            "weekdays": given.get(f"{prefix}weekdays"),
            "month_days": [_month_day(one) for one in _listed(given.get(f"{prefix}month_days"))],
            "times": _listed(given.get(f"{prefix}times")),
        }
    )


def _listed(text: Any) -> list[str]:
    plain = str(text or "").replace("，", ",").replace("、", ",").replace("；", ",").replace(";", ",")
    return [one.strip().replace("：", ":") for one in plain.split(",") if one.strip()]


def _month_day(text: str) -> int:
    """A day of the month; 0, which no rhythm takes, for anything else."""
    if text.lower() in ("last", "月末", "最后一天", "最后一日", "-1"):
        return rhythms.LAST
    plain = text.rstrip("日号")
    return int(plain) if plain.isascii() and plain.isdigit() else 0


def rhythm_initial(kept: Mapping[str, Any] | None, prefix: str) -> dict[str, Any]:
    """A kept rhythm as the form shows it."""
    if not kept:
        return {f"{prefix}every": ""}
    one = rhythm_of(kept)
    return {
        f"{prefix}every": one.every,
        f"{prefix}weekdays": list(one.weekdays),
        f"{prefix}month_days": ", ".join(
            _("last") if day == rhythms.LAST else str(day) for day in one.month_days
        ),
        f"{prefix}n": one.n if one.every == rhythms.DAYS else None,
        f"{prefix}times": ", ".join(f"{at:%H:%M}" for at in one.times),
    }


class StopForm(Plain):
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    why = forms.CharField(label=gettext_lazy("Why it is stopped"), max_length=300)


class MoveForm(Plain):
    """A place that was split or merged."""

    place = forms.TypedChoiceField(label=gettext_lazy("The place that was split or merged"), coerce=int)
    into = forms.TypedMultipleChoiceField(
        label=gettext_lazy("What it became"),
        coerce=int,
        widget=CheckCards(),
        help_text=gettext_lazy("One place where several were merged, several where one was split."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        old: Iterable[tuple[int, str]],
        new: Iterable[tuple[int, str]],
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.fields["place"].choices = list(old)  # type: ignore[attr-defined]
        self.fields["into"].choices = list(new)  # type: ignore[attr-defined]


class FindingFilter(Plain):
    """What of the findings is shown; empty does not filter."""

    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    unit = forms.TypedChoiceField(label=gettext_lazy("Unit"), required=False, coerce=int, empty_value=None)
    severity = forms.ChoiceField(label=gettext_lazy("How grave"), required=False)
    template = forms.TypedChoiceField(
        label=gettext_lazy("Template"), required=False, coerce=int, empty_value=None
    )
    repeated = forms.BooleanField(label=gettext_lazy("Only what was found before"), required=False)

    def __init__(self, data: Any, *, units: Iterable[Any], templates: Iterable[Any]) -> None:
        super().__init__(data)
        everything = ("", _("all"))
        shown = {
            "state": [
                ("", _("not over yet")),
                ("late", _("late")),
                *Finding.State.choices,
                ("all", _("all")),
            ],
            "unit": [everything, *((unit.pk, unit.name) for unit in units)],
            "severity": [everything, *Finding.Severity.choices],
            "template": [everything, *((one.pk, one.name) for one in templates)],
        }
        for name, choices in shown.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
