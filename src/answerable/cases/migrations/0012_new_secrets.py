"""A secret that was sent anew takes the old one's place when it is first used; and it is sent by the worker."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_keep_until")]
    operations = [
        migrations.AddField("case", "next_secret_mac", models.BinaryField(max_length=32, null=True)),
        migrations.CreateModel(
            name="SecretWish",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=16)),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "cases_secret_wish"},
        ),
    ]
