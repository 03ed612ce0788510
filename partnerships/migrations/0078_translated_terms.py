"""Staff can enter the label of an option in other languages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0077_other_names")]

    operations = [
        migrations.AddField(
            "term", "translations", models.JSONField(blank=True, default=dict, editable=False)
        ),
        migrations.AddField(
            "term", "translated_at", models.DateTimeField(blank=True, editable=False, null=True)
        ),
    ]
