"""Measures whose counts add up are linked, so that their small groups are protected together."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0037_public_versions_and_meeting_links")]

    operations = [
        migrations.AddField(
            model_name="measure",
            name="family",
            field=models.BigIntegerField(db_index=True, editable=False, null=True),
        ),
        migrations.CreateModel(
            name="MeasureSum",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("parts", models.ManyToManyField(related_name="sums_of", to="partnerships.measure")),
                (
                    "whole",
                    models.ForeignKey(
                        on_delete=models.deletion.CASCADE, related_name="sums", to="partnerships.measure"
                    ),
                ),
            ],
            options={"ordering": ["at", "id"]},
        ),
    ]
