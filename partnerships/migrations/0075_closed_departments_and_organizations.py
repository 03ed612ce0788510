"""A department or an organization can close: with its last day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0074_orders_of_empty_dates")]

    operations = [
        migrations.AddField(name, "closed_on", models.DateField("closed on", null=True, blank=True))
        for name in ("department", "organization")
    ]
