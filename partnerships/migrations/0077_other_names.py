"""Departments and jurisdictions have other names, such as former ones, as organizations do."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0076_reasons_of_portfolios")]

    operations = [
        *(
            migrations.AddField(
                name, "other_names", models.CharField("other names", blank=True, max_length=300)
            )
            for name in ("department", "jurisdiction")
        ),
        migrations.AlterField(
            "organization", "other_names", models.CharField("other names", blank=True, max_length=300)
        ),
    ]
