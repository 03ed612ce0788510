"""Closed vocabularies of meetings, check-ins and action items."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MeetingStatus(models.TextChoices):
    PLANNED = "planned", "Scheduled"
    CANCELLED = "cancelled", "Canceled"


class AttendanceReply(models.TextChoices):
    """A participant's answer to a meeting invitation."""

    YES = "yes", _("Will come")
    MAYBE = "maybe", _("Might come")
    NO = "no", _("Can’t come")


class ActionStatus(models.TextChoices):
    OPEN = "open", "Open"
    DONE = "done", "Done"
    DROPPED = "dropped", "Canceled"


class Going(models.TextChoices):
    """How a partnership is going, in a check-in."""

    WELL = "well", _("Well")
    MIXED = "mixed", _("Some things well, some not")
    HARD = "hard", _("It’s hard right now")


class RecordIsRight(models.TextChoices):
    YES = "yes", _("Yes, it’s right")
    NO = "no", _("No, something is wrong")
    UNSURE = "unsure", _("Not sure")


class Rhythm(models.TextChoices):
    """How often a check-in is due."""

    WEEKLY = "weekly", "Every week"
    BIWEEKLY = "biweekly", "Every two weeks"
    MONTHLY = "monthly", "Every month"
    QUARTERLY = "quarterly", "Every three months"
    HALF_YEARLY = "half_yearly", "Every six months"
    YEARLY = "yearly", "Every year"
