"""Of letters that were handed over before there was a list of them, nobody is asked for a receipt any more."""

from django.db import migrations

HANDED_OVER = """UPDATE alerts_delivery SET reported = 'delivered', reported_at = ended_at
    WHERE kind = 'letter' AND purpose = 'outside' AND state = 'sent' AND reported = ''"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0021_receipts_in_acts"), ("alerts", "0009_letters_that_are_open")]
    operations = [migrations.RunSQL(HANDED_OVER, migrations.RunSQL.noop)]
