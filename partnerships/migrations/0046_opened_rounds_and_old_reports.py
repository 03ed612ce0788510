"""Places of a round that has opened stay when their contact goes. Reports that were made before counts were rounded and scores of
few people became bands lose those numbers: their files are made anew without them."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q
from django.utils import timezone

STRUCK = {"struck": True}


def take_exact_numbers_out(apps, schema_editor):
    """Whoever wants the numbers makes a new report, which shows them as everything does now."""
    for report in apps.get_model("partnerships", "Report").objects.filter(content__isnull=False).iterator(50):
        content = report.content
        if not any(content.get(name) for name in ("measures", "gaps")):
            continue
        for name in ("measures", "gaps"):
            content[name] = [STRUCK for _ in content.get(name) or ()]
        report.content, report.struck_on = content | {"numbers_taken_out": True}, timezone.now().date()
        report.pdf, report.state, report.claimed_until, report.tries = None, "waiting", None, 0
        report.save()


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0045_places_end_with_their_party")]

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
        migrations.RunPython(take_exact_numbers_out, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="respondent",
            constraint=models.CheckConstraint(
                condition=Q(("person", None), ("contact", None), _connector="OR"), name="respondent_is_one_at_most"
            ),
        ),
    ]
