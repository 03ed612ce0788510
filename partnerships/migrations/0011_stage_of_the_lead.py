"""Lists of one kind or status read who leads from the index too: a filter by the lead's stage need not read the rows."""

from django.db import migrations, models


def recent(field, **include):
    return models.Index(
        fields=["is_published", field, "-updated_at", "-id"], name=f"partnership_{field}_recent", **include
    )


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0010_outdated")]
    operations = [
        operation
        for field in ("kind", "status")
        for operation in (
            migrations.RemoveIndex("partnership", f"partnership_{field}_recent"),
            migrations.AddIndex("partnership", recent(field, include=["lead"])),
        )
    ]
