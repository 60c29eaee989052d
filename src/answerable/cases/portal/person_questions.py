"""Questions about the person: who may know who they are, and how they are told that there is news."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from answerable.cases.portal.asking import Question, radio
from answerable.cases.portal.fields import CleanField, EmailField, PhoneField


class PrivacyQuestion(Question):
    step = "privacy"
    privacy = radio(
        _("Should we know who you are?"),
        [
            ("anonymous", _("No: stay anonymous")),
            ("confidential", _("Yes, but keep my name under lock")),
            ("open", _("Yes, openly")),
        ],
        hint=_("The choice is yours. Your matter is registered and handled in the same way."),
        hints={
            "anonymous": _(
                "We store no name, so nobody can find one here. You follow your matter with the receipt, and the "
                "office can ask you things there. Mind what your words or files themselves tell about you."
            ),
            "confidential": _(
                "Your name is stored sealed, apart from your matter. Someone who works on it can open it only by "
                "giving a reason; you see at once which post looked, when, and why. It is not passed on outside."
            ),
            "open": _(
                "Those who work on the matter may use your name where it helps, also towards another office. It is "
                "stored sealed all the same, and you see who looked at it."
            ),
        },
    )


class NameQuestion(Question):
    step = "name"
    name = CleanField(limit=120, lines=False, label=_("What is your name?"))
    represented = CleanField(
        limit=120,
        lines=False,
        required=False,
        label=_("Name of the person you write for"),
    )
    address = CleanField(
        limit=500,
        label=_("Your postal address"),
        help_text=_("Only if letters should be addressed to you."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def build(self) -> None:
        self.fields["name"].error_messages["required"] = _(
            "Type a name; or go back and choose to stay anonymous."
        )
        if self.draft.get("who") in (None, "self"):
            del self.fields["represented"]


class ChannelQuestion(Question):
    step = "channel"

    def build(self) -> None:
        words = {
            "email": _("By e-mail"),
            "sms": _("By text message"),
            "post": _("By post"),
        }
        known = _("An address can show who you are. It is sealed, and only the machine that sends opens it.")
        hints: dict[str, Any] = {"none": _("You look it up with your receipt whenever you like.")}
        if self.draft.get("privacy") == "anonymous":
            hints |= dict.fromkeys(("email", "sms", "post"), known)
        choices = [("none", _("Not at all")), *((kind, words[kind]) for kind in self.office.channel_kinds)]
        self.fields["channel"] = radio(
            _("How may we tell you that there is news?"),
            choices,
            hint=_(
                "A message says only that there is news, never what it is about. You can change this later."
            ),
            hints=hints,
        )


class ReachQuestion(Question):
    step = "reach"

    def build(self) -> None:
        kind = self.draft.get("channel")
        required = {"required": _("Type it here; or go back and choose “Not at all”.")}
        field: forms.Field
        if kind == "email":
            field = EmailField(label=_("Your e-mail address"), error_messages=required)
        elif kind == "sms":
            field = PhoneField(label=_("Your telephone number for text messages"), error_messages=required)
        else:
            field = CleanField(
                limit=500,
                label=_("Where should letters go?"),
                help_text=_("Name and address as they stand on an envelope. The envelope shows no subject."),
                error_messages=required,
                widget=forms.Textarea(attrs={"rows": 4}),
            )
            if "reach" not in self.initial:
                name, address = self.draft.get("name", "name", ""), self.draft.get("name", "address", "")
                self.initial["reach"] = "\n".join(part for part in (name, address) if part)
        self.fields["reach"] = field
