"""Django's templates, whose sentences stand next to each other as the script wants it (see flow)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.backends.django import DjangoTemplates, Template
from django.utils.safestring import SafeString, mark_safe

from answerable.ui.flow import flowed


class Page(Template):
    """A template that is rendered as a whole; what it includes is part of it."""

    def render(self, context: dict[str, Any] | None = None, request: HttpRequest | None = None) -> SafeString:
        return mark_safe(flowed(super().render(context, request)))


class Templates(DjangoTemplates):
    """The backend of `settings.TEMPLATES`."""

    def from_string(self, template_code: str) -> Page:
        return Page(self.engine.from_string(template_code), self)

    def get_template(self, template_name: str) -> Page:
        return Page(super().get_template(template_name).template, self)
