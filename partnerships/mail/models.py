"""The outbox table, which is the truth about every email, and the addresses that get no more emails."""

from django.db import models
from django.db.models import Q

from partnerships.core.fields import LineField
from partnerships.mail.choices import Bounce, Channel, EmailKind, EmailState


class Email(models.Model):
    """A row of the outbox: one email of a kind about one occurrence to one recipient over one channel, planned once.

    No body is stored: `subject_type` and `subject_id` say what it is about, and it is rendered when it is sent.
    `occurrence` names the occasion, with the meeting's sequence and the offset (“M-…/2/48h”), so planning twice
    changes nothing. A claim is a lease (`claimed_until`) with a `token`; `data_started_at` is the fence before the
    final dot.
    """

    kind = models.CharField(max_length=24, choices=EmailKind.choices)
    occurrence = models.CharField(max_length=80)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL)
    recipient = models.CharField(max_length=40)  # "person:12", "contact:7"
    subject_type = models.CharField(max_length=20, blank=True)
    subject_id = models.BigIntegerField(null=True)
    lead = models.ForeignKey(
        "partnerships.Jurisdiction", models.CASCADE, null=True, related_name="+"
    )  # whose staff may see the row
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=EmailState.choices, default=EmailState.PLANNED)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    token = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    data_started_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    is_ambiguous = models.BooleanField(default=False)
    message_id = models.CharField(max_length=120)
    last_reply = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        db_table = "partnerships_letter"  # its first name, so that no release has to rename a large table
        ordering = ["-due_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "occurrence", "recipient", "channel"], name="one_letter_an_occasion"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(state__in=["planned", "claimed"]),
                name="letter_to_send",
            ),
            models.Index(fields=["subject_type", "subject_id"], name="letter_about"),
            models.Index(fields=["message_id"], name="letter_by_message"),  # a bounce names nothing else
        ]

    @property
    def subject_pk(self) -> int:
        """The primary key of its subject; 0, which no row has, if it has none."""
        return self.subject_id or 0

    @property
    def recipient_pk(self) -> str:
        """The primary key of its recipient, as text: “12” of “person:12”."""
        return self.recipient.partition(":")[2]


class Suppression(models.Model):
    """An address that gets no emails, as a keyed digest (`suppressions.digest_of`).

    `recipient` says whose it was at the time.
    """

    digest = models.CharField(max_length=64, unique=True)
    recipient = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=10, choices=Bounce.choices)
    detail = LineField(blank=True, max_length=300)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
