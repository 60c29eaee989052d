"""Saved views lose the words that were searched for: they may be a person's name."""

from django.db import migrations
from django.http import QueryDict


def forget_words(apps, schema_editor):
    view = apps.get_model("cases", "SavedView")
    for row in view.objects.filter(query__contains="q="):
        kept = QueryDict(row.query, mutable=True)
        if kept.pop("q", None) is not None:
            row.query = kept.urlencode()
            row.save(update_fields=["query"])


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_new_secrets")]
    operations = [migrations.RunPython(forget_words, migrations.RunPython.noop)]
