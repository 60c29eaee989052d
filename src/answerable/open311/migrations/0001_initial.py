import answerable.core.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('orgs', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Open311Key',
            fields=[
                ('id', models.UUIDField(default=answerable.core.ids.uuid7, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=120)),
                ('key_digest', models.BinaryField(max_length=32, unique=True)),
                ('issued_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orgs.authority')),
            ],
            options={
                'db_table': 'open311_key',
            },
        ),
    ]
