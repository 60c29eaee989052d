"""What comes after a response, and drills: reviews with their lessons, drills with their events."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0003_what_the_core_needs'),
        ('orgs', '0005_kept_a_year_at_least'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='drill',
            options={'ordering': ('-planned_on', '-pk')},
        ),
        migrations.AlterModelOptions(
            name='lesson',
            options={'ordering': ('due_on', 'pk')},
        ),
        migrations.RenameField(
            model_name='inject',
            old_name='expect',
            new_name='expect_en',
        ),
        migrations.AddField(
            model_name='drill',
            name='begun_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='drill',
            name='call_en',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='drill',
            name='call_zh',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='drill',
            name='place_text',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='drill',
            name='stopped_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='drill',
            name='stopped_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='drill',
            name='stopped_why',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='inject',
            name='expect_zh',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='lesson',
            name='late_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='inject',
            index=models.Index(condition=models.Q(('told_at', None)), fields=['due_at'], name='inject_due'),
        ),
        migrations.AddIndex(
            model_name='lesson',
            index=models.Index(condition=models.Q(('done_at', None)), fields=['due_on'], name='lesson_open'),
        ),
    ]
