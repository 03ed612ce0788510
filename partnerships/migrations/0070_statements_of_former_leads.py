"""A public statement keeps the government that made it, also after another one took over the lead."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0069_search_by_issue_area")]

    operations = [
        migrations.AddField(
            "remark",
            "lead",
            models.ForeignKey(
                "partnerships.Jurisdiction", models.PROTECT, null=True, editable=False, related_name="+"
            ),
        )
    ]
