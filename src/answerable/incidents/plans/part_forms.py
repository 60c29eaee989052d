"""One entry of a plan in a form of its own: an action, a level, a report, the words for the public; added, changed, taken out.

The form follows the plan file's own models, so that nothing which a file can say is out of a form's reach.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from pydantic import BaseModel, ValidationError

from answerable.alerts.desk.fields import Line, Words
from answerable.duty.models import StandbyItem
from answerable.incidents.models import Report as OwedReport
from answerable.incidents.plans import schema
from answerable.incidents.plans.forms import post_choices
from answerable.incidents.plans.parts import ABOVE, COLOURS, TRACKS, Content, Group, Verified
from answerable.incidents.plans.schema import PlanFile
from answerable.incidents.plans.shown import ROMAN, duty_names, group_text, lang
from answerable.incidents.plans.writing import CannotWrite
from answerable.incidents.reports.rules import CONTENTS
from answerable.orgs.models import Authority

Choices = list[tuple[Any, Any]]
DEPUTIES = 4


@dataclass(frozen=True)
class Kind:
    """A list of a plan whose entries are edited one by one: where it stands in the file, and what one entry is."""

    path: tuple[str, ...]
    model: type[BaseModel]
    name: Any
    one: Any


KINDS = {
    "roles": Kind(("roles",), schema.PlanRole, gettext_lazy("Roles"), gettext_lazy("Role")),
    "actions": Kind(("actions",), schema.Action, gettext_lazy("What is done"), gettext_lazy("Action")),
    "tracks": Kind(("tracks",), schema.PlanTrack, gettext_lazy("Tracks"), gettext_lazy("Track")),
    "grades": Kind(
        ("scales", "event"),
        schema.EventGrade,
        gettext_lazy("Grades of the event"),
        gettext_lazy("Grade of the event"),
    ),
    "warnings": Kind(
        ("scales", "warning"),
        schema.WarningLevel,
        gettext_lazy("Warning levels"),
        gettext_lazy("Warning level"),
    ),
    "levels": Kind(
        ("scales", "response"),
        schema.ResponseLevel,
        gettext_lazy("Response levels"),
        gettext_lazy("Response level"),
    ),
    "reports": Kind(("reports",), schema.Report, gettext_lazy("Reports owed"), gettext_lazy("Report owed")),
    "contacts": Kind(
        ("contacts",), schema.PlanContact, gettext_lazy("Other bodies"), gettext_lazy("Other body")
    ),
    "resources": Kind(
        ("resources",),
        schema.Resource,
        gettext_lazy("Resources and vehicles"),
        gettext_lazy("Resource or vehicle"),
    ),
    "recovery": Kind(
        ("recovery",), schema.Recovery, gettext_lazy("Recovery"), gettext_lazy("Step of recovery")
    ),
}
#: Entries that there is one of.
SINGLES = {
    "announce": Kind(
        ("announce",),
        schema.Announce,
        gettext_lazy("Words for the public"),
        gettext_lazy("Words for the public"),
    ),
}

LABELS = {
    "names": pgettext_lazy("a part of a plan", "Name"),
    "task": gettext_lazy("What it does"),
    "group": gettext_lazy("Group"),
    "is_commander": gettext_lazy("Commands the response (whoever did so until now no longer does)"),
    "post": gettext_lazy("Post"),
    "duty": gettext_lazy("First, who is on duty as"),
    "deputies": gettext_lazy("Deputy"),
    "backs": gettext_lazy("Takes over for"),
    "track": gettext_lazy("Track"),
    "ask": gettext_lazy("Minutes to acknowledge"),
    "levels": gettext_lazy("At levels"),
    "role": gettext_lazy("Role"),
    "target_min": gettext_lazy("Minutes from the beginning until it is done"),
    "check": gettext_lazy("How one sees that it is done"),
    "needs": gettext_lazy("What comes before it"),
    "level": gettext_lazy("Level"),
    "criteria": gettext_lazy("When it is this one"),
    "measures": gettext_lazy("What is done while it holds"),
    "raise_when": gettext_lazy("Raised when"),
    "lower_when": gettext_lazy("Lowered when"),
    "lift_when": gettext_lazy("Lifted when"),
    "phone": gettext_lazy("Telephone"),
    "email": gettext_lazy("E-mail"),
    "standby": gettext_lazy("Which item of the duty room provides it"),
    "count": pgettext_lazy("a part of a plan", "How many"),
    "kind": gettext_lazy("Kind of report"),
    "recipient": gettext_lazy("To whom"),
    "within_min": gettext_lazy("Within so many minutes"),
    "every_min": gettext_lazy("Every so many minutes, for follow-ups"),
    "follow_days": gettext_lazy("Followed up for so many days"),
    "contents": gettext_lazy("What must be in it"),
    "source": gettext_lazy("Which rule asks for it (article)"),
    "verified": gettext_lazy("How the rule is known"),
    "activated": gettext_lazy("When the response begins"),
    "updated": gettext_lazy("When something changes"),
    "lifted": gettext_lazy("When it is lifted"),
    "advice": gettext_lazy("What everybody can do"),
    "heard": gettext_lazy("Where to ask and be heard"),
}
#: How long texts are, by field; in both languages.
BOTH = {"names": 120, "task": 300, "check": 300} | dict.fromkeys(
    ("criteria", "measures", "raise_when", "lower_when", "lift_when", *schema.Announce.model_fields), 4000
)
MINUTES = {"ask", "target_min", "within_min", "every_min"}
#: Not asked for: made by the form, or by the calls that are made to other bodies.
NOT_ASKED = {"code", "colour", "verified_on", "silent_since"}


def entries_of(data: Any, kind: Kind) -> list[dict[str, Any]]:
    """The list of a plan's dump in which the entries of this kind stand."""
    for name in kind.path:
        data = data[name]
    return data  # type: ignore[no-any-return]


class PartForm(forms.Form):
    """One entry; `at` is its place in the list, None for a new one. `edited()` gives the whole plan with it."""

    use_required_attribute = False

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, posted: Any = None, *, file: PlanFile, kind: Kind, at: int | None, body: Authority, seen: int
    ) -> None:
        super().__init__(posted, initial={"seen": seen}, auto_id="part-%s")
        self.file, self.kind, self.at, self.body = file, kind, at, body
        self.data_of_plan = file.model_dump()
        found = entries_of(self.data_of_plan, kind)
        self.is_single = isinstance(found, dict)
        self.entry: dict[str, Any] = found if isinstance(found, dict) else {} if at is None else found[at]  # type: ignore[assignment]
        self.rows: list[tuple[str, list[str]]] = []
        for name in kind.model.model_fields:
            if name not in NOT_ASKED:
                self.rows.append((name, self._add(name)))

    # ------------------------------------------------------------ fields

    def _add(self, name: str) -> list[str]:
        """The form's fields for one field of the file."""
        label, value = LABELS[name], self.entry.get(name)
        if name in BOTH:
            return self._add_both(name, label, value)
        if name == "deputies":
            given = list(value or ()) + [""] * DEPUTIES
            names = [f"deputies-{number}" for number in range(DEPUTIES)]
            for number, one in enumerate(names):
                words = _("Deputy %(number)s") % {"number": number + 1}
                self._choose(one, words, self._posts(), given[number], is_required=False)
            return names
        if name in ("levels", "needs", "contents"):
            return self._add_several(name, label, value)
        if name == "is_commander":
            self.fields[name] = forms.BooleanField(
                label=label, required=False, initial=bool(value), disabled=bool(value)
            )
        elif name in MINUTES or name in ("count", "follow_days"):
            most = 43_200 if name in MINUTES else 366 if name == "follow_days" else 1_000_000
            self.fields[name] = forms.IntegerField(
                label=label,
                required=not self._may_be_none(name),
                min_value=1,
                max_value=most,
                initial=value or self._default(name),
            )
        elif name in ("phone", "source"):
            most = 64 if name == "phone" else 300
            self.fields[name] = Line(label=label, required=name == "source", max_length=most, initial=value)
        elif name == "email":
            self.fields[name] = forms.EmailField(label=label, required=False, initial=value)
        else:
            self._choose(name, label, self._choices(name), value, is_required=not self._may_be_none(name))
        return [name]

    def _add_both(self, name: str, label: Any, value: Any) -> list[str]:
        most, needed = BOTH[name], not self._may_be_none(name)
        for key, language in (("zh", _("Chinese")), ("en", _("English"))):
            words = _("%(what)s, %(language)s") % {"what": label, "language": language}
            initial = (value or {}).get(key, "")
            self.fields[f"{name}_{key}"] = (
                Words(label=words, limit=most, required=needed, initial=initial)
                if most > 300
                else Line(label=words, max_length=most, required=needed, initial=initial)
            )
        return [f"{name}_zh", f"{name}_en"]

    def _add_several(self, name: str, label: Any, value: Any) -> list[str]:
        self.fields[name] = forms.TypedMultipleChoiceField(
            label=label,
            required=name != "needs",
            coerce=int if name == "levels" else str,
            choices=self._choices(name),
            initial=list(value or ()),
            widget=forms.CheckboxSelectMultiple,
        )
        return [name]

    def _choose(self, name: str, label: Any, choices: Choices, value: Any, *, is_required: bool) -> None:
        known = {str(key) for key, _words in choices}
        if value and str(value) not in known:
            choices = [(value, _("%(given)s (does not exist)") % {"given": value}), *choices]
        nothing = [] if is_required and value else [("", _("nobody") if name in ("post", "duty") else "—")]
        self.fields[name] = forms.ChoiceField(
            label=label, required=is_required, choices=[*nothing, *choices], initial=value or ""
        )

    def _may_be_none(self, name: str) -> bool:
        return type(None) in get_args(self.kind.model.model_fields[name].annotation)

    def _default(self, name: str) -> Any:
        found = self.kind.model.model_fields[name].default
        return found if isinstance(found, int) else None

    def _posts(self) -> Choices:
        return list(post_choices(self.body))

    def _choices(self, name: str) -> Choices:
        makers: dict[str, Callable[[], Choices]] = {
            "group": lambda: [(one, group_text(one)) for one in get_args(Group)],
            "post": self._posts,
            "duty": lambda: list(duty_names(self.body).items()),
            "backs": lambda: _named(self.file.roles, but=self.entry.get("code")),
            "role": lambda: _named(self.file.roles),
            "track": lambda: _named(self.file.tracks),
            "needs": lambda: _named(self.file.actions, but=self.entry.get("code")),
            "levels": lambda: [
                (one.level, one.names.in_language(lang())) for one in self.file.scales.response
            ],
            "level": lambda: [(str(level), ROMAN[level - 1]) for level in (1, 2, 3, 4)],
            "standby": lambda: [(f"{one.unit.code}/{one.code}", one.name) for one in _standby(self.body)],
            "kind": lambda: list(OwedReport.Kind.choices),
            "contents": lambda: [(one, _(CONTENTS[one])) for one in get_args(Content)],
            "recipient": self._recipients,
            "verified": lambda: [(one, VERIFIED[one]) for one in get_args(Verified)],
        }
        return makers[name]()

    def _recipients(self) -> Choices:
        above = self.body.above.name if self.body.above else _("the body above")
        found: Choices = [(ABOVE, above)]
        found += [(f"contact:{code}", words) for code, words in _named(self.file.contacts)]
        return found + [(f"post:{ref}", words) for ref, words in self._posts()]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in BOTH:
            if name in self.kind.model.model_fields and f"{name}_zh" in self.fields:
                both = [given.get(f"{name}_{key}", "") for key in ("zh", "en")]
                if any(both) and not all(both):
                    missing = "zh" if not both[0] else "en"
                    if not self.has_error(f"{name}_{missing}"):
                        self.add_error(f"{name}_{missing}", _("Say it in both languages."))
        return given

    # ------------------------------------------------------------ the plan with it

    def edited(self) -> PlanFile:
        """The plan with this entry as the form says it. Raises CannotWrite where that is no plan."""
        entry = {**self.entry, **{name: self._said(name) for name, _fields in self.rows}}
        found = entries_of(self.data_of_plan, self.kind)
        if self.is_single:
            self.entry.update(entry)
            return _plan(self.data_of_plan)
        if "code" in self.kind.model.model_fields:
            entry.setdefault("code", _free_code(found, self.kind.path[-1]))
        if "colour" in self.kind.model.model_fields:
            entry["colour"] = COLOURS[entry["level"]]
        if entry.get("is_commander"):
            found = [one | {"is_commander": False} for one in found]
        rows = (
            [*found, entry]
            if self.at is None
            else [entry if at == self.at else one for at, one in enumerate(found)]
        )
        return _plan(_with(self.data_of_plan, self.kind, rows))

    def _said(self, name: str) -> Any:
        given = self.cleaned_data
        if name in BOTH:
            both = {key: given[f"{name}_{key}"] for key in ("zh", "en")}
            return both if any(both.values()) else None
        if name == "deputies":
            return tuple(dict.fromkeys(filter(None, (given[f"deputies-{at}"] for at in range(DEPUTIES)))))
        if name in ("levels", "needs", "contents"):
            said = tuple(given[name])
            # The file's own order stays where nothing was ticked or unticked.
            return self.entry[name] if name in self.entry and set(said) == set(self.entry[name]) else said
        if name == "level":
            return int(given[name])
        if name in ("phone", "email", "is_commander"):
            return given[name]
        return given[name] if given[name] not in ("", None) else None


VERIFIED = {
    "primary": gettext_lazy("its text was read"),
    "secondary": gettext_lazy("told by somebody else"),
    "ours": gettext_lazy("a default, to be replaced by your own rule"),
}


def without(file: PlanFile, kind: Kind, at: int) -> PlanFile:
    """The plan without an entry; the checks of what spans the parts say what still needs it."""
    data = file.model_dump()
    rows = [one for place, one in enumerate(entries_of(data, kind)) if place != at]
    return _plan(_with(data, kind, rows))


def moved(file: PlanFile, kind: Kind, at: int, by: int) -> PlanFile:
    """The plan with an entry further up (-1) or down (1); the same plan at either end."""
    data = file.model_dump()
    rows = list(entries_of(data, kind))
    to = at + by
    if 0 <= to < len(rows):
        rows[at], rows[to] = rows[to], rows[at]
    return _plan(_with(data, kind, rows))


def is_kept(kind_name: str, code: str) -> bool:
    """Whether an entry is in every plan and cannot be taken out: the three tracks."""
    return kind_name == "tracks" and code in TRACKS


def title_of(entry: dict[str, Any]) -> str:
    names = entry.get("names") or {}
    words = names.get("zh" if lang().startswith("zh") else "en", "")
    level = entry.get("level")
    return (
        pgettext("a level and its name", "%(level)s: %(name)s") % {"level": ROMAN[level - 1], "name": words}
        if level
        else words
    )


def _with(data: dict[str, Any], kind: Kind, rows: list[dict[str, Any]]) -> dict[str, Any]:
    if kind.path[0] == "scales":
        # The gravest first, wherever it was added.
        rows = sorted(rows, key=lambda one: one["level"])
        return data | {"scales": data["scales"] | {kind.path[1]: tuple(rows)}}
    return data | {kind.path[0]: tuple(rows)}


def _plan(data: dict[str, Any]) -> PlanFile:
    try:
        return PlanFile.model_validate(data)
    except ValidationError:
        raise CannotWrite("cannot_write") from None


def _named(parts: Sequence[Any], but: str | None = None) -> Choices:
    return [(one.code, one.names.in_language(lang())) for one in parts if one.code != but]


def _standby(body: Authority) -> list[StandbyItem]:
    return list(StandbyItem.objects.filter(unit__authority=body).select_related("unit").order_by("pk"))


def _free_code(rows: Sequence[dict[str, Any]], of: str) -> str:
    taken = {one["code"] for one in rows}
    return next(code for number in range(1, 1000) if (code := f"{of[:30].rstrip('s')}-{number}") not in taken)
