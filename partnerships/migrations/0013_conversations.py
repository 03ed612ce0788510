"""Room for conversations: series, attendance, decisions, actions, answers, feeds, and what readers of letters chose."""

import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models



class Migration(migrations.Migration):
    dependencies = [
        ("partnerships", "0012_lies_in"),
    ]

    operations = [
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("recipient", models.CharField(blank=True, max_length=40)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("gone", "The mail server says that there is no such address"),
                            ("complaint", "The reader said that it is unwanted"),
                            ("by_hand", "Put here by an administrator"),
                        ],
                        max_length=10,
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="notes",
            field=models.TextField(blank=True, max_length=3000, verbose_name="what was said"),
        ),
        migrations.AddField(
            model_name="agendaitem",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="partnerships.party",
            ),
        ),
        migrations.AddField(
            model_name="checkin",
            name="answered_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="checkin",
            name="answered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="partnerships.contact",
            ),
        ),
        migrations.AddField(
            model_name="checkin",
            name="changed",
            field=models.TextField(blank=True, max_length=2000, verbose_name="what has changed"),
        ),
        migrations.AddField(
            model_name="checkin",
            name="going",
            field=models.CharField(
                blank=True,
                choices=[("well", "Well"), ("mixed", "Some well, some not"), ("hard", "It is hard right now")],
                max_length=5,
                verbose_name="how is it going",
            ),
        ),
        migrations.AddField(
            model_name="checkin",
            name="needs",
            field=models.TextField(blank=True, max_length=2000, verbose_name="what do you need"),
        ),
        migrations.AddField(
            model_name="checkin",
            name="record_is_right",
            field=models.CharField(
                blank=True,
                choices=[("yes", "Yes, it is right"), ("no", "No, something is wrong"), ("unsure", "Not sure")],
                max_length=6,
                verbose_name="is the record still right",
            ),
        ),
        migrations.AddField(
            model_name="checkin",
            name="wants_call",
            field=models.BooleanField(default=False, verbose_name="call me instead"),
        ),
        migrations.AddField(
            model_name="checkinplan",
            name="holder",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="checkinplan",
            name="skips_holidays",
            field=models.BooleanField(
                default=True, verbose_name="a due day on a federal holiday moves to the next working day"
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="language",
            field=models.CharField(default="en", max_length=10, verbose_name="language of letters"),
        ),
        migrations.AddField(
            model_name="meeting",
            name="closed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="meeting",
            name="interpretation",
            field=models.CharField(
                blank=True, max_length=300, verbose_name="languages and interpretation"
            ),
        ),
        migrations.AddField(
            model_name="meeting",
            name="notes",
            field=models.TextField(blank=True, max_length=10000, verbose_name="what was said"),
        ),
        migrations.AddField(
            model_name="meeting",
            name="notes_are_public",
            field=models.BooleanField(default=False, verbose_name="notes and decisions shown to the public"),
        ),
        migrations.AddField(
            model_name="meeting",
            name="original_on",
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="participant",
            name="answer",
            field=models.CharField(
                blank=True,
                choices=[("yes", "Will come"), ("maybe", "Not sure yet"), ("no", "Cannot come")],
                editable=False,
                max_length=5,
            ),
        ),
        migrations.AddField(
            model_name="participant",
            name="answered_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="digest_at",
            field=models.TimeField(default=datetime.time(8, 0), verbose_name="hour of daily and weekly letters"),
        ),
        migrations.AddField(
            model_name="person",
            name="digest_weekday",
            field=models.PositiveSmallIntegerField(
                choices=[
                    (0, "Monday"),
                    (1, "Tuesday"),
                    (2, "Wednesday"),
                    (3, "Thursday"),
                    (4, "Friday"),
                    (5, "Saturday"),
                    (6, "Sunday"),
                ],
                default=0,
                verbose_name="day of weekly letters",
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="quiet_from",
            field=models.TimeField(blank=True, null=True, verbose_name="no letters from"),
        ),
        migrations.AddField(
            model_name="person",
            name="quiet_until",
            field=models.TimeField(blank=True, null=True, verbose_name="until"),
        ),
        migrations.AlterField(
            model_name="letter",
            name="kind",
            field=models.CharField(
                choices=[
                    ("sign_in_code", "Sign-in code"),
                    ("unknown_address", "Sign-in tried with a closed account"),
                    ("meeting_reminder", "Meeting reminder"),
                    ("meeting_changed", "Meeting changed"),
                    ("meeting_cancelled", "Meeting cancelled"),
                    ("meeting_planned", "Meeting planned"),
                    ("meeting_notes", "Notes of a meeting are ready"),
                    ("check_in_due", "Check-in"),
                    ("check_in_missed", "Check-in without an answer"),
                    ("call_asked", "A call is asked for"),
                    ("agreement_ending", "Agreement ending"),
                    ("action_assigned", "Action given to someone"),
                    ("action_due", "Action due soon"),
                    ("action_overdue", "Action past its day"),
                    ("action_done", "Action done"),
                    ("invitation", "Invitation"),
                    ("membership_changed", "Membership changed"),
                    ("claim_made", "Claim to decide"),
                    ("claim_decided", "Claim decided"),
                    ("confirmation_asked", "Is the record right?"),
                    ("record_disputed", "Record disputed"),
                    ("remark_shown", "Statement shown before it is public"),
                    ("remark_replied", "Reply to a statement"),
                    ("suggestion_made", "Suggestion to decide"),
                    ("suggestion_decided", "Suggestion decided"),
                    ("followed", "News of what you follow"),
                    ("digest", "Daily or weekly letter"),
                ],
                max_length=24,
            ),
        ),
        migrations.CreateModel(
            name="Action",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.CharField(editable=False, max_length=12, unique=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("stamp", models.BigIntegerField(db_index=True, default=0, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("updated_at", models.DateTimeField(editable=False)),
                ("last_verified_on", models.DateField(blank=True, null=True, verbose_name="last verified")),
                (
                    "source",
                    models.CharField(blank=True, max_length=300, verbose_name="source of the facts"),
                ),
                ("is_sample", models.BooleanField(default=False, editable=False)),
                ("is_illustration", models.BooleanField(default=False, editable=False)),
                ("title", models.CharField(max_length=200)),
                ("detail", models.TextField(blank=True, max_length=2000)),
                ("due_on", models.DateField(blank=True, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("dropped", "Let go")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("done_on", models.DateField(blank=True, null=True)),
                (
                    "check_in",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="actions",
                        to="partnerships.checkin",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="actions",
                        to="partnerships.meeting",
                    ),
                ),
                (
                    "owner_party",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="actions",
                        to="partnerships.party",
                    ),
                ),
                (
                    "owner_person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="actions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "partnership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="actions",
                        to="partnerships.partnership",
                    ),
                ),
            ],
            options={
                "ordering": ["due_on", "id"],
            },
        ),
        migrations.CreateModel(
            name="ActionNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("text", models.TextField(blank=True, max_length=1000)),
                (
                    "status",
                    models.CharField(choices=[("open", "Open"), ("done", "Done"), ("dropped", "Let go")], max_length=8),
                ),
                (
                    "action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="log", to="partnerships.action"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("came", models.BooleanField(default=False)),
                ("people", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="how many people")),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attendance",
                        to="partnerships.meeting",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attendance", to="partnerships.party"
                    ),
                ),
            ],
            options={
                "ordering": ["party__position", "id"],
            },
        ),
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("prefix", models.CharField(max_length=12)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                ("last_used_on", models.DateField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="feeds", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("question", models.CharField(max_length=300)),
                ("options", models.TextField(blank=True, max_length=1000)),
                ("outcome", models.TextField(max_length=1000, verbose_name="what was decided")),
                (
                    "community_input",
                    models.TextField(
                        blank=True, max_length=1000, verbose_name="what community input changed"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("could_block", models.ManyToManyField(blank=True, related_name="+", to="partnerships.party")),
                ("decided_by", models.ManyToManyField(blank=True, related_name="+", to="partnerships.party")),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="decisions", to="partnerships.meeting"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.AddField(
            model_name="action",
            name="decision",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="actions",
                to="partnerships.decision",
            ),
        ),
        migrations.CreateModel(
            name="DigestEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("sign_in_code", "Sign-in code"),
                            ("unknown_address", "Sign-in tried with a closed account"),
                            ("meeting_reminder", "Meeting reminder"),
                            ("meeting_changed", "Meeting changed"),
                            ("meeting_cancelled", "Meeting cancelled"),
                            ("meeting_planned", "Meeting planned"),
                            ("meeting_notes", "Notes of a meeting are ready"),
                            ("check_in_due", "Check-in"),
                            ("check_in_missed", "Check-in without an answer"),
                            ("call_asked", "A call is asked for"),
                            ("agreement_ending", "Agreement ending"),
                            ("action_assigned", "Action given to someone"),
                            ("action_due", "Action due soon"),
                            ("action_overdue", "Action past its day"),
                            ("action_done", "Action done"),
                            ("invitation", "Invitation"),
                            ("membership_changed", "Membership changed"),
                            ("claim_made", "Claim to decide"),
                            ("claim_decided", "Claim decided"),
                            ("confirmation_asked", "Is the record right?"),
                            ("record_disputed", "Record disputed"),
                            ("remark_shown", "Statement shown before it is public"),
                            ("remark_replied", "Reply to a statement"),
                            ("suggestion_made", "Suggestion to decide"),
                            ("suggestion_decided", "Suggestion decided"),
                            ("followed", "News of what you follow"),
                            ("digest", "Daily or weekly letter"),
                        ],
                        max_length=24,
                    ),
                ),
                ("occurrence", models.CharField(max_length=80)),
                ("subject_type", models.CharField(max_length=20)),
                ("subject_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="digest_entries",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sent_in",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="partnerships.letter",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Follow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record_type", models.CharField(max_length=20)),
                ("record_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="follows", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="LetterChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("sign_in_code", "Sign-in code"),
                            ("unknown_address", "Sign-in tried with a closed account"),
                            ("meeting_reminder", "Meeting reminder"),
                            ("meeting_changed", "Meeting changed"),
                            ("meeting_cancelled", "Meeting cancelled"),
                            ("meeting_planned", "Meeting planned"),
                            ("meeting_notes", "Notes of a meeting are ready"),
                            ("check_in_due", "Check-in"),
                            ("check_in_missed", "Check-in without an answer"),
                            ("call_asked", "A call is asked for"),
                            ("agreement_ending", "Agreement ending"),
                            ("action_assigned", "Action given to someone"),
                            ("action_due", "Action due soon"),
                            ("action_overdue", "Action past its day"),
                            ("action_done", "Action done"),
                            ("invitation", "Invitation"),
                            ("membership_changed", "Membership changed"),
                            ("claim_made", "Claim to decide"),
                            ("claim_decided", "Claim decided"),
                            ("confirmation_asked", "Is the record right?"),
                            ("record_disputed", "Record disputed"),
                            ("remark_shown", "Statement shown before it is public"),
                            ("remark_replied", "Reply to a statement"),
                            ("suggestion_made", "Suggestion to decide"),
                            ("suggestion_decided", "Suggestion decided"),
                            ("followed", "News of what you follow"),
                            ("digest", "Daily or weekly letter"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "pace",
                    models.CharField(
                        choices=[
                            ("at_once", "At once"),
                            ("daily", "In a daily letter"),
                            ("weekly", "In a weekly letter"),
                            ("never", "Not at all"),
                        ],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "contact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="letter_choices",
                        to="partnerships.contact",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="letter_choices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MeetingSeries",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=300)),
                ("first_on", models.DateField()),
                ("time", models.TimeField()),
                ("zone", models.CharField(max_length=50, verbose_name="time zone")),
                ("sequence", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "partnership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="series",
                        to="partnerships.partnership",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="meeting",
            name="series",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="meetings",
                to="partnerships.meetingseries",
            ),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.UniqueConstraint(fields=("series", "original_on"), name="one_meeting_a_day_of_the_rule"),
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.UniqueConstraint(fields=("meeting", "party"), name="one_attendance_a_party"),
        ),
        migrations.AddIndex(
            model_name="action",
            index=models.Index(fields=["status", "due_on"], name="action_due"),
        ),
        migrations.AddConstraint(
            model_name="digestentry",
            constraint=models.UniqueConstraint(fields=("person", "kind", "occurrence"), name="told_once_in_a_digest"),
        ),
        migrations.AddIndex(
            model_name="follow",
            index=models.Index(fields=["record_type", "record_id"], name="follow_record"),
        ),
        migrations.AddConstraint(
            model_name="follow",
            constraint=models.UniqueConstraint(fields=("person", "record_type", "record_id"), name="follows_once"),
        ),
        migrations.AddConstraint(
            model_name="letterchoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("contact__isnull", True), ("person__isnull", False)),
                    models.Q(("contact__isnull", False), ("person__isnull", True)),
                    _connector="OR",
                ),
                name="letter_choice_of_exactly_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="letterchoice",
            constraint=models.UniqueConstraint(fields=("person", "kind"), name="one_pace_a_kind_and_person"),
        ),
        migrations.AddConstraint(
            model_name="letterchoice",
            constraint=models.UniqueConstraint(fields=("contact", "kind"), name="one_pace_a_kind_and_contact"),
        ),
    ]
