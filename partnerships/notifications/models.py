"""What readers of emails chose: what they follow, and at what pace they want news."""

from django.db import models

from partnerships.accounts.models import Person
from partnerships.directory.models import Contact, exactly_one
from partnerships.mail.choices import EmailKind, Pace
from partnerships.mail.models import Email


class Follow(models.Model):
    """A person wants news of a record: `record_type` is its model's name."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="follows")
    record_type = models.CharField(max_length=20)
    record_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["person", "record_type", "record_id"], name="follows_once")]
        indexes = [models.Index(fields=["record_type", "record_id"], name="follow_record")]


class EmailPreference(models.Model):
    """The pace at which a person, or a contact without an account, wants emails of one kind.

    Without a row: right away.
    """

    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="email_preferences")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, related_name="email_preferences")
    kind = models.CharField(max_length=24, choices=EmailKind.choices)
    pace = models.CharField(max_length=8, choices=Pace.choices)
    at = models.DateTimeField()

    class Meta:
        db_table = "partnerships_letterchoice"
        constraints = [
            exactly_one("person", "contact", name="letter_choice_of_exactly_one"),
            models.UniqueConstraint(fields=["person", "kind"], name="one_pace_a_kind_and_person"),
            models.UniqueConstraint(fields=["contact", "kind"], name="one_pace_a_kind_and_contact"),
        ]


class DigestEntry(models.Model):
    """An email that its reader wants in a daily or weekly one: what would have been sent, until that one has been
    sent.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="digest_entries")
    kind = models.CharField(max_length=24, choices=EmailKind.choices)
    occurrence = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    at = models.DateTimeField()
    sent_in = models.ForeignKey(Email, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["person", "kind", "occurrence"], name="told_once_in_a_digest")]
