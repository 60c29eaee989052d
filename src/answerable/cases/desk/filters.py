"""A work list's filters: they live in the address, combine freely, and each can be taken away by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from answerable.cases.desk.door import Desk
from answerable.cases.models import Intake, Privacy, State
from answerable.cases.queries import ListName, Wanted
from answerable.orgs.calendars import WorkCalendar
from answerable.orgs.models import Place, Post, Subject, Unit
from answerable.ui.fields import TypedDateField
from answerable.ui.parts import FilterChip

SOON_WORKING_DAYS = 5
WORDS_LIMIT = 200

LISTS: dict[ListName, Any] = {
    ListName.MINE: pgettext_lazy("work list", "Mine"),
    ListName.UNIT: pgettext_lazy("work list", "My units"),
    ListName.UNASSIGNED: pgettext_lazy("work list", "Nobody's yet"),
    ListName.SIGN: pgettext_lazy("work list", "To sign"),
    ListName.SOON: pgettext_lazy("work list", "Due soon"),
    ListName.LATE: pgettext_lazy("work list", "Late"),
    ListName.WAITING: pgettext_lazy("work list", "Waiting for the person"),
    ListName.SUPERVISED: pgettext_lazy("work list", "Lifted to us"),
    ListName.DECIDED: pgettext_lazy("work list", "Decided"),
    ListName.ENDED: pgettext_lazy("work list", "Ended"),
    ListName.ALL: pgettext_lazy("work list", "Everything"),
}

STAGES = {
    "handle": pgettext_lazy("stage", "handling"),
    "review": pgettext_lazy("stage", "review"),
    "rereview": pgettext_lazy("stage", "re-review"),
}

ANY = ("", "—")


def _tree(rows: Iterable[Any]) -> list[tuple[Any, str]]:
    """Choices of a tree in its order, children set in under their parents."""
    items = sorted(rows, key=lambda row: row.path or [row.pk])
    return [(row.pk, "\u3000" * (len(row.path or [1]) - 1) + row.name) for row in items]


class FilterForm(forms.Form):
    """Only what can be chosen is believed; nonsense in the address is left out."""

    q = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=WORDS_LIMIT)
    subject = forms.TypedChoiceField(
        label=gettext_lazy("Subject"), required=False, coerce=int, empty_value=None
    )
    place = forms.TypedChoiceField(label=gettext_lazy("Place"), required=False, coerce=int, empty_value=None)
    unit = forms.TypedChoiceField(label=gettext_lazy("Unit"), required=False, coerce=int, empty_value=None)
    handler = forms.TypedChoiceField(
        label=gettext_lazy("Who handles it"), required=False, coerce=int, empty_value=None
    )
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), required=False)
    intake = forms.ChoiceField(label=gettext_lazy("Came in by"), required=False)
    privacy = forms.ChoiceField(label=gettext_lazy("Name given"), required=False)
    due_from = TypedDateField(label=gettext_lazy("Due from"), required=False, help_text="")
    due_to = TypedDateField(label=gettext_lazy("Due until"), required=False, help_text="")
    lifted = forms.BooleanField(label=gettext_lazy("Lifted to the level above"), required=False)

    def __init__(self, data: QueryDict, *, desk: Desk) -> None:
        super().__init__(data, auto_id="f-%s")
        units = Unit.objects.filter(pk__in=desk.reader.unit_ids).select_related("authority")
        found = list(units)
        authorities = {unit.authority_id for unit in found}
        self._trees: dict[str, list[Any]] = {
            "subject": list(Subject.objects.filter(authority__in=authorities)),
            "place": list(Place.objects.filter(authority__in=authorities)),
        }
        posts = Post.objects.filter(
            unit__in=found, closed_on=None, role__in=("clerk", "handler", "leader", "reviewer")
        ).select_related("unit")
        handlers = [(p.pk, _("%(post)s, %(unit)s") % {"post": p.name, "unit": p.unit.name}) for p in posts]
        choices: dict[str, list[tuple[Any, Any]]] = {
            "subject": _tree(self._trees["subject"]),
            "place": _tree(self._trees["place"]),
            "unit": _tree(found),
            "handler": [(0, _("nobody yet")), *sorted(handlers, key=lambda pair: pair[1])],
            "state": list(State.choices),
            "stage": list(STAGES.items()),
            "intake": list(Intake.choices),
            "privacy": list(Privacy.choices),
        }
        for name, pairs in choices.items():
            self.fields[name].choices = [ANY, *pairs]  # type: ignore[attr-defined]
        if len(found) < 2:
            del self.fields["unit"]
        self.is_valid()

    def below(self, name: str) -> tuple[int, ...]:
        """The chosen node of a tree and everything under it."""
        chosen = self.cleaned_data.get(name)
        rows = self._trees[name]
        return tuple(row.pk for row in rows if chosen in (row.path or [row.pk])) if chosen else ()


@dataclass(frozen=True)
class Filters:
    """What the address asks for: the list, the form to change it, and each filter in words."""

    wanted: Wanted
    form: FilterForm
    address: QueryDict

    @property
    def name(self) -> ListName:
        return self.wanted.name

    @property
    def title(self) -> Any:
        return LISTS[self.name]

    @property
    def is_filtered(self) -> bool:
        return bool(self.chips())

    def chips(self) -> list[FilterChip]:
        """Each filter in force, with the address without it."""
        found = []
        for name, field in self.form.fields.items():
            value = self.form.cleaned_data.get(name)
            if value in (None, "", False):
                continue
            shown = dict(getattr(field, "choices", ())).get(value, value)
            label = field.label or ""
            text = (
                str(label)
                if value is True
                else _("%(label)s: %(value)s")
                % {
                    "label": label,
                    "value": str(shown).strip("\u3000"),
                }
            )
            found.append(FilterChip(text, self.without(name)))
        return found

    def without(self, *names: str) -> str:
        address = self.address.copy()
        for name in names:
            address.pop(name, None)
        return "?" + address.urlencode()

    def list_address(self, name: ListName) -> str:
        return f"?list={name}"

    def described(self) -> str:
        """The filters for the record: names and values, without the words that were searched for."""
        kept = self.address.copy()
        if kept.pop("q", None):
            kept["q"] = "…"
        return kept.urlencode()[:500]


def read_filters(query: QueryDict, desk: Desk, *, fallback: ListName = ListName.MINE) -> Filters:
    """The filters in an address. Unknown names and values are left out, and the address kept is a clean one."""
    form = FilterForm(query, desk=desk)
    said = query.get("list", "")
    name = ListName(said) if said in set(ListName) else fallback
    data = form.cleaned_data
    calendar = desk.calendar(desk.authority)
    due_to = data.get("due_to")
    wanted = Wanted(
        name=name,
        words=data.get("q", ""),
        subjects=form.below("subject"),
        places=form.below("place"),
        units=(data["unit"],) if data.get("unit") else (),
        state=data.get("state", ""),
        stage=data.get("stage", ""),
        intake=data.get("intake", ""),
        privacy=data.get("privacy", ""),
        handler=data.get("handler"),
        is_lifted=bool(data.get("lifted")),
        due_from=_late_after(calendar, data.get("due_from")),
        due_before=_late_after(calendar, due_to + timedelta(days=1) if due_to else None),
        soon_before=soon_before(calendar, desk.now),
    )
    address = QueryDict(mutable=True)
    address["list"] = name.value
    for key in form.fields:
        value = query.get(key, "")
        if value and data.get(key) not in (None, "", False):
            address[key] = value
    return Filters(wanted, form, address)


def _late_after(calendar: WorkCalendar, day: Any) -> datetime | None:
    """The first late instant of a date that ends with `day`: lists hold late instants, people say last days."""
    return calendar.day_start(day + timedelta(days=1)) if day else None


def soon_before(calendar: WorkCalendar, now: datetime) -> datetime:
    """The instant before which a date counts as soon: within the next five working days."""
    day, left = calendar.local_day(now), SOON_WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= calendar.is_working(day)
    return calendar.day_start(day + timedelta(days=2))
