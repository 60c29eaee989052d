"""Names in both languages, shown in the reader's."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language


def in_language(zh: str, en: str, language: str | None = None) -> str:
    """The text in `language` (default: the active one), else the other one rather than nothing."""
    chinese = (language or get_language() or "").startswith("zh")
    return (zh or en) if chinese else (en or zh)


class Named(models.Model):
    name_zh = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)

    def name_in(self, language: str) -> str:
        return in_language(self.name_zh, self.name_en, language)
