"""Documents say of each partner whether it confirmed its seat: all are marked, and built again as after a large change."""

from django.db import migrations

MARK = """
    INSERT INTO partnerships_outdated (resource, record_id, stamp)
    SELECT 'partnership', partnership_id, stamp FROM partnerships_publication
    WHERE body IS NOT NULL AND partnership_id IS NOT NULL
"""


class Migration(migrations.Migration):

    dependencies = [("partnerships", "0033_sealed_rounds")]
    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop, elidable=True)]
