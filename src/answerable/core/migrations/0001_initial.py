from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="RateKey",
            fields=[
                ("hour", models.DateTimeField(primary_key=True, serialize=False)),
                ("key", models.BinaryField(max_length=32)),
            ],
            options={"db_table": "core_rate_key"},
        ),
        migrations.CreateModel(
            name="RateCount",
            fields=[
                ("digest", models.BinaryField(max_length=16, primary_key=True, serialize=False)),
                ("times", models.IntegerField()),
            ],
            options={"db_table": "core_rate_count"},
        ),
        # Not in the write-ahead log, so in no archive and no replica; emptied by a crash, as it may be.
        # Counting updates one row again and again: fillfactor leaves room for it on its page.
        migrations.RunSQL(
            "ALTER TABLE core_rate_key SET UNLOGGED; ALTER TABLE core_rate_count SET UNLOGGED;"
            "ALTER TABLE core_rate_count SET (fillfactor = 70);",
            migrations.RunSQL.noop,
        ),
    ]
