"""Closed vocabularies of reports."""

from django.db import models


class ReportKind(models.TextChoices):
    COUNCIL = "council", "Council report"
    PROFILE = "profile", "One-page profile"
    PARTNER = "partner", "Our own report"


class ReportAudience(models.TextChoices):
    """The audience of a report: it says no more than this audience may read."""

    EVERYONE = "everyone", "Everyone"
    OWN = "own", "Our own people only"


class ReportFrequency(models.TextChoices):
    NONE = "none", "Only when someone asks"
    MONTHLY = "monthly", "Every month"
    QUARTERLY = "quarterly", "Every three months"
    YEARLY = "yearly", "Every year"


class ReportState(models.TextChoices):
    WAITING = "waiting", "Waits for its turn"
    MAKING = "making", "Being made"
    READY = "ready", "Ready"
    FAILED = "failed", "Could not be made"
