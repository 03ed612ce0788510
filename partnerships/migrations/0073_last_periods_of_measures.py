"""A measure can end: with its last period."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0072_objections")]

    operations = [
        migrations.AddField("measure", "last_on", models.DateField("last period", null=True, blank=True))
    ]
