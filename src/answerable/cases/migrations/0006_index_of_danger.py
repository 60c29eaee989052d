from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0005_indexes_of_sparse_lists'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='case',
            index=models.Index(models.F('unit'), models.OrderBy(models.F('due_at'), nulls_last=True), models.F('id'), condition=models.Q(('is_danger_told', True), ('ended_at', None)), name='case_open_danger'),
        ),
    ]
