"""Meetings get a key from which the secret UID of each invitation is made. Those that exist keep the UID that was sent."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partnerships", "0041_invitations_to_seats"),
    ]

    operations = [
        migrations.AddField(
            model_name="meeting",
            name="answer_key",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="meeting",
            name="answer_key",
            field=models.UUIDField(default=uuid.uuid4, editable=False, null=True),
        ),
    ]
