from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0018_publishable")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="is_nature_open",
            field=models.BooleanField(default=False, db_default=False),
        ),
    ]
