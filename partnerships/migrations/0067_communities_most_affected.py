"""The communities that a partnership matters to most. Documents say them, so all are marked, and built again as after a large
change.
"""

from django.db import migrations, models

MARK = """
    INSERT INTO partnerships_outdated (resource, record_id, stamp)
    SELECT 'partnership', partnership_id, stamp FROM partnerships_publication
    WHERE body IS NOT NULL AND partnership_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0066_partners_that_say_no")]

    operations = [
        migrations.AddField(
            model_name="partnership",
            name="communities",
            field=models.ManyToManyField(
                blank=True,
                related_name="+",
                to="partnerships.term",
                verbose_name="communities most affected",
            ),
        ),
        migrations.RunSQL(MARK, migrations.RunSQL.noop, elidable=True),
    ]
