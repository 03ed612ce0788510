"""The calls, emails and visits of offices."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partnerships", "0088_successors"),
    ]

    operations = [
        migrations.CreateModel(
            name="Interaction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(editable=False, max_length=12, unique=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("public_version", models.PositiveIntegerField(default=1, editable=False)),
                ("stamp", models.BigIntegerField(db_index=True, default=0, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
                ("last_verified_on", models.DateField(blank=True, null=True, verbose_name="last verified")),
                ("source", models.CharField(blank=True, max_length=300, verbose_name="source of the facts")),
                ("is_sample", models.BooleanField(default=False, editable=False)),
                ("is_illustration", models.BooleanField(default=False, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("call", "Call"),
                            ("email", "Email"),
                            ("visit", "Visit"),
                            ("event", "Event"),
                            ("message", "Message"),
                            ("letter", "Letter"),
                        ],
                        default="call",
                        max_length=8,
                        verbose_name="type",
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        blank=True,
                        choices=[("from_us", "Our office reached out"), ("to_us", "They reached out")],
                        max_length=8,
                        verbose_name="who reached out",
                    ),
                ),
                ("date", models.DateField(verbose_name="date")),
                ("time", models.TimeField(blank=True, null=True, verbose_name="time")),
                ("summary", models.CharField(max_length=200, verbose_name="summary")),
                ("text", models.TextField(blank=True, max_length=5000, verbose_name="notes")),
                ("is_shared", models.BooleanField(default=False, verbose_name="shared with the other side")),
                ("follow_up_on", models.DateField(blank=True, null=True, verbose_name="follow up on")),
                (
                    "followed_up_on",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="followed up on"),
                ),
                (
                    "contacts",
                    models.ManyToManyField(
                        blank=True, related_name="interactions", to="partnerships.contact", verbose_name="contacts"
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="interactions",
                        to="partnerships.department",
                    ),
                ),
                (
                    "follow_up_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who follows up",
                    ),
                ),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="interactions",
                        to="partnerships.jurisdiction",
                    ),
                ),
                (
                    "logged_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "office",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="interactions_kept",
                        to="partnerships.jurisdiction",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="interactions",
                        to="partnerships.organization",
                    ),
                ),
                (
                    "partnerships",
                    models.ManyToManyField(
                        blank=True,
                        related_name="interactions",
                        to="partnerships.partnership",
                        verbose_name="partnerships",
                    ),
                ),
                (
                    "staff",
                    models.ManyToManyField(
                        blank=True,
                        related_name="interactions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="from your office",
                    ),
                ),
            ],
            options={
                "ordering": ["-date", "-id"],
            },
        ),
        migrations.CreateModel(
            name="InteractionRemark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("is_from_office", models.BooleanField(default=False)),
                ("text", models.TextField(max_length=1000)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "interaction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="remarks",
                        to="partnerships.interaction",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(fields=["office", "-date", "-id"], name="interactions_of_an_office"),
        ),
        migrations.AddIndex(
            model_name="interaction",
            index=models.Index(
                condition=models.Q(("follow_up_on__isnull", False), ("followed_up_on__isnull", True)),
                fields=["office", "follow_up_on"],
                name="open_follow_ups",
            ),
        ),
        migrations.AddConstraint(
            model_name="interaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("department__isnull", True), ("jurisdiction__isnull", False), ("organization__isnull", True)
                    ),
                    models.Q(
                        ("department__isnull", False), ("jurisdiction__isnull", True), ("organization__isnull", True)
                    ),
                    models.Q(
                        ("department__isnull", True), ("jurisdiction__isnull", True), ("organization__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="interaction_with_exactly_one",
            ),
        ),
    ]
