"""Each partner's objection is a row of its own, which no other partner can withdraw."""

from django.db import migrations, models


def keep(apps, schema_editor):
    respondents = apps.get_model("partnerships", "Respondent").objects.exclude(objected_by=None)
    objection = apps.get_model("partnerships", "Objection")
    rows = respondents.values_list("pk", "objected_by")
    objection.objects.bulk_create(objection(respondent_id=pk, party_id=party) for pk, party in rows)


def restore(apps, schema_editor):
    respondents = apps.get_model("partnerships", "Respondent").objects
    for row in apps.get_model("partnerships", "Objection").objects.order_by("pk"):
        respondents.filter(pk=row.respondent_id).update(objected_by=row.party_id)


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0071_facts_of_rounds")]

    operations = [
        migrations.CreateModel(
            "Objection",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "respondent",
                    models.ForeignKey("partnerships.Respondent", models.CASCADE, related_name="objections"),
                ),
                ("party", models.ForeignKey("partnerships.Party", models.SET_NULL, null=True, related_name="+")),
            ],
            {"ordering": ["id"]},
        ),
        migrations.AddConstraint(
            "objection",
            models.UniqueConstraint(fields=["respondent", "party"], name="one_objection_a_party_to_a_respondent"),
        ),
        migrations.RunPython(keep, restore),
        migrations.RemoveField("respondent", "objected_by"),
    ]
