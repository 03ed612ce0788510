import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

STATES = [
    ("recorded", "Recorded by the office"),
    ("invited", "Invited"),
    ("confirmed", "Confirmed by the partner"),
    ("declined", "Declined"),
    ("withdrawn", "Withdrawn"),
]
WAYS = [
    ("account", "By its own editor, signed in"),
    ("link", "By a personal link"),
    ("code", "With a code sent by text or post"),
    ("earlier", "Before the registry asked: it had confirmed the record or answered"),
]


def keep_earlier_answers(apps, schema_editor):
    """A seat is confirmed where someone of the partner confirmed the record or answered a round before. Nothing is sent."""
    party, consent, word, answer = (
        apps.get_model("partnerships", name) for name in ("Party", "SeatConsent", "Confirmation", "Answer")
    )
    said = word.objects.filter(verdict="confirmed", by__isnull=False).values("party")
    answered = answer.objects.filter(way="self").exclude(respondent__party=None).values("respondent__party")
    own = Q(jurisdiction=F("partnership__lead")) | Q(department__jurisdiction=F("partnership__lead"))
    found = party.objects.exclude(own).filter(Q(pk__in=said) | Q(pk__in=answered))
    now, confirmed = django.utils.timezone.now(), 0
    for one in found.order_by("pk").iterator(chunk_size=500):
        body = {f"{name}_id": getattr(one, f"{name}_id") for name in ("jurisdiction", "department", "organization")}
        consent.objects.create(partnership_id=one.partnership_id, state="confirmed", way="earlier", at=now, **body)
        confirmed += 1
    party.objects.filter(pk__in=list(found.values_list("pk", flat=True))).update(state="confirmed")
    others = party.objects.exclude(own).count() - confirmed
    if confirmed or others:
        print(f"\n    Seats confirmed by their partner: {confirmed}. Recorded by the office: {others}.", end=" ")


class Migration(migrations.Migration):

    dependencies = [
        ("partnerships", "0028_check_ins_are_records"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="party",
            name="state",
            field=models.CharField(choices=STATES, default="recorded", editable=False, max_length=9),
        ),
        migrations.AlterField(
            model_name="party",
            name="consented_on",
            field=models.DateField(blank=True, null=True, verbose_name="date they agreed to be listed"),
        ),
        migrations.CreateModel(
            name="SeatConsent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(choices=STATES, max_length=9)),
                ("way", models.CharField(blank=True, choices=WAYS, max_length=8)),
                ("text", models.TextField(blank=True, max_length=5000)),
                ("may_count", models.BooleanField(default=True)),
                ("at", models.DateTimeField()),
                ("by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("contact", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="partnerships.contact")),
                ("department", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partnerships.department")),
                ("jurisdiction", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partnerships.jurisdiction")),
                ("organization", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="partnerships.organization")),
                ("partnership", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="seat_consents", to="partnerships.partnership")),
            ],
            options={
                "ordering": ["-at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(Q(("department__isnull", True), ("jurisdiction__isnull", False), ("organization__isnull", True)), Q(("department__isnull", False), ("jurisdiction__isnull", True), ("organization__isnull", True)), Q(("department__isnull", True), ("jurisdiction__isnull", True), ("organization__isnull", False)), _connector="OR"),
                        name="seat_consent_of_exactly_one",
                    )
                ],
            },
        ),
        migrations.RunPython(keep_earlier_answers, migrations.RunPython.noop, elidable=True),
    ]
