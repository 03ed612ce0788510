"""Published partnerships are found by the times they lie in, too; places and times stand apart from what is counted."""

from django.db import migrations, models

from partnerships.migrations._frozen import NumbersField, coded

BATCH = 2000


def split(apps, schema_editor):
    PublicFacets = apps.get_model("partnerships", "PublicFacets")
    days, last = ("partnership__starts_on", "partnership__ends_on"), 0
    rows = PublicFacets.objects.order_by("pk").values_list("pk", "facets", *days, "partnership__updated_at")
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        last = batch[-1][0]
        PublicFacets.objects.filter(pk__in=[row[0] for row in batch]).delete()
        PublicFacets.objects.bulk_create(PublicFacets(**_row(*row)) for row in batch)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or rows that were just written forbid what follows


def _names_of(day):
    """The decade, year, month and day: "202", "2026", "2026-11", "2026-11-25"."""
    return [day.isoformat()[:length] for length in (3, 4, 7, 10)]


def _row(pk, facets, starts_on, ends_on, updated_at):
    # Places were the numbers below zero.
    places = [-number for number in facets if number < 0]
    times = [
        f"{name}:{part}"
        for name, day in (("starts_on", starts_on), ("ends_on", ends_on))
        if day
        for part in _names_of(day)
    ]
    return {
        "partnership_id": pk,
        "facets": [number for number in facets if number > 0],
        "lies_in": sorted(places + coded(times)),
        "updated_at": updated_at,
    }


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX public_facets_carried")


def index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX public_facets_carried ON partnerships_publicfacets USING gin (facets, lies_in)"
        )
        schema_editor.execute("ALTER TABLE partnerships_publicfacets ALTER COLUMN lies_in SET STATISTICS 500")


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0011_stage_of_the_lead")]
    operations = [
        migrations.RunPython(drop_index, migrations.RunPython.noop),
        migrations.AddField("publicfacets", "lies_in", NumbersField(default=list), preserve_default=False),
        migrations.AddField("publicfacets", "updated_at", models.DateTimeField(null=True)),
        migrations.RunPython(split, migrations.RunPython.noop),
        migrations.AlterField("publicfacets", "updated_at", models.DateTimeField()),
        migrations.AddIndex(
            "publicfacets", models.Index(fields=["-updated_at", "-partnership"], name="public_facets_recent")
        ),
        migrations.RunPython(index, migrations.RunPython.noop),
    ]
