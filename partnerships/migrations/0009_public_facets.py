"""What published partnerships are found by gets a table of its own, as numbers: lists read less, and know what is common."""

import django.db.models.deletion
from django.db import migrations, models

from partnerships.migrations._frozen import NumbersField, coded

BATCH = 2000


def copy(apps, schema_editor):
    Publication = apps.get_model("partnerships", "Publication")
    PublicFacets = apps.get_model("partnerships", "PublicFacets")
    rows = Publication.objects.filter(body__isnull=False, partnership__isnull=False).order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last).values_list("pk", "partnership_id", "facets")[:BATCH]):
        PublicFacets.objects.bulk_create(PublicFacets(partnership_id=pk, facets=coded(f)) for _, pk, f in batch)
        last = batch[-1][0]


def index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or rows that were just written forbid the index
        schema_editor.execute("CREATE INDEX public_facets_carried ON partnerships_publicfacets USING gin (facets)")
        schema_editor.execute("ALTER TABLE partnerships_publicfacets ALTER COLUMN facets SET STATISTICS 500")


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
                ("facets", NumbersField()),
            ],
        ),
        migrations.RunPython(copy, migrations.RunPython.noop),
        migrations.RunPython(index, migrations.RunPython.noop),
        migrations.RemoveField(model_name="publication", name="facets"),
    ]
