from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0017_blurred_alone_and_taken_out'),
        ('orgs', '0005_kept_a_year_at_least'),
    ]

    operations = [
        migrations.AlterField(
            model_name='case',
            name='intake',
            field=models.CharField(choices=[('portal', 'portal'), ('counter', 'counter'), ('phone', 'telephone'), ('letter', 'letter'), ('api', 'open API'), ('open311', 'Open311'), ('email', 'e-mail'), ('import', 'taken over from another system')], max_length=8),
        ),
        migrations.AddField(
            model_name='case',
            name='is_publishable',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('erased_at', None), ('is_conduct', False), ('is_publishable', True)), fields=['authority', '-registered_at', '-id'], name='case_published'),
        ),
    ]
