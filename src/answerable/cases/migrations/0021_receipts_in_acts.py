"""What was typed when a letter was handed over stands in the act alone, and what was said of messages goes with a matter.

Both were kept beside the message, also after the matter was erased.
"""

from django.db import migrations

LETTERS = "UPDATE alerts_delivery SET outcome = '' WHERE kind = 'letter' AND outcome <> ''"
ATTEMPTS = """UPDATE alerts_attempt t SET detail = '' FROM alerts_delivery d, cases_case c
    WHERE t.delivery_id = d.id AND d.matter = c.id AND c.erased_at IS NOT NULL AND t.detail <> ''"""
MESSAGES = """UPDATE alerts_delivery d SET outcome = '', provider_id = '' FROM cases_case c
    WHERE d.matter = c.id AND c.erased_at IS NOT NULL AND (d.outcome <> '' OR d.provider_id <> '')"""
WAITING = """UPDATE alerts_delivery d SET state = 'dropped', next_try_at = NULL FROM cases_case c
    WHERE d.matter = c.id AND c.erased_at IS NOT NULL AND d.purpose = 'outside' AND d.state = 'queued'"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0020_words_by_stretches"), ("alerts", "0008_leaner_deliveries")]
    operations = [
        migrations.RunSQL(sql, migrations.RunSQL.noop) for sql in (LETTERS, ATTEMPTS, MESSAGES, WAITING)
    ]
