"""Closed vocabularies of webhooks."""

from datetime import timedelta

from django.db import models

MOST = 20  # webhooks of one office or organization
TRY_FOR = timedelta(days=3)  # how long a delivery is tried again, from its first attempt on
KEPT_DAYS = 14  # how long the log keeps a delivery
OVERLAP_DAYS = 7  # the longest time that a replaced secret goes on signing
FAILURES_TO_REST = 3  # after this many failed attempts in a row, all deliveries of a webhook wait
# Seconds until the next attempt after the first, second, … failed one. The last one repeats.
RETRY_DELAYS = (30, 120, 300, 900, 1800, 3600, 2 * 3600, 4 * 3600, 6 * 3600)
LONGEST_REST = timedelta(hours=1)


class WebhookFormat(models.TextChoices):
    """What receives it, and so what the body looks like."""

    REGISTRY = "registry", "A program of ours (JSON)"
    SLACK = "slack", "A Slack channel"
    TEAMS = "teams", "A Microsoft Teams channel"


class WebhookReach(models.TextChoices):
    """Whose changes are sent."""

    OWN = "own", "Our own record, and the partnerships that we lead or take part in"
    ALL = "all", "Every record that we may see"


class WebhookRights(models.TextChoices):
    """What the receiver may learn."""

    PUBLIC = "public", "Only what everyone may read"
    MEMBERS = "members", "Also what our own people may read, such as our drafts"


class WebhookPause(models.TextChoices):
    """Why a webhook sends nothing."""

    BY_HAND = "by_hand", "A manager paused it."
    FAILED = "failed", "No delivery was accepted for three days."
    GONE = "gone", "The receiver said that it no longer wants deliveries (410)."
    NO_MANAGER = "no_manager", "The person who set it up no longer manages this office or organization."


class DeliveryState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENT = "sent", "Delivered"
    FAILED = "failed", "Failed"
    NOT_SENT = "not_sent", "Not sent"
