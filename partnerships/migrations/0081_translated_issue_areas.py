"""Staff can enter the name of an issue area in other languages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0080_rounds_in_sync")]

    operations = [
        migrations.AddField(
            "issuearea", "translations", models.JSONField(blank=True, default=dict, editable=False)
        ),
        migrations.AddField(
            "issuearea", "translated_at", models.DateTimeField(blank=True, editable=False, null=True)
        ),
    ]
