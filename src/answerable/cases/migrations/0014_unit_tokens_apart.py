"""A unit's token begins as no word can: `u:7` was found by everyone who searched for a word beginning with u."""

from django.db import migrations

from answerable.core.search import FUNCTION_SQL

# Naming the column is what makes PostgreSQL compute the stored vector anew.
REWRITE = "UPDATE cases_text SET unit_token = unit_token"


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_views_without_words")]
    operations = [
        migrations.RunSQL(FUNCTION_SQL, migrations.RunSQL.noop),
        migrations.RunSQL(REWRITE, migrations.RunSQL.noop),
    ]
