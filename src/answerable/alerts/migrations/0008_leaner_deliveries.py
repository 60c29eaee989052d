"""Indexes of messages hold what is looked for: each change of a message writes a new entry into every index it is in."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("alerts", "0007_calm_ones_in_the_digest")]

    operations = [
        migrations.AlterField(model_name="delivery", name="matter", field=models.UUIDField(null=True)),
        migrations.AlterField(
            model_name="delivery",
            name="carried_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="carries",
                to="alerts.delivery",
            ),
        ),
        migrations.AddIndex(model_name="alert", index=models.Index(fields=["code"], name="alert_code")),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(condition=Q(matter__isnull=False), fields=["matter"], name="delivery_matter"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=Q(carried_by__isnull=False), fields=["carried_by"], name="delivery_carried"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=Q(state="queued", tries__gt=0), fields=["asked"], name="delivery_tried_again"
            ),
        ),
    ]
