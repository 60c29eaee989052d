import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Numbers of papers; and away with a column that was never written."""

    dependencies = [
        ("cases", "0003_danger_is_told"),
        ("orgs", "0001_initial"),
    ]

    operations = [
        migrations.RemoveField(model_name="case", name="person_seen_at"),
        migrations.AddField(
            model_name="decision",
            name="number",
            field=models.CharField(blank=True, default="", max_length=80),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="PaperCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.SmallIntegerField()),
                ("kind", models.CharField(max_length=16)),
                ("last", models.IntegerField(default=0)),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orgs.authority",
                    ),
                ),
            ],
            options={"db_table": "cases_paper_count"},
        ),
        migrations.AddConstraint(
            model_name="papercount",
            constraint=models.UniqueConstraint(
                fields=("authority", "year", "kind"), name="one_count_a_body_year_kind"
            ),
        ),
    ]
