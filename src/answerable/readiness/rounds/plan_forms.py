"""Forms of plans: what, where, how often, by which post; stopped; a place that was split or merged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from answerable.orgs.models import Authority
from answerable.readiness.rounds import rhythm as rhythms
from answerable.readiness.rounds.forms import Plain, posts_of_body
from answerable.readiness.rounds.rhythm import Rhythm, rhythm_of
from answerable.readiness.rounds.services.plans import PlanDraft
from answerable.readiness.rounds.wording import weekday_name
from answerable.ui.fields import CheckCards, TypedDateField


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
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 9 else 0


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
