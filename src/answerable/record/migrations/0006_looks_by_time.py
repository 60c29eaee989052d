from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("record", "0005_witnesses_and_anchors")]

    operations = [
        migrations.AddIndex(
            model_name="act",
            index=models.Index(
                fields=["-recorded_at"],
                condition=Q(kind__in=["identity.looked", "receipt.reissued"]),
                name="act_looks",
            ),
        ),
    ]
