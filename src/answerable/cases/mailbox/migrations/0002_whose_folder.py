import django.db.models.deletion
from django.db import migrations, models

# A mailbox that has worked put its messages into this folder already: it is ours.
OURS = "UPDATE mailbox_mailbox SET done_ours = done_folder WHERE worked_at IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [
        ("mailbox", "0001_initial"),
        ("cases", "0019_nature_open"),
    ]

    operations = [
        migrations.AddField(
            model_name="mailbox",
            name="done_ours",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AlterField(
            model_name="mailbox",
            name="state",
            field=models.CharField(
                choices=[
                    ("new", "not looked at yet"),
                    ("fine", "works"),
                    ("away", "cannot be reached"),
                    ("refused", "refuses the name or the password"),
                    ("no_folder", "has no such folder"),
                    ("used", "has other messages in the folder for what was taken"),
                ],
                default="new",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="mail",
            name="case",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
            ),
        ),
        migrations.RunSQL(OURS, migrations.RunSQL.noop),
    ]
