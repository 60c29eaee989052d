from django.db import migrations, models

# A matter with one sent decision has that decision's word; of several, nobody knows any more whose word it was.
BACKFILL = """
UPDATE cases_decision d SET office_solved = c.office_solved FROM cases_case c
WHERE c.id = d.case_id AND c.office_solved IS NOT NULL AND d.sent_at IS NOT NULL
  AND (SELECT count(*) FROM cases_decision o WHERE o.case_id = d.case_id AND o.sent_at IS NOT NULL) = 1
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0006_index_of_danger'),
    ]

    operations = [
        migrations.AddField(
            model_name='decision',
            name='office_solved',
            field=models.BooleanField(null=True),
        ),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
    ]
