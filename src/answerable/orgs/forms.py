"""Forms of the organisation's pages. One form serves every table: its fields are the table's columns."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from answerable.orgs import procedures
from answerable.orgs.access import Visitor
from answerable.orgs.labels import HEADS, HINTS
from answerable.orgs.models import Hold, Place, Post, Role, Subject, Unit
from answerable.orgs.sheets.cells import write_cell
from answerable.orgs.sheets.columns import TABLES, Column
from answerable.orgs.sheets.faults import SheetFault
from answerable.ui.fields import TypedDateField

#: References that are chosen from a list whose values are code within the body.
_CODES: dict[str, Any] = {"units": Unit, "subjects": Subject, "places": Place, "posts": Post}


class RowForm(forms.Form):
    """One row of a table. Values are checked by `services.changes.save_row`, as in an import."""

    use_required_attribute = False

    def __init__(
        self,
        data: Any = None,
        *,
        table: str,
        visitor: Visitor,
        row: dict[str, Any] | None = None,
        body: str = "",
    ) -> None:
        self.table, self.visitor, self.row = TABLES[table], visitor, row
        self.body = (row or {}).get("authority") or body
        start = (
            {c.head: self._shown(c, row[c.head]) for c in self.table.columns} if row else self._fresh(body)
        )
        super().__init__(data, initial=start)
        for column in self.table.columns:
            if row is not None and column.head in self.table.key:
                continue
            self.fields[column.head] = self._field(column)

    def _fresh(self, body: str) -> dict[str, Any]:
        """What a new row begins with: its body; a unit stands below the one on top, of which a body has one."""
        top = Unit.objects.filter(authority__code=body, parent=None, closed_on=None).order_by("pk").first()
        return {"authority": body} | ({"parent": top.code} if top and self.table.name == "units" else {})

    @staticmethod
    def _shown(column: Column, value: Any) -> Any:
        return value if column.kind == "flag" else write_cell(column, value)

    def _field(self, column: Column) -> forms.Field:
        label = HEADS[column.head]
        if column.kind == "flag":
            return forms.BooleanField(label=label, required=False, initial=bool(column.default))
        choices = self._choices(column)
        if choices is not None:
            blank = [] if column.must else [("", "—")]
            return forms.ChoiceField(
                label=label, required=column.must, choices=[*blank, *choices], initial=column.default
            )
        widget = forms.Textarea(attrs={"rows": 3}) if column.kind == "text" else forms.TextInput()
        hint = HINTS.get((self.table.name, column.head), "")
        return forms.CharField(
            label=label, required=column.must, widget=widget, initial=column.default, help_text=hint
        )

    def _choices(self, column: Column) -> list[tuple[str, str]] | None:
        if column.refers == "authorities":
            bodies = self.visitor.runs
            return [(body.code, str(body)) for body in bodies]
        if column.refers in _CODES:
            rows = _CODES[column.refers].objects.filter(closed_on=None).order_by("pk")
            if column.refers == "posts":
                rows = rows.filter(unit__authority__code=self.body).select_related("unit")
                return [(post.code, f"{post} · {post.unit}") for post in rows]
            return [(row.code, str(row)) for row in rows.filter(authority__code=self.body)]
        if column.head == "role":
            return [(value, str(label)) for value, label in Role.choices]
        if column.head == "language":
            return [("zh-hans", "中文"), ("en", "English")]
        if column.kind == "pack" and procedures.known():
            return list(procedures.known().items())
        return None

    def typed(self) -> dict[str, Any]:
        """What goes to `save_row`: the key as it stands, the rest as typed."""
        values = dict(self.cleaned_data)
        if self.row is not None:
            values |= {head: self.row[head] for head in self.table.key}
        return values

    def take(self, faults: list[SheetFault]) -> None:
        """Say each fault at its field."""
        for fault in faults:
            self.add_error(fault.column if fault.column in self.fields else None, fault.sentence())


class AppointForm(forms.Form):
    use_required_attribute = False

    staff = forms.ChoiceField(label=gettext_lazy("Who"))
    hold = forms.ChoiceField(label=gettext_lazy("As what"), choices=Hold.choices)
    since = TypedDateField(
        label=gettext_lazy("From which day"),
        help_text=gettext_lazy("Empty: from now on. Else year, month, day, for example 2026-03-09."),
        required=False,
    )
    until = TypedDateField(label=gettext_lazy("Up to and including"), required=False)

    def __init__(self, data: Any = None, *, people: Any) -> None:
        super().__init__(data)
        self.fields["staff"].choices = [(p.pk, f"{p} ({p.username})") for p in people]  # type: ignore[attr-defined]


class FileForm(forms.Form):
    use_required_attribute = False

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A workbook (XLSX), a ZIP of CSV files, or one table as CSV."),
    )


class WhyForm(forms.Form):
    why = forms.CharField(max_length=300)


class FirstSignInForm(forms.Form):
    use_required_attribute = False

    username = forms.CharField(label=gettext_lazy("Name for signing in"), max_length=64)
    code = forms.CharField(label=gettext_lazy("One-time code"), max_length=80)
    password = forms.CharField(
        label=gettext_lazy("Your new password"),
        help_text=gettext_lazy("At least ten characters; several words make a good one."),
        widget=forms.PasswordInput,
    )
    again = forms.CharField(label=gettext_lazy("Once more"), widget=forms.PasswordInput)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("password") != values.get("again"):
            self.add_error("again", _("The two passwords differ."))
        return values
