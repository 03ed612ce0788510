"""What published partnerships are found by gets a table of its own: lists read less, and emptied documents move no index."""

import django.db.models.deletion
from django.db import migrations, models

TABLE = "partnerships_publicfacets"
COPY = f"""
    INSERT INTO {TABLE} (partnership_id, facets)
    SELECT partnership_id, facets FROM partnerships_publication WHERE body IS NOT NULL AND partnership_id IS NOT NULL
"""
POSTGRESQL = (
    f"CREATE INDEX public_facets_carried ON {TABLE} USING gin (facets)",
    f"ALTER TABLE {TABLE} ALTER COLUMN facets SET STATISTICS 200",
)


def copy(apps, schema_editor):
    schema_editor.execute(COPY)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or the table cannot be changed further
        for statement in POSTGRESQL:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0008_closed_account")]
    operations = [
        migrations.CreateModel(
            name="PublicFacets",
            fields=[
                (
                    "partnership",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="public_facets",
                        serialize=False,
                        to="partnerships.partnership",
                    ),
                ),
                ("facets", models.JSONField()),
            ],
        ),
        migrations.RunPython(copy, migrations.RunPython.noop),
        migrations.RemoveField(model_name="publication", name="facets"),
    ]
