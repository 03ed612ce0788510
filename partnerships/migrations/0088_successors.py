"""Someone who leaves in the middle of a round has a successor."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0087_pending_memberships")]

    operations = [
        migrations.AddField("respondent", "left_at", models.DateTimeField(editable=False, null=True)),
        migrations.AddField(
            "respondent",
            "kept_for",
            models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
        ),
        migrations.AddField(
            "respondent",
            "follower_person",
            models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            "respondent",
            "follower_contact",
            models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="partnerships.contact",
            ),
        ),
    ]
