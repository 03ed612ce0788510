"""Drafts are found by the names of their issue areas, too: `0069_search_by_issue_area` marked only what is published."""

from django.db import migrations

MARK = """
    INSERT INTO partnerships_outdated (resource, record_id, stamp)
    SELECT 'partnership', partnership_id, stamp FROM partnerships_publication
    WHERE body IS NULL AND partnership_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0078_translated_terms")]

    operations = [migrations.RunSQL(MARK, migrations.RunSQL.noop, elidable=True)]
