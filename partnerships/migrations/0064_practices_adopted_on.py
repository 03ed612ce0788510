"""The day on which a practice was adopted, and the work of loading or removing the sample.

Published documents with practices have the day, so they are built again.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

MARK = """
    INSERT INTO partnerships_outdated (resource, record_id, stamp)
    SELECT 'partnership', partnership_id, stamp FROM partnerships_publication
    WHERE body IS NOT NULL AND partnership_id IN (SELECT partnership_id FROM partnerships_practice)
"""


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0065_emails")]

    operations = [
        migrations.AddField(
            model_name="practice",
            name="adopted_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="SampleWork",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("removes", models.BooleanField()),
                ("parts", models.PositiveSmallIntegerField(default=1)),
                ("parts_done", models.PositiveSmallIntegerField(default=0)),
                ("problems", models.JSONField(default=list)),
                ("asked_at", models.DateTimeField()),
                ("claimed_until", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.RunSQL(MARK, migrations.RunSQL.noop, elidable=True),
    ]
