"""The report's form: one field a part, those that must be in it first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from answerable.alerts.desk.fields import Line, Words
from answerable.incidents.models import Report
from answerable.incidents.reports import wording
from answerable.incidents.reports.recipients import Recipient
from answerable.incidents.reports.rules import CONTENTS, MOST_TEXT
from answerable.incidents.reports.services import WAYS

_HINTS = {
    "source": gettext_lazy("Who told you first, as an office or a post; no names of people."),
    "casualties": gettext_lazy("In numbers: dead, hurt, missing, in danger. No names."),
    "cause": gettext_lazy("As far as it is known. “Being established” is an answer; a guess is not."),
    "trend": gettext_lazy("Better, worse, the same, and what is expected."),
}
_ROWS = {"time": 1, "place": 1, "source": 2, "contact": 1}


class ReportForm(forms.Form):
    """`parts`: what the report says so far. No part is required while it is written; sending asks for them."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, row: Report, parts: Mapping[str, str], to: Recipient) -> None:
        super().__init__(
            data, initial={"version": row.version, "way": _first_way(row, to)}, auto_id="report-%s"
        )
        self.must = [code for code in CONTENTS if code in row.contents]
        self.more = [code for code in CONTENTS if code not in row.contents]
        for code in (*self.must, *self.more):
            self.fields[code] = Words(
                label=wording.content(code),
                limit=MOST_TEXT,
                required=False,
                help_text=_HINTS.get(code, ""),
            )
            self.fields[code].widget.attrs["rows"] = _ROWS.get(code, 3)
            self.initial[code] = parts.get(code, "")
        self.fields["way"] = forms.ChoiceField(
            label=_("How does it go out?"),
            choices=[
                (way, wording.WAYS[way]) for way in WAYS if way != "channel" or to.is_reached_by_channel
            ],
            widget=forms.RadioSelect,
            required=False,
        )
        self.fields["taken_by"] = Line(
            label=_("By telephone: who took it down there"),
            max_length=100,
            required=False,
            help_text=_("Their post, such as “duty officer of the county”, not their name."),
        )

    def say_what_is_missing(self, codes: Iterable[str]) -> None:
        """At each part that must be in it and is not, so that the summary leads there."""
        for code in codes:
            self.add_error(code, _("This must be in the report."))

    def mark_what_must_be(self, is_follow_up: bool) -> None:
        """For the page: what must be in it is not called optional. While it is written nothing is demanded."""
        for code in self.must:
            self.fields[code].required = not is_follow_up
        self.fields["way"].required = True

    @property
    def must_fields(self) -> list[forms.BoundField]:
        return [self[code] for code in self.must]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [self[code] for code in self.more]

    def parts(self) -> dict[str, str]:
        return {code: self.cleaned_data.get(code, "") for code in (*self.must, *self.more)}


def _first_way(row: Report, to: Recipient) -> str:
    if row.kind == Report.Kind.FIRST_PHONE:
        return "phone"
    return "channel" if to.is_reached_by_channel else "paper"


class WhyForm(forms.Form):
    """Why a report is not required."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput)
    why = Words(label=gettext_lazy("Why is it not required?"), limit=500, required=False)
