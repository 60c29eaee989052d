"""What the person's pages ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from answerable.cases.portal.fields import CleanField, EmailField, PhoneField
from answerable.core import codes
from answerable.core.sentences import sentence
from answerable.parties.steps import ChannelWish
from answerable.ui.fields import RadioCards

LONG = 20_000


class FollowForm(forms.Form):
    """Code and secret. What is mistyped is explained from the check signs alone, without a look at any case."""

    code = CleanField(
        limit=60,
        lines=False,
        label=_("Your code"),
        help_text=_("Ten letters and digits, on top of the receipt. Capitals and dashes do not matter."),
        error_messages={"required": _("Type the code on your receipt.")},
    )
    secret = CleanField(
        limit=80,
        lines=False,
        label=_("Your secret"),
        help_text=_("Sixteen letters and digits, on the slip below the receipt."),
        error_messages={"required": _("Type the secret that came with the code.")},
    )

    def clean_code(self) -> str:
        typed = str(self.cleaned_data["code"])
        if trouble := codes.explain(typed):
            raise forms.ValidationError(sentence(trouble))
        return codes.normalise(typed)

    def clean_secret(self) -> str:
        typed = str(self.cleaned_data["secret"])
        if trouble := codes.explain_secret(typed):
            raise forms.ValidationError(sentence(trouble))
        return codes.normalise(typed)


class LostForm(forms.Form):
    code = FollowForm.base_fields["code"]

    def clean_code(self) -> str:
        typed = str(self.cleaned_data["code"])
        if trouble := codes.explain(typed):
            raise forms.ValidationError(sentence(trouble))
        return codes.normalise(typed)


class WriteForm(forms.Form):
    text = CleanField(
        limit=LONG,
        required=False,
        label=_("What do you want to say?"),
        help_text=_("You can send pictures or papers without words too."),
    )


class ReasonForm(forms.Form):
    """Words that may be left out: asking for review, raising."""

    text = CleanField(limit=LONG, required=False, label=_("Why you do not agree"))


class SolvedForm(forms.Form):
    solved = forms.ChoiceField(
        label=_("Is it solved?"),
        choices=[("yes", _("Yes, it is solved")), ("no", _("No, it is not solved"))],
        widget=RadioCards(
            hints={
                "no": _(
                    "This stands beside what the office says, in the file and in the published figures. You can "
                    "also ask for a review, or raise it."
                )
            }
        ),
    )
    text = CleanField(limit=LONG, required=False, label=_("What is missing, or what went well"))
    rating = forms.TypedChoiceField(
        label=_("How was it handled?"),
        help_text=_("This concerns how you were treated, whatever came of it."),
        choices=[
            ("5", _("Very well")),
            ("4", _("Well")),
            ("3", _("So-so")),
            ("2", _("Badly")),
            ("1", _("Very badly")),
        ],
        widget=RadioCards,
        required=False,
        coerce=int,
        empty_value=None,
    )


_WAYS = {
    "none": (_("Do not write to me"), _("You come and look here with code and secret.")),
    "email": (_("By e-mail"), _("It says only that there is news, never what.")),
    "sms": (_("By text message"), _("It says only that there is news, never what.")),
    "post": (_("By letter"), _("A letter can be seen by those you live with.")),
}


class ReachForm(forms.Form):
    """How the person wants to be told that there is news. `kinds` are those that work at this office."""

    kind = forms.ChoiceField(label=_("How may we tell you that there is news?"), widget=RadioCards)
    email = EmailField(label=_("E-mail address"), required=False)
    phone = PhoneField(label=_("Telephone number for text messages"), required=False)
    address = CleanField(limit=300, label=_("Postal address"), required=False)

    def __init__(self, *args: Any, kinds: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = ["none", *kinds]
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind, _WAYS[kind][0]) for kind in shown]
        field.widget.hints = {kind: _WAYS[kind][1] for kind in shown}  # type: ignore[attr-defined]
        for kind, name in self.BOXES.items():
            if kind not in kinds:
                del self.fields[name]

    BOXES = {"email": "email", "sms": "phone", "post": "address"}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        box = self.BOXES.get(data.get("kind", ""))
        if box and not data.get(box) and box not in self.errors:
            self.add_error(box, _("Please fill this in, or choose another way."))
        return data

    @property
    def wish(self) -> ChannelWish | None:
        kind = self.cleaned_data["kind"]
        return None if kind == "none" else ChannelWish(kind, self.cleaned_data[self.BOXES[kind]])


class ShareForm(forms.Form):
    """What others may see of a matter. Both are off until the person says so."""

    shareable = forms.BooleanField(
        required=False,
        label=_(
            "Others who have the same trouble may see that this matter is open, in a short summary by the office "
            "that says nothing about me."
        ),
    )
    publishable = forms.BooleanField(
        required=False,
        label=_(
            "It may also be published for everybody: what it is about, the public place, since when, how far it is, "
            "and that summary. Never my words, my name, my pictures, or where I live."
        ),
    )


class EraseForm(forms.Form):
    sure = forms.BooleanField(
        label=_("I understand that what is erased cannot be brought back by anybody."),
        error_messages={"required": _("Tick this if you want to go on.")},
    )
