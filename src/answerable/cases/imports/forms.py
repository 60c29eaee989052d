"""What an administrator says of another system: its file, or its address."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from answerable.cases.portal.fields import CleanField
from answerable.orgs.models import Authority, Subject
from answerable.orgs.sheets.reading import FILE_MB
from answerable.ui.fields import TypedDateField


class FileForm(forms.Form):
    use_required_attribute = False
    prefix = "file"

    content = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A workbook (XLSX) or one table as CSV, up to 10 MB and 20,000 rows."),
    )
    source = CleanField(
        limit=120,
        lines=False,
        label=gettext_lazy("What the other system is called"),
        help_text=gettext_lazy(
            "The same each time: by it a matter that was taken over before is known again."
        ),
    )

    def clean_content(self) -> Any:
        content = self.cleaned_data["content"]
        if content.size > FILE_MB << 20:
            raise forms.ValidationError(
                _("This file is too big: %(limit)s MB at most. Divide it into several.") % {"limit": FILE_MB}
            )
        return content


class _Choice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class PullForm(forms.Form):
    use_required_attribute = False
    prefix = "pull"

    root = forms.CharField(
        label=gettext_lazy("Address of the Open311 server"),
        help_text=gettext_lazy("What stands before /requests.json, such as https://city.example/open311/v2"),
        max_length=200,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    since = TypedDateField(label=gettext_lazy("Received there since"))
    subject = _Choice(
        Subject.objects.none(),
        label=gettext_lazy("For services that have no subject here"),
        help_text=gettext_lazy("A service whose code is a subject of ours keeps it."),
    )
    jurisdiction = CleanField(
        limit=100,
        lines=False,
        required=False,
        label=gettext_lazy("jurisdiction_id, where that server knows several offices"),
    )

    def __init__(self, *args: Any, body: Authority, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Subject.objects.filter(authority=body, closed_on=None).order_by("pk")
        self.fields["subject"].queryset = rows  # type: ignore[attr-defined]

    def clean_root(self) -> str:
        root = str(self.cleaned_data["root"]).strip().rstrip("/")
        try:
            parts = urlsplit(root)
            fine = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            fine = False
        if not fine or "@" in parts.netloc:
            raise forms.ValidationError(
                _("This is no web address without a name and password in it. It begins with https://")
            )
        return root
