"""What an administrator types about a key or a webhook."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from answerable.api.clients import NAME_LENGTH
from answerable.api.scopes import EVENT_WORDS, WORDS, events_for
from answerable.orgs.models import Authority, Post, Unit
from answerable.ui.fields import CheckCards, TypedDateField

OVERLAPS = {
    "7": gettext_lazy("for seven days more"),
    "1": gettext_lazy("for one day more"),
    "30": gettext_lazy("for thirty days more"),
    "0": gettext_lazy("no longer: it has become known"),
}


class KeyForm(forms.Form):
    """A new key for one body."""

    use_required_attribute = False

    name = forms.CharField(
        label=gettext_lazy("Name of the system"),
        help_text=gettext_lazy("Such as “Hotline” or “River gauges”; never a person's name."),
        max_length=NAME_LENGTH,
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What the key may do"),
        widget=CheckCards(),
    )
    unit = forms.ModelChoiceField(
        label=gettext_lazy("Only about this unit and those below it"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=gettext_lazy("the whole office"),
    )
    post = forms.ModelChoiceField(
        label=gettext_lazy("Post that answers for the key"),
        help_text=gettext_lazy("It is told before the key ends, and when a webhook stops."),
        queryset=Post.objects.none(),
        required=False,
        empty_label=gettext_lazy("none: the key only hands in"),
    )
    until = TypedDateField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("Year, month, day, for example 2027-03-09. Empty: until it is taken back."),
        required=False,
    )

    def __init__(self, data: Any = None, *, body: Authority, now: datetime) -> None:
        super().__init__(data)
        self.body, self.now = body, now
        scopes: Any = self.fields["scopes"]
        scopes.choices = [(scope.value, _(words)) for scope, words in WORDS.items()]
        scopes.widget.hints = {scope.value: scope.value for scope in WORDS}
        units: Any = self.fields["unit"]
        units.queryset = Unit.objects.filter(authority=body, closed_on=None).order_by("path")
        posts: Any = self.fields["post"]
        posts.queryset = (
            Post.objects.filter(unit__authority=body, closed_on=None)
            .select_related("unit")
            .order_by("unit__path", "pk")
        )
        posts.label_from_instance = lambda post: f"{post} · {post.unit} · {post.get_role_display()}"

    def typed(self) -> dict[str, Any]:
        """As `issue_key` takes it: the last day ends at the office's midnight."""
        values = dict(self.cleaned_data)
        until = values.pop("until")
        ends = until and datetime.combine(until + timedelta(days=1), time(), ZoneInfo(self.body.zone))
        return values | {"authority": self.body, "expires_at": ends or None}


class RotateForm(forms.Form):
    use_required_attribute = False

    overlap = forms.ChoiceField(
        label=gettext_lazy("The secret in use works"),
        choices=list(OVERLAPS.items()),
    )


class HookForm(forms.Form):
    """A new webhook of one key, which may be told of what the key may read."""

    use_required_attribute = False

    url = forms.CharField(
        label=gettext_lazy("Address"),
        help_text=gettext_lazy("An https address of the public internet that takes POST."),
        max_length=1000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    kinds = forms.MultipleChoiceField(label=gettext_lazy("What it is told of"), widget=CheckCards())

    def __init__(self, data: Any = None, *, scopes: list[str]) -> None:
        super().__init__(data)
        kinds: Any = self.fields["kinds"]
        kinds.choices = [(event.value, _(EVENT_WORDS[event])) for event in events_for(scopes)]
        kinds.widget.hints = {event.value: event.value for event in EVENT_WORDS}

    @property
    def has_events(self) -> bool:
        kinds: Any = self.fields["kinds"]
        return bool(kinds.choices)
