"""Action items and activities without a date come last on both databases."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0073_last_periods_of_measures")]

    operations = [
        migrations.AlterModelOptions("action", {"ordering": [models.OrderBy(models.F("due_on"), nulls_last=True), "id"]}),
        migrations.AlterModelOptions(
            "activity", {"ordering": [models.OrderBy(models.F("starts_on"), nulls_last=True), "title", "id"]}
        ),
    ]
