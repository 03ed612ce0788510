import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0048_places_end_with_their_party")]

    operations = [
        migrations.RemoveConstraint(model_name="respondent", name="respondent_is_exactly_one"),
        migrations.AlterField(
            model_name="respondent",
            name="contact",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="partnerships.contact",
            ),
        ),
        migrations.AddField(
            model_name="respondent",
            name="digest",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddConstraint(
            model_name="respondent",
            constraint=models.CheckConstraint(
                condition=Q(("person", None), ("contact", None), _connector="OR"), name="respondent_is_one_at_most"
            ),
        ),
    ]
