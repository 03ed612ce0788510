"""Partners vouch for organizations that another side entered, and a small side of a round has one standing."""

from collections import defaultdict

from django.db import migrations, models
from django.db.models import Count, Q

STATES = [
    ("shown", "Answered"),
    ("kept_back", "Withheld"),
    ("declined", "Chose not to answer"),
    ("no_answer", "Asked, no answer yet"),
    ("not_asked", "Not asked"),
    ("not_vouched", "Entered by another side, and not vouched for"),
    ("too_few", "Fewer than three answered"),
    ("incomplete", "Not every question has an answer"),
    ("no_score", "No score"),
]


def check_unanswered(apps, schema_editor):
    """Check who entered an organization where people weren't told yet that they count."""
    rounds = apps.get_model("partnerships", "Round").objects
    rounds.filter(answering_at=None, opened_at=None, cancelled_at=None).update(checks_who_entered=True)


def give_one_standing(apps, schema_editor):
    """Give each small side of an opened round one standing. The scores that it shows stay."""
    sides = apps.get_model("partnerships", "RoundSide").objects.filter(round__opened_at__isnull=False)
    took_part = Count("respondents", filter=Q(respondents__took_part=True))
    small = {side.pk: side for side in sides.filter(asked__gt=0).annotate(took_part=took_part).filter(took_part__lt=3)}
    scores = apps.get_model("partnerships", "SideScore").objects
    of_side = defaultdict(set)
    for pk, standing in scores.values_list("side", "standing").distinct():
        if pk in small:
            of_side[pk].add(standing)
    withheld = set(sides.filter(respondents__keeps_back=True).values_list("pk", flat=True))
    by_standing = defaultdict(list)
    for pk, standings in of_side.items():
        by_standing[_standing(small[pk], standings, pk in withheld)].append(pk)
    for standing, pks in by_standing.items():
        for first in range(0, len(pks), 500):
            few = pks[first : first + 500]
            sides.filter(pk__in=few).update(standing=standing)
            has_answered = standing in ("kept_back", "too_few", "incomplete")
            hidden = scores.filter(side__in=few).exclude(standing="shown")
            hidden.update(standing="no_score", answered=int(has_answered))


def _standing(side, standings, is_withheld):
    if len(standings) == 1 and standings <= {"shown", "declined"}:
        return next(iter(standings))
    if is_withheld:
        return "kept_back"
    if standings.isdisjoint({"shown", "kept_back"}):
        return "no_answer"
    return "incomplete" if side.asked <= 2 else "too_few"


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0084_service_accounts_answerable")]

    operations = [
        migrations.AddField(
            "round", "checks_who_entered", models.BooleanField(db_default=False, default=True, editable=False)
        ),
        migrations.AddField("roundside", "has_unvouched", models.BooleanField(db_default=False, default=False)),
        migrations.AddField(
            "roundside", "standing", models.CharField(blank=True, choices=STATES, db_default="", max_length=11)
        ),
        migrations.AlterField("sidescore", "standing", models.CharField(choices=STATES, max_length=11)),
        migrations.AlterField("tiescore", "standing", models.CharField(choices=STATES, max_length=11)),
        migrations.CreateModel(
            "Vouch",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "partnership",
                    models.ForeignKey("partnerships.Partnership", models.CASCADE, related_name="+"),
                ),
                (
                    "organization",
                    models.ForeignKey("partnerships.Organization", models.CASCADE, related_name="+"),
                ),
                ("party", models.ForeignKey("partnerships.Party", models.SET_NULL, null=True, related_name="+")),
                ("by", models.ForeignKey("partnerships.Person", models.SET_NULL, null=True, related_name="+")),
            ],
            {"ordering": ["id"]},
        ),
        migrations.AddConstraint(
            "vouch",
            models.UniqueConstraint(
                fields=["organization", "party"], name="one_vouch_a_party_for_an_organization"
            ),
        ),
        migrations.RunPython(check_unanswered, migrations.RunPython.noop),
        migrations.RunPython(give_one_standing, migrations.RunPython.noop),
    ]
