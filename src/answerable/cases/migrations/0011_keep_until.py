"""When an ended case is erased is fixed on the day it ends; for those that ended before: as their subject says today."""

from django.db import migrations, models

FILL = """
UPDATE cases_case c
SET keep_until = c.ended_at + GREATEST(s.retention_years, 1) * interval '8766 hours'
FROM orgs_subject s
WHERE s.id = c.subject_id AND c.ended_at IS NOT NULL AND c.erased_at IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_accused_unknown")]
    operations = [
        migrations.AddField("case", "keep_until", models.DateTimeField(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["keep_until"],
                condition=models.Q(("ended_at__isnull", False), ("erased_at", None)),
                name="case_kept_until",
            ),
        ),
    ]
