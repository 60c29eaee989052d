from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0002_import_in_the_desk'),
    ]

    operations = [
        migrations.AddField(
            model_name='import',
            name='failing_since',
            field=models.DateTimeField(null=True),
        ),
    ]
