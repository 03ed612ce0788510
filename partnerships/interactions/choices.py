"""The terms of interactions."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class InteractionKind(models.TextChoices):
    CALL = "call", _("Call")
    EMAIL = "email", _("Email")
    VISIT = "visit", _("Visit")
    EVENT = "event", _("Event")
    MESSAGE = "message", _("Message")
    LETTER = "letter", _("Letter")


class InteractionDirection(models.TextChoices):
    FROM_US = "from_us", _("Our office reached out")
    TO_US = "to_us", _("They reached out")


class EventKind(models.TextChoices):
    """The kinds of entries in the timeline of an organization, a department or a jurisdiction."""

    INTERACTION = "interaction", _("Interactions")
    MEETING = "meeting", _("Meetings")
    EMAIL = "email", _("Emails sent")
    CHECK_IN = "check_in", _("Check-ins")
    ASK = "ask", _("Asks and answers")
    STATEMENT = "statement", _("Statements")
    ROUND = "round", _("Survey rounds")
    SEAT = "seat", _("Seats")
