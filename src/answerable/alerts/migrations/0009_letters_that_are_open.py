"""Letters to bodies outside that are not done with are found by themselves: they stand on a list at the desk."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0008_leaner_deliveries")]
    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("kind", "letter"), ("purpose", "outside"), ("reported", "")),
                fields=["queued_at"],
                name="delivery_letter_open",
            ),
        ),
    ]
