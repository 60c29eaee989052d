"""What is not urgent and about a matter has no message of its own: the day's digest counts it, once."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0006_notices_of_a_matter")]

    operations = [
        migrations.AddField(
            model_name="asked",
            name="for_digest",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(model_name="asked", name="digested_at", field=models.DateTimeField(null=True)),
        migrations.AddIndex(
            model_name="asked",
            index=models.Index(
                condition=models.Q(("digested_at", None), ("for_digest", True)),
                fields=["at"],
                name="asked_undigested",
            ),
        ),
    ]
