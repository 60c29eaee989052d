"""The index of words holds each word once for every stretch of days, so that the newest are looked through first.

Every text is given its case's day of receipt, and the index is made anew: a minute of processor time for a
million cases, and their texts take twice their room on the disk until it is used again.
"""

import django.contrib.postgres.indexes
from django.db import migrations, models
from django.db.models import F, Func

from answerable.core.search import STRETCHES_SQL

GIVEN = """
UPDATE cases_text t SET received_at = c.received_at FROM cases_case c WHERE c.id = t.case_id;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE cases_text ALTER received_at SET NOT NULL;
SET CONSTRAINTS ALL DEFERRED;
"""

# What is open stands together with what it waits for: by each column alone the planner takes the few that are nobody's
# for a fourth of what they are, and then reads all of them to count a thousand.
TOGETHER = """
CREATE STATISTICS case_standing (mcv) ON ended_at, handler_post_id, charge_post_id, state, is_waiting, is_draft_ready
FROM cases_case
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0019_nature_open")]
    operations = [
        migrations.RunSQL(
            STRETCHES_SQL,
            "DROP FUNCTION answerable_search_index; DROP FUNCTION answerable_stretch",
        ),
        migrations.RemoveIndex(model_name="casetext", name="case_text_search"),
        migrations.AddField(
            model_name="casetext", name="received_at", field=models.DateTimeField(null=True)
        ),
        migrations.RunSQL(
            GIVEN,
            "ALTER TABLE cases_text ALTER received_at DROP NOT NULL",
            state_operations=[
                migrations.AlterField(
                    model_name="casetext", name="received_at", field=models.DateTimeField()
                )
            ],
        ),
        migrations.AddIndex(
            model_name="casetext",
            index=django.contrib.postgres.indexes.GinIndex(
                Func(F("received_at"), F("tsv"), function="answerable_search_index"),
                fastupdate=False,
                name="case_text_stretches",
            ),
        ),
        migrations.RunSQL(TOGETHER, "DROP STATISTICS case_standing"),
    ]
