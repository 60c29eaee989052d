"""Appointments lie within the years 1900 to 2200: one that cannot be read would be met by every page."""

from django.db import migrations, models

from answerable.core.days import FIRST_AT, FIRST_DAY, LAST_AT, LAST_DAY

# "Until 9999" meant no end. What ended before 1900 was a slip, and has no effect either way.
CLAMP = f"""
DELETE FROM orgs_appointment WHERE until_at <= '{FIRST_AT.isoformat()}' OR from_at > '{LAST_AT.isoformat()}';
UPDATE orgs_appointment SET until_at = NULL WHERE until_at > '{LAST_AT.isoformat()}';
UPDATE orgs_appointment SET from_at = '{FIRST_AT.isoformat()}' WHERE from_at < '{FIRST_AT.isoformat()}';
DELETE FROM orgs_special_day WHERE "on" NOT BETWEEN '{FIRST_DAY}' AND '{LAST_DAY}';
"""


class Migration(migrations.Migration):
    dependencies = [("orgs", "0003_state")]
    operations = [
        migrations.RunSQL(CLAMP, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "appointment",
            models.CheckConstraint(
                condition=models.Q(from_at__range=(FIRST_AT, LAST_AT))
                & (models.Q(until_at=None) | models.Q(until_at__range=(FIRST_AT, LAST_AT))),
                name="appointment_within_days",
            ),
        ),
        migrations.AddConstraint(
            "specialday",
            models.CheckConstraint(
                condition=models.Q(on__range=(FIRST_DAY, LAST_DAY)), name="special_day_within_days"
            ),
        ),
    ]
