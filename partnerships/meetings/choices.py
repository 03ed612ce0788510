"""Closed vocabularies of meetings, check-ins and action items."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MeetingStatus(models.TextChoices):
    PLANNED = "planned", _("Scheduled")
    CANCELLED = "cancelled", _("Canceled")


class AttendanceReply(models.TextChoices):
    """A participant's answer to a meeting invitation."""

    YES = "yes", _("Will come")
    MAYBE = "maybe", _("Might come")
    NO = "no", _("Can’t come")


class ActionStatus(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Canceled")


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

    WEEKLY = "weekly", _("Every week")
    BIWEEKLY = "biweekly", _("Every two weeks")
    MONTHLY = "monthly", _("Every month")
    QUARTERLY = "quarterly", _("Every three months")
    HALF_YEARLY = "half_yearly", _("Every six months")
    YEARLY = "yearly", _("Every year")
