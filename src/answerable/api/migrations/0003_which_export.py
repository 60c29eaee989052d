from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('api', '0002_keys_that_read'),
    ]

    operations = [
        migrations.AddField(
            model_name='apiclient',
            name='exported_act',
            field=models.BigIntegerField(null=True),
        ),
    ]
