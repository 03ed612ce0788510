"""Stored documents now carry statements, and are found by all places above their own: each is built anew."""

from django.db import migrations


def empty(apps, schema_editor):
    # As after a large change: background work refills them, and a reader who meets an empty one builds it.
    apps.get_model("partnerships", "Publication").objects.filter(body__isnull=False).update(body="")


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0005_both_sides")]
    operations = [migrations.RunPython(empty, migrations.RunPython.noop)]
