import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Canned texts belong to units and kinds of matter, are retired instead of lost, and carry a version."""

    dependencies = [("orgs", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="cannedtext",
            name="unit",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="canned_texts",
                to="orgs.unit",
            ),
        ),
        migrations.AddField(
            model_name="cannedtext",
            name="kind",
            field=models.CharField(blank=True, default="", max_length=40),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="cannedtext", name="retired_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="cannedtext", name="version", field=models.IntegerField(default=1)
        ),
    ]
