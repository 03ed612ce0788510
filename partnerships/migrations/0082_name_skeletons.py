"""How each name looks, so that two spellings of one name are recognized; and why a record isn't a duplicate.

`manage.py migrate` fills the new table afterwards (`directory.same_names`).
"""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0081_translated_issue_areas")]

    operations = [
        migrations.CreateModel(
            "NameSkeleton",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(db_index=True, max_length=200)),
                *(
                    (
                        name,
                        models.ForeignKey(
                            f"partnerships.{name}", models.CASCADE, null=True, related_name="name_skeletons"
                        ),
                    )
                    for name in ("department", "organization")
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(department__isnull=False, organization__isnull=True)
                        | Q(department__isnull=True, organization__isnull=False),
                        name="skeleton_of_exactly_one",
                    ),
                    models.UniqueConstraint(fields=["department", "text"], name="one_skeleton_a_department"),
                    models.UniqueConstraint(fields=["organization", "text"], name="one_skeleton_an_organization"),
                ],
            },
        ),
        migrations.AddField(
            "distinctpair",
            "reason",
            models.CharField("why it’s a different one", blank=True, db_default="", max_length=300),
        ),
    ]
