"""A round has a mark while everyone may read it, so that sync can say when it no longer is.

Rounds whose partners all agreed are marked. Where one of them isn't shown to everyone, sync says once that its round is gone.
"""

from django.db import migrations, models
from django.db.models import Exists, OuterRef

COMPARED = ("lead", "others", "government", "community")


def mark_public_rounds(apps, schema_editor):
    rounds, asked_parties, words = (
        apps.get_model("partnerships", name) for name in ("Round", "AskedParty", "PublishingWord")
    )
    agreed = words.objects.filter(round=OuterRef("side__round"), party=OuterRef("party"), agrees=True)
    asked = asked_parties.objects.filter(side__round=OuterRef("pk"), side__key__in=COMPARED, asked__gt=0)
    rows = rounds.objects.filter(Exists(asked), partnership__is_published=True, opened_at__isnull=False)
    rows.exclude(Exists(asked.exclude(Exists(agreed)))).update(is_public=True)


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0079_search_drafts_by_issue_area")]

    operations = [
        migrations.AddField("round", "is_public", models.BooleanField(default=False, editable=False)),
        migrations.RunPython(mark_public_rounds, migrations.RunPython.noop, elidable=True),
    ]
