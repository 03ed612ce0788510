"""Closed vocabularies of reports."""

from django.db import models


class ReportKind(models.TextChoices):
    COUNCIL = "council", "Council report"
    PROFILE = "profile", "One-page profile"
    PARTNER = "partner", "Our organization’s report"


class ReportAudience(models.TextChoices):
    """The audience of a report: it says no more than this audience may read."""

    EVERYONE = "everyone", "Everyone"
    OWN = "own", "Our own people only"


class ReportFrequency(models.TextChoices):
    NONE = "none", "Only on request"
    MONTHLY = "monthly", "Every month"
    QUARTERLY = "quarterly", "Every three months"
    YEARLY = "yearly", "Every year"


class ReportState(models.TextChoices):
    WAITING = "waiting", "Waiting to start"
    MAKING = "making", "In progress"
    READY = "ready", "Ready"
    FAILED = "failed", "Failed"
