"""A work list's filters: they live in the address, combine freely, and each can be taken away by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from answerable.cases.desk.door import Desk
from answerable.cases.models import Intake, Privacy, State
from answerable.cases.queries import ListName, Wanted
from answerable.cases.rules import ROLES, Doing
from answerable.core.text import clean
from answerable.orgs.calendars import WorkCalendar
from answerable.orgs.models import Place, Post, Subject, Unit
from answerable.orgs.standing import standing
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
    """The filters to choose from. Built only when someone opens it: its choices are whole trees."""

    q = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=WORDS_LIMIT)
    subject = forms.ChoiceField(label=gettext_lazy("Subject"), required=False)
    place = forms.ChoiceField(label=gettext_lazy("Place"), required=False)
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), required=False)
    handler = forms.ChoiceField(label=gettext_lazy("Who handles it"), required=False)
    leader = forms.ChoiceField(label=gettext_lazy("Who answers for it"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), required=False)
    intake = forms.ChoiceField(label=gettext_lazy("Came in by"), required=False)
    privacy = forms.ChoiceField(label=gettext_lazy("Name given"), required=False)
    due_from = TypedDateField(label=gettext_lazy("Due from"), required=False, help_text="")
    due_to = TypedDateField(label=gettext_lazy("Due until"), required=False, help_text="")
    lifted = forms.BooleanField(label=gettext_lazy("Lifted to the level above"), required=False)

    def __init__(self, data: QueryDict, *, desk: Desk) -> None:
        super().__init__(data, auto_id="f-%s")
        units = list(Unit.objects.filter(pk__in=desk.reader.unit_ids).select_related("authority"))
        authorities = {unit.authority_id for unit in units}
        handlers = Post.objects.filter(unit__in=units, closed_on=None, role__in=ROLES[Doing.HANDLE])
        leaders = Post.objects.filter(unit__in=units, closed_on=None, role__in=ROLES[Doing.SIGN])
        choices: dict[str, list[tuple[Any, Any]]] = {
            "subject": _tree(Subject.objects.filter(authority__in=authorities)),
            "place": _tree(Place.objects.filter(authority__in=authorities)),
            "unit": _tree(units),
            "handler": [(0, _("nobody yet")), *sorted(map(_post_choice, handlers.select_related("unit")))],
            "leader": sorted(map(_post_choice, leaders.select_related("unit"))),
        }
        for name, pairs in (choices | {key: list(pairs) for key, pairs in CHOICES.items()}).items():
            self.fields[name].choices = [ANY, *pairs]  # type: ignore[attr-defined]
        if len(units) < 2:
            del self.fields["unit"]


def _post_choice(post: Post) -> tuple[int, str]:
    return (post.pk, _("%(post)s, %(unit)s") % {"post": post.name, "unit": post.unit.name})


# Filters with a fixed set of values, and those that name a row of a table.
CHOICES: dict[str, list[tuple[str, Any]]] = {
    "state": State.choices,
    "stage": list(STAGES.items()),
    "intake": Intake.choices,
    "privacy": Privacy.choices,
}
TREES: dict[str, Any] = {"subject": Subject, "place": Place}
LABELS = {name: field.label for name, field in FilterForm.base_fields.items()}


@dataclass(frozen=True)
class Filters:
    """What the address asks for: the list, and each filter in force with its value in words.

    `left_out`: filters that it asks for and that mean nothing here, such as a unit that a view was kept with and that
    its post does not read any more. What is listed is more than the address says, so the page says it.
    """

    wanted: Wanted
    address: QueryDict
    shown: dict[str, str]
    left_out: tuple[str, ...] = ()

    @property
    def name(self) -> ListName:
        return self.wanted.name

    @property
    def title(self) -> Any:
        return LISTS[self.name]

    def chips(self) -> list[FilterChip]:
        """Each filter in force, with the address without it."""
        found = []
        for name, value in self.shown.items():
            places = {"label": LABELS[name], "value": value}
            text = _("%(label)s: %(value)s") % places if value else str(LABELS[name])
            found.append(FilterChip(text, self.without(name)))
        return found

    def without(self, name: str) -> str:
        address = self.address.copy()
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


@dataclass
class _Reading:
    """An address being read: what was understood, as columns of `Wanted` and in words."""

    query: QueryDict
    desk: Desk
    wanted: dict[str, Any]
    shown: dict[str, str]

    def said(self, name: str) -> str:
        return self.query.get(name, "").strip()

    def keep(self, name: str, shown: Any, **wanted: Any) -> None:
        self.wanted.update(wanted)
        self.shown[name] = str(shown)

    def number(self, name: str) -> int | None:
        said = self.said(name)
        return int(said) if said.isascii() and said.isdigit() and len(said) < 18 else None


def read_filters(query: QueryDict, desk: Desk, *, fallback: ListName = ListName.MINE) -> Filters:
    """The filters in an address. Unknown names and values are left out, and the address kept is a clean one."""
    said = query.get("list", "")
    name = ListName(said) if said in set(ListName) else fallback
    calendar = desk.calendar(desk.authority)
    reading = _Reading(query, desk, {"name": name, "soon_before": soon_before(calendar, desk.now)}, {})
    _read_words(reading)
    _read_rows(reading)
    for key, pairs in CHOICES.items():
        if reading.said(key) in dict(pairs):
            reading.keep(key, dict(pairs)[reading.said(key)], **{key: reading.said(key)})
    _read_days(reading, calendar)
    if reading.said("lifted") in ("on", "true", "1"):
        reading.keep("lifted", "", is_lifted=True)
    address = QueryDict(mutable=True)
    address["list"] = name.value
    for key in LABELS:
        if key in reading.shown:
            address[key] = reading.said(key)
    shown = {key: reading.shown[key] for key in LABELS if key in reading.shown}
    left_out = tuple(str(LABELS[key]) for key in LABELS if reading.said(key) and key not in shown)
    return Filters(Wanted(**reading.wanted), address, shown, left_out)


def _read_words(reading: _Reading) -> None:
    words = clean(reading.said("q")[: WORDS_LIMIT * 4], limit=WORDS_LIMIT * 4).text[:WORDS_LIMIT]
    if words:
        reading.keep("q", words, words=words)


def _read_rows(reading: _Reading) -> None:
    for key, model in TREES.items():
        chosen = reading.number(key)
        if chosen is None:
            continue
        rows = list(model.objects.filter(Q(pk=chosen) | Q(path__contains=[chosen])))
        top = next((row for row in rows if row.pk == chosen), None)
        if top is not None:
            reading.keep(key, top.name, **{f"{key}s": tuple(row.pk for row in rows)})
    unit = standing().units.get(reading.number("unit") or 0)
    if unit is not None and unit.pk in reading.desk.reader.unit_ids:
        reading.keep("unit", unit.name, units=(unit.pk,))
    handler = reading.number("handler")
    if handler == 0:
        reading.keep("handler", _("nobody yet"), handler=0)
    elif handler is not None and (post := _post_in_reach(reading, handler)) is not None:
        reading.keep("handler", _post_choice(post)[1], handler=post.pk)
    leader = reading.number("leader")
    if leader and (post := _post_in_reach(reading, leader)) is not None:
        reading.keep("leader", _post_choice(post)[1], leader=post.pk)


def _post_in_reach(reading: _Reading, post_id: int) -> Post | None:
    units = reading.desk.reader.unit_ids
    return Post.objects.filter(pk=post_id, unit_id__in=units).select_related("unit").first()


def _read_days(reading: _Reading, calendar: WorkCalendar) -> None:
    for key, column, days in (("due_from", "due_from", 0), ("due_to", "due_before", 1)):
        try:
            day = TypedDateField(required=False).clean(reading.said(key))
        except forms.ValidationError:
            continue
        if day is not None:
            reading.keep(key, day.isoformat(), **{column: _late_after(calendar, day + timedelta(days=days))})


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
