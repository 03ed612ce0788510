"""People who confirmed a seat by a link are asked whether they speak for its organization, and in which language they read.

A claim says that it began so, and a membership which office gave the address. The index finds who is to be asked.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0086_erasures")]

    operations = [
        migrations.AddField(
            "membership",
            "address_given_by",
            models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="partnerships.jurisdiction",
            ),
        ),
        migrations.AddField(
            "claim", "by_seat", models.BooleanField(db_default=False, default=False, editable=False)
        ),
        migrations.AddField(
            "person", "has_chosen_language", models.BooleanField(db_default=False, default=False, editable=False)
        ),
        migrations.AddIndex(
            "seatconsent",
            models.Index(
                condition=models.Q(("state", "confirmed"), ("way", "link")), fields=["at"], name="seat_yes_by_link"
            ),
        ),
    ]
