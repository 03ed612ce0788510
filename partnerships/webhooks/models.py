"""Webhooks: where changes are sent to, and each delivery with its last attempt."""

import uuid
from urllib.parse import urlsplit

from django.db import models
from django.db.models import Q

from partnerships.accounts.models import OfBody, Person
from partnerships.core.fields import LineField
from partnerships.directory.models import BODIES, Department, Jurisdiction, Organization, exactly_one
from partnerships.webhooks.choices import DeliveryState, WebhookFormat, WebhookPause, WebhookReach, WebhookRights


class Webhook(OfBody, models.Model):
    """An address to which an office or organization has changes sent.

    `kinds`: values of NewsKind. `by`: the manager who saved it last; when they no longer manage the office or organization,
    it is paused. `seed` is what its secret is derived from (`signing.secret_of`); the secret from before the last
    replacement (`old_seed`) signs as well until `old_until`. `failures`: failed attempts since the last accepted one;
    after several of them all deliveries wait until `rest_until`. A worker holds it by a lease (`token`,
    `claimed_until`) while it sends, so no two workers send for one webhook at once.
    """

    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, null=True, blank=True, related_name="webhooks")
    department = models.ForeignKey(Department, models.CASCADE, null=True, blank=True, related_name="webhooks")
    organization = models.ForeignKey(Organization, models.CASCADE, null=True, blank=True, related_name="webhooks")
    name = LineField(max_length=80)
    url = LineField("address", max_length=1000)
    format = models.CharField("what receives it", max_length=10, choices=WebhookFormat.choices)
    kinds = models.JSONField("changes", default=list)
    reach = models.CharField("records", max_length=10, choices=WebhookReach.choices, default=WebhookReach.OWN)
    rights = models.CharField(
        "what it may say", max_length=10, choices=WebhookRights.choices, default=WebhookRights.PUBLIC
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    seed = models.CharField(max_length=64, editable=False)
    old_seed = models.CharField(max_length=64, blank=True, editable=False)
    old_until = models.DateTimeField(null=True, editable=False)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, editable=False, related_name="+")
    made_at = models.DateTimeField(editable=False)
    paused_at = models.DateTimeField(null=True, editable=False)
    paused_because = models.CharField(max_length=12, blank=True, choices=WebhookPause.choices, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    rest_until = models.DateTimeField(null=True, editable=False)
    last_accepted_at = models.DateTimeField(null=True, editable=False)
    token = models.UUIDField(null=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)
    claimed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            exactly_one(*BODIES, name="webhook_of_exactly_one"),
            models.CheckConstraint(
                condition=Q(paused_at=None, paused_because="") | Q(paused_at__isnull=False) & ~Q(paused_because=""),
                name="webhook_pause_has_a_reason",
            ),
        ]

    @property
    def host(self) -> str:
        """The host of its address. The rest of an address is often a secret, as in Slack's."""
        return urlsplit(self.url).hostname or ""


class WebhookDelivery(models.Model):
    """One message of a webhook: about one change or remark, or a test.

    Deliveries about one record (`record_type`, `record_id`) are sent in the order of their ids. `message_id` stays the
    same in every attempt, so receivers can recognize a repetition. `payload`, `status`, `answer` and `took` (milliseconds)
    are those of the last attempt; `payload` is written from what the webhook may say at that moment.
    """

    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    message_id = models.UUIDField(default=uuid.uuid4, unique=True)
    occurrence = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=20, blank=True)
    subject_id = models.BigIntegerField(null=True)
    record_type = models.CharField(max_length=30, blank=True)
    record_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(db_index=True)
    next_attempt_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    attempted_at = models.DateTimeField(null=True)
    payload = models.TextField(blank=True)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.CharField(max_length=1000, blank=True)
    took = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "webhook deliveries"
        constraints = [
            models.UniqueConstraint(fields=["webhook", "occurrence"], name="one_delivery_an_occasion"),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at", "id"], condition=Q(state="waiting"), name="delivery_to_send"),
            models.Index(
                fields=["webhook", "record_type", "record_id", "id"],
                condition=Q(state="waiting"),
                name="delivery_in_order",
            ),
        ]

    @property
    def is_test(self) -> bool:
        return self.subject_id is None
