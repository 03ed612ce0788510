from django.db import migrations, models

ENDS = {"engagement": (0, 5), "intensity": (0, 4)}  # of the scale; of trust and value 1 to 4, of the ten items 0 to 4


def show_less(apps, schema_editor):
    """Scores of earlier rounds show no more than those of later ones: of three or four answers low, middle or high, and the lowest
    and the highest only of eight. Who finished took part."""
    side_scores, tie_scores, respondents = (
        apps.get_model("partnerships", name) for name in ("SideScore", "TieScore", "Respondent")
    )
    for model, usual in ((side_scores, (0, 4)), (tie_scores, (1, 4))):
        for row in model.objects.filter(standing="shown", answered__gte=3).iterator(chunk_size=500):
            bottom, top = ENDS.get(row.item, usual)
            row.is_band = row.answered < 5
            if row.is_band and row.median <= bottom + 1:
                row.median = bottom + 1
            elif row.is_band and row.median >= top - 1:
                row.median = top - 1
            elif row.is_band:
                row.median = (bottom + top) / 2
            else:
                row.is_wide = row.low is not None
            if row.answered < 8:
                row.low = row.high = None
            row.save(update_fields=["is_band", "median", "is_wide", "low", "high"])
    respondents.objects.exclude(finished_at=None).update(took_part=True)


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0035_rounded_counts")]

    operations = [
        migrations.RenameField("sidescore", "or_beyond", "is_band"),
        migrations.RenameField("tiescore", "or_beyond", "is_band"),
        migrations.AddField("respondent", "took_part", models.BooleanField(default=False)),
        migrations.AddField("roundside", "bands_only", models.BooleanField(default=False)),
        migrations.AddField("sidescore", "is_wide", models.BooleanField(null=True)),
        migrations.AddField("tiescore", "is_wide", models.BooleanField(null=True)),
        migrations.RunPython(show_less, migrations.RunPython.noop, elidable=True),
    ]
