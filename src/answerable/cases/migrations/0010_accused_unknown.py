from django.db import migrations, models


class Migration(migrations.Migration):
    """An accusation told in words alone is kept to the unit that has it until the words were compared (rule 5)."""

    dependencies = [("cases", "0007_each_decision_its_own_word")]

    operations = [
        migrations.AddField(
            model_name="case", name="is_accused_unknown", field=models.BooleanField(default=False)
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("is_accused_unknown", True)), fields=["id"], name="case_accused_unknown"
            ),
        ),
        migrations.RunSQL(
            "UPDATE cases_case c SET is_accused_unknown = true WHERE is_conduct AND erased_at IS NULL"
            " AND NOT EXISTS (SELECT FROM cases_accused a WHERE a.case_id = c.id)",
            migrations.RunSQL.noop,
        ),
    ]
