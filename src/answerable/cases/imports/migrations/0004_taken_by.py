from django.db import migrations, models


class Migration(migrations.Migration):
    """Which import took a matter over, so that of two with the same rows each counts its own."""

    dependencies = [
        ("imports", "0003_tried_not_for_ever"),
    ]

    operations = [
        migrations.AddField(
            model_name="imported",
            name="taken_by",
            field=models.ForeignKey(
                null=True, on_delete=models.SET_NULL, related_name="+", to="imports.import"
            ),
        ),
    ]
