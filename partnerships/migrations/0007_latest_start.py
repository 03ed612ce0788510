"""PostgreSQL: an index in the order of “latest start”, where those without a start stand last. SQLite knows no such index."""

from django.db import migrations

MAKE = """
    CREATE INDEX partnership_latest_start
    ON partnerships_partnership (is_published, starts_on DESC NULLS LAST, id DESC)
"""


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(MAKE)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX partnership_latest_start")


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0006_documents_anew")]
    operations = [migrations.RunPython(make, drop)]
