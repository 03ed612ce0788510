"""Closed vocabularies of reports."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportKind(models.TextChoices):
    COUNCIL = "council", _("Council report")
    PROFILE = "profile", _("One-page profile")
    PARTNER = "partner", _("Our organization’s report")


class ReportAudience(models.TextChoices):
    """The audience of a report: it says no more than this audience may read."""

    EVERYONE = "everyone", _("Everyone")
    OWN = "own", _("Our own people only")


class ReportFrequency(models.TextChoices):
    NONE = "none", _("Only on request")
    MONTHLY = "monthly", _("Every month")
    QUARTERLY = "quarterly", _("Every three months")
    YEARLY = "yearly", _("Every year")


class ReportState(models.TextChoices):
    WAITING = "waiting", _("Waiting to start")
    MAKING = "making", _("In progress")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
