"""Counts of people are rounded: what measures count is said, small groups are of 5 to 30, and no older text keeps an exact number."""

from decimal import ROUND_HALF_UP, Decimal

import django.core.validators
from django.db import migrations, models
from django.utils import timezone

PERSONAL = ("race", "race1997", "gender", "age", "disability", "language")


def say_what_is_counted(apps, schema_editor):
    """A number of which nobody said what it counts stays exact, unless it is broken out by groups of people."""
    measures = apps.get_model("partnerships", "Measure").objects.filter(unit="number", counted="")
    measures.exclude(groups__dimension__in=PERSONAL).update(counted="things")
    measures.update(counted="people")


def keep_limits(apps, schema_editor):
    """Which limit a measure had when, as far as the change log knows."""
    changes, now = apps.get_model("partnerships", "Change").objects.filter(record_type="measure"), timezone.now()
    for measure in apps.get_model("partnerships", "Measure").objects.order_by("pk"):
        kept = []
        for at, after in changes.filter(record_id=measure.pk).order_by("at", "id").values_list("at", "after"):
            if isinstance(after, dict) and after.get("smallest"):
                kept.append([at.isoformat(), max(5, int(after["smallest"]))])
        kept = kept or [[measure.created_at.isoformat(), max(5, measure.smallest)]]
        measure.smallest = min(max(measure.smallest, 5), 30)
        if kept[-1][1] != measure.smallest:
            kept.append([now.isoformat(), measure.smallest])
        measure.limits = kept
        measure.save(update_fields=["smallest", "limits"])


def round_what_was_read(apps, schema_editor):
    """What a number was when a partner spoke of it."""
    points = apps.get_model("partnerships", "DataPoint").objects.order_by("-at", "-id")
    readings = apps.get_model("partnerships", "Reading").objects.exclude(number_then="").select_related("measure")
    for said in readings.exclude(measure__counted="things").filter(measure__unit__in=("number", "percent", "rate")):
        row = points.filter(measure=said.measure_id, starts_on=said.starts_on, cell=said.cell, at__lte=said.at).first()
        said.number_then = rounded(said.measure, row) if row else ""
        said.save(update_fields=["number_then"])
    changes = apps.get_model("partnerships", "Change").objects.filter(record_type="measure")
    for entry in changes.iterator():
        shots = [shot for shot in (entry.before, entry.after) if isinstance(shot, dict)]
        rows = [row for shot in shots for row in shot.get("readings") or [] if row.pop("number_then", "")]
        if rows:
            entry.save(update_fields=["before", "after"])


def keep_what_is_shown(apps, schema_editor):
    """Of who sits on a body."""
    for makeup in apps.get_model("partnerships", "Makeup").objects.all():
        silent = {"prefer-not": makeup.prefer_not, "no-answer": makeup.no_answer}
        makeup.shown = makeup.counts | silent | {"members": makeup.members}
        makeup.save(update_fields=["shown"])


def rounded(measure, row):
    if measure.unit == "number":
        return plain(nearest(row.numerator if row.value is None else row.value, 5))
    if row.numerator is None or not row.denominator:
        return plain(nearest(row.value, 1)) if not row.cell else ""
    above, below = nearest(row.numerator, 5), nearest(row.denominator, 5)
    per = measure.per if measure.unit == "rate" else 100
    return plain(nearest(above * per / below, 1)) if below >= 20 else ""


def nearest(number, step):
    return None if number is None else (number / step).quantize(Decimal(1), ROUND_HALF_UP) * step


def plain(number):
    return "" if number is None else format(number.normalize(), "f")


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0034_documents_say_who_confirmed")]

    operations = [
        migrations.AlterField(
            model_name="measure",
            name="counted",
            field=models.CharField(
                blank=True,
                choices=[
                    ("people", "People"),
                    ("events", "Events that happen to people"),
                    ("things", "Something else, such as homes or trainings"),
                ],
                max_length=6,
                verbose_name="what is counted above the line",
            ),
        ),
        migrations.AlterField(
            model_name="measure",
            name="smallest",
            field=models.PositiveSmallIntegerField(
                default=5,
                validators=[
                    django.core.validators.MinValueValidator(5),
                    django.core.validators.MaxValueValidator(30),
                ],
                verbose_name="a group of fewer people is not shown",
            ),
        ),
        migrations.AddField(
            model_name="measure",
            name="limits",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        migrations.AddField(
            model_name="datapoint",
            name="published_by",
            field=models.CharField(blank=True, default="", max_length=200, verbose_name="published by"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="datapoint",
            name="link",
            field=models.URLField(
                blank=True, default="", max_length=300, verbose_name="where the published table can be read"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="makeup",
            name="shown",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.RunPython(say_what_is_counted, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(keep_limits, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(round_what_was_read, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(keep_what_is_shown, migrations.RunPython.noop, elidable=True),
    ]
