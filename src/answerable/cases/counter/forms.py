"""Everything the portal asks page by page, on one dense page for a clerk who listens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from answerable.cases.models import Intake, Privacy
from answerable.cases.portal.fields import CleanField, EmailField, PhoneField
from answerable.cases.portal.office import Node, Office, Tree
from answerable.cases.portal.questions import QUESTIONS
from answerable.core.text import TEXT_LIMIT
from answerable.ui.fields import CheckCards, RadioCards, TypedDateField

NO_CHANNEL = "none"
#: A letter that is older may well have lain somewhere, or its year is a slip: the clerk is asked once more.
OLD_LETTER = timedelta(days=60)
#: Nothing older is taken for the day on which a letter arrived: from then on it is the day on which it was found.
OLDEST_YEARS = 10
#: How a matter reaches a clerk.
INTAKES = (Intake.COUNTER, Intake.PHONE, Intake.LETTER)
_INTAKE_WORDS = {
    Intake.COUNTER: _("At the counter"),
    Intake.PHONE: _("By telephone"),
    Intake.LETTER: _("By letter"),
}
_DANGER = QUESTIONS["danger"].base_fields["danger"]
_PRIVACY = QUESTIONS["privacy"].base_fields["privacy"]
_SHARE = QUESTIONS["check"].base_fields["share"]


def shown_nodes(tree: Tree) -> list[Node]:
    """The rows a person chooses from, each after its parent; a lone root is passed over as on the portal."""
    rows: list[Node] = []
    for top in tree.top():
        rows += [top, *(Node(node.row, node.depth + 1, node.has_below) for node in tree.under(top.id))]
    return rows


def _options(nodes: Sequence[Node]) -> list[tuple[str, str]]:
    return [(str(node.id), "— " * node.depth + node.name) for node in nodes]


class MatterForm(forms.Form):
    """One matter as it was told. `own_units` are the clerk's: an accusation of one of them is taken with care."""

    token = forms.CharField(widget=forms.HiddenInput, required=False)
    intake = forms.ChoiceField(label=_("How it came"), choices=[(k, _INTAKE_WORDS[k]) for k in INTAKES])
    received_on = TypedDateField(
        label=_("Day the letter arrived"),
        help_text=_("Only for a letter. The office's time limits count from this day."),
        required=False,
    )
    old_day = forms.BooleanField(label=_("Yes, the letter arrived on that day"), required=False)
    language = forms.ChoiceField(label=_("The person's language"), choices=settings.LANGUAGES)
    who = forms.ChoiceField(
        label=_("For whom the person speaks"),
        choices=[
            ("self", _("For themselves")),
            ("minor", _("For a child or young person")),
            ("other", _("For someone who cannot write or come")),
        ],
    )
    story = CleanField(
        limit=TEXT_LIMIT,
        label=_("What happened?"),
        help_text=_("In the person's own words: what, where, since when."),
        error_messages={"required": _("Write what the person told. A few words are enough.")},
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    wants = CleanField(
        limit=TEXT_LIMIT,
        label=_("What should be done?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    danger = forms.ChoiceField(
        label=_DANGER.label,
        help_text=_DANGER.help_text,
        choices=_DANGER.choices,  # type: ignore[attr-defined]
        widget=RadioCards,
    )
    conduct = forms.ChoiceField(
        label=_("Is it about how an official or an office behaved?"),
        help_text=_("Ask it in these words. Whoever is accused can neither handle the matter nor read it."),
        choices=[("no", _("No")), ("yes", _("Yes")), ("unsure", _("I am not sure"))],
        widget=RadioCards,
    )
    units = forms.MultipleChoiceField(
        label=_("Which office is it about?"),
        help_text=_("The office that the person complained about works in, too."),
        widget=CheckCards,
        required=False,
    )
    accused_words = CleanField(
        limit=2000,
        label=_("Who it is, in the person's words"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    subject = forms.ChoiceField(label=_("What is it about?"))
    place = forms.ChoiceField(label=_("Where is it?"), required=False)
    place_words = CleanField(limit=300, lines=False, label=_("Where exactly"), required=False)
    kind = forms.ChoiceField(label=_("What is it, most of all?"))
    privacy = forms.ChoiceField(
        label=_PRIVACY.label,
        help_text=_("Tell the person what each choice means; they choose, and nothing depends on it."),
        choices=_PRIVACY.choices,  # type: ignore[attr-defined]
        widget=RadioCards(hints=_PRIVACY.widget.hints),  # type: ignore[attr-defined]
    )
    name = CleanField(
        limit=120,
        lines=False,
        label=pgettext_lazy("the person's", "Name"),
        help_text=_("Only if the person gives it. Sealed as soon as the matter is registered."),
        required=False,
    )
    represented = CleanField(
        limit=120, lines=False, label=_("Name of the person they speak for"), required=False
    )
    address = CleanField(
        limit=500,
        label=_("Postal address"),
        help_text=_("Only if letters should be addressed to them."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    channel = forms.ChoiceField(
        label=_("How news may reach them"),
        help_text=_("A message says only that there is news, never what it is about."),
    )
    reach = CleanField(
        limit=500,
        label=_("E-mail address, number, or address for letters"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    share = forms.BooleanField(label=_SHARE.label, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        office: Office,
        today: date,
        own_units: Sequence[int] = (),
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        #: Whether the page asks again for a letter's day that lies far back.
        self.asks_old_day = bool((initial or {}).get("old_day"))
        self.office, self.today, self.own_units = office, today, frozenset(own_units)
        first = [("", gettext("Choose…"))]
        elsewhere = [("", gettext("Somewhere else, or no particular place"))]
        self._choose("subject", first + _options(shown_nodes(office.subjects)))
        self._choose("place", elsewhere + _options(shown_nodes(office.places)))
        units = office.units.everything()
        self._choose("units", [(str(node.id), office.units.full_name(node.id)) for node in units])
        words = {"email": _("By e-mail"), "sms": _("By text message"), "post": _("By post")}
        ways = [(kind, words[kind]) for kind in office.channel_kinds]
        self._choose("channel", [(NO_CHANNEL, _("Not at all")), *ways])
        kinds, language = office.kinds_to_ask, get_language() or "en"
        if kinds:
            self._choose("kind", [(kind.code, kind.title.in_language(language)) for kind in kinds])
        else:
            del self.fields["kind"]

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def is_conduct(self) -> bool:
        return self.cleaned_data.get("conduct") in ("yes", "unsure")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._check_day(cleaned)
        self._check_conduct(cleaned)
        self._check_who(cleaned)
        self._check_reach(cleaned)
        return cleaned

    def _check_day(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("intake") != Intake.LETTER:
            cleaned["received_on"] = None
        elif "received_on" not in self.errors:
            day = cleaned.get("received_on")
            if day is None:
                self.add_error("received_on", gettext("Type the day on which the letter arrived."))
            elif day > self.today:
                self.add_error("received_on", gettext("This day is still to come. Type the day it arrived."))
            else:
                self._check_age(day, said_again=bool(cleaned.get("old_day")))

    def _check_age(self, day: date, *, said_again: bool) -> None:
        """No letter is refused for being old; a slip of the year would begin its limits years ago, for good."""
        if day.year < self.today.year - OLDEST_YEARS:
            text = gettext(
                "This day is more than %(years)s years ago. Look at the year again; where a letter lay that long, type "
                "the day on which it was found, and write beside what happened since when it had been there."
            )
            self.add_error("received_on", text % {"years": OLDEST_YEARS})
        elif day < self.today - OLD_LETTER:
            self.asks_old_day = True
            if not said_again:
                text = gettext(
                    "This day is %(days)s days ago, and the time limits count from it. If it is right, say so below."
                )
                self.add_error("received_on", text % {"days": (self.today - day).days})

    def _check_conduct(self, cleaned: dict[str, Any]) -> None:
        if not self.is_conduct:
            apart = {node.id for node in shown_nodes(self.office.subjects)}
            chosen = cleaned.get("subject")
            plain = Office(self.office.authority, self.office.bodies, conduct=False)
            if chosen and cleaned.get("conduct") and int(chosen) in apart - set(plain.subjects.rows):
                text = gettext("This subject is for accusations. Answer “Yes” above, or choose another one.")
                self.add_error("subject", text)
            return
        if not cleaned.get("units") and not cleaned.get("accused_words"):
            self.add_error("units", gettext("Choose an office, or say in the person's words who it is."))
        gives_away = cleaned.get("privacy") != Privacy.ANONYMOUS or cleaned.get("channel") != NO_CHANNEL
        if self.own_units & {int(pk) for pk in cleaned.get("units", [])} and gives_away:
            text = gettext(
                "You belong to the office that this is about, so no name and no way to reach the person is taken "
                "down here. Choose “anonymous” and “Not at all”; the person can name a way to be reached on "
                "their own page."
            )
            self.add_error("units", text)

    def _check_who(self, cleaned: dict[str, Any]) -> None:
        named = any(cleaned.get(field) for field in ("name", "represented", "address"))
        if cleaned.get("privacy") == Privacy.ANONYMOUS and named:
            text = gettext("The person stays anonymous: empty the name and the address, or ask once more.")
            self.add_error("name", text)
        elif cleaned.get("privacy") in (Privacy.CONFIDENTIAL, Privacy.OPEN) and not cleaned.get("name"):
            self.add_error("name", gettext("Type the name, or choose that the person stays anonymous."))
        if cleaned.get("who") == "self" and cleaned.get("represented"):
            text = gettext("Say above for whom the person speaks, or empty this.")
            self.add_error("represented", text)

    def _check_reach(self, cleaned: dict[str, Any]) -> None:
        kind, reach = cleaned.get("channel"), cleaned.get("reach", "")
        if kind == NO_CHANNEL and reach:
            self.add_error("channel", gettext("An address is typed below: choose the way, or empty it."))
        if kind in (None, NO_CHANNEL) or "reach" in self.errors:
            return
        if not reach:
            self.add_error("reach", gettext("Type where news may go, or choose “Not at all”."))
            return
        field = {"email": EmailField, "sms": PhoneField}.get(kind)
        if field is not None:
            try:
                cleaned["reach"] = field().clean(reach)
            except forms.ValidationError as wrong:
                self.add_error("reach", wrong)
