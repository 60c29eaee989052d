"""Form fields that keep what people write as they wrote it, and say what cannot be kept."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from answerable.core import text
from answerable.core.sentences import sentence

# A short number is a service's, the police's or one that costs, and nobody's telephone (ITU E.164; 00 in front).
_PHONE = re.compile(r"^\+?[0-9]{7,17}$")
_GAPS = re.compile(r"[\s().\-/–—·]+")


class CleanField(forms.CharField):
    """Text as core.text keeps it: no control or hidden signs, whole characters, at most `limit` of them.

    Unlike Django's field it takes NUL and broken characters away instead of refusing them. The limit stands in
    `max_length` for the count under the box; what is too long gets a sentence, and nothing is cut.
    """

    def __init__(self, *, limit: int, lines: bool = True, **kwargs: Any) -> None:
        if lines:
            kwargs.setdefault("widget", forms.Textarea)
        super().__init__(**kwargs)
        self.max_length, self.limit, self.lines = limit, limit, lines
        self.validators = []

    def to_python(self, value: Any) -> str:
        said = "" if value is None else str(value)
        try:
            kept = text.clean(said, self.limit) if self.lines else text.clean_line(said, self.limit)
        except text.CannotKeep as refusal:
            raise ValidationError(sentence(refusal), code=refusal.code) from None
        return kept.text


class EmailField(CleanField):
    """One e-mail address. Full-width signs are put right, since phones write them.

    What stands in quotation marks, or looks like an encoded word, is read as another address on the way: refused.
    """

    widget = forms.EmailInput
    wrong = _("This is not an e-mail address. It looks like name@example.org.")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(limit=254, lines=False, widget=forms.EmailInput, **kwargs)

    def to_python(self, value: Any) -> str:
        address = unicodedata.normalize("NFKC", super().to_python(value)).replace("。", ".").replace(" ", "")
        if address:
            if '"' in address or "=?" in address:
                raise ValidationError(self.wrong, code="email")
            try:
                validate_email(address)
            except ValidationError:
                raise ValidationError(self.wrong, code="email") from None
        return address


class PhoneField(CleanField):
    """A telephone number, kept as digits with an optional + in front."""

    wrong = _("This is not a telephone number. Type its digits, for example 138 0000 0000.")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(limit=40, lines=False, widget=forms.TextInput(attrs={"type": "tel"}), **kwargs)

    def to_python(self, value: Any) -> str:
        number = _GAPS.sub("", unicodedata.normalize("NFKC", super().to_python(value)))
        if number and not _PHONE.match(number):
            raise ValidationError(self.wrong, code="phone")
        return number
