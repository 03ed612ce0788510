"""PostgreSQL: one index that finds stored documents by any of their facets together, and finer statistics of these.

The facets of documents that were stored before hold no public ids of their parties yet, so these are emptied: they are
built anew by whoever reads them, and stored again by the next refilling.
"""

from django.db import migrations

TABLE = "partnerships_publication"
FORWARD = [
    f"CREATE INDEX publication_facets ON {TABLE} USING gin (facets)",
    f"ALTER TABLE {TABLE} ALTER COLUMN facets SET STATISTICS 200",
]
BACKWARD = ["DROP INDEX publication_facets", f"ALTER TABLE {TABLE} ALTER COLUMN facets SET STATISTICS -1"]


def _run(statements):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement)

    return run


def empty(apps, schema_editor):
    apps.get_model("partnerships", "Publication").objects.filter(body__isnull=False).update(body="")


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0002_search")]
    operations = [
        migrations.RunPython(empty, migrations.RunPython.noop),
        migrations.RunPython(_run(FORWARD), _run(BACKWARD)),
    ]
