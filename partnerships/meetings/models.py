"""Meetings and their outcomes, action items, and check-ins."""

import uuid
from datetime import date
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from partnerships.accounts.models import Person
from partnerships.core.fields import LineField, LinkField, ProseField
from partnerships.core.models import Record
from partnerships.directory.models import Contact, exactly_one
from partnerships.measurement.models import Activity
from partnerships.meetings.choices import ActionStatus, AttendanceReply, Going, MeetingStatus, RecordIsRight, Rhythm
from partnerships.registry.models import Partnership, Party


class MeetingSeries(models.Model):
    """A recurring meeting: an RRULE (RFC 5545, without DTSTART) over local dates in a time zone.

    Its meetings are rows of their own from the start; `Meeting.original_on` is the day that the rule gave each. A day
    of the rule without a row is an exception.
    """

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="series")
    rule = LineField(max_length=300)
    first_on = models.DateField()
    time = models.TimeField()
    zone = models.CharField(_("time zone"), max_length=50)
    sequence = models.PositiveIntegerField(default=0, editable=False)


class Meeting(Record):
    """A meeting of a partnership: local date and time in a time zone. `starts_at` is that moment, stored for sorting.

    `sequence` grows when time, place or status change; emails belong to a sequence. `answer_key` makes the secret UID
    of each invitation (`meetings.calendar`); meetings from before these UIDs have none.
    """

    ID_PREFIX = "M"

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="meetings")
    title = LineField()
    date = models.DateField()
    time = models.TimeField()
    zone = models.CharField(_("time zone"), max_length=50)
    minutes_long = models.PositiveSmallIntegerField(
        _("length in minutes"), default=60, validators=[MinValueValidator(5), MaxValueValidator(24 * 60)]
    )
    starts_at = models.DateTimeField(editable=False)
    place = LineField(blank=True, max_length=300)
    link = LinkField(_("link to join"), blank=True, max_length=500)
    link_is_public = models.BooleanField(_("link shown to the public"), default=False)
    access_notes = LineField(_("access, food, child care"), blank=True, max_length=300)
    interpretation = LineField(_("languages and interpretation"), blank=True, max_length=300)
    series = models.ForeignKey(
        MeetingSeries, models.SET_NULL, null=True, blank=True, related_name="meetings", editable=False
    )
    original_on = models.DateField(null=True, editable=False)
    is_public = models.BooleanField(_("shown to the public"), default=False)
    status = models.CharField(max_length=10, choices=MeetingStatus.choices, default=MeetingStatus.PLANNED)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    answer_key = models.UUIDField(null=True, editable=False, default=uuid.uuid4)
    closed_at = models.DateTimeField(null=True, editable=False)
    notes = ProseField(_("notes"), blank=True, max_length=10_000)
    notes_are_public = models.BooleanField(_("notes and decisions shown to the public"), default=False)
    link_shown: str  # the link to join, if the reader may have it (`rules.with_link_shown`)

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [models.UniqueConstraint(fields=["series", "original_on"], name="one_meeting_a_day_of_the_rule")]
        indexes = [models.Index(fields=["starts_at", "id"], name="meeting_when")]

    def __str__(self) -> str:
        return self.title


class AgendaItem(models.Model):
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda")
    title = LineField()
    minutes = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(24 * 60)])
    owner = models.ForeignKey(Party, models.SET_NULL, null=True, blank=True, related_name="+")
    notes = ProseField(_("notes"), blank=True, max_length=3000)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]


class Participant(models.Model):
    """A person or contact who is invited to a meeting and reminded of it, for a party or on their own.

    `is_for_party` outlasts the party: after the party was removed from the record, an invitation that came from it has
    ended, and isn't one on their own.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="participants")
    party = models.ForeignKey(Party, models.SET_NULL, null=True, blank=True, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="+")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, blank=True, related_name="+")
    is_for_party = models.BooleanField(default=False, editable=False)
    answer = models.CharField(max_length=5, choices=AttendanceReply.choices, blank=True, editable=False)
    answered_at = models.DateTimeField(null=True, editable=False)
    # Of its party, as emails read them (`notifications.meetings`).
    left_on: date | None
    answered_seat: str | None

    class Meta:
        ordering = ["id"]
        constraints = [
            exactly_one("person", "contact", name="participant_is_exactly_one"),
            models.UniqueConstraint(fields=["meeting", "person"], name="one_seat_a_person"),
            models.UniqueConstraint(fields=["meeting", "contact"], name="one_seat_a_contact"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.is_for_party = self.is_for_party or self.party_id is not None
        super().save(*args, **kwargs)

    @property
    def has_lost_party(self) -> bool:
        """Whether they were invited for a party that was removed from the record."""
        return self.is_for_party and self.party_id is None


class Attendance(models.Model):
    """Whether a party came to a meeting, and with how many people."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    party = models.ForeignKey(Party, models.CASCADE, related_name="attendance")
    came = models.BooleanField(default=False)
    people = models.PositiveSmallIntegerField(_("how many people"), null=True, blank=True)

    class Meta:
        ordering = ["party__position", "id"]
        constraints = [models.UniqueConstraint(fields=["meeting", "party"], name="one_attendance_a_party")]


class Decision(models.Model):
    """A decision of a meeting: the question, the options, who decided, who could block it, what community input
    changed.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="decisions")
    question = LineField(max_length=300)
    options = ProseField(blank=True, max_length=1000)
    outcome = ProseField(_("decision"), max_length=1000)
    decided_by = models.ManyToManyField(Party, blank=True, related_name="+")
    could_block = models.ManyToManyField(Party, blank=True, related_name="+")
    community_input = ProseField(_("what community input changed"), blank=True, max_length=1000)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]


class Action(Record):
    """An action item of a partnership: owned by a party, by a person, or by a person for a party, until a day of the
    lead's calendar.

    It can come from a meeting, a decision or a check-in.
    """

    ID_PREFIX = "A"

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="actions")
    meeting = models.ForeignKey(Meeting, models.SET_NULL, null=True, blank=True, related_name="actions")
    decision = models.ForeignKey(Decision, models.SET_NULL, null=True, blank=True, related_name="actions")
    check_in = models.ForeignKey("CheckIn", models.SET_NULL, null=True, blank=True, related_name="actions")
    activity = models.ForeignKey(Activity, models.SET_NULL, null=True, blank=True, related_name="actions")
    title = LineField()
    detail = ProseField(blank=True, max_length=2000)
    owner_party = models.ForeignKey(Party, models.SET_NULL, null=True, blank=True, related_name="actions")
    owner_person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="actions")
    due_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=8, choices=ActionStatus.choices, default=ActionStatus.OPEN)
    done_on = models.DateField(null=True, blank=True)
    # Whether the reader may know of what it names (`action_queries`).
    sees_party: bool
    sees_activity: bool
    sees_meeting: bool

    class Meta:
        ordering = [models.F("due_on").asc(nulls_last=True), "id"]
        indexes = [models.Index(fields=["status", "due_on"], name="action_due")]

    def __str__(self) -> str:
        return self.title


class ActionNote(models.Model):
    """One entry of an action item's log: a note, and the status after it."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="log")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    text = ProseField(blank=True, max_length=1000)
    status = models.CharField(max_length=8, choices=ActionStatus.choices)

    class Meta:
        ordering = ["-at", "-id"]


class CheckInPlan(Record):
    """The rhythm of check-ins of a partnership, who answers, and when the next one is due (a day in `zone`).

    `next_due_on` follows from the first due day and the rhythm, and moves when a check-in is done. `holder` is told
    when no one answers. An inactive plan is stopped and has no emails.
    """

    ID_PREFIX = "T"

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="check_in_plans")
    party = models.ForeignKey(Party, models.CASCADE, null=True, blank=True, related_name="+")
    rhythm = models.CharField(_("how often"), max_length=12, choices=Rhythm.choices, default=Rhythm.QUARTERLY)
    anchor_on = models.DateField(_("first due on"))
    next_due_on = models.DateField(db_index=True)
    zone = models.CharField(_("time zone"), max_length=50)
    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="+")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, blank=True, related_name="+")
    holder = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    skips_holidays = models.BooleanField(
        _("a due day on a federal holiday moves to the next working day"), default=True
    )
    is_active = models.BooleanField(_("these check-ins are active"), default=True)

    class Meta:
        ordering = ["next_due_on", "id"]
        constraints = [exactly_one("person", "contact", name="check_in_answered_by_exactly_one")]

    def __str__(self) -> str:
        return gettext("Check-ins: %(partnership)s") % {"partnership": self.partnership}


class CheckIn(models.Model):
    """A check-in that was held or answered: its due day, the day it was done, and what was said.

    `answered_by` is a contact who answered from the email; `recorded_by` a person with an account.
    """

    plan = models.ForeignKey(CheckInPlan, models.CASCADE, related_name="check_ins")
    due_on = models.DateField()
    done_on = models.DateField()
    note = ProseField(blank=True, max_length=2000)
    going = models.CharField(_("how is it going"), max_length=5, choices=Going.choices, blank=True)
    changed = ProseField(_("what has changed"), blank=True, max_length=2000)
    needs = ProseField(_("what do you need"), blank=True, max_length=2000)
    record_is_right = models.CharField(
        _("is the record still right"), max_length=6, choices=RecordIsRight.choices, blank=True
    )
    wants_call = models.BooleanField(_("call me instead"), default=False)
    answered_by = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, editable=False)
    recorded_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-due_on", "-id"]
        constraints = [models.UniqueConstraint(fields=["plan", "due_on"], name="one_check_in_a_due_day")]


class CalendarFeed(models.Model):
    """A person's own calendar at a secret URL for calendar programs. Only the SHA-256 of its secret is stored."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="feeds")
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
