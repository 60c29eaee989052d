"""What was taken over already: the same again makes nothing new."""

from __future__ import annotations

from django.db import models

from answerable.cases.models import Case


class Imported(models.Model):
    """One matter of another system, by a digest of that system's name for it."""

    digest = models.BinaryField(max_length=32, primary_key=True)
    case = models.OneToOneField(Case, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "imports_imported"
