"""An identifier is a claim until an office of another record-keeper, or a source, confirms it.

Until now a number was confirmed for whoever typed it first, so “confirmed” said nothing about who had checked it. No number
is deleted; these stay confirmed:
- the GEOID and OCD id of a place that the reference file of US places has loaded, unless a person typed the number;
- every number of the sample, and of another place, that no person typed: a command loaded it;
- a number that came with an import whose row stated a source, by the history of the record.
All others become claims, also those whose history is deleted: no one can say who checked them. Who typed a number is taken
from the history. Where it isn't known, the office that keeps the record counts as having typed it, so that another office
has to confirm it.

Two records whose numbers are hidden from each other can have the same confirmed number, so the constraint goes.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SOURCE = "Reference file of US places"  # how the source of places from the reference file begins
REFERENCE = "reference file of US places"  # why, in the history
IMPORT = "Import of "
BODIES = ("jurisdiction", "department", "organization")
BATCH = 500


def first_entries(Change, kind, keys):
    """(primary key of the record, scheme, value) → the latest entry of the history that added this number."""
    found = {}
    entries = Change.objects.filter(record_type=kind, record_id__in=keys).order_by("pk")
    for change in entries.only("record_id", "before", "after", "by_id", "why").iterator():
        before, after = (
            {(row.get("scheme"), row.get("value")) for row in values.get("identifiers") or () if isinstance(row, dict)}
            for values in (change.before or {}, change.after or {})
        )
        for number in after - before:
            found[(change.record_id, *number)] = change
    return found


def source_of(kind, record, row, change):
    """The source that confirms a number, "" for a claim. None: it stays confirmed, and no source is named."""
    typed_by = change.by_id if change else None
    if kind == "jurisdiction" and typed_by is None:
        return record.source[:200] if record.source.startswith(SOURCE) and row.scheme in ("geoid", "ocd") else None
    if typed_by is None:
        return None if record.is_sample else ""
    stated = (change.after or {}).get("source") if change.why.startswith(IMPORT) else ""
    return str(stated or "")[:200]


def check_all(apps, schema_editor):
    Identifier, Change = apps.get_model("partnerships", "Identifier"), apps.get_model("partnerships", "Change")
    Membership = apps.get_model("partnerships", "Membership")
    for kind in BODIES:
        rows = Identifier.objects.filter(**{f"{kind}__isnull": False}).order_by("pk")
        last = 0
        while batch := list(rows.filter(pk__gt=last).select_related(kind)[:BATCH]):
            last = batch[-1].pk
            entries = first_entries(Change, kind, {getattr(row, f"{kind}_id") for row in batch})
            own_people = set(
                Membership.objects.filter(organization__in=[row.organization_id for row in batch]).values_list(
                    "organization", "person"
                )
                if kind == "organization"
                else ()
            )
            for row in batch:
                record = getattr(row, kind)
                change = entries.get((record.pk, row.scheme, row.value))
                typed_by = change.by_id if change else None
                source = source_of(kind, record, row, change) if row.is_confirmed else ""
                row.stated_by_id = typed_by
                row.is_confirmed = source != ""
                row.confirmed_source = source or ""
                row.confirmed_at = change.at if change and row.is_confirmed else None
                if (record.pk, typed_by) not in own_people and not (typed_by is None and row.is_confirmed):
                    home = {"jurisdiction": "pk", "department": "jurisdiction_id", "organization": "kept_by_id"}[kind]
                    row.stated_for_id = getattr(record, home)
            Identifier.objects.bulk_update(
                batch,
                ["is_confirmed", "stated_by", "stated_for", "confirmed_source", "confirmed_at"],
            )


def office_field():
    return models.ForeignKey(
        "partnerships.jurisdiction",
        django.db.models.deletion.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0082_name_skeletons")]

    operations = [
        migrations.RemoveConstraint("identifier", "one_record_a_confirmed_identifier"),
        migrations.AlterField(
            "identifier", "is_confirmed", models.BooleanField(default=False, db_default=False, editable=False)
        ),
        migrations.AddField(
            "identifier",
            "stated_by",
            models.ForeignKey(
                settings.AUTH_USER_MODEL,
                django.db.models.deletion.SET_NULL,
                null=True,
                blank=True,
                editable=False,
                related_name="+",
            ),
        ),
        migrations.AddField("identifier", "stated_for", office_field()),
        migrations.AddField("identifier", "confirmed_for", office_field()),
        migrations.AddField(
            "identifier",
            "confirmed_source",
            models.CharField(blank=True, max_length=200, default="", db_default="", editable=False),
        ),
        migrations.AddField("identifier", "confirmed_at", models.DateTimeField(null=True, blank=True, editable=False)),
        migrations.AddField(
            "import", "numbers_source", models.CharField(blank=True, max_length=200, default="", db_default="")
        ),
        migrations.RunPython(check_all, migrations.RunPython.noop),
    ]
