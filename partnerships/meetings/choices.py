"""Closed vocabularies of meetings, check-ins and action items."""

from django.db import models


class MeetingStatus(models.TextChoices):
    PLANNED = "planned", "Planned"
    CANCELLED = "cancelled", "Cancelled"


class AttendanceReply(models.TextChoices):
    """A participant's answer to a meeting invitation."""

    YES = "yes", "Will come"
    MAYBE = "maybe", "Not sure yet"
    NO = "no", "Cannot come"


class ActionStatus(models.TextChoices):
    OPEN = "open", "Open"
    DONE = "done", "Done"
    DROPPED = "dropped", "Let go"


class Going(models.TextChoices):
    """How a partnership is going, in a check-in."""

    WELL = "well", "Well"
    MIXED = "mixed", "Some well, some not"
    HARD = "hard", "It is hard right now"


class RecordIsRight(models.TextChoices):
    YES = "yes", "Yes, it is right"
    NO = "no", "No, something is wrong"
    UNSURE = "unsure", "Not sure"


class Rhythm(models.TextChoices):
    """How often a check-in is due."""

    WEEKLY = "weekly", "Every week"
    BIWEEKLY = "biweekly", "Every two weeks"
    MONTHLY = "monthly", "Every month"
    QUARTERLY = "quarterly", "Every three months"
    HALF_YEARLY = "half_yearly", "Every six months"
    YEARLY = "yearly", "Every year"
