"""Reports know what they were counted from and why one was not required; warnings in force are found by their end."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("report", "name_zh", models.CharField(blank=True, max_length=120, default=""), preserve_default=False),
        migrations.AddField("report", "name_en", models.CharField(blank=True, max_length=120, default=""), preserve_default=False),
        migrations.AddField("report", "recipient", models.CharField(blank=True, max_length=140, default=""), preserve_default=False),
        migrations.AddField("report", "derivation", models.JSONField(default=dict)),
        migrations.AddField("report", "until_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "report", "opened_at", models.DateTimeField(default=django.utils.timezone.now), preserve_default=False
        ),
        migrations.AddField(
            "report",
            "sent_post",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orgs.post"
            ),
        ),
        migrations.AddField("report", "waived_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "report",
            "waived_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("report", "why", models.CharField(blank=True, max_length=500, default=""), preserve_default=False),
        migrations.AddIndex("publicwarning", models.Index(fields=["expires_at"], name="warning_expires")),
    ]
