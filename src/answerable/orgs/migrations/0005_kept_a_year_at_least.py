"""Nothing is kept for less than a year: within that time the person may still go on, or ask for their file."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orgs", "0004_days_that_are_kept")]
    operations = [
        migrations.RunSQL(
            "UPDATE orgs_subject SET retention_years = 1 WHERE retention_years < 1", migrations.RunSQL.noop
        ),
        migrations.AddConstraint(
            "subject",
            models.CheckConstraint(
                condition=models.Q(("retention_years__gte", 1)), name="subject_kept_a_year_at_least"
            ),
        ),
    ]
