"""Partnerships are found by the names of their issue areas, so all are marked, and indexed again as after a large change."""

from django.db import migrations

MARK = """
    INSERT INTO partnerships_outdated (resource, record_id, stamp)
    SELECT 'partnership', partnership_id, stamp FROM partnerships_publication
    WHERE body IS NOT NULL AND partnership_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0068_language_of_suggestions")]

    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop, elidable=True)]
