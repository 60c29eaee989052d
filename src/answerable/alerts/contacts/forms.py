"""Forms about how one is reached. What is typed as an address is read by `alerts.addresses`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from answerable.alerts.contacts import wording
from answerable.alerts.contacts.queries import can_send
from answerable.alerts.models import ContactPoint
from answerable.alerts.models.contacts import Way

SECONDS = (0, 60, 120, 300, 600, 1800)
NOT_FOR_THIS = ""


def _delay(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        required=False,
        choices=lambda: [*((n, wording.after(n)) for n in SECONDS), (NOT_FOR_THIS, wording.after(None))],
        coerce=int,
        empty_value=None,
        initial=0,
    )


class WhenForm(forms.Form):
    """What a way is called, and when it is tried."""

    use_required_attribute = False

    label = forms.CharField(label=gettext_lazy("What you call it"), max_length=60, required=False)
    urgent_after_s = _delay(gettext_lazy("For what is urgent, it is tried"))
    calm_after_s = _delay(gettext_lazy("For the rest, it is tried"))


class AddForm(WhenForm):
    """A new way. A browser is added by its own button, which fills `typed` itself."""

    way = forms.ChoiceField(label=gettext_lazy("By which way"))
    typed = forms.CharField(
        label=gettext_lazy("Number or address"),
        max_length=4000,
        help_text=gettext_lazy(
            "A telephone number as you dial it, with the area code for a landline; an e-mail address; for work chat, "
            "the address that the chat shows for its robot."
        ),
    )
    field_order = ("way", "typed", "label", "urgent_after_s", "calm_after_s")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["way"].choices = [  # type: ignore[attr-defined]
            (way, label) for way, label in Way.choices if way != Way.PUSH and can_send(way)
        ]
        if data is not None and data.get("way") == Way.PUSH:
            self.fields["way"].choices.append((Way.PUSH, Way.PUSH.label))  # type: ignore[attr-defined]


class CodeForm(forms.Form):
    use_required_attribute = False

    code = forms.CharField(
        label=gettext_lazy("The code that came"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class QuietForm(forms.Form):
    """Both or neither; the same time twice is no quiet hours."""

    use_required_attribute = False

    begins = forms.TimeField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    until = forms.TimeField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors and (values.get("begins") is None) != (values.get("until") is None):
            self.add_error("until", _("Type both times, or leave both empty."))
        return values


def when_form(contact: ContactPoint, data: Any = None) -> WhenForm:
    """The form of one way among others on the page."""
    initial = {
        "label": contact.label,
        "urgent_after_s": NOT_FOR_THIS if contact.urgent_after_s is None else contact.urgent_after_s,
        "calm_after_s": NOT_FOR_THIS if contact.calm_after_s is None else contact.calm_after_s,
    }
    form = WhenForm(data, initial=initial, prefix=f"way{contact.pk}")
    for name in ("urgent_after_s", "calm_after_s"):
        value = getattr(contact, name)
        if value is not None and value not in SECONDS:
            form.fields[name].choices = [(value, wording.after(value)), *form.fields[name].choices]  # type: ignore[attr-defined]
    return form
