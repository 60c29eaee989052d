"""A mailbox as the administrator describes it; a subject for a message that becomes a matter."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from answerable.cases.mailbox.models import Mailbox, Security
from answerable.cases.mailbox.services import Wished
from answerable.cases.mailbox.taking import Nature
from answerable.cases.portal.fields import CleanField, EmailField
from answerable.orgs.models import Authority, Subject, Unit
from answerable.ui.fields import RadioCards, TypedDateField

_HOST = re.compile(r"^(?=.{1,200}$)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$|^[0-9A-Fa-f:.]{2,45}$")
_LOCAL = ("localhost", "127.0.0.1", "::1")


class _Choice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class MailboxForm(forms.Form):
    use_required_attribute = False

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    address = EmailField(
        label=_("Its address"), help_text=_("What people write to, for example help@town.example.")
    )
    host = CleanField(limit=200, lines=False, label=_("Mail server (IMAP)"))
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=993)
    security = forms.ChoiceField(label=_("Encryption"), choices=Security.choices)
    username = CleanField(limit=200, lines=False, label=_("Name at the mail server"))
    password = forms.CharField(
        label=_("Password"),
        required=False,
        max_length=400,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Kept sealed, and never shown again."),
    )
    folder = CleanField(limit=120, lines=False, label=_("Folder where messages arrive"), initial="INBOX")
    done_folder = CleanField(
        limit=120,
        lines=False,
        label=_("Folder for messages that were taken"),
        initial="Answerable",
        help_text=_("It is made if it is not there."),
    )
    done_days = forms.IntegerField(
        label=_("Days that a message which was taken still lies there"),
        min_value=1,
        max_value=365,
        initial=30,
        help_text=_(
            "Then it is deleted at the mail server too: what a person has erased here must not last there."
        ),
    )
    since = TypedDateField(
        label=_("Take messages from this day on"), help_text=_("Earlier ones were answered by hand.")
    )
    unit = _Choice(
        Unit.objects.none(),
        label=_("Who looks at what was not taken up"),
        help_text=_("Its clerks and leaders see those messages; the administrator does not."),
    )
    subject = _Choice(
        Subject.objects.none(),
        label=_("What a new matter is taken for at first"),
        help_text=_(
            "Each message is first read where accusations are looked into. What accuses nobody goes on from there, by "
            "this subject or another one."
        ),
    )
    sends_secret = forms.BooleanField(
        required=False,
        label=_("Send the secret with the receipt"),
        help_text=_(
            "Easier for the person; but whoever can read their mail can then open the matter. Without it they have "
            "a secret sent when they want one."
        ),
    )

    def __init__(
        self, data: Any = None, *, authority: Authority, row: Mailbox | None = None, today: date
    ) -> None:
        names = [name for name in self.base_fields if hasattr(Mailbox, name)]
        start: dict[str, Any] = {name: getattr(row, name) for name in names} if row else {"since": today}
        super().__init__(data, initial=start | ({"seen_version": row.version} if row else {}))
        self.fields["password"].required = row is None
        if row is not None:
            self.fields["password"].help_text = _("Sealed. Leave it empty to keep the one that is there.")
        for name, model in (("unit", Unit), ("subject", Subject)):
            rows = model.objects.filter(authority=authority, closed_on=None).order_by("pk")  # type: ignore[attr-defined]
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean_host(self) -> str:
        host = str(self.cleaned_data["host"])
        if not _HOST.match(host):
            raise forms.ValidationError(_("This is no name of a server. It looks like imap.town.example."))
        return host

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("security") == Security.NONE and said.get("host") not in _LOCAL:
            self.add_error(
                "security",
                _("Without encryption everybody on the way reads along. Choose one of the others."),
            )
        return said

    @property
    def wished(self) -> Wished:
        said = self.cleaned_data
        return Wished(**{name: said[name] for name in Wished.__dataclass_fields__})


class _Several(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class SubjectForm(forms.Form):
    use_required_attribute = False

    conduct = forms.ChoiceField(
        label=_("Is it about how an official or an office behaved?"),
        help_text=_("If so, whoever it is about can neither handle the matter nor read it."),
        choices=[("no", _("No")), ("yes", _("Yes")), ("unsure", _("I am not sure"))],
        widget=RadioCards,
    )
    units = _Several(
        Unit.objects.none(),
        label=_("Which office is it about?"),
        help_text=_("Only where it is about one. Your own, too; several can be chosen."),
        required=False,
    )
    words = CleanField(
        limit=2000,
        label=_("Who it is, in the person's words"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    subject = _Choice(Subject.objects.none(), label=_("What it is about"))

    def __init__(self, data: Any = None, *, mailbox: Mailbox) -> None:
        super().__init__(data, initial={"subject": mailbox.subject_id})
        rows = Subject.objects.filter(authority=mailbox.authority_id, closed_on=None).order_by("pk")
        self.fields["subject"].queryset = rows  # type: ignore[attr-defined]
        units = Unit.objects.filter(authority=mailbox.authority_id, closed_on=None).order_by("path")
        self.fields["units"].queryset = units  # type: ignore[attr-defined]
        self.fields["units"].widget.attrs["size"] = 6

    @property
    def nature(self) -> Nature:
        """What the clerk answered; who is not sure leaves it to those who look into accusations."""
        said = self.cleaned_data
        if said["conduct"] == "no":
            return Nature()
        units = tuple(unit.pk for unit in said["units"])
        is_open = said["conduct"] == "unsure" and not units
        return Nature(is_open=is_open, is_conduct=True, units=units, words=said["words"])
