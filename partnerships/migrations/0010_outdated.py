"""What waits to be built anew is marked in a table of its own: marking 50,000 no longer rewrites 50,000 documents."""

import django.db.models.deletion
from django.db import migrations, models


MARK = """
    INSERT INTO partnerships_outdated (resource, record_id, stamp)
    SELECT 'partnership', partnership_id, stamp FROM partnerships_publication WHERE body = '' AND partnership_id IS NOT NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('partnerships', '0009_public_facets'),
    ]

    operations = [
        migrations.CreateModel(
            name='Outdated',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('resource', models.CharField(max_length=20)),
                ('record_id', models.BigIntegerField()),
                ('stamp', models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
        migrations.RemoveIndex(
            model_name='publication',
            name='publication_empty',
        ),
        migrations.AlterField(
            model_name='party',
            name='department',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parties', to='partnerships.department'),
        ),
        migrations.AlterField(
            model_name='party',
            name='jurisdiction',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parties', to='partnerships.jurisdiction'),
        ),
        migrations.AlterField(
            model_name='party',
            name='organization',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parties', to='partnerships.organization'),
        ),
        migrations.AddIndex(
            model_name='party',
            index=models.Index(fields=['jurisdiction', 'partnership'], name='party_jurisdiction'),
        ),
        migrations.AddIndex(
            model_name='party',
            index=models.Index(fields=['department', 'partnership'], name='party_department'),
        ),
        migrations.AddIndex(
            model_name='party',
            index=models.Index(fields=['organization', 'partnership'], name='party_organization'),
        ),
        migrations.RemoveIndex(model_name='partnership', name='partnership_ends'),
        migrations.AddIndex(
            model_name='partnership',
            index=models.Index(fields=['ends_on', 'is_published', 'id'], name='partnership_ends'),
        ),
        migrations.AddIndex(
            model_name='outdated',
            index=models.Index(fields=['resource', 'record_id'], name='outdated_record'),
        ),
    ]
