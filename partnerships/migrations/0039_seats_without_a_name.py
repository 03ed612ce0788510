"""Seats that lost their name after everyone could read it. Of those that did before, nobody asked whether figures may count them:
they don't, and figures say so. Nothing is sent."""

from django.db import migrations, models
from django.db.models import Q

UNNAMED = [("counted", "Counts, without a name"), ("withheld", "Doesn't count")]
LISTED = ("profiled", "named")
MARK = """
    INSERT INTO partnerships_outdated (resource, record_id, stamp)
    SELECT 'partnership', partnership_id, stamp FROM partnerships_publication
    WHERE body IS NOT NULL AND partnership_id IS NOT NULL
"""


def find_earlier_ones(apps, schema_editor):
    party, change = (apps.get_model("partnerships", name) for name in ("Party", "Change"))
    log = change.objects.filter(record_type="organization", before__has_key="listing").order_by("pk")
    were_listed = {pk for pk, before in log.values_list("record_id", "before").iterator() if before["listing"] in LISTED}
    rows = party.objects.filter(organization__listing="unlisted", partnership__is_published=True)
    rows = rows.filter(~Q(partnership__kind="organizing") | Q(state="confirmed"))
    rows = rows.exclude(circle__in=("not_approached", "declined")).exclude(state__in=("declined", "withdrawn"))
    rows = [pk for pk, organization in rows.values_list("pk", "organization") if organization in were_listed]
    for start in range(0, len(rows), 500):
        party.objects.filter(pk__in=rows[start : start + 500]).update(unnamed="withheld")


class Migration(migrations.Migration):

    dependencies = [("partnerships", "0038_linked_measures")]

    operations = [
        migrations.AddField(
            model_name="party",
            name="unnamed",
            field=models.CharField(blank=True, choices=UNNAMED, default="", editable=False, max_length=8),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="party",
            index=models.Index(condition=~Q(unnamed=""), fields=["partnership"], name="party_unnamed"),
        ),
        migrations.RunPython(find_earlier_ones, migrations.RunPython.noop, elidable=True),
        migrations.RunSQL(MARK, migrations.RunSQL.noop, elidable=True),
    ]
