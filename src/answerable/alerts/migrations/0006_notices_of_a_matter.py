"""What was told about one matter is found by it: each assignment takes older notices back, each case's page shows some."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0005_replies")]

    operations = [
        migrations.AddIndex(
            model_name="notice", index=models.Index(fields=["matter"], name="notice_matter")
        ),
    ]
