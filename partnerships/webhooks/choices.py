"""Closed vocabularies of webhooks."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

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

    REGISTRY = "registry", _("A program of ours (JSON)")
    SLACK = "slack", _("A Slack channel")
    TEAMS = "teams", _("A Microsoft Teams channel")


class WebhookReach(models.TextChoices):
    """Whose changes are sent."""

    OWN = "own", _("Our own record, and the partnerships that we lead or take part in")
    ALL = "all", _("Every record that we may see")


class WebhookRights(models.TextChoices):
    """What the receiver may learn."""

    PUBLIC = "public", _("Only what everyone may read")
    MEMBERS = "members", _("Also what our own people may read, such as our drafts")


class WebhookPause(models.TextChoices):
    """Why a webhook sends nothing."""

    BY_HAND = "by_hand", _("A manager paused it.")
    FAILED = "failed", _("No delivery was accepted for three days.")
    GONE = "gone", _("The receiver said that it no longer wants deliveries (410).")
    NO_MANAGER = "no_manager", _("The person who set it up no longer manages this office or organization.")
    PORT = (
        "port",
        _("We don’t send to the port of its address. Change the address, or ask the office that runs this registry."),
    )


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Delivered")
    FAILED = "failed", _("Failed")
    NOT_SENT = "not_sent", _("Not sent")
