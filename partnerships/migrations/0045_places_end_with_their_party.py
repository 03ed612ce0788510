from django.db import migrations, models
from django.db.models import Q


def mark_places_of_parties(apps, schema_editor):
    """Of a place whose party was removed before, nothing says that it had one: it stays as it is."""
    apps.get_model("partnerships", "Participant").objects.filter(~Q(party=None)).update(is_for_party=True)


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0044_rate_counts_and_login_codes")]

    operations = [
        migrations.AddField(
            model_name="participant",
            name="is_for_party",
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.RunPython(mark_places_of_parties, migrations.RunPython.noop),
    ]
